/** What a deadline is reckoned from: a duration of the law, an extension, or the time in which an answer is due. */
import { Temporal } from 'temporal-polyfill';
import { ProtocolError } from '../errors.js';
import type { Calendar, Duration, DurationUnit } from './duration.js';

export interface Term
  extends Pick<Duration, 'number' | 'calendar' | 'firstDay' | 'dayEnd' | 'lastDay' | 'officeCloses'> {
  readonly unit: DurationUnit | 'minutes';
  /** What starts it, in words that fit "the day of …": "issue", "receipt of the request". */
  readonly start: string;
}

export interface Deadline {
  /** The first instant at which the measure no longer holds. */
  readonly expiresAtMs: number;
  /** "5 working days, the day of issue not counted, Friday 3 April 2026 a holiday: Friday 10 April 2026 17:00 Europe/Zurich" */
  readonly explanation: string;
}

/** Elapsed time, to which days and calendars mean nothing. */
export const isElapsed = (unit: Term['unit']): unit is 'hours' | 'minutes' => unit === 'hours' || unit === 'minutes';

/** Whether the day is neither weekend nor listed holiday. */
export const works = (calendar: Calendar, day: Temporal.PlainDate): boolean =>
  !calendar.weekend.includes(day.dayOfWeek) && !calendar.holidays.includes(day.toString());

/** The first day after `from` that works; the holidays passed over, no weekends, go into `holidays`. */
export function nextWorkingDay(
  calendar: Calendar,
  from: Temporal.PlainDate,
  holidays: Temporal.PlainDate[],
): Temporal.PlainDate {
  // No calendar has more days off in a row than it lists holidays, and a week.
  for (let step = 1; step <= calendar.holidays.length * 7 + 8; step++) {
    const day = from.add({ days: step });
    if (works(calendar, day)) return day;
    if (!calendar.weekend.includes(day.dayOfWeek)) holidays.push(day);
  }
  throw new ProtocolError('duration.invalid', 'The calendar has no working day.');
}

/** @throws ProtocolError `duration.invalid` where the zone is none */
export function zoned(atMs: number, timeZone: string): Temporal.ZonedDateTime {
  try {
    return Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timeZone);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new ProtocolError('duration.invalid', `${timeZone} is not a time zone, or the start is out of range.`, {
      cause,
    });
  }
}
