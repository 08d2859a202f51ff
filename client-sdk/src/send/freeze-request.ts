/** The alert itself: checked against the recipient's capability record and requirements before it is handed on. */
import {
  type Advice,
  type AgencyId,
  checkAgainstCapability,
  checkRequirements,
  type MessageBody,
} from '@holdfast/protocol';
import type { DeskRuntime } from '../desk-runtime.js';
import type { PublishedAgency } from '../directory/published.js';
import { SdkError } from '../errors.js';
import type { Dispatch } from './dispatch.js';
import { assertMaySpeak, assertTrusted, newConversationId } from './enqueue.js';
import { checkAttachments, type OutgoingAttachment } from './outgoing-attachments.js';

export interface FreezeRequest {
  readonly to: AgencyId;
  readonly body: MessageBody<'freeze.request'>;
  readonly attachments?: readonly OutgoingAttachment[];
  readonly caseRef?: string | null;
}

/**
 * Hands an alert on, with a conversation of its own. Where it is aborted, nothing was.
 * @throws SdkError `capability.*`, `directory.unknown-agency`, `directory.quarantined`, `message.*`, `attachment.*`; the signal's reason
 */
export async function sendFreezeRequest<Sent>(
  runtime: DeskRuntime,
  dispatch: Dispatch<Sent>,
  { to, body, attachments = [], caseRef = null }: FreezeRequest,
  signal: AbortSignal,
): Promise<Sent> {
  const { events, now } = runtime;
  await checkAttachments(body.attachments ?? [], attachments);
  const recipient = await runtime.published(to, signal);
  signal.throwIfAborted();
  assertTrusted(recipient);
  assertMaySpeak(runtime.federationUse());
  for (const { code, field, text } of assertCapable(recipient, body, now())) {
    events.emit({ event: 'advice', code, field, text });
  }
  return dispatch({
    kind: 'freeze.request',
    body,
    conversation: newConversationId(),
    recipients: [to],
    priority: body.urgency,
    caseRef,
    termsHash: null,
    attachments,
  });
}

/** What blocks stops the sending; the rest is advice, told and not enforced. */
function assertCapable(
  recipient: PublishedAgency,
  body: MessageBody<'freeze.request'>,
  nowMs: number,
): readonly Advice[] {
  const { agency, entry, capability } = recipient;
  if (capability === null) throw new SdkError('capability.expired', `${agency} has published no capability record.`);
  const advice = [
    ...checkAgainstCapability(body, capability, nowMs),
    ...(entry === null ? [] : checkRequirements(body, entry.requirements)),
  ];
  const blocking = advice.filter(({ blocks }) => blocks);
  const [first] = blocking;
  if (first === undefined) return advice;
  const issues = blocking.map(({ field, text }) => ({ field, reason: text }));
  if (first.code === 'capability.expired') throw new SdkError('capability.expired', undefined, { issues });
  throw new SdkError('capability.no-power', `${agency} would have to return this alert: ${first.text}`, { issues });
}
