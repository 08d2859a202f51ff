/**
 * What `--json` shows of items and cases: everything but the attachments' keys, which stay in the archive. A log or a pipe
 * that holds this output cannot open a file; `attachment get` can.
 */
import type { Case, FoldedDisclosure, InboxItem, UnknownMessage } from '@holdfast/client-sdk';
import type { AttachmentRef, DisclosureContent, Message } from '@holdfast/protocol';

type Fields = Readonly<Record<string, unknown>>;

/** An inbox item without its attachments' keys. */
export const itemFields = (item: InboxItem): Fields => ({
  ...item,
  message: withoutContentKey(item.message),
  attachments: item.attachments.map(withoutKey),
});

/** A case without the keys of any attachment in its timeline. */
export const caseFields = (found: Case): Fields => ({
  ...found,
  disclosure: found.disclosure === null ? null : disclosureFields(found.disclosure),
  timeline: found.timeline.map((entry) => ({
    ...entry,
    message: withoutContentKey(entry.message),
    attachments: entry.attachments.map(withoutKey),
  })),
});

/** A disclosure without the keys of its files; what was refused as a list. */
const disclosureFields = ({ content, refused, ...rest }: FoldedDisclosure): Fields => ({
  ...rest,
  content: content === null ? null : contentFields(content),
  refused: [...refused].map(([eh, step]) => ({ eh, ...step })),
});

/** What was disclosed, without the keys of its files. */
export const contentFields = ({ disclosure, attachments }: DisclosureContent): Fields => ({
  disclosure,
  attachments: attachments.map(withoutKey),
});

function withoutContentKey(message: Message | UnknownMessage): Message | UnknownMessage | Fields {
  if (message.kind !== 'disclosure.release') return message;
  const { key: _key, ...body } = message.body;
  return { kind: message.kind, body };
}

/** @returns id and size in bytes, of the ciphertext */
const withoutKey = ({ id, size }: AttachmentRef): Fields => ({ id, size });
