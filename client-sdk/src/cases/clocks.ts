/** A case's deadlines: what was said in it, and the recipient's published calendar, put before the protocol's reckoning. */
import {
  type AgencyId,
  type CaseClock,
  clocksOf,
  type Hash,
  isProtocolError,
  type Message,
  type Priority,
  type SaidEvent,
} from '@holdfast/protocol';
import type { RecordsOf } from '../directory/records-at-hand.js';
import type { UnknownMessage } from '../receive/read-message.js';
import type { CaseAsset } from './fold-freeze.js';

/** What the clocks take of a case. */
interface Clocked {
  readonly agencies: readonly AgencyId[];
  readonly priority: Priority;
  readonly assets: readonly CaseAsset[];
  readonly timeline: readonly {
    readonly eh: Hash;
    readonly from: AgencyId;
    readonly ours: boolean;
    readonly sentAtMs: number;
    readonly storedAtMs: number;
    readonly message: Message | UnknownMessage;
    readonly acknowledgements: readonly { readonly agency: AgencyId; readonly atMs: number }[];
    readonly refused: string | null;
  }[];
}

/** The deadlines of a freeze alert, what runs out first on top; none for anything else, or while its opening is missing. */
export function freezeClocks(found: Clocked, recordsOf: RecordsOf, nowMs: number): readonly CaseClock[] {
  const [first] = found.timeline;
  const requested = found.agencies.find((agency) => agency !== first?.from);
  if (first?.message.kind !== 'freeze.request' || requested === undefined) return [];
  const events = found.timeline.flatMap(({ eh, from, sentAtMs, message, refused }): readonly SaidEvent[] => {
    if (refused !== null || message.kind === 'unknown') return [];
    return [{ eh, by: from === first.from ? 'requesting' : 'requested', atMs: sentAtMs, message }];
  });
  const receipts = first.acknowledgements.filter(({ agency }) => agency === requested).map(({ atMs }) => atMs);
  const input = {
    events,
    urgency: found.priority,
    parties: { requesting: first.from, requested },
    deliveredAtMs: receipts.length > 0 ? Math.min(...receipts) : first.ours ? undefined : first.storedAtMs,
    assets: found.assets.map(({ assetRef, state, expiry }) => ({ assetRef, state, expiresAtMs: expiry?.atMs ?? null })),
    record: recordsOf(requested).capability,
    nowMs,
  };
  try {
    return clocksOf(input);
  } catch (error) {
    // A calendar in which no day works would take the case with it: then weekends alone count, and the sentence says so.
    if (!isProtocolError(error, 'duration.invalid')) throw error;
    return clocksOf({ ...input, record: null });
  }
}
