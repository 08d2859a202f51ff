/**
 * Telling the agency's own other devices something that is nobody else's: sealed and delivered as any message, in a conversation of
 * the agency alone, with no receipt. Where there is no other device, nothing is submitted.
 */
import type { AgencyId, ConversationId, EnvelopeId, Hash, MessageBody, OwnKind, Priority } from '@holdfast/protocol';
import type { Archive } from '../archive/archive.js';
import { enqueue, newConversationId } from './enqueue.js';

export interface OwnMessage<K extends OwnKind = OwnKind> {
  readonly kind: K;
  readonly body: MessageBody<K>;
  /** An earlier own conversation that it goes on with; a fresh one where nothing is said. */
  readonly conversation?: ConversationId;
  readonly follows?: readonly Hash[];
  readonly priority?: Priority;
  /** Whose attachments the relay must have first. */
  readonly uploadsFirst?: EnvelopeId;
}

/** Queues it, within a running transaction or its own; the caller wakes the outbox. @throws SdkError `message.*`, `device.cloned` */
export function queueOwn<K extends OwnKind>(
  archive: Archive,
  self: AgencyId,
  { conversation = newConversationId(), follows = [], priority = 'routine', ...message }: OwnMessage<K>,
  nowMs: number,
): EnvelopeId {
  archive.conversations.create(conversation, [self], nowMs);
  return enqueue(
    archive,
    {
      ...message,
      conversation,
      recipients: [],
      priority,
      caseRef: null,
      termsHash: null,
      follows,
      attachments: [],
    },
    nowMs,
  );
}
