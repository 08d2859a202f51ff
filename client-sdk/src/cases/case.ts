/**
 * A case: everything signed in one conversation, in an order that respects what follows what, and the state that this makes.
 * Nothing is stored beside the messages; replaying them gives the same case on any device.
 */
import type { AgencyId, AttachmentRef, ConversationId, Hash, Message, Priority } from '@holdfast/protocol';
import type { Archive } from '../archive/archive.js';
import type { MessageFlag } from '../archive/json-columns.js';
import type { Acknowledgement, StoredMessage } from '../archive/message-table.js';
import type { MissingMessage } from '../archive/missing-table.js';
import type { Erasure } from '../archive/retention-table.js';
import { SdkError } from '../errors.js';
import { attachmentsOf } from '../receive/evidence.js';
import { readMessage, type UnknownMessage } from '../receive/read-message.js';
import { causalOrder } from './causal-order.js';
import { type CaseAsset, foldFreeze } from './fold-freeze.js';

export interface TimelineEntry {
  readonly eh: Hash;
  readonly from: AgencyId;
  readonly ours: boolean;
  readonly sentAtMs: number;
  readonly storedAtMs: number;
  readonly message: Message | UnknownMessage;
  readonly attachments: readonly AttachmentRef[];
  readonly acknowledgements: readonly Acknowledgement[];
  /** Set where the case's state did not allow this step: it is shown, and changes nothing. */
  readonly refused: string | null;
  /** How it came: `late` behind ones that follow it, `delayed`, `forked` (two under one number), `id-reused`, `recovered` from the agency archive. */
  readonly flags: readonly MessageFlag[];
}

export interface Case {
  readonly conversation: ConversationId;
  readonly kind: 'freeze' | 'disclosure' | 'other';
  readonly caseRef: string | null;
  readonly agencies: readonly AgencyId[];
  readonly priority: Priority;
  /** The freeze alert's state, derived from its assets where there is a decision; `released` for a disclosure. */
  readonly state: string;
  readonly assets: readonly CaseAsset[];
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

/** The case's messages, receipts apart, each after what it follows. */
export function eventsOf(archive: Archive, conversation: ConversationId): readonly StoredMessage[] {
  return causalOrder(archive.messages.ofConversation(conversation).filter(({ kind }) => !kind.startsWith('receipt.')));
}

/** Events that no other event follows: what the next one follows. */
export function headsOfCase(archive: Archive, conversation: ConversationId): readonly Hash[] {
  const events = eventsOf(archive, conversation);
  const followed = new Set(events.flatMap(({ follows }) => follows));
  return events.map(({ eh }) => eh).filter((eh) => !followed.has(eh));
}

/** @throws SdkError `case.unknown` */
export function caseOf(archive: Archive, self: AgencyId, conversation: ConversationId, nowMs: number): Case {
  const { agencies, priority } = openingOf(archive, conversation);
  const events = eventsOf(archive, conversation);
  const messages = new Map(events.map((event) => [event.eh, readMessage(event)]));
  const first = events[0];
  const opening = first === undefined ? undefined : messages.get(first.eh);
  const isDelivered =
    first !== undefined && (first.direction === 'in' || archive.messages.acknowledgements(first.eh).length > 0);
  const erased = archive.retention.erasureOf(conversation);
  const freeze = foldFreeze(events, messages, isDelivered, nowMs);
  return {
    conversation,
    kind: first?.kind === 'freeze.request' ? 'freeze' : first?.kind === 'disclosure' ? 'disclosure' : 'other',
    caseRef: first?.caseRef ?? null,
    agencies,
    priority,
    state: erased !== undefined ? 'erased' : (freeze?.state ?? (opening?.kind === 'disclosure' ? 'released' : 'open')),
    assets: freeze?.assets ?? [],
    timeline: events.map((event) => ({
      eh: event.eh,
      from: event.agency,
      ours: event.agency === self,
      sentAtMs: event.tsMs,
      storedAtMs: event.storedAtMs,
      message: messages.get(event.eh) ?? readMessage(event),
      attachments: attachmentsOf(event),
      acknowledgements: archive.messages.acknowledgements(event.eh),
      refused: freeze?.refused.get(event.eh) ?? null,
      flags: event.flags,
    })),
    missing: archive.missing.ofConversation(conversation),
    erased: erased === undefined ? null : { atMs: erased.atMs, reason: erased.reason, state: erased.state },
  };
}

/** Every case, what runs out first on top. */
export function listCases(archive: Archive, self: AgencyId, nowMs: number): readonly Case[] {
  const cases = archive.messages.conversations().map((conversation) => caseOf(archive, self, conversation, nowMs));
  const firstExpiry = ({ assets }: Case): number =>
    Math.min(
      Number.POSITIVE_INFINITY,
      ...assets.flatMap(({ state, expiry }) => (state === 'in-force' && expiry !== null ? [expiry.atMs] : [])),
    );
  return cases.sort((a, b) => firstExpiry(a) - firstExpiry(b));
}
