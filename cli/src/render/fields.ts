/**
 * What `--json` shows of items and cases: everything but the attachments' keys, which stay in the archive. A log or a pipe
 * that holds this output cannot open a file; `attachment get` can.
 */
import type { Case, InboxItem } from '@holdfast/client-sdk';
import type { AttachmentRef } from '@holdfast/protocol';

type Fields = Readonly<Record<string, unknown>>;

/** An inbox item without its attachments' keys. */
export const itemFields = (item: InboxItem): Fields => ({ ...item, attachments: item.attachments.map(withoutKey) });

/** A case without the keys of any attachment in its timeline. */
export const caseFields = (found: Case): Fields => ({
  ...found,
  timeline: found.timeline.map((entry) => ({ ...entry, attachments: entry.attachments.map(withoutKey) })),
});

/** @returns id and size in bytes, of the ciphertext */
const withoutKey = ({ id, size }: AttachmentRef): Fields => ({ id, size });
