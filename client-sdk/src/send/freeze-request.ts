/** The alert itself: held against all that the recipient has published before it is handed on (spec 56-preflight). */
import type { AgencyId, MessageBody } from '@holdfast/protocol';
import type { DeskRuntime } from '../desk-runtime.js';
import { admitted, type Insist } from '../preflight/insist.js';
import { preflightFor } from '../preflight/preflight.js';
import type { Dispatch } from './dispatch.js';
import { assertTrusted, newConversationId } from './enqueue.js';
import { checkAttachments, type OutgoingAttachment } from './outgoing-attachments.js';

export interface FreezeRequest {
  readonly to: AgencyId;
  readonly body: MessageBody<'freeze.request'>;
  readonly attachments?: readonly OutgoingAttachment[];
  readonly caseRef?: string | null;
  /** Sends it although something blocks; codes and reason travel in the alert. Where nothing blocks it changes nothing. */
  readonly insist?: Insist;
}

/**
 * Hands an alert on, with a conversation of its own. Where it is aborted, nothing was.
 * @throws SdkError `capability.*`, `preflight.blocked`, `directory.unknown-agency`, `directory.quarantined`, `message.*`, `attachment.*`; the signal's reason
 */
export async function sendFreezeRequest<Sent>(
  runtime: DeskRuntime,
  dispatch: Dispatch<Sent>,
  { to, body, attachments = [], caseRef = null, insist }: FreezeRequest,
  signal: AbortSignal,
): Promise<Sent> {
  await checkAttachments(body.attachments ?? [], attachments);
  assertTrusted(await runtime.published(to, signal));
  const checked = await preflightFor(runtime, { to, body }, signal);
  signal.throwIfAborted();
  const sent = admitted(to, body, checked, insist);
  for (const { code, field, text } of checked.advice) runtime.events.emit({ event: 'advice', code, field, text });
  return dispatch({
    kind: 'freeze.request',
    body: sent,
    conversation: newConversationId(),
    recipients: [to],
    priority: body.urgency,
    caseRef,
    termsHash: null,
    attachments,
  });
}
