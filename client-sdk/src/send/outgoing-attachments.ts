/** The files that go with a message: readable, not too large, and exactly those that the body names. */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type BlobId, type EnvelopeId, type Hash, LIMITS } from '@holdfast/protocol';
import type { Archive } from '../archive/archive.js';
import { SdkError } from '../errors.js';

export interface OutgoingAttachment {
  readonly id: BlobId;
  /** A readable file; it must not change until it is uploaded. */
  readonly path: string;
  /** Of an offered content: encrypted in the spool already, under a key that the offer does not tell. @internal */
  readonly sealed?: { readonly size: number; readonly sha256: Hash };
}

/**
 * Each file can be sent, is named in the body, and each name has its file: the recipient sees what was meant.
 * @throws SdkError `attachment.unreadable`, `attachment.too-large`, `message.refused`
 */
export async function checkAttachments(
  named: readonly { readonly id: BlobId }[],
  files: readonly OutgoingAttachment[],
): Promise<void> {
  const names = new Set(named.map(({ id }) => id));
  const given = new Set(files.map(({ id }) => id));
  const reasons = [
    ...[...names].filter((id) => !given.has(id)).map((id) => `there is no file for ${id}`),
    ...[...given].filter((id) => !names.has(id)).map((id) => `the body does not name ${id}`),
  ];
  if (reasons.length > 0) {
    const issues = reasons.map((reason) => ({ field: 'attachments', reason }));
    throw new SdkError('message.refused', 'The files do not match the attachments that the body names.', { issues });
  }
  for (const { path } of files) await checkFile(path);
}

/** A file that can be attached. @throws SdkError `attachment.unreadable`, `attachment.too-large` */
async function checkFile(path: string): Promise<number> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new SdkError('attachment.unreadable', `${path} cannot be read.`, { cause });
  });
  if (!found.isFile()) throw new SdkError('attachment.unreadable', `${path} is not a file.`);
  // The ciphertext is about 0.1 % larger than the file.
  if (found.size > LIMITS.attachmentBytes * 0.998)
    throw new SdkError('attachment.too-large', `${path} has ${found.size} bytes.`);
  return found.size;
}

/** Notes an offered content that lies encrypted in the spool, to be uploaded for the envelope `outboxId`. */
export function storeContent(archive: Archive, outboxId: EnvelopeId, { id, path, sealed }: OutgoingAttachment): void {
  if (sealed === undefined) return;
  archive.outbox.addSealed({ id, outboxId, source: resolve(path), ...sealed });
  archive.contents.unstage(id);
}
