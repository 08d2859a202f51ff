/**
 * From a term and the instant of its start event to the instant of its end, with the reckoning in one sentence, so that
 * whoever relies on it can follow it by hand (spec 51-durations). Days are reckoned in the zone of the law, never in UTC.
 */
import { Temporal } from 'temporal-polyfill';
import { ProtocolError } from '../errors.js';
import type { Duration } from './duration.js';
import { explain, type Reckoning, startText } from './explain.js';
import { type Deadline, isElapsed, nextWorkingDay, type Term, works, zoned } from './term.js';

/**
 * Reckons the end of `duration` from its start event.
 * @param startAtMs instant of the start event
 * @throws ProtocolError `duration.invalid` where it ends before it starts, or no day of the calendar works
 */
export const deadline = (duration: Duration, startAtMs: number): Deadline =>
  termEnd({ ...duration, start: startText(duration.startEvent) }, startAtMs);

/** As `deadline`, for any term. */
export function termEnd(term: Term, startAtMs: number): Deadline {
  const reckoning = reckon(term, startAtMs);
  if (Temporal.ZonedDateTime.compare(reckoning.end, reckoning.start) <= 0) {
    throw new ProtocolError(
      'duration.invalid',
      'The time is over before it has begun: the first day had ended when it started.',
    );
  }
  return { expiresAtMs: reckoning.end.epochMilliseconds, explanation: explain(term, reckoning) };
}

function reckon(term: Term, startAtMs: number): Reckoning {
  const { calendar, unit, number } = term;
  const start = zoned(startAtMs, calendar.timeZone);
  if (isElapsed(unit)) {
    // Elapsed time: a night in which the clocks change is an hour longer or shorter on the wall, not here.
    const end = start.add(unit === 'hours' ? { hours: number } : { minutes: number });
    return {
      start,
      startDay: start.toPlainDate(),
      end,
      lastDay: end.toPlainDate(),
      holidays: [],
      movedFrom: undefined,
    };
  }
  const holidays: Temporal.PlainDate[] = [];
  const startDay = startDayOf(term, start, holidays);
  const counted = lastDayOf(term, startDay, holidays);
  const mustMove = term.lastDay === 'next-working-day' && unit !== 'working-days' && !works(calendar, counted);
  const lastDay = mustMove ? nextWorkingDay(calendar, counted, holidays) : counted;
  const movedFrom = mustMove ? counted : undefined;
  return { start, startDay, end: endOf(term, lastDay, start), lastDay, holidays, movedFrom };
}

/** The day on which the start event counts: the next working day where it came when the office was closed. */
function startDayOf(
  { officeCloses, calendar }: Term,
  start: Temporal.ZonedDateTime,
  holidays: Temporal.PlainDate[],
): Temporal.PlainDate {
  const day = start.toPlainDate();
  if (officeCloses === undefined) return day;
  const isOpen = Temporal.PlainTime.compare(start.toPlainTime(), Temporal.PlainTime.from(officeCloses)) < 0;
  return isOpen && works(calendar, day) ? day : nextWorkingDay(calendar, day, holidays);
}

function lastDayOf(term: Term, startDay: Temporal.PlainDate, holidays: Temporal.PlainDate[]): Temporal.PlainDate {
  const { number, firstDay, calendar } = term;
  const isCounted = firstDay === 'counted';
  switch (term.unit) {
    case 'calendar-days':
      return startDay.add({ days: isCounted ? number - 1 : number });
    case 'months':
      // 31 January and one month is 28 or 29 February (so too § 188 (3) BGB, Regulation 1182/71 art. 3(2)(c)). Where the first day
      // counts, the day before is what the last month has or lacks: from 31 August to 30 September, not to the 29th.
      if (!isCounted) return startDay.add({ months: number });
      return startDay.day === 1
        ? startDay.add({ months: number }).subtract({ days: 1 })
        : startDay.subtract({ days: 1 }).add({ months: number });
    case 'working-days': {
      let day = isCounted ? startDay.subtract({ days: 1 }) : startDay;
      for (let count = 0; count < number; count++) day = nextWorkingDay(calendar, day, holidays);
      return day;
    }
    case 'hours':
    case 'minutes':
      return startDay;
  }
}

/** A time of day that the clocks skip is taken as much later; of one that comes twice, the first. */
function endOf(
  { dayEnd, calendar }: Term,
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
