/** A reply within a case, in words. */
import type { ConversationId, MessageBody } from '@holdfast/protocol';
import { openingOf } from '../cases/case.js';
import type { DeskRuntime } from '../desk-runtime.js';
import { SdkError } from '../errors.js';
import type { Dispatch } from './dispatch.js';

export interface Note {
  readonly conversation: ConversationId;
  readonly body: MessageBody<'note'>;
}

/** Sends the note to the others in the case. @throws SdkError `case.unknown`, `case.erased`, `message.*` */
export async function sendNote<Sent>(
  { archive, identity }: DeskRuntime,
  dispatch: Dispatch<Sent>,
  { conversation, body }: Note,
): Promise<Sent> {
  const { agencies, priority } = openingOf(archive, conversation);
  if (archive.retention.erasureOf(conversation) !== undefined) throw new SdkError('case.erased');
  const recipients = agencies.filter((agency) => agency !== identity.agency);
  return await dispatch({
    kind: 'note',
    body,
    conversation,
    recipients,
    priority,
    caseRef: null,
    termsHash: null,
    attachments: [],
  });
}
