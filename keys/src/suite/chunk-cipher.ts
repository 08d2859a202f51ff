/**
 * The raw layer of C2SP chunked-encryption with AES-256-GCM: chunks of 16 KiB, the last one shorter, each under its own
 * nonce. Raw mode has no salt and no commitment, so it is not exported from the package; `chunked.ts` adds both.
 */
import { KeysError } from '../errors.js';
import { GCM_TAG_BYTES, gcmOpen, gcmSeal } from '../primitives/aes-256-gcm.js';

/** Plaintext of every chunk but the last. */
export const CHUNK_BYTES = 16_384;
/** A whole chunk, encrypted. */
export const SEALED_CHUNK_BYTES = CHUNK_BYTES + GCM_TAG_BYTES;
const MAX_CHUNKS = 2 ** 38;

export interface ChunkKeys {
  readonly key: Uint8Array;
  readonly baseNonce: Uint8Array;
}

/** The base nonce with the chunk's number XORed into its end, big-endian. @throws KeysError `keys.input-invalid` from chunk 2^38 on */
export function chunkNonce(baseNonce: Uint8Array, index: number): Uint8Array {
  if (!Number.isSafeInteger(index) || index < 0 || index >= MAX_CHUNKS) {
    throw new KeysError('keys.input-invalid', 'A message has at most 2^38 chunks.');
  }
  const nonce = Uint8Array.from(baseNonce);
  const view = new DataView(nonce.buffer);
  const end = nonce.length;
  view.setUint32(end - 4, view.getUint32(end - 4) ^ (index >>> 0));
  view.setUint8(end - 5, view.getUint8(end - 5) ^ Math.floor(index / 2 ** 32));
  return nonce;
}

/** Encrypts chunk `index`. */
export function sealChunk({ key, baseNonce }: ChunkKeys, index: number, plaintext: Uint8Array): Uint8Array {
  return gcmSeal(key, chunkNonce(baseNonce, index), plaintext);
}

/** Decrypts chunk `index`. @throws KeysError `keys.decryption-failed` */
export function openChunk({ key, baseNonce }: ChunkKeys, index: number, sealed: Uint8Array): Uint8Array {
  if (sealed.length > SEALED_CHUNK_BYTES) throw new KeysError('keys.decryption-failed');
  return gcmOpen(key, chunkNonce(baseNonce, index), sealed);
}

/** Length of the chunks of `plaintextLength` bytes. */
export function sealedLength(plaintextLength: number): number {
  return plaintextLength + GCM_TAG_BYTES * (Math.floor(plaintextLength / CHUNK_BYTES) + 1);
}

/** Length of the plaintext in `length` bytes of chunks; undefined where a message cannot end there. */
export function openedLength(length: number): number | undefined {
  if (!Number.isSafeInteger(length) || length < 0) return undefined;
  const whole = Math.floor(length / SEALED_CHUNK_BYTES);
  const last = length - whole * SEALED_CHUNK_BYTES - GCM_TAG_BYTES;
  return last >= 0 ? whole * CHUNK_BYTES + last : undefined;
}

/** Encrypts a whole message into `out`, which has room for exactly `sealedLength(plaintext.length)` bytes. */
export function sealChunks(keys: ChunkKeys, plaintext: Uint8Array, out: Uint8Array): void {
  for (let index = 0; index * CHUNK_BYTES <= plaintext.length; index++) {
    const chunk = plaintext.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES);
    out.set(sealChunk(keys, index, chunk), index * SEALED_CHUNK_BYTES);
  }
}

/** Decrypts a whole message. @throws KeysError `keys.decryption-failed`, truncation included */
export function openChunks(keys: ChunkKeys, sealed: Uint8Array): Uint8Array {
  const length = openedLength(sealed.length);
  if (length === undefined) throw new KeysError('keys.decryption-failed');
  const plaintext = new Uint8Array(length);
  for (let index = 0; index * SEALED_CHUNK_BYTES < sealed.length; index++) {
    const chunk = sealed.subarray(index * SEALED_CHUNK_BYTES, (index + 1) * SEALED_CHUNK_BYTES);
    plaintext.set(openChunk(keys, index, chunk), index * CHUNK_BYTES);
  }
  return plaintext;
}
