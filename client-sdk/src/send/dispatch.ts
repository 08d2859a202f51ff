/**
 * From a flow's message to whatever the speaker gets back. Every flow ends here and nowhere else: a device that speaks alone gets a
 * handle, since the message is queued at once.
 */
import { signersOf } from '@holdfast/protocol';
import { headsWithQueued } from '../cases/heads.js';
import type { DeskRuntime } from '../desk-runtime.js';
import { SdkError } from '../errors.js';
import { enqueue, type OutgoingMessage } from './enqueue.js';
import { handleOf, type SendHandle } from './handle.js';

export interface SpokenMessage extends Omit<OutgoingMessage, 'follows' | 'followsQueued'> {
  /** Called in the transaction that stores the message; what it throws keeps the message out. */
  readonly assertAllowed?: () => void;
}

/** What a flow hands its checked message to. It follows the heads of its case, as they are when it is stored. */
export type Dispatch<Sent> = (message: SpokenMessage) => Promise<Sent>;

/** Queues the message under the device's own signature, which only a sandbox accepts. */
export const speakAlone =
  (runtime: DeskRuntime): Dispatch<SendHandle> =>
  ({ assertAllowed, ...message }) => {
    const { archive, events, identity, now, onStep, outbox } = runtime;
    const { conversation, kind, recipients } = message;
    if (signersOf(kind).by !== 'device' && runtime.federationUse() === 'live')
      return Promise.reject(new SdkError('officer.required'));
    const id = archive.atomically(() => {
      assertAllowed?.();
      archive.conversations.create(conversation, [...recipients, identity.agency], now());
      return enqueue(archive, { ...message, ...headsWithQueued(archive, conversation) }, now());
    });
    onStep?.('enqueued');
    outbox.wake();
    return Promise.resolve(handleOf(archive, events, id));
  };
