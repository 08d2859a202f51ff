/**
 * Extensions and later stages as the law states them: by how much, how often, up to which total (spec 51-durations). What is due
 * when is reckoned; that somebody extends is for R to sign.
 */
import { ProtocolError } from '../errors.js';
import { deadline, termEnd } from './deadline.js';
import type { Duration } from './duration.js';
import { dayText, timeText } from './explain.js';
import { type Deadline, isElapsed, zoned } from './term.js';

export interface RunningMeasure {
  /** Instant of the start event, from which the cap counts. */
  readonly startAtMs: number;
  /** Its end as it stands. */
  readonly expiresAtMs: number;
  /** How many extensions it has had. */
  readonly given: number;
  /** Until when more time is asked for; the law may give less. */
  readonly untilMs?: number;
}

/**
 * The new end of a measure that is extended once more: the old last day and `each`, or what is asked for, never past the cap.
 * @throws ProtocolError `duration.no-extension` where the count or the cap is used up, or nothing says how long
 */
export function extend(duration: Duration, { startAtMs, expiresAtMs, given, untilMs }: RunningMeasure): Deadline {
  const { count, each, cap } = duration.extensions;
  if (given >= count) throw refused(usedUp(count, given));
  const limit = cap === undefined ? undefined : deadline({ ...duration, ...cap }, startAtMs);
  if (limit !== undefined && limit.expiresAtMs <= expiresAtMs)
    throw refused(`The measure already lasts as long as the law allows: ${limit.explanation}.`);
  const name = `${ordinal(given + 1)} extension`;
  const byLaw = each === undefined ? undefined : later(duration, name, expiresAtMs, each);
  const wanted = untilMs === undefined ? undefined : decided(duration, name, untilMs);
  const [shortest] = [byLaw, wanted, limit && cutTo(limit, name)]
    .filter((end) => end !== undefined)
    .sort((a, b) => a.expiresAtMs - b.expiresAtMs);
  if (shortest === undefined) {
    throw refused('The law says neither how long an extension is nor how long it may last in all: say until when.');
  }
  if (shortest.expiresAtMs <= expiresAtMs) throw refused('The time asked for is not later than the end as it stands.');
  return shortest;
}

const cutTo = ({ expiresAtMs, explanation }: Deadline, name: string): Deadline => ({
  expiresAtMs,
  explanation: `${name}, cut to the longest that the law allows, ${explanation}`,
});

function usedUp(count: number, given: number): string {
  if (count === 0) return 'The law allows no extension.';
  return `The law allows ${count === 1 ? 'one extension' : `${count} extensions`}, and ${given} ${given === 1 ? 'is' : 'are'} used.`;
}

/** The stage that may follow, as a duration of its own; undefined where none does. Its start is the act that opens it. */
export function nextStage(duration: Duration): Duration | undefined {
  const { afterwards, officeCloses: _closes, ...first } = duration;
  if (afterwards === undefined) return undefined;
  const { opens: _opens, by: _by, ...counting } = afterwards;
  const { extendedBy: _extendedBy, ...shared } = first;
  return { ...shared, ...counting, silence: 'no-effect' };
}

/** `each` after the last day, which is not counted again. */
function later(
  duration: Duration,
  name: string,
  expiresAtMs: number,
  each: NonNullable<Duration['extensions']['each']>,
): Deadline {
  const { calendar, dayEnd, lastDay } = duration;
  // A day ends at the first instant of the next; the last day itself is the one before.
  const onLastDayMs =
    dayEnd.kind === 'midnight' && !isElapsed(duration.unit) && !isElapsed(each.unit) ? expiresAtMs - 1 : expiresAtMs;
  const at = zoned(onLastDayMs, calendar.timeZone);
  // What began as hours ends at a time of day, whatever a day's end is.
  const end: Duration['dayEnd'] = isElapsed(duration.unit) ? { kind: 'same-time' } : dayEnd;
  const found = termEnd(
    { ...each, calendar, dayEnd: end, lastDay, firstDay: 'not-counted', start: 'the old end' },
    onLastDayMs,
  );
  const first = isElapsed(each.unit) ? '' : ` ${dayText(at.toPlainDate())}`;
  return {
    ...found,
    explanation: `${name}, ${found.explanation.replace('the day of the old end', `the day of the old end${first}`)}`,
  };
}

function decided({ calendar }: Duration, name: string, untilMs: number): Deadline {
  const end = zoned(untilMs, calendar.timeZone);
  const text = `${dayText(end.toPlainDate())} ${timeText(end)} ${calendar.timeZone}`;
  return { expiresAtMs: untilMs, explanation: `${name}, as decided: ${text}` };
}

const refused = (reason: string): ProtocolError => new ProtocolError('duration.no-extension', reason);

function ordinal(number: number): string {
  const tens = number % 100;
  const suffix = tens >= 11 && tens <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][number % 10] ?? 'th');
  return `${number}${suffix}`;
}
