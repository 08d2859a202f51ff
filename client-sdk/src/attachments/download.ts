/**
 * Fetching an attachment: ciphertext in ranges into a `.part` file, resumed at any byte; then the whole hash, then decryption to
 * a second file, then one rename. The application sees nothing before the last chunk has verified.
 */
import { open, readFile as readWhole, rename, rm, stat } from 'node:fs/promises';
import { chunkedDecryptor, isKeysError } from '@holdfast/keys';
import { equalBytes, sha256Stream } from '@holdfast/keys/verify';
import { type AttachmentRef, attachmentContext, fromBase64url, LIMITS } from '@holdfast/protocol';
import { SdkError } from '../errors.js';
import { blobPath, type RelaySession } from '../session/session.js';
import { isRefusal, refusalOf } from '../transport/refusal.js';
import { syncFolderOf } from './durable.js';
import { Patience } from './patience.js';

const RANGE_BYTES = 4 * 1024 * 1024;
const READ_BYTES = 256 * 1024;

/** An uploaded blob by its ciphertext alone. */
export type SealedBlob = Pick<AttachmentRef, 'id' | 'size' | 'sha256'>;

export interface DownloadRequest<Ref extends SealedBlob = AttachmentRef> {
  readonly session: RelaySession;
  readonly ref: Ref;
  readonly targetPath: string;
  readonly signal: AbortSignal;
  /** For back-off, in [0, 1). */
  readonly random?: () => number;
  readonly onProgress?: (receivedBytes: number) => void;
}

/**
 * Replaces what is at `targetPath`, or leaves it untouched. Where it was aborted or the relay went away, another call goes on
 * from the bytes that are there.
 * @throws SdkError `attachment.corrupt`, `attachment.gone`, `attachment.too-large`, `relay.*`, `session.refused`, `aborted`; the
 * file system's own where the files cannot be written
 */
export async function downloadBlob(request: DownloadRequest): Promise<void> {
  const { ref, targetPath, signal } = request;
  if (ref.size > LIMITS.attachmentBytes) throw new SdkError('attachment.too-large');
  const part = `${targetPath}.${ref.id}.part`;
  const plain = `${targetPath}.${ref.id}.plain`;
  try {
    await fetchVerified(request, part);
    await decrypt(part, plain, ref, signal);
    await rename(plain, targetPath);
    await syncFolderOf(targetPath);
    await rm(part, { force: true });
  } catch (error) {
    await rm(plain, { force: true });
    if (error instanceof SdkError && error.code.startsWith('attachment.')) await rm(part, { force: true });
    throw error;
  }
}

/**
 * The ciphertext itself, its length and hash as given; nothing is left at `targetPath`.
 * @throws SdkError `attachment.corrupt`, `attachment.gone`, `relay.*`, `session.refused`, `aborted`
 */
export async function fetchSealed(request: DownloadRequest<SealedBlob>): Promise<Uint8Array> {
  const part = `${request.targetPath}.part`;
  try {
    await fetchVerified(request, part);
    return new Uint8Array(await readWhole(part));
  } finally {
    await rm(part, { force: true });
  }
}

/** The whole ciphertext, its hash checked. What an earlier attempt left may be damaged: then once more from the first byte. */
async function fetchVerified(request: DownloadRequest<SealedBlob>, part: string): Promise<void> {
  const { ref, signal } = request;
  const isResumed = await fetchCiphertext(request, part);
  if (await hasHash(part, ref, signal)) return;
  await rm(part, { force: true });
  if (isResumed) {
    await fetchCiphertext(request, part);
    if (await hasHash(part, ref, signal)) return;
  }
  throw new SdkError('attachment.corrupt');
}

/** @returns whether bytes of an earlier attempt are in it */
async function fetchCiphertext(request: DownloadRequest<SealedBlob>, part: string): Promise<boolean> {
  const { ref, signal, onProgress, random = Math.random } = request;
  const patience = new Patience(random, signal);
  const found = await stat(part).catch(() => undefined);
  const start = found === undefined || found.size > ref.size ? 0 : found.size;
  const file = await open(part, start === 0 ? 'w' : 'a', 0o600);
  try {
    for (let offset = start; offset < ref.size; ) {
      try {
        const bytes = await fetchRange(request, offset, Math.min(offset + RANGE_BYTES, ref.size) - 1);
        await file.appendFile(bytes);
        offset += bytes.length;
        patience.progress();
        onProgress?.(offset);
      } catch (error) {
        await patience.bear(error);
      }
    }
  } finally {
    await file.close();
  }
  return start > 0;
}

async function fetchRange(
  { session, ref, signal }: DownloadRequest<SealedBlob>,
  start: number,
  end: number,
): Promise<Uint8Array> {
  const length = end - start + 1;
  const headers = { range: `bytes=${start}-${end}` };
  const answer = await session.blob({
    method: 'GET',
    path: blobPath(ref.id),
    headers,
    maxResponseBytes: length,
    signal,
  });
  if (answer.status === 416)
    throw new SdkError('attachment.corrupt', 'The relay has fewer bytes than the sender signed.');
  if (answer.status !== 206) {
    const refusal = refusalOf(answer);
    throw isRefusal(refusal, 'blob.not-found')
      ? new SdkError('attachment.gone', undefined, { cause: refusal })
      : refusal;
  }
  if (answer.headers['content-range'] !== `bytes ${start}-${end}/${ref.size}` || answer.body.length !== length)
    throw new SdkError('attachment.corrupt', 'The relay has another length than the sender signed.');
  return answer.body;
}

async function hasHash(part: string, ref: SealedBlob, signal: AbortSignal): Promise<boolean> {
  const hash = sha256Stream();
  for await (const bytes of readFile(part, signal)) hash.update(bytes);
  return equalBytes(hash.digest(), fromBase64url(ref.sha256));
}

async function decrypt(part: string, plain: string, ref: AttachmentRef, signal: AbortSignal): Promise<void> {
  const decryptor = chunkedDecryptor({ key: fromBase64url(ref.key), context: attachmentContext(ref.id) });
  const file = await open(plain, 'w', 0o600);
  try {
    for await (const chunk of decryptor(readFile(part, signal))) await file.appendFile(chunk);
    await file.sync();
  } catch (cause) {
    if (isKeysError(cause)) throw new SdkError('attachment.corrupt', undefined, { cause });
    throw cause;
  } finally {
    await file.close();
  }
}

/** A file's bytes, in pieces that are valid until the next one. @throws SdkError `aborted` */
async function* readFile(path: string, signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
  const file = await open(path);
  try {
    const buffer = new Uint8Array(READ_BYTES);
    for (let offset = 0; ; ) {
      if (signal.aborted) throw new SdkError('aborted');
      const { bytesRead } = await file.read(buffer, 0, READ_BYTES, offset);
      if (bytesRead === 0) return;
      offset += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}
