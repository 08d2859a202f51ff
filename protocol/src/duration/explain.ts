/** The reckoning of a deadline in one English sentence. The words are fixed: peers compare them, tests quote them. */
import { Temporal } from 'temporal-polyfill';
import type { StartEvent } from './duration.js';
import { isElapsed, type Term } from './term.js';

/** The reckoning before it is put into words. */
export interface Reckoning {
  readonly start: Temporal.ZonedDateTime;
  /** The day on which the start counts. */
  readonly startDay: Temporal.PlainDate;
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
const UNIT: Readonly<Record<Term['unit'], readonly [one: string, many: string]>> = {
  minutes: ['minute', 'minutes'],
  hours: ['hour', 'hours'],
  'calendar-days': ['calendar day', 'calendar days'],
  'working-days': ['working day', 'working days'],
  months: ['month', 'months'],
};

/** "issue", "receipt of the request" */
export const startText = (event: StartEvent): string => START[event];

/** "5 working days" */
export const countText = ({ number, unit }: Pick<Term, 'number' | 'unit'>): string =>
  `${number} ${UNIT[unit][number === 1 ? 0 : 1]}`;

/** "5 working days, the day of issue not counted, Friday 3 April 2026 a holiday: Friday 10 April 2026 17:00 Europe/Zurich" */
export function explain(term: Term, reckoning: Reckoning): string {
  const clauses = [countText(term), firstClause(term, reckoning)];
  if (reckoning.holidays.length > 0) clauses.push(holidayClause(reckoning.holidays));
  if (reckoning.movedFrom !== undefined) clauses.push(`${dayText(reckoning.movedFrom)} not a working day`);
  const skipped = skippedTime(term, reckoning);
  if (skipped !== undefined) clauses.push(`${skipped} skipped by the clocks`);
  return `${clauses.join(', ')}: ${endText(term, reckoning)} ${term.calendar.timeZone}`;
}

function firstClause({ unit, start: event, firstDay }: Term, { start, startDay, end }: Reckoning): string {
  if (isElapsed(unit)) {
    const from = `from ${event} on ${dayText(start.toPlainDate())} ${timeText(start)}`;
    return start.offsetNanoseconds === end.offsetNanoseconds ? from : `${from}, the clocks having changed in between`;
  }
  const counted = firstDay === 'counted' ? 'counted' : 'not counted';
  if (startDay.equals(start.toPlainDate())) return `the day of ${event} ${counted}`;
  return `${event} on ${dayText(start.toPlainDate())} ${timeText(start)} out of office hours taken as on ${dayText(startDay)}, that day ${counted}`;
}

function holidayClause(holidays: readonly Temporal.PlainDate[]): string {
  const names = holidays.map(dayText);
  return names.length === 1
    ? `${names.join()} a holiday`
    : `${names.slice(0, -1).join(', ')} and ${names.at(-1)} holidays`;
}

/** The time of day at which it would have ended, where the last day has none such. */
function skippedTime({ unit, dayEnd }: Term, { start, end }: Reckoning): string | undefined {
  if (isElapsed(unit) || dayEnd.kind === 'midnight') return undefined;
  const asked = dayEnd.kind === 'at-time' ? Temporal.PlainTime.from(dayEnd.time) : start.toPlainTime();
  return asked.equals(end.toPlainTime()) ? undefined : clockText(asked);
}

function endText({ unit, dayEnd }: Term, { end, lastDay }: Reckoning): string {
  if (!isElapsed(unit) && dayEnd.kind === 'midnight') return `end of ${dayText(lastDay)}`;
  return `${dayText(end.toPlainDate())} ${timeText(end)}`;
}

/** "Friday 10 April 2026" */
export function dayText(day: Temporal.PlainDate): string {
  return `${WEEKDAYS[day.dayOfWeek - 1]} ${day.day} ${MONTHS[day.month - 1]} ${day.year}`;
}

const clockText = ({ hour, minute }: Temporal.PlainTime): string =>
  `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;

/** "17:00"; with its offset where the clocks show this time twice. */
export function timeText(at: Temporal.ZonedDateTime): string {
  const plain = at.toPlainDateTime();
  const either = (disambiguation: 'earlier' | 'later'): Temporal.ZonedDateTime =>
    plain.toZonedDateTime(at.timeZoneId, { disambiguation });
  const text = clockText(at.toPlainTime());
  return either('earlier').equals(either('later')) ? text : `${text} ${at.offset}`;
}
