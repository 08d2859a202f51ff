/** Durations as laws say them, and the deadlines that follow. */
export { type CalendarYear, calendarYear } from './calendar-year.js';
export { type Deadline, deadline } from './deadline.js';
export {
  type Calendar,
  CalendarSchema,
  checkCalendar,
  checkDuration,
  type Duration,
  DurationSchema,
  type DurationUnit,
  parseDuration,
  SpanSchema,
  START_EVENTS,
  type StartEvent,
  UNITS,
} from './duration.js';
