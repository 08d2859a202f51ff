/**
 * One deadline of a case, whatever flow it belongs to: what is awaited, whose turn it is, by when, and why then (spec 55-clocks).
 * Plain data, made anew from the case's signed events whenever it is asked for; nothing of it travels.
 */
import type { AgencyId, Hash } from '../ids.js';
import { type ClockWarning, warningsOf } from './warnings.js';

/** The deadlines of a freeze alert, then those of the other duties. */
export const CLOCK_NAMES = [
  'delivery',
  'acknowledge',
  'decide',
  'redirect',
  'supply',
  'expiry',
  'extension-request',
  'extension-decision',
  'lift-answer',
  'lift-by-law-report',
  'keep-alive',
  'consent-answer',
  'exculpatory-notice',
  'feedback',
] as const;
export type ClockName = (typeof CLOCK_NAMES)[number];

/**
 * `passed`: a chance that was not taken and is no one's fault (an extension that nobody asked for), or a step of which no message
 * says that it is done. `overdue`: somebody still owes it.
 */
export type ClockState = 'running' | 'paused' | 'met' | 'passed' | 'overdue';

export interface CaseClock {
  readonly what: ClockName;
  /** What should have happened by then, in words. */
  readonly awaits: string;
  /** Whose turn it is. */
  readonly whose: { readonly agency: AgencyId; readonly party: 'requesting' | 'requested' };
  /** The assets concerned; empty where it is the whole case. */
  readonly assets: readonly string[];
  /** Of the message, item or grant that it concerns, where one case may have several of a kind; else null. */
  readonly on: Hash | null;
  readonly startedAtMs: number;
  /** Null while it is paused: then nobody knows. */
  readonly dueAtMs: number | null;
  /** What a paused clock has left when it goes on, for clocks in hours; else null. */
  readonly leftMs: number | null;
  /** How long it has been paused in all, the pause that still lasts apart. */
  readonly pausedMs: number;
  /** When what was awaited came; later than `dueAtMs` where it came late. Null until then. */
  readonly endedAtMs: number | null;
  /** "3 working days, the day of acknowledgement not counted, Friday 3 April 2026 a holiday: end of Thursday 9 April 2026 Europe/Lisbon" */
  readonly explanation: string;
  readonly warnings: readonly ClockWarning[];
  readonly state: ClockState;
}

/** What a flow says of one of its deadlines; the rest follows. */
export type ClockDraft = Pick<CaseClock, 'what' | 'awaits' | 'whose' | 'startedAtMs' | 'explanation'> & {
  readonly dueAtMs: number;
  readonly assets?: readonly string[];
  readonly on?: Hash;
  readonly pausedMs?: number;
  /** When it last went on after a pause; warnings from before then have been given. */
  readonly resumedAtMs?: number;
  /** When what is awaited came. */
  readonly endedAtMs?: number | undefined;
  /** That it passes is no one's fault. */
  readonly isChance?: boolean;
};

/** A clock that is not paused, as it stands at `nowMs`. */
export function caseClock(draft: ClockDraft, nowMs: number): CaseClock {
  const { assets = [], on = null, pausedMs = 0, resumedAtMs, endedAtMs, isChance = false, ...said } = draft;
  const missed = isChance ? 'passed' : 'overdue';
  return {
    ...said,
    assets,
    on,
    leftMs: null,
    pausedMs,
    endedAtMs: endedAtMs ?? null,
    warnings: warningsOf(said.startedAtMs, said.dueAtMs, {
      pausedMs,
      ...(resumedAtMs === undefined ? {} : { resumedAtMs }),
    }),
    state: endedAtMs === undefined ? (nowMs < said.dueAtMs ? 'running' : missed) : 'met',
  };
}

/** Still wanted: what a queue shows. */
export const isOpen = ({ state }: CaseClock): boolean =>
  state === 'running' || state === 'paused' || state === 'overdue';

/** What runs out first, first; what is paused, last. */
export function byDue(a: CaseClock, b: CaseClock): number {
  if (a.dueAtMs === null || b.dueAtMs === null) return Number(a.dueAtMs === null) - Number(b.dueAtMs === null);
  return a.dueAtMs - b.dueAtMs;
}
