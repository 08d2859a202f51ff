/**
 * Sending a spontaneous disclosure directly (domain, Flow 2 "send directly"): only where it carries no restriction at all, or those
 * that the recipient has accepted in advance, by the hash of the terms. With any other terms it is offered (`disclosure/flow.ts`).
 */
import { sha256 } from '@holdfast/keys/verify';
import { type AgencyId, isUnrestricted, type MessageBody, termsHash, toHash } from '@holdfast/protocol';
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
  const isAccepted = recipient.entry?.acceptedTerms.includes(terms) === true;
  if (!isUnrestricted(body.restrictions) && !isAccepted) {
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
