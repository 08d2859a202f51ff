/** Putting a draft into the outbox once everybody who must has signed it: under its own id, with the bytes that they signed. */
import { parseMessage } from '@holdfast/protocol';
import { type Draft, signedParts } from '../approval/act.js';
import type { DeskRuntime } from '../desk-runtime.js';
import { enqueue } from '../send/enqueue.js';

/** Within a running transaction; the caller wakes the outbox. Its attachments lie in the archive already. @throws SdkError `message.*`, `device.cloned` */
export function queueDraft(
  { archive, identity, now }: Pick<DeskRuntime, 'archive' | 'identity' | 'now'>,
  draft: Draft,
): void {
  const { draft: id, conversation, recipients, priority, caseRef = null, termsHash = null, on } = draft;
  archive.conversations.create(conversation, [...recipients, identity.agency], now());
  enqueue(
    archive,
    {
      ...parseMessage(draft.kind, draft.body),
      id,
      conversation,
      recipients,
      priority,
      caseRef,
      termsHash,
      follows: on,
      attachments: [],
      signed: signedParts(draft),
    },
    now(),
  );
}
