/**
 * Putting a message into the outbox: checked as its recipient will check it, stored with the keys of its attachments, in one
 * transaction. From here it goes out by itself, now or when the relay is back.
 */
import { resolve } from 'node:path';
import { randomBytes } from '@holdfast/keys';
import {
  type AgencyId,
  type BlobId,
  type ConversationId,
  canonicalBytes,
  type EnvelopeId,
  type Hash,
  isProtocolError,
  LIMITS,
  type MessageBody,
  type MessageKind,
  type Priority,
  parseMessage,
  toBlobId,
  toConversationId,
  toEnvelopeId,
} from '@holdfast/protocol';
import type { Archive } from '../archive/archive.js';
import type { SignedParts } from '../archive/json-columns.js';
import { assertNotCloned } from '../clone.js';
import type { PublishedAgency } from '../directory/published.js';
import { SdkError } from '../errors.js';
import { type OutgoingAttachment, storeContent } from './outgoing-attachments.js';

export interface OutgoingMessage<K extends MessageKind = MessageKind> {
  readonly kind: K;
  readonly body: MessageBody<K>;
  readonly conversation: ConversationId;
  readonly recipients: readonly AgencyId[];
  readonly priority: Priority;
  readonly caseRef: string | null;
  readonly termsHash: Hash | null;
  readonly follows: readonly Hash[];
  readonly followsQueued?: readonly EnvelopeId[];
  readonly attachments: readonly OutgoingAttachment[];
  /** Whose attachments the relay must have before this goes out. */
  readonly uploadsFirst?: EnvelopeId;
  /** What officers have signed, under the id that they signed; fresh and alone where nothing is said. */
  readonly id?: EnvelopeId;
  readonly signed?: SignedParts;
}

/** Fresh random ids. */
export const newEnvelopeId = (): EnvelopeId => toEnvelopeId(randomBytes(16));
export const newConversationId = (): ConversationId => toConversationId(randomBytes(16));
export const newBlobId = (): BlobId => toBlobId(randomBytes(16));

/** Stores the message as queued, within a running transaction or its own. @throws SdkError `message.*`, `device.cloned` */
export function enqueue(archive: Archive, message: OutgoingMessage, nowMs: number): EnvelopeId {
  if (!message.kind.startsWith('receipt.')) assertNotCloned(archive);
  const body = checkedBody(message.kind, message.body);
  const { id = newEnvelopeId(), signed = null } = message;
  const { kind, conversation, recipients, priority, caseRef, termsHash, follows, attachments } = message;
  const { uploadsFirst = null, followsQueued = [] } = message;
  archive.conversations.create(conversation, [...recipients], nowMs);
  archive.outbox.insert({
    id,
    kind,
    conversation,
    recipients,
    priority,
    caseRef,
    termsHash,
    follows,
    followsQueued,
    body,
    createdAtMs: nowMs,
    uploadsFirst,
    signed,
  });
  for (const { id: blob, path, sealed } of attachments) {
    if (sealed === undefined)
      archive.outbox.addAttachment({ id: blob, outboxId: id, source: resolve(path), key: randomBytes(32) });
    else storeContent(archive, id, { id: blob, path, sealed });
  }
  return id;
}

function checkedBody(kind: string, body: unknown): Uint8Array {
  try {
    parseMessage(kind, body);
  } catch (cause) {
    if (!isProtocolError(cause)) throw cause;
    throw new SdkError('message.refused', cause.message, { cause, issues: cause.issues });
  }
  const bytes = canonicalBytes(body);
  if (bytes.length > LIMITS.bodyBytes) throw new SdkError('message.too-large');
  return bytes;
}

/** Whoever is in quarantine is told nothing until somebody has compared its root. @throws SdkError `directory.quarantined` */
export function assertTrusted({ quarantined }: PublishedAgency): void {
  if (quarantined) throw new SdkError('directory.quarantined');
}
