/** Remembering where something of a case was written outside the archive, so that erasing the case reaches it. */
import { resolve } from 'node:path';
import type { BlobId, ConversationId } from '@holdfast/protocol';
import type { DeskRuntime } from '../desk-runtime.js';
import { fileHash } from './erase-files.js';

/** A downloaded attachment, by the id under which messages name it. */
export async function noteDownload({ archive, now }: DeskRuntime, blob: BlobId, targetPath: string): Promise<void> {
  const path = resolve(targetPath);
  archive.retention.note({ path, conversation: null, blob, sha256: await fileHash(path), atMs: now() });
}

/** Files of an export, with their hashes as written. */
export function noteExported(
  { archive, now }: DeskRuntime,
  conversation: ConversationId,
  files: readonly { readonly path: string; readonly sha256: string }[],
): void {
  for (const { path, sha256 } of files)
    archive.retention.note({ path: resolve(path), conversation, blob: null, sha256, atMs: now() });
}
