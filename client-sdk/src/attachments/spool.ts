/** Encrypting a file into the spool, in constant memory: the ciphertext is what is uploaded, resumed and hashed. */
import { type FileHandle, open, rm } from 'node:fs/promises';
import { chunkedEncryptor, randomBytes } from '@holdfast/keys';
import { sha256Stream } from '@holdfast/keys/verify';
import { attachmentContext, type BlobId, type Hash, LIMITS, toHash } from '@holdfast/protocol';
import { SdkError } from '../errors.js';
import { syncFolderOf } from './durable.js';

const SALT_BYTES = 24;
const READ_BYTES = 256 * 1024;

export interface SpoolRequest {
  readonly sourcePath: string;
  readonly spoolPath: string;
  readonly id: BlobId;
  /** 32 bytes. */
  readonly key: Uint8Array;
  readonly signal: AbortSignal;
  readonly onProgress?: (ciphertextBytes: number) => void;
}

export interface Spooled {
  /** Ciphertext bytes. */
  readonly size: number;
  readonly sha256: Hash;
}

/**
 * Durable on return; nothing is left of it where it throws.
 * @throws SdkError `attachment.unreadable`, `attachment.too-large`, `aborted`; the file system's own where the spool is not written
 */
export async function encryptToSpool(request: SpoolRequest): Promise<Spooled> {
  const { sourcePath, spoolPath, signal } = request;
  if (signal.aborted) throw new SdkError('aborted');
  const source = await open(sourcePath).catch((cause: unknown) => {
    throw new SdkError('attachment.unreadable', `${sourcePath} cannot be read.`, { cause });
  });
  try {
    const spool = await open(spoolPath, 'w', 0o600);
    try {
      const spooled = await encrypt(source, spool, request);
      await spool.sync();
      await syncFolderOf(spoolPath);
      return spooled;
    } catch (error) {
      await rm(spoolPath, { force: true });
      throw error;
    } finally {
      await spool.close();
    }
  } finally {
    await source.close();
  }
}

async function encrypt(
  source: FileHandle,
  spool: FileHandle,
  { sourcePath, id, key, signal, onProgress }: SpoolRequest,
): Promise<Spooled> {
  const hash = sha256Stream();
  let size = 0;
  const encryptor = chunkedEncryptor({ key, context: attachmentContext(id), salt: randomBytes(SALT_BYTES) });
  for await (const chunk of encryptor(unchanged(source, sourcePath, signal))) {
    size += chunk.length;
    if (size > LIMITS.attachmentBytes) throw new SdkError('attachment.too-large');
    hash.update(chunk);
    // Unlike `write`, this ends only when every byte is written.
    await spool.appendFile(chunk);
    onProgress?.(size);
  }
  return { size, sha256: toHash(hash.digest()) };
}

/** The file's bytes, provided that it is the same file after the last as before the first. */
async function* unchanged(
  source: FileHandle,
  path: string,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    const before = await source.stat();
    if (!before.isFile()) throw new SdkError('attachment.unreadable', `${path} is not a file.`);
    if (before.size > LIMITS.attachmentBytes) throw new SdkError('attachment.too-large');
    const buffer = new Uint8Array(READ_BYTES);
    let length = 0;
    for (;;) {
      if (signal.aborted) throw new SdkError('aborted');
      const { bytesRead } = await source.read(buffer, 0, READ_BYTES, length);
      if (bytesRead === 0) break;
      length += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
    const after = await source.stat();
    if (length !== before.size || after.size !== before.size || after.mtimeMs !== before.mtimeMs)
      throw new SdkError('attachment.unreadable', `${path} changed while it was read.`);
  } catch (cause) {
    throw cause instanceof SdkError
      ? cause
      : new SdkError('attachment.unreadable', `${path} cannot be read.`, { cause });
  }
}
