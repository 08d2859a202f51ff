/** A case's messages as the folds of the duties take them: in a causal order, each with everything that it follows. */
import { type AgencyId, type Hash, isDutyKind, type Message } from '@holdfast/protocol';
import type { StoredMessage } from '../archive/message-table.js';
import { causalOrder } from '../cases/causal-order.js';
import { manifestOf } from '../receive/evidence.js';
import type { UnknownMessage } from '../receive/read-message.js';

export interface DutyMessage {
  /** Its `eh`; of one that still waits in the outbox, a name of its own. */
  readonly id: Hash;
  readonly agency: AgencyId;
  /** When it was signed. */
  readonly atMs: number;
  /** Every message of the case that it follows, as far as they are here. */
  readonly after: ReadonlySet<Hash>;
  readonly message: Message | UnknownMessage;
  /** Kind as claimed, for kinds that this version does not know. */
  readonly kind: string;
  /** Hash of the terms under which it was sent; null where it has none. */
  readonly termsHash: Hash | null;
}

/** Why a message changes nothing, by the message. */
export type Refusals = Map<string, string>;

/** Of messages that do not follow one another, what was done comes before what was said of it. */
const RANKS: readonly string[] = ['exculpatory.notice', 'consent.request', 'consent.shared'];
const rankOf = ({ kind }: Pick<StoredMessage, 'kind'>): number => {
  const rank = RANKS.indexOf(kind);
  return rank === -1 ? RANKS.length : rank;
};

/** The case's messages with what each follows; the same list on every device that has the same messages. */
export function dutyMessages(
  events: readonly StoredMessage[],
  messages: ReadonlyMap<Hash, Message | UnknownMessage>,
): readonly DutyMessage[] {
  const lineage = new Map<Hash, ReadonlySet<Hash>>();
  // Who follows whom matters to the duties alone; most cases have none yet.
  const hasDuties = events.some(({ kind }) => isDutyKind(kind));
  return causalOrder(events, rankOf).flatMap((event) => {
    const { eh, agency, tsMs, follows, kind } = event;
    const after = new Set<Hash>();
    for (const parent of hasDuties ? follows : []) {
      after.add(parent);
      for (const earlier of lineage.get(parent) ?? []) after.add(earlier);
    }
    lineage.set(eh, after);
    const message = messages.get(eh);
    if (message === undefined) return [];
    // Only what may be shared onward has terms; a receipt's or a duty's manifest need not be read.
    const termsHash = isDutyKind(kind) || event.jws === '' ? null : manifestOf(event).termsHash;
    return [{ id: eh, agency, atMs: tsMs, after, message, kind, termsHash }];
  });
}
