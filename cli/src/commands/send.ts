/** What every sending command does with its handle: wait for the relay's receipt, and say plainly where the message is. */
import { type Holdfast, isSdkError, type SendHandle } from '@holdfast/client-sdk';
import type { Context } from '../context.js';
import { CliError } from '../errors.js';

/** Reports the message as accepted, or as queued and NOT sent (exit code 75). @throws SdkError `relay.refused` */
export async function reportSent(context: Context, desk: Holdfast, what: string, handle: SendHandle): Promise<void> {
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
