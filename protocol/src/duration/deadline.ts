/**
 * From a duration and the instant of its start event to the instant of its end, with the reckoning in one sentence, so that
 * whoever relies on it can follow it by hand (spec 51-durations). Days are reckoned in the zone of the law, never in UTC.
 */
import { Temporal } from 'temporal-polyfill';
import { ProtocolError } from '../errors.js';
import type { Calendar, Duration } from './duration.js';
import { explain, type Reckoning } from './explain.js';

export interface Deadline {
  /** The first instant at which the measure no longer holds. */
  readonly expiresAtMs: number;
  /** "5 working days, the day of issue not counted, Friday 3 April 2026 a holiday: Friday 10 April 2026 17:00 Europe/Zurich" */
  readonly explanation: string;
}

/**
 * Reckons the end of `duration` from its start event.
 * @param startAtMs instant of the start event
 * @throws ProtocolError `duration.invalid` where it ends before it starts, or no day of the calendar works
 */
export function deadline(duration: Duration, startAtMs: number): Deadline {
  const reckoning = reckon(duration, startAtMs);
  if (Temporal.ZonedDateTime.compare(reckoning.end, reckoning.start) <= 0) {
    throw new ProtocolError(
      'duration.invalid',
      'The time is over before it has begun: the first day had ended when it started.',
    );
  }
  return { expiresAtMs: reckoning.end.epochMilliseconds, explanation: explain(duration, reckoning) };
}

function reckon(duration: Duration, startAtMs: number): Reckoning {
  const start = zoned(startAtMs, duration.calendar.timeZone);
  if (duration.unit === 'hours') {
    // Hours are elapsed time: a night in which the clocks change is an hour longer or shorter on the wall, not here.
    const end = start.add({ hours: duration.number });
    return { start, end, lastDay: end.toPlainDate(), holidays: [], movedFrom: undefined };
  }
  const holidays: Temporal.PlainDate[] = [];
  const counted = lastDayOf(duration, start.toPlainDate(), holidays);
  const mustMove =
    duration.lastDay === 'next-working-day' && duration.unit !== 'working-days' && !works(duration.calendar, counted);
  const lastDay = mustMove ? nextWorkingDay(duration.calendar, counted, holidays) : counted;
  return { start, end: endOf(duration, lastDay, start), lastDay, holidays, movedFrom: mustMove ? counted : undefined };
}

function lastDayOf(
  duration: Duration,
  startDay: Temporal.PlainDate,
  holidays: Temporal.PlainDate[],
): Temporal.PlainDate {
  const { number, firstDay, calendar } = duration;
  const isCounted = firstDay === 'counted';
  switch (duration.unit) {
    case 'calendar-days':
      return startDay.add({ days: isCounted ? number - 1 : number });
    case 'months':
      // 31 January and one month is 28 or 29 February (so too § 188 (3) BGB, Regulation 1182/71 art. 3(2)(c)).
      return isCounted ? startDay.add({ months: number }).subtract({ days: 1 }) : startDay.add({ months: number });
    case 'working-days': {
      let day = isCounted ? startDay.subtract({ days: 1 }) : startDay;
      for (let count = 0; count < number; count++) day = nextWorkingDay(calendar, day, holidays);
      return day;
    }
    case 'hours':
      return startDay;
  }
}

function endOf(
  { dayEnd, calendar }: Duration,
  lastDay: Temporal.PlainDate,
  start: Temporal.ZonedDateTime,
): Temporal.ZonedDateTime {
  const { timeZone } = calendar;
  switch (dayEnd.kind) {
    case 'midnight':
      return lastDay.add({ days: 1 }).toZonedDateTime({ timeZone });
    case 'same-time':
      return lastDay.toZonedDateTime({ timeZone, plainTime: start.toPlainTime() });
    case 'at-time':
      return lastDay.toZonedDateTime({ timeZone, plainTime: Temporal.PlainTime.from(dayEnd.time) });
  }
}

/** Whether the day is neither weekend nor listed holiday. */
const works = (calendar: Calendar, day: Temporal.PlainDate): boolean =>
  !calendar.weekend.includes(day.dayOfWeek) && !calendar.holidays.includes(day.toString());

function nextWorkingDay(
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

function zoned(atMs: number, timeZone: string): Temporal.ZonedDateTime {
  try {
    return Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timeZone);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new ProtocolError('duration.invalid', `${timeZone} is not a time zone, or the start is out of range.`, {
      cause,
    });
  }
}
