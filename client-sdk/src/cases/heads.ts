/**
 * What the next message of a case follows (`on`): the events that no other event follows yet. What this device has queued and not
 * sealed counts too, by its envelope id, until sealing gives it a name.
 */
import type { ConversationId, EnvelopeId, Hash } from '@holdfast/protocol';
import type { Archive } from '../archive/archive.js';
import type { StoredMessage } from '../archive/message-table.js';
import type { OutboxItem } from '../archive/outbox-table.js';
import { causalOrder } from './causal-order.js';

const isEvent = ({ kind }: { readonly kind: string }): boolean => !kind.startsWith('receipt.');
/** The same act, sealed by two devices under one id, counts once. */
const isFirst = ({ flags }: StoredMessage): boolean => !flags.includes('repeated');

/** The case's messages, receipts apart, each after what it follows. */
export const eventsOf = (archive: Archive, conversation: ConversationId): readonly StoredMessage[] =>
  causalOrder(archive.messages.ofConversation(conversation).filter((message) => isEvent(message) && isFirst(message)));

/** What waits here unsealed in a case, receipts apart. */
export const queuedEventsOf = (archive: Archive, conversation: ConversationId): readonly OutboxItem[] =>
  archive.outbox.queuedIn(conversation).filter(isEvent);

/** Sealed events that no other sealed event follows: what a draft follows, whose `on` is signed before it is sealed. */
export function headsOfCase(archive: Archive, conversation: ConversationId): readonly Hash[] {
  const events = eventsOf(archive, conversation);
  const followed = new Set(events.flatMap(({ follows }) => follows));
  return events.map(({ eh }) => eh).filter((eh) => !followed.has(eh));
}

/** As `headsOfCase`, with what waits in the outbox: nothing that we have said is passed over because the relay was away. */
export function headsWithQueued(
  archive: Archive,
  conversation: ConversationId,
): { readonly follows: readonly Hash[]; readonly followsQueued: readonly EnvelopeId[] } {
  const queued = queuedEventsOf(archive, conversation);
  const followed = new Set<string>(queued.flatMap((item) => namesFollowedBy(archive, item)));
  return {
    follows: headsOfCase(archive, conversation).filter((eh) => !followed.has(eh)),
    followsQueued: queued.map(({ id }) => id).filter((id) => !followed.has(id)),
  };
}

/** What a waiting item follows, by `eh` where that is known, else by envelope id. */
export function namesFollowedBy(archive: Archive, item: OutboxItem): readonly (Hash | EnvelopeId)[] {
  return [...item.follows, ...item.followsQueued.flatMap((id) => nameOf(archive, id))];
}

/** What an item follows, as sealing fixes it. An earlier item that will never be sealed is passed over, to what it followed. */
export const followsOf = (archive: Archive, item: OutboxItem): Hash[] => [
  ...new Set([...item.follows, ...item.followsQueued.flatMap((id) => sealedNameOf(archive, id))]),
];

function nameOf(archive: Archive, id: EnvelopeId): readonly (Hash | EnvelopeId)[] {
  const item = archive.outbox.get(id);
  if (item === undefined) return [];
  if (item.eh !== null) return [item.eh];
  return item.state === 'queued' ? [id] : namesFollowedBy(archive, item);
}

function sealedNameOf(archive: Archive, id: EnvelopeId): readonly Hash[] {
  const item = archive.outbox.get(id);
  if (item === undefined) return [];
  return item.eh === null ? followsOf(archive, item) : [item.eh];
}
