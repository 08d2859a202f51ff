/** Getting a message's attachments to the relay before the message: encrypted into the spool, uploaded, resumed after a crash. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { EnvelopeId } from '@holdfast/protocol';
import type { Archive } from '../archive/archive.js';
import type { OutboxAttachment } from '../archive/outbox-table.js';
import { encryptToSpool } from '../attachments/spool.js';
import { uploadBlob } from '../attachments/upload.js';
import type { RelaySession } from '../session/session.js';
import type { StepHook } from '../steps.js';

export interface AttachmentProgress {
  readonly outboxId: EnvelopeId;
  readonly sentBytes: number;
  readonly totalBytes: number;
}

export interface AttachmentDependencies {
  readonly archive: Archive;
  readonly session: RelaySession;
  readonly spool: string;
  readonly onProgress: (progress: AttachmentProgress) => void;
  readonly onStep: StepHook | undefined;
}

export const attachmentsReady = (archive: Archive, id: EnvelopeId): boolean =>
  archive.outbox.attachments(id).every(({ uploaded }) => uploaded);

/** Uploads what is not yet uploaded. @throws SdkError `attachment.*`, `relay.*`, `aborted` */
export async function prepareAttachments(
  id: EnvelopeId,
  deps: AttachmentDependencies,
  signal: AbortSignal,
): Promise<void> {
  const { archive, onStep } = deps;
  for (const attachment of archive.outbox.attachments(id)) {
    if (attachment.uploaded) continue;
    const spoolPath = join(deps.spool, attachment.id);
    const totalBytes = attachment.size ?? (await spool(attachment, spoolPath, deps, signal));
    const onProgress = (sentBytes: number): void => {
      onStep?.('uploading');
      deps.onProgress({ outboxId: id, sentBytes, totalBytes });
    };
    await uploadBlob({ session: deps.session, id: attachment.id, spoolPath, size: totalBytes, signal, onProgress });
    onStep?.('uploaded');
    archive.outbox.setUploaded(attachment.id);
    onStep?.('upload-stored');
    await rm(spoolPath, { force: true });
  }
}

/** Removes what a process that was killed has left in the spool and nothing needs any more. */
export async function sweepSpool(archive: Archive, spoolFolder: string): Promise<void> {
  for (const name of await readdir(spoolFolder))
    if (!archive.outbox.isToUpload(name) && !archive.contents.isStaged(name))
      await rm(join(spoolFolder, name), { force: true });
}

/** Encrypts the file beside the archive; from then on the source may change. */
async function spool(
  { id, source, key }: OutboxAttachment,
  spoolPath: string,
  { archive, onStep }: AttachmentDependencies,
  signal: AbortSignal,
): Promise<number> {
  const spooled = await encryptToSpool({ sourcePath: source, spoolPath, id, key, signal });
  onStep?.('spooled');
  archive.outbox.setSpooled(id, spooled.size, spooled.sha256);
  onStep?.('spool-stored');
  return spooled.size;
}
