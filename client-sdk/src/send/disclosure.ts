/**
 * Sending a spontaneous disclosure directly (domain, Flow 2 "send directly"): only where it carries no restriction beyond what
 * the recipient has accepted in advance, by the hash of the terms. Offers, where terms come before content, are a flow of their own.
 */
import { sha256 } from '@holdfast/keys/verify';
import { type AgencyId, type MessageBody, termsHash, toHash } from '@holdfast/protocol';
import type { DeskRuntime } from '../desk-runtime.js';
import { SdkError } from '../errors.js';
import type { Dispatch } from './dispatch.js';
import { assertTrusted, newConversationId } from './enqueue.js';
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
export async function sendDisclosure<Sent>(
  runtime: DeskRuntime,
  dispatch: Dispatch<Sent>,
  disclosure: Disclosure,
  signal: AbortSignal = runtime.signal,
): Promise<Sent> {
  const { to, body, attachments = [], caseRef = null } = disclosure;
  await checkAttachments(body.attachments, attachments);
  const recipient = await runtime.published(to, signal);
  signal.throwIfAborted();
  assertTrusted(recipient);
  const terms = toHash(termsHash(sha256, body.restrictions));
  if (recipient.entry === null || !recipient.entry.acceptedTerms.includes(terms)) {
    throw new SdkError('terms.not-accepted', undefined, {
      issues: [{ field: 'restrictions', reason: `${to} has not published that it accepts these terms (${terms})` }],
    });
  }
  return dispatch({
    kind: 'disclosure',
    body,
    conversation: newConversationId(),
    recipients: [to],
    priority: body.urgency,
    caseRef,
    termsHash: terms,
    attachments,
  });
}
