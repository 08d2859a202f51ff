/** Files that are encrypted before their message is sent: noted in the archive, to be uploaded from here or uploaded already. */
import { type AttachmentRef, type EnvelopeId, fromBase64url } from '@holdfast/protocol';
import type { Archive } from '../archive/archive.js';

export interface SpooledFile {
  readonly ref: AttachmentRef;
  readonly source: string;
}

/** Notes a file as spooled here and yet to be uploaded, for the envelope `id`. */
export function storeSpooled(archive: Archive, id: EnvelopeId, { ref, source }: SpooledFile): void {
  archive.outbox.addAttachment({ id: ref.id, outboxId: id, source, key: fromBase64url(ref.key) });
  archive.outbox.setSpooled(ref.id, ref.size, ref.sha256);
}

/** Notes files that another device of ours has encrypted and uploaded. */
export function storeUploaded(archive: Archive, id: EnvelopeId, refs: readonly AttachmentRef[]): void {
  const known = new Set(archive.outbox.attachments(id).map((attachment) => attachment.id));
  for (const ref of refs.filter((each) => !known.has(each.id))) {
    storeSpooled(archive, id, { ref, source: '' });
    archive.outbox.setUploaded(ref.id);
  }
}
