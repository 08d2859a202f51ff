/** The reckoning of a deadline in one English sentence. The words are fixed: peers compare them, tests quote them. */
import type { Temporal } from 'temporal-polyfill';
import type { Duration, DurationUnit, StartEvent } from './duration.js';

/** The reckoning before it is put into words. */
export interface Reckoning {
  readonly start: Temporal.ZonedDateTime;
  readonly end: Temporal.ZonedDateTime;
  /** The last day, which `end` closes; the end itself where hours are counted. */
  readonly lastDay: Temporal.PlainDate;
  /** Listed holidays that were passed over and are no weekend. */
  readonly holidays: readonly Temporal.PlainDate[];
  /** The day on which it would have ended, where that does not work and the next working day takes its place. */
  readonly movedFrom: Temporal.PlainDate | undefined;
}

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;

const START: Readonly<Record<StartEvent, string>> = {
  issue: 'issue',
  'receipt-of-request': 'receipt of the request',
  'receipt-by-institution': 'receipt by the institution',
  execution: 'execution',
  decision: 'the decision',
};
const UNIT: Readonly<Record<DurationUnit, readonly [one: string, many: string]>> = {
  hours: ['hour', 'hours'],
  'calendar-days': ['calendar day', 'calendar days'],
  'working-days': ['working day', 'working days'],
  months: ['month', 'months'],
};

/** "5 working days, the day of issue not counted, Friday 3 April 2026 a holiday: Friday 10 April 2026 17:00 Europe/Zurich" */
export function explain(duration: Duration, reckoning: Reckoning): string {
  const clauses = [
    `${duration.number} ${UNIT[duration.unit][duration.number === 1 ? 0 : 1]}`,
    firstClause(duration, reckoning),
  ];
  if (reckoning.holidays.length > 0) clauses.push(holidayClause(reckoning.holidays));
  if (reckoning.movedFrom !== undefined) clauses.push(`${dayText(reckoning.movedFrom)} not a working day`);
  return `${clauses.join(', ')}: ${endText(duration, reckoning)} ${duration.calendar.timeZone}`;
}

function firstClause({ unit, startEvent, firstDay }: Duration, { start, end }: Reckoning): string {
  if (unit !== 'hours') return `the day of ${START[startEvent]} ${firstDay === 'counted' ? 'counted' : 'not counted'}`;
  const from = `from ${START[startEvent]} on ${dayText(start.toPlainDate())} ${timeText(start)}`;
  return start.offsetNanoseconds === end.offsetNanoseconds ? from : `${from}, the clocks having changed in between`;
}

function holidayClause(holidays: readonly Temporal.PlainDate[]): string {
  const names = holidays.map(dayText);
  return names.length === 1
    ? `${names.join()} a holiday`
    : `${names.slice(0, -1).join(', ')} and ${names.at(-1)} holidays`;
}

function endText({ unit, dayEnd }: Duration, { end, lastDay }: Reckoning): string {
  if (unit !== 'hours' && dayEnd.kind === 'midnight') return `end of ${dayText(lastDay)}`;
  return `${dayText(end.toPlainDate())} ${timeText(end)}`;
}

function dayText(day: Temporal.PlainDate): string {
  return `${WEEKDAYS[day.dayOfWeek - 1]} ${day.day} ${MONTHS[day.month - 1]} ${day.year}`;
}

const timeText = ({ hour, minute }: Temporal.ZonedDateTime): string =>
  `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
