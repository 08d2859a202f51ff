/**
 * A case: everything signed in one conversation, in an order that respects what follows what, and the state that this makes.
 * Nothing is stored beside the messages; replaying them gives the same case on any device.
 */
import type {
  AgencyId,
  AttachmentRef,
  CaseClock,
  ConversationId,
  DerivedAlertState,
  Hash,
  Message,
  Priority,
} from '@holdfast/protocol';
import type { Archive } from '../archive/archive.js';
import type { MessageFlag } from '../archive/json-columns.js';
import type { Acknowledgement } from '../archive/message-table.js';
import type { MissingMessage } from '../archive/missing-table.js';
import type { Erasure } from '../archive/retention-table.js';
import { noRecords, type RecordsOf } from '../directory/records-at-hand.js';
import { type FoldedDuties, foldDuties } from '../duties/fold-duties.js';
import { SdkError } from '../errors.js';
import { signedOf } from '../receive/evidence.js';
import { readMessage, type UnknownMessage } from '../receive/read-message.js';
import { freezeClocks } from './clocks.js';
import { type FoldedDisclosure, foldDisclosure } from './fold-disclosure.js';
import { type CaseAsset, type CaseStep, foldFreeze, requestOf } from './fold-freeze.js';
import { eventsOf } from './heads.js';

export { eventsOf, headsOfCase } from './heads.js';

export interface TimelineEntry {
  readonly eh: Hash;
  readonly from: AgencyId;
  readonly ours: boolean;
  readonly sentAtMs: number;
  readonly storedAtMs: number;
  readonly message: Message | UnknownMessage;
  readonly attachments: readonly AttachmentRef[];
  /** Hash of the terms under which it was sent; null where it has none. */
  readonly termsHash: Hash | null;
  readonly acknowledgements: readonly Acknowledgement[];
  /** Set where the case's state did not allow this step: it is shown, and changes nothing. */
  readonly refused: string | null;
  /** A withdrawal that crossed the decision asks for release instead. */
  readonly countsAs: 'release-request' | null;
  /** How it came: `late` behind ones that follow it, `delayed`, `forked` (two under one number), `id-reused`, `recovered` from the agency archive. */
  readonly flags: readonly MessageFlag[];
}

/** Where a case stands: the freeze alert's state, derived from its assets where there is a decision; `released` for a disclosure. */
export type CaseState = DerivedAlertState | FoldedDisclosure['state'] | 'open' | 'erased';

export interface Case {
  readonly conversation: ConversationId;
  readonly kind: 'freeze' | 'disclosure' | 'other';
  readonly caseRef: string | null;
  readonly agencies: readonly AgencyId[];
  readonly priority: Priority;
  readonly state: CaseState;
  readonly assets: readonly CaseAsset[];
  /** What may be done next, and by whom; empty where the case is no freeze alert. */
  readonly steps: readonly CaseStep[];
  /** What article 46(5) asks beside the flow: consents to share onward, exculpatory disclosures, feedback. */
  readonly duties: FoldedDuties;
  /** Every deadline, met ones too; what runs out first on top. */
  readonly clocks: readonly CaseClock[];
  /** Null where the case is no disclosure. */
  readonly disclosure: FoldedDisclosure | null;
  readonly timeline: readonly TimelineEntry[];
  /** Messages that others of the case name and that are not here; never silently passed over. */
  readonly missing: readonly MissingMessage[];
  /** When the case was erased here and why; its `state` is then `erased`. */
  readonly erased: Pick<Erasure, 'atMs' | 'reason' | 'state'> | null;
}

/** Who opened a conversation, with what priority, between whom. @throws SdkError `case.unknown` */
export function openingOf(
  archive: Archive,
  conversation: ConversationId,
): { readonly agencies: readonly AgencyId[]; readonly priority: Priority } {
  const found = archive.conversations.get(conversation);
  if (found === undefined) throw new SdkError('case.unknown', `There is no case ${conversation}.`);
  const [first] = archive.messages.ofConversation(conversation);
  // While the opening message itself waits in the outbox, what follows it must not overtake it or give it away.
  const priority = first?.priority ?? archive.outbox.priorityOf(conversation) ?? 'routine';
  return { agencies: found.agencies, priority };
}

/** @throws SdkError `case.unknown` */
export function caseOf(
  archive: Archive,
  self: AgencyId,
  conversation: ConversationId,
  nowMs: number,
  recordsOf: RecordsOf = noRecords,
): Case {
  const { agencies, priority } = openingOf(archive, conversation);
  const events = eventsOf(archive, conversation);
  const messages = new Map(events.map((event) => [event.eh, readMessage(event)]));
  const first = requestOf(events) ?? events[0];
  const erased = archive.retention.erasureOf(conversation);
  const freeze = foldFreeze(archive, self, conversation, events, messages, nowMs);
  const disclosure = foldDisclosure(archive, self, conversation, nowMs);
  const { duties, refused } = foldDuties(events, messages, {
    agencies,
    calendarOf: (agency) => recordsOf(agency).capability?.calendar ?? null,
    nowMs,
    refusedByFlow: freeze?.refused,
  });
  const found: Omit<Case, 'clocks'> = {
    conversation,
    kind: kindOf(first?.kind),
    caseRef: first?.caseRef ?? null,
    agencies,
    priority,
    state: erased !== undefined ? 'erased' : (freeze?.state ?? disclosure?.state ?? 'open'),
    assets: freeze?.assets ?? [],
    steps: freeze?.steps ?? [],
    duties,
    disclosure: disclosure ?? null,
    timeline: events.map((event) => ({
      eh: event.eh,
      from: event.agency,
      ours: event.agency === self,
      sentAtMs: event.tsMs,
      storedAtMs: event.storedAtMs,
      message: messages.get(event.eh) ?? readMessage(event),
      ...signedOf(event),
      acknowledgements: archive.messages.acknowledgements(event.eh),
      refused:
        freeze?.refused.get(event.eh) ?? disclosure?.refused.get(event.eh)?.reason ?? refused.get(event.eh) ?? null,
      countsAs: freeze?.countsAs.get(event.eh) ?? null,
      flags: event.flags,
    })),
    missing: archive.missing.ofConversation(conversation),
    erased: erased === undefined ? null : { atMs: erased.atMs, reason: erased.reason, state: erased.state },
  };
  return { ...found, clocks: freezeClocks(found, recordsOf, nowMs) };
}

function kindOf(opening: string | undefined): Case['kind'] {
  if (opening === 'freeze.request') return 'freeze';
  return opening === 'disclosure' || opening === 'disclosure.offer' ? 'disclosure' : 'other';
}

/** Which cases to list; every member narrows. */
export interface CaseQuery {
  readonly kind?: Case['kind'];
  /** The other agency. */
  readonly agency?: AgencyId;
  /** Only cases in which somebody may still take a step. */
  readonly isOpen?: boolean;
  /** At most so many, after skipping `offset`. */
  readonly limit?: number;
  readonly offset?: number;
}

/** The cases asked for, what runs out first on top. */
export function listCases(
  archive: Archive,
  self: AgencyId,
  nowMs: number,
  recordsOf: RecordsOf,
  query: CaseQuery = {},
): readonly Case[] {
  const { kind, agency, isOpen, limit, offset = 0 } = query;
  const cases = archive.messages
    .conversations()
    .map((conversation) => caseOf(archive, self, conversation, nowMs, recordsOf))
    .filter((found) => kind === undefined || found.kind === kind)
    .filter(({ agencies }) => agency === undefined || agencies.includes(agency))
    .filter(({ kind: of, steps }) => isOpen === undefined || isOpen === (of !== 'freeze' || steps.length > 0))
    .sort((a, b) => firstExpiry(a) - firstExpiry(b));
  return cases.slice(offset, limit === undefined ? undefined : offset + limit);
}

const firstExpiry = ({ assets }: Case): number =>
  Math.min(
    Number.POSITIVE_INFINITY,
    ...assets.flatMap(({ held, expiry }) => (held !== null && expiry !== null ? [expiry.atMs] : [])),
  );
