/**
 * Sending a spontaneous disclosure directly (domain, Flow 2 "send directly"): only where it carries no restriction beyond what
 * the recipient has accepted in advance, by the hash of the terms. Offers, where terms come before content, are a flow of their own.
 */
import { sha256 } from '@holdfast/keys/verify';
import { type AgencyId, type MessageBody, type Priority, termsHash, toHash } from '@holdfast/protocol';
import { publishedBy } from '../directory/first-sight.js';
import { SdkError } from '../errors.js';
import type { Runtime } from '../runtime.js';
import { assertMaySpeak, assertTrusted, enqueue, newConversationId } from './enqueue.js';
import { handleOf, type SendHandle } from './handle.js';
import { checkAttachments, type OutgoingAttachment } from './outgoing-attachments.js';

export interface Disclosure {
  readonly to: AgencyId;
  readonly body: MessageBody<'disclosure'>;
  /** The files that the body's attachments name, by id. */
  readonly attachments?: readonly OutgoingAttachment[];
  readonly caseRef?: string;
}

/**
 * Where it is aborted, nothing was queued.
 * @throws SdkError `directory.unknown-agency`, `directory.quarantined`, `terms.not-accepted`, `message.*`, `attachment.*`; the signal's reason
 */
export async function sendDisclosure(
  runtime: Runtime,
  disclosure: Disclosure,
  signal: AbortSignal = runtime.signal,
): Promise<SendHandle> {
  const { archive, events, identity, now, outbox } = runtime;
  const { to, body, attachments = [], caseRef = null } = disclosure;
  await checkAttachments(body.attachments, attachments);
  const recipient = await publishedBy(runtime, to, signal);
  signal.throwIfAborted();
  assertTrusted(recipient);
  assertMaySpeak(runtime.directory.view.trust.list.use);
  const terms = toHash(termsHash(sha256, body.restrictions));
  if (recipient.entry === null || !recipient.entry.acceptedTerms.includes(terms)) {
    throw new SdkError('terms.not-accepted', undefined, {
      issues: [{ field: 'restrictions', reason: `${to} has not published that it accepts these terms (${terms})` }],
    });
  }
  const conversation = newConversationId();
  const priority: Priority = body.urgency;
  const id = archive.atomically(() => {
    const message = {
      kind: 'disclosure',
      body,
      conversation,
      recipients: [to],
      priority,
      caseRef,
      termsHash: terms,
      follows: [],
      attachments,
    } as const;
    archive.conversations.create(conversation, [to, identity.agency], now());
    return enqueue(archive, message, now());
  });
  runtime.onStep?.('enqueued');
  outbox.wake();
  return handleOf(archive, events, id);
}
