/** Opening what was disclosed: a person's act at the recipient, of which the sender is told, once (domain, Flow 2, "open"). */
import type { ConversationId, DisclosureContent } from '@holdfast/protocol';
import { foldDisclosure } from '../cases/fold-disclosure.js';
import type { DeskRuntime } from '../desk-runtime.js';
import { SdkError } from '../errors.js';
import { queueReceipt } from '../send/receipts.js';

/** @throws SdkError `case.unknown`, `disclosure.content-missing` */
export function openDisclosure(runtime: DeskRuntime, conversation: ConversationId): DisclosureContent {
  const { archive, identity, now, outbox } = runtime;
  const folded = foldDisclosure(archive, identity.agency, conversation, now());
  if (folded === undefined) throw new SdkError('case.unknown', 'This case is not a disclosure.');
  const { content, role, released, state } = folded;
  const [first] = released;
  if (content === null)
    throw new SdkError(
      'disclosure.content-missing',
      first === undefined && role === 'recipient'
        ? `The disclosure is ${state}: its content comes after the terms are accepted.`
        : 'The content is not here yet, or is not here any more.',
    );
  const release = first === undefined ? undefined : archive.messages.get(first);
  if (role !== 'recipient' || release === undefined) return content;
  archive.atomically(() => {
    if (archive.told.once(`disclosure.opened ${release.eh}`, now()))
      queueReceipt(archive, release, 'opened', identity.agency, now());
  });
  outbox.wake();
  return content;
}
