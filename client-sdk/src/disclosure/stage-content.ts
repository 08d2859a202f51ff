/**
 * Encrypting what is offered before anything of it is queued: the files first, each under its own key, then the body and those keys
 * under K. The offer names the ciphertext; K, and with it everything, stays here until it is released (spec 53-disclosure).
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomBytes, sealContent, zeroize } from '@holdfast/keys';
import {
  type AttachmentRef,
  type BlobId,
  type ConversationId,
  canonicalBytes,
  type DisclosureContent,
  type Hash,
  isProtocolError,
  toBase64url,
} from '@holdfast/protocol';
import { syncFolderOf } from '../attachments/durable.js';
import { encryptToSpool } from '../attachments/spool.js';
import type { DeskRuntime } from '../desk-runtime.js';
import { SdkError } from '../errors.js';
import { newBlobId } from '../send/enqueue.js';
import type { OutgoingAttachment } from '../send/outgoing-attachments.js';

export interface StagedContent {
  /** What the offer tells of it. */
  readonly content: { readonly blobId: BlobId; readonly size: number; readonly ctHash: Hash };
  /** What is uploaded with the offer. */
  readonly files: readonly OutgoingAttachment[];
}

/** Encrypts the files into the spool. @returns what opens them, and what is uploaded. @throws SdkError `attachment.*`, `aborted` */
export async function stageFiles(
  runtime: DeskRuntime,
  attachments: readonly OutgoingAttachment[],
  signal: AbortSignal,
): Promise<{ readonly refs: AttachmentRef[]; readonly files: OutgoingAttachment[] }> {
  const refs: AttachmentRef[] = [];
  const files: OutgoingAttachment[] = [];
  for (const { id, path } of attachments) {
    const key = randomBytes(32);
    const spoolPath = join(runtime.spoolFolder, id);
    runtime.archive.contents.stage(id);
    const sealed = await encryptToSpool({ sourcePath: path, spoolPath, id, key, signal });
    refs.push({ id, key: toBase64url(key), ...sealed });
    files.push({ id, path: spoolPath, sealed });
    zeroize(key);
  }
  return { refs, files };
}

/** Encrypts the content into the spool and keeps K. @throws SdkError `message.refused`, `message.too-large` */
export async function stageContent(
  { archive, spoolFolder, now }: DeskRuntime,
  content: DisclosureContent,
  conversation: ConversationId,
  termsHash: Hash,
): Promise<StagedContent> {
  const { key, ciphertext, ctHash } = sealed(content, conversation, termsHash);
  const blobId = newBlobId();
  const path = join(spoolFolder, blobId);
  archive.contents.stage(blobId);
  await writeFile(path, ciphertext, { mode: 0o600, flush: true });
  await syncFolderOf(path);
  archive.contents.keep({
    blob: blobId,
    conversation,
    termsHash,
    key,
    content: canonicalBytes(content),
    atMs: now(),
  });
  zeroize(key);
  const size = ciphertext.length;
  return { content: { blobId, size, ctHash }, files: [{ id: blobId, path, sealed: { size, sha256: ctHash } }] };
}

function sealed(...request: Parameters<typeof sealContent>): ReturnType<typeof sealContent> {
  try {
    return sealContent(...request);
  } catch (cause) {
    if (isProtocolError(cause, 'encoding.too-large')) throw new SdkError('message.too-large', undefined, { cause });
    if (!isProtocolError(cause)) throw cause;
    throw new SdkError('message.refused', cause.message, { cause, issues: cause.issues });
  }
}
