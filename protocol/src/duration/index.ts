/** Durations as laws say them, and the deadlines that follow. */
export { type CalendarYear, calendarYear } from './calendar-year.js';
export { deadline, termEnd } from './deadline.js';
export {
  type Calendar,
  CalendarSchema,
  checkCalendar,
  checkDuration,
  type Duration,
  DurationSchema,
  type DurationUnit,
  parseDuration,
  type Span,
  SpanSchema,
  START_EVENTS,
  type Stage,
  type StartEvent,
  UNITS,
} from './duration.js';
export { extend, nextStage, type RunningMeasure } from './extend.js';
export type { Deadline, Term } from './term.js';
export { instantText, workingDaysBetween } from './working-days.js';
