/** Encrypting a file into the spool, in constant memory: the ciphertext is what is uploaded, resumed and hashed. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { chunkedEncryptor, randomBytes } from '@holdfast/keys';
import { sha256Stream } from '@holdfast/keys/verify';
import { attachmentContext, type BlobId, type Hash, toHash } from '@holdfast/protocol';
import { SdkError } from '../errors.js';

const SALT_BYTES = 24;
const READ_BYTES = 256 * 1024;

export interface SpoolRequest {
  readonly sourcePath: string;
  readonly spoolPath: string;
  readonly id: BlobId;
  /** 32 bytes. */
  readonly key: Uint8Array;
  readonly signal: AbortSignal;
}

export interface Spooled {
  /** Ciphertext bytes. */
  readonly size: number;
  readonly sha256: Hash;
}

/** Durable on return. @throws SdkError `attachment.unreadable`, `aborted` */
export async function encryptToSpool({ sourcePath, spoolPath, id, key, signal }: SpoolRequest): Promise<Spooled> {
  const hash = sha256Stream();
  let size = 0;
  const encrypt = chunkedEncryptor({ key, context: attachmentContext(id), salt: randomBytes(SALT_BYTES) });
  const spool = await open(spoolPath, 'w', 0o600);
  try {
    for await (const chunk of encrypt(createReadStream(sourcePath, { highWaterMark: READ_BYTES, signal }))) {
      hash.update(chunk);
      size += chunk.length;
      await spool.writev([chunk]);
    }
    await spool.sync();
  } catch (cause) {
    throw signal.aborted
      ? new SdkError('aborted', undefined, { cause })
      : new SdkError('attachment.unreadable', `${sourcePath} cannot be read.`, { cause });
  } finally {
    await spool.close();
  }
  return { size, sha256: toHash(hash.digest()) };
}
