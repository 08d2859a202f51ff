/** Times as an officer needs them: UTC and the local clock side by side, and how long there is left. Latin digits, Gregorian calendar. */

/** The zone of this computer, as an IANA name. */
export const localZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

function parts(atMs: number, zone: string): Readonly<Record<string, string>> {
  const format = new Intl.DateTimeFormat('en-GB-u-ca-gregory-nu-latn', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'longOffset',
  });
  return Object.fromEntries(format.formatToParts(atMs).map(({ type, value }) => [type, value]));
}

/** `2026-03-02 14:00 UTC (15:00 +01:00 here)`; the local date stands too where it differs, the bracket only where the zone does. */
export function formatTime(atMs: number, zone: string = localZone()): string {
  const utc = parts(atMs, 'UTC');
  const local = parts(atMs, zone);
  const day = (from: typeof utc): string => `${from.year}-${from.month}-${from.day}`;
  const clock = (from: typeof utc): string => `${from.hour}:${from.minute}`;
  const shown = `${day(utc)} ${clock(utc)} UTC`;
  const offset = (local.timeZoneName ?? '').replace('GMT', '');
  // Which of the two stands for UTC depends on the ICU version.
  if (offset === '' || offset === '+00:00') return shown;
  return `${shown} (${day(local) === day(utc) ? '' : `${day(local)} `}${clock(local)} ${offset} here)`;
}

/** `2026-03-02` in UTC. */
export const formatDay = (atMs: number): string => new Date(atMs).toISOString().slice(0, 10);

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const;

/** The two largest units of a span: `3 d 4 h`, `12 min 5 s`, `0 s`. */
export function formatSpan(spanMs: number): string {
  const shown: string[] = [];
  let restMs = Math.abs(spanMs);
  for (const [name, unitMs] of UNITS) {
    const count = Math.floor(restMs / unitMs);
    restMs -= count * unitMs;
    if (count > 0) shown.push(`${count} ${name}`);
    // Below the largest unit only the next smaller one says anything.
    else if (shown.length > 0) break;
    if (shown.length === 2) break;
  }
  return shown.length === 0 ? '0 s' : shown.join(' ');
}

/** `3 d 4 h left`, or `passed 5 min 2 s ago`. */
export function formatLeft(untilMs: number, nowMs: number): string {
  return untilMs > nowMs ? `${formatSpan(untilMs - nowMs)} left` : `passed ${formatSpan(nowMs - untilMs)} ago`;
}

/** A deadline in full: both clocks and the time left. */
export function formatDeadline(untilMs: number, nowMs: number, zone: string = localZone()): string {
  return `${formatTime(untilMs, zone)}, ${formatLeft(untilMs, nowMs)}`;
}
