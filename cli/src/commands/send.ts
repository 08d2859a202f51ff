/** What every sending command does with what it said: wait for the relay's receipt, or say that it awaits approval. */
import { type Holdfast, isSdkError, type MessageDraft, type SendHandle, type Spoken } from '@holdfast/client-sdk';
import type { Context } from '../context.js';
import { CliError } from '../errors.js';

/** What a program gets of a draft. */
export const draftFields = ({ message, ...rest }: MessageDraft): Readonly<Record<string, unknown>> => ({
  ...rest,
  message: message.kind,
});

/** Reports what a device or an officer has said. @throws CliError `queued`; SdkError `relay.refused` */
export async function reportSent(
  context: Context,
  desk: Holdfast,
  what: string,
  sent: SendHandle | Spoken,
): Promise<void> {
  await reportSpoken(context, desk, what, 'until' in sent ? { kind: 'sent', handle: sent } : sent);
}

/** As `reportSent`, of an officer's. A draft is not sent: it says who is to do what. */
export async function reportSpoken(context: Context, desk: Holdfast, what: string, spoken: Spoken): Promise<void> {
  if (spoken.kind === 'sent') return await reportHandle(context, desk, what, spoken.handle);
  const { draft } = spoken;
  const { id, approvals, required, approvedUntilMs } = draft;
  context.output.event(
    'draft.stored',
    draftFields(draft),
    `${what}: a draft, NOT sent. It has ${approvals.length} of ${required} approvals; another officer gives one, before ${new Date(approvedUntilMs).toISOString()}:\n\n  holdfast approve ${id} --as APPROVER\n`,
  );
  await shared(context, desk);
}

/** The agency's other devices are told before the command ends, where the relay is reached. */
async function shared(context: Context, desk: Holdfast): Promise<void> {
  if (!desk.isOnline) context.output.note('The relay is not reached: your other devices hear of it when it is.');
  else await desk.settled({ signal: context.deadline() });
}

async function reportHandle(context: Context, desk: Holdfast, what: string, handle: SendHandle): Promise<void> {
  const stop = desk.on((event) => {
    if (event.event === 'outbox.uploading') context.output.progress('attachment', event.sentBytes, event.totalBytes);
    if (event.event === 'outbox.waiting') context.output.note(`Waiting: ${event.advice}`);
  });
  try {
    await handle.until('accepted', { signal: context.deadline() });
  } catch (error) {
    if (isSdkError(error, 'relay.refused')) throw error;
    context.output.event(
      'message.queued',
      { id: handle.id, conversation: handle.conversation, state: handle.state },
      `${what}: queued, NOT sent. It goes out when the relay is reached.`,
    );
    throw new CliError('queued', 'The relay was not reached in time; the message is queued.');
  } finally {
    stop();
  }
  const { id, eh, conversation, state, receipt } = handle;
  context.output.event(
    'message.accepted',
    { id, eh, conversation, state, acceptedAtMs: receipt?.atMs ?? null },
    `${what}: the relay has it (receipt checked).\nConversation: ${conversation}\nEnvelope:     ${eh ?? ''}`,
  );
}
