/** What the deadlines of a freeze alert are made from: what was signed, what the fold made of it, and R's published record. */
import type { CapabilityRecord } from '../directory/index.js';
import type { Calendar } from '../duration/index.js';
import type { Priority } from '../envelope/core.js';
import type { AgencyId, Hash } from '../ids.js';
import type { Message } from '../messages/index.js';
import type { CaseClock } from './case-clock.js';
import type { RequestedAssetState } from './freeze-case.js';

/** One message of the case that its state allowed. */
export interface SaidEvent {
  readonly eh: Hash;
  readonly by: 'requesting' | 'requested';
  /** `ts` of its envelope. */
  readonly atMs: number;
  readonly message: Message;
}

export interface FreezeClockInput {
  /** In causal order, the request first. */
  readonly events: readonly SaidEvent[];
  readonly urgency: Priority;
  readonly parties: { readonly requesting: AgencyId; readonly requested: AgencyId };
  /** When R's node had it; undefined where nothing says so. */
  readonly deliveredAtMs: number | undefined;
  /** As the fold has them at `nowMs`. */
  readonly assets: readonly {
    readonly assetRef: string;
    readonly state: RequestedAssetState;
    readonly expiresAtMs: number | null;
  }[];
  /** R's published record: its calendar, its answer times, its extensions; null where none is at hand. */
  readonly record: CapabilityRecord | null;
  readonly nowMs: number;
}

export type ClockFacts = FreezeClockInput & { readonly calendar: Calendar };

/** Where R's own calendar is not at hand. */
export const WEEKENDS_ONLY: Calendar = { timeZone: 'UTC', weekend: [6, 7], holidays: [] };

/** Whose turn it is. */
export const agencyOf = ({ parties }: ClockFacts, party: 'requesting' | 'requested'): CaseClock['whose'] => ({
  agency: parties[party],
  party,
});
