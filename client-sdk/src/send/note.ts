/** A reply within a case, in words. */
import type { ConversationId, MessageBody } from '@holdfast/protocol';
import { headsOfCase, openingOf } from '../cases/case.js';
import type { Runtime } from '../runtime.js';
import { enqueue } from './enqueue.js';
import { handleOf, type SendHandle } from './handle.js';

export interface Note {
  readonly conversation: ConversationId;
  readonly body: MessageBody<'note'>;
}

/** Queues the note to the others in the case. @throws SdkError `case.unknown`, `message.*` */
export async function sendNote(runtime: Runtime, { conversation, body }: Note): Promise<SendHandle> {
  const { archive, events, identity, now, outbox } = runtime;
  const opening = openingOf(archive, conversation);
  const follows = headsOfCase(archive, conversation);
  const recipients = opening.agencies.filter((agency) => agency !== identity.agency);
  const id = archive.atomically(() =>
    enqueue(
      archive,
      {
        kind: 'note',
        body,
        conversation,
        recipients,
        priority: opening.priority,
        caseRef: null,
        termsHash: null,
        follows,
        attachments: [],
      },
      now(),
    ),
  );
  runtime.onStep?.('enqueued');
  outbox.wake();
  return Promise.resolve(handleOf(archive, events, id));
}
