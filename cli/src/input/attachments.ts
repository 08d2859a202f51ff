/** The files that an officer attaches: what the SDK uploads, and what the body says of them. */
import { basename } from 'node:path';
import { newBlobId, type OutgoingAttachment } from '@holdfast/client-sdk';
import type { BlobId } from '@holdfast/protocol';

export interface AttachedFiles {
  readonly attachments: readonly OutgoingAttachment[];
  /** For the body's `attachments`. */
  readonly named: readonly { readonly id: BlobId; readonly name: string; readonly mediaType: string }[];
}

/** Gives each file a fresh id. The media type is not guessed: a wrong one misleads more than none. */
export function attachedFiles(paths: readonly string[]): AttachedFiles {
  const attachments = paths.map((path) => ({ id: newBlobId(), path }));
  const mediaType = 'application/octet-stream';
  return { attachments, named: attachments.map(({ id, path }) => ({ id, name: basename(path), mediaType })) };
}
