/**
 * Bodies and attachments: C2SP chunked-encryption at commit 5ba5ee8, Cobblestone-256 (spec 32). Key-committing; streamed
 * or at random; truncation shows because the last chunk is always short. Every failure to decrypt is one code.
 */
import { KeysError } from '../errors.js';
import {
  CHUNK_BYTES,
  openChunk,
  openChunks,
  openedLength,
  SEALED_CHUNK_BYTES,
  sealChunks,
  sealedLength,
} from './chunk-cipher.js';
import { CHUNKED_HEADER_BYTES, type ChunkedKey, makeHeader, openHeader } from './chunked-header.js';

export { CHUNK_BYTES, SEALED_CHUNK_BYTES } from './chunk-cipher.js';
export { CHUNKED_HEADER_BYTES, CHUNKED_SALT_BYTES, type ChunkedKey } from './chunked-header.js';
export { type ChunkTransform, chunkedDecryptor, chunkedEncryptor } from './chunked-stream.js';

/** Ciphertext length for `plaintextLength` bytes. */
export function chunkedCiphertextLength(plaintextLength: number): number {
  return CHUNKED_HEADER_BYTES + sealedLength(plaintextLength);
}

/** Plaintext length in `ciphertextLength` bytes; undefined where no whole message has that length. */
export function chunkedPlaintextLength(ciphertextLength: number): number | undefined {
  return openedLength(ciphertextLength - CHUNKED_HEADER_BYTES);
}

/**
 * Encrypts a message that fits into memory.
 * @param request.salt 24 bytes, never twice under one key
 * @throws KeysError `keys.input-invalid`
 */
export function encryptChunked(
  request: ChunkedKey & { readonly plaintext: Uint8Array; readonly salt: Uint8Array },
): Uint8Array {
  const { header, keys } = makeHeader(request, request.salt);
  const out = new Uint8Array(chunkedCiphertextLength(request.plaintext.length));
  out.set(header);
  sealChunks(keys, request.plaintext, out.subarray(CHUNKED_HEADER_BYTES));
  return out;
}

/** Decrypts a whole message. @throws KeysError `keys.decryption-failed` (truncation and trailing bytes too), `keys.input-invalid` */
export function decryptChunked(request: ChunkedKey & { readonly ciphertext: Uint8Array }): Uint8Array {
  const keys = openHeader(request, request.ciphertext.subarray(0, CHUNKED_HEADER_BYTES));
  return openChunks(keys, request.ciphertext.subarray(CHUNKED_HEADER_BYTES));
}

/** Where chunk `index` lies in a ciphertext: `[start, end)`, the end cut at the ciphertext's. @throws KeysError `keys.input-invalid` */
export function chunkedRange(index: number, ciphertextLength: number): readonly [start: number, end: number] {
  const start = CHUNKED_HEADER_BYTES + index * SEALED_CHUNK_BYTES;
  if (!Number.isSafeInteger(start) || index < 0 || start >= ciphertextLength) {
    throw new KeysError('keys.input-invalid', 'The message has no such chunk.');
  }
  return [start, Math.min(start + SEALED_CHUNK_BYTES, ciphertextLength)];
}

/**
 * Decrypts one chunk on its own (plaintext bytes from `index` × 16 KiB on).
 * @param request.header the first 56 bytes of the ciphertext
 * @param request.sealed the bytes at `chunkedRange(index, …)`
 * @returns its plaintext; shorter than 16 KiB means that this chunk, and no other, is the message's last
 * @throws KeysError `keys.decryption-failed`, `keys.input-invalid`
 */
export function decryptChunkAt(
  request: ChunkedKey & { readonly header: Uint8Array; readonly index: number; readonly sealed: Uint8Array },
): { readonly plaintext: Uint8Array; readonly isLast: boolean } {
  const plaintext = openChunk(openHeader(request, request.header), request.index, request.sealed);
  return { plaintext, isLast: plaintext.length < CHUNK_BYTES };
}
