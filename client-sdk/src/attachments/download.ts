/**
 * Fetching an attachment: ciphertext in ranges into a `.part` file, resumed at any byte; then the whole hash, then decryption to
 * a second file, then one rename. The application sees nothing before the last chunk has verified.
 */
import { createReadStream } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { chunkedDecryptor, isKeysError } from '@holdfast/keys';
import { equalBytes, sha256Stream } from '@holdfast/keys/verify';
import { type AttachmentRef, attachmentContext, fromBase64url } from '@holdfast/protocol';
import { SdkError } from '../errors.js';
import { refusalOf } from '../session/open-session.js';
import { blobPath, type RelaySession } from '../session/session.js';

const RANGE_BYTES = 4 * 1024 * 1024;
const READ_BYTES = 256 * 1024;

export interface DownloadRequest {
  readonly session: RelaySession;
  readonly ref: AttachmentRef;
  readonly targetPath: string;
  readonly signal: AbortSignal;
  readonly onProgress?: (receivedBytes: number) => void;
}

/** @throws SdkError `attachment.corrupt`, `attachment.gone`, `relay.*`, `aborted` */
export async function downloadBlob(request: DownloadRequest): Promise<void> {
  const { ref, targetPath, signal } = request;
  const part = `${targetPath}.${ref.id}.part`;
  const plain = `${targetPath}.${ref.id}.plain`;
  await fetchCiphertext(request, part);
  try {
    await checkHash(part, ref, signal);
    await decrypt(part, plain, ref, signal);
    await rename(plain, targetPath);
  } catch (error) {
    await rm(plain, { force: true });
    throw error;
  } finally {
    // After an abort the ciphertext stays, for the next attempt to go on from.
    if (!signal.aborted) await rm(part, { force: true });
  }
}

async function fetchCiphertext({ session, ref, signal, onProgress }: DownloadRequest, part: string): Promise<void> {
  const found = await stat(part).catch(() => undefined);
  let offset = found === undefined || found.size > ref.size ? 0 : found.size;
  const file = await open(part, offset === 0 ? 'w' : 'r+', 0o600);
  try {
    while (offset < ref.size) {
      const end = Math.min(offset + RANGE_BYTES, ref.size) - 1;
      const headers = { range: `bytes=${offset}-${end}` };
      const answer = await session.blob({
        method: 'GET',
        path: blobPath(ref.id),
        headers,
        maxResponseBytes: RANGE_BYTES,
        signal,
      });
      if (answer.status === 404) throw new SdkError('attachment.gone');
      if (answer.status === 416)
        throw new SdkError('attachment.corrupt', 'The relay has another length than the sender signed.');
      if (answer.status !== 206) throw refusalOf(answer);
      if (answer.body.length !== end - offset + 1)
        throw new SdkError('attachment.corrupt', 'The relay has fewer bytes than the sender signed.');
      await file.write(answer.body, 0, answer.body.length, offset);
      offset += answer.body.length;
      onProgress?.(offset);
    }
  } finally {
    await file.close();
  }
}

async function checkHash(part: string, ref: AttachmentRef, signal: AbortSignal): Promise<void> {
  const hash = sha256Stream();
  const ciphertext: AsyncIterable<Uint8Array> = createReadStream(part, { highWaterMark: READ_BYTES, signal });
  for await (const bytes of ciphertext) hash.update(bytes);
  if (!equalBytes(hash.digest(), fromBase64url(ref.sha256))) throw new SdkError('attachment.corrupt');
}

async function decrypt(part: string, plain: string, ref: AttachmentRef, signal: AbortSignal): Promise<void> {
  const decryptor = chunkedDecryptor({ key: fromBase64url(ref.key), context: attachmentContext(ref.id) });
  const file = await open(plain, 'w', 0o600);
  try {
    for await (const chunk of decryptor(createReadStream(part, { highWaterMark: READ_BYTES, signal })))
      await file.write(chunk);
    await file.sync();
  } catch (cause) {
    if (isKeysError(cause)) throw new SdkError('attachment.corrupt', undefined, { cause });
    throw cause;
  } finally {
    await file.close();
  }
}
