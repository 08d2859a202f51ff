/** When to warn of a deadline: with half of the time left, with a quarter, and with 48 hours (domain, Flow 1). Pure arithmetic. */

/** One warning of a clock. */
export interface ClockWarning {
  /** How much of the time is left: a half, a quarter, 48 hours. */
  readonly left: '50 %' | '25 %' | '48 h';
  readonly atMs: number;
}

const WARN_AT_LEFT_MS = 48 * 3_600_000;

/** What a pause has done to the time. */
export interface Pauses {
  /** In all, in milliseconds. */
  readonly pausedMs?: number;
  /** When it last went on; a warning that was due before then has been given. */
  readonly resumedAtMs?: number;
}

/** The warnings before `dueAtMs`, in order; of several at one instant the one that says the most. */
export function warningsOf(
  startedAtMs: number,
  dueAtMs: number,
  { pausedMs = 0, resumedAtMs = startedAtMs }: Pauses = {},
): readonly ClockWarning[] {
  const wholeMs = dueAtMs - startedAtMs - pausedMs;
  const all: readonly ClockWarning[] = [
    { left: '50 %', atMs: Math.floor(dueAtMs - wholeMs / 2) },
    { left: '25 %', atMs: Math.floor(dueAtMs - wholeMs / 4) },
    { left: '48 h', atMs: dueAtMs - WARN_AT_LEFT_MS },
  ];
  const given = Math.max(startedAtMs, resumedAtMs);
  return all
    .filter(
      ({ atMs }, index) => atMs > given && atMs < dueAtMs && all.findIndex((other) => other.atMs === atMs) === index,
    )
    .sort((a, b) => a.atMs - b.atMs);
}

/** The instants alone. */
export const warningsMs = (startsAtMs: number, expiresAtMs: number): readonly number[] =>
  warningsOf(startsAtMs, expiresAtMs).map(({ atMs }) => atMs);
