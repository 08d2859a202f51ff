/** Encrypting a draft's files before anybody signs for it: their ciphertext is part of what is signed. */
import { resolve } from 'node:path';
import { randomBytes } from '@holdfast/keys';
import { type AttachmentRef, type EnvelopeId, fromBase64url, toBase64url } from '@holdfast/protocol';
import type { Archive } from '../archive/archive.js';
import type { DeskRuntime } from '../desk-runtime.js';
import type { OutgoingAttachment } from '../send/outgoing-attachments.js';

export interface SpooledFile {
  readonly ref: AttachmentRef;
  readonly source: string;
}

/** From here on the files may change. What a process that is killed leaves is swept when it starts again. @throws SdkError `attachment.*`, `aborted` */
export async function spoolAll(
  runtime: DeskRuntime,
  attachments: readonly OutgoingAttachment[],
): Promise<SpooledFile[]> {
  const files: SpooledFile[] = [];
  for (const { id, path } of attachments) {
    const key = randomBytes(32);
    const source = resolve(path);
    const { size, sha256 } = await runtime.spool({ id, source, key, signal: runtime.signal });
    files.push({ ref: { id, key: toBase64url(key), size, sha256 }, source });
  }
  return files;
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
