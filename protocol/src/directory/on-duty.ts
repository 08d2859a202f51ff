/**
 * Is somebody on duty at this instant? Reckoned from the agency's own signed roster in the agency's own zone: a shift that begins in the
 * evening goes on into the next day, one that would begin on a holiday does not take place, a night in which the clocks change is as
 * long as it is. Pure.
 */
import { Temporal } from 'temporal-polyfill';
import type { DutyRoster, Shift } from './duty-roster.js';

/** `unknown` where the agency gives its hours in words only. */
export type DutyState =
  /** `untilMs` is null where it goes on for more than a week. */
  | { readonly kind: 'on-duty'; readonly untilMs: number | null }
  /** `nextStartMs` is null where no shift begins within a year. */
  | { readonly kind: 'off-duty'; readonly nextStartMs: number | null }
  | { readonly kind: 'unknown' };

type Schedule = NonNullable<DutyRoster['schedule']>;
interface Span {
  readonly fromMs: number;
  readonly untilMs: number;
}

const MS_PER_DAY = 86_400_000;
const GOES_ON_DAYS = 8;
const LOOKS_AHEAD_DAYS = 366;

/** Who answers the telephone at `atMs`, as far as the roster says. */
export function dutyAt({ schedule }: DutyRoster, atMs: number): DutyState {
  if (schedule === undefined) return { kind: 'unknown' };
  const today = Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(schedule.timeZone).toPlainDate();
  const around = spansOf(schedule, today, -1, GOES_ON_DAYS + 1);
  if (!around.some((span) => holds(span, atMs))) {
    const ahead = [...around, ...spansOf(schedule, today, GOES_ON_DAYS + 2, LOOKS_AHEAD_DAYS)];
    const starts = ahead.map(({ fromMs }) => fromMs).filter((fromMs) => fromMs > atMs);
    return { kind: 'off-duty', nextStartMs: starts.length === 0 ? null : Math.min(...starts) };
  }
  // Shifts that touch or overlap are one duty: the next officer takes over.
  let untilMs = atMs;
  for (let span = covering(around, untilMs); span !== undefined; span = covering(around, untilMs))
    untilMs = span.untilMs;
  return { kind: 'on-duty', untilMs: untilMs - atMs > (GOES_ON_DAYS - 1) * MS_PER_DAY ? null : untilMs };
}

/** True only where the roster says so: hours in words count as nobody. */
export const isOnDuty = (roster: DutyRoster, atMs: number): boolean => dutyAt(roster, atMs).kind === 'on-duty';

const holds = ({ fromMs, untilMs }: Span, atMs: number): boolean => fromMs <= atMs && atMs < untilMs;
const covering = (spans: readonly Span[], atMs: number): Span | undefined => spans.find((span) => holds(span, atMs));

/** The shifts that begin on the days from `first` to `last`, counted from `today`. */
function spansOf(schedule: Schedule, today: Temporal.PlainDate, first: number, last: number): readonly Span[] {
  const days = Array.from({ length: last - first + 1 }, (_, index) => today.add({ days: first + index }));
  return days
    .filter((day) => !schedule.holidays.includes(day.toString()))
    .flatMap((day) =>
      schedule.shifts
        .filter((shift) => shift.days.includes(day.dayOfWeek))
        .map((shift) => spanOf(schedule.timeZone, day, shift)),
    );
}

function spanOf(timeZone: string, day: Temporal.PlainDate, { from, until }: Shift): Span {
  const isNextDay = until === '24:00' || until <= from;
  const endDay = isNextDay ? day.add({ days: 1 }) : day;
  const at = (date: Temporal.PlainDate, time: string): number =>
    date.toZonedDateTime({ timeZone, plainTime: Temporal.PlainTime.from(time) }).epochMilliseconds;
  return { fromMs: at(day, from), untilMs: at(endDay, until === '24:00' ? '00:00' : until) };
}
