/** The attachments of a case into the folder of its export: verified, under their given names made safe. */
import { chmod, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Attachment, BlobId, Hash, Message } from '@holdfast/protocol';
import type { Case } from '../cases/case.js';
import type { DeskRuntime } from '../desk-runtime.js';
import { isSdkError } from '../errors.js';
import type { UnknownMessage } from '../receive/read-message.js';
import { fileHash } from '../retention/erase-files.js';
import { safeName } from './safe-name.js';

interface Named {
  readonly eh: Hash;
  readonly id: BlobId;
  /** As its sender named it. */
  readonly name: string;
  readonly mediaType: string;
}
export type FetchedFile =
  | (Named & { readonly kind: 'fetched'; readonly path: string; readonly sha256: string; readonly size: number })
  | (Named & { readonly kind: 'missing'; readonly code: string });

/** As the body of a message names them, where its kind may carry any. */
const given = (message: Message | UnknownMessage): readonly Attachment[] =>
  message.kind === 'disclosure' || message.kind === 'freeze.request' || message.kind === 'note'
    ? (message.body.attachments ?? [])
    : [];

/** What the relay no longer has is told as missing; what is not what its sender signed ends the export. @throws SdkError */
export async function fetchAttachments(
  runtime: DeskRuntime,
  found: Case,
  folder: string,
  { withoutAttachments, signal }: { readonly withoutAttachments?: boolean; readonly signal: AbortSignal },
): Promise<readonly FetchedFile[]> {
  const taken = new Set(['terms.txt']);
  const files: FetchedFile[] = [];
  for (const { eh, message, attachments } of found.timeline) {
    for (const ref of attachments) {
      const { name = ref.id, mediaType = 'application/octet-stream' } =
        given(message).find(({ id }) => id === ref.id) ?? {};
      const named: Named = { eh, id: ref.id, name, mediaType };
      if (withoutAttachments === true) {
        files.push({ ...named, kind: 'missing', code: 'not-asked' });
        continue;
      }
      const path = `attachments/${safeName(name, taken)}`;
      const targetPath = join(folder, path);
      try {
        await runtime.download({ ref, targetPath, signal });
        await chmod(targetPath, 0o600);
        const { size } = await stat(targetPath);
        files.push({ ...named, kind: 'fetched', path, sha256: await fileHash(targetPath), size });
      } catch (error) {
        if (!isSdkError(error, 'attachment.gone')) throw error;
        files.push({ ...named, kind: 'missing', code: error.code });
      }
    }
  }
  return files;
}
