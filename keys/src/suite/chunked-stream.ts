/**
 * Chunked encryption over streams, in constant memory (one chunk, whatever pieces the source yields). The transforms fit
 * `stream.pipeline`. The decryptor yields a chunk only once it is authenticated, and throws where the message is cut short:
 * what it has yielded by then is a true prefix, not the message.
 */
import { CHUNK_BYTES, type ChunkKeys, openChunk, SEALED_CHUNK_BYTES, sealChunk } from './chunk-cipher.js';
import { CHUNKED_HEADER_BYTES, type ChunkedKey, makeHeader, openHeader } from './chunked-header.js';

export type ChunkTransform = (source: AsyncIterable<Uint8Array>) => AsyncGenerator<Uint8Array, void, undefined>;

/**
 * A transform from plaintext to ciphertext; use it once.
 * @param request.salt 24 bytes, never twice under one key
 * @throws KeysError `keys.input-invalid`
 */
export function chunkedEncryptor(request: ChunkedKey & { readonly salt: Uint8Array }): ChunkTransform {
  const { header, keys } = makeHeader(request, request.salt);
  return async function* encrypt(source) {
    yield header;
    let index = 0;
    // A whole last block is followed by an empty one: the last chunk is always short.
    for await (const block of blocks(source, () => CHUNK_BYTES)) yield sealChunk(keys, index++, block);
  };
}

/** A transform from ciphertext to plaintext. Iterating throws KeysError `keys.decryption-failed`, `keys.input-invalid`. */
export function chunkedDecryptor(key: ChunkedKey): ChunkTransform {
  return async function* decrypt(source) {
    let keys: ChunkKeys | undefined;
    let index = 0;
    // `blocks` ends with a short block, empty if need be: openHeader or openChunk refuses it where the message is cut short.
    for await (const block of blocks(source, (n) => (n === 0 ? CHUNKED_HEADER_BYTES : SEALED_CHUNK_BYTES))) {
      if (keys === undefined) {
        keys = openHeader(key, block);
        continue;
      }
      const plaintext = openChunk(keys, index++, block);
      if (plaintext.length > 0) yield plaintext;
    }
  };
}

/**
 * Cuts a stream into blocks of the given sizes and one last, shorter block, which may be empty. A block is valid until
 * the next is asked for.
 */
async function* blocks(
  source: AsyncIterable<Uint8Array>,
  sizeOf: (n: number) => number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let n = 0;
  let block = new Uint8Array(sizeOf(n));
  let filled = 0;
  for await (const piece of source) {
    let offset = 0;
    while (offset < piece.length) {
      const part = piece.subarray(offset, offset + block.length - filled);
      block.set(part, filled);
      filled += part.length;
      offset += part.length;
      if (filled < block.length) continue;
      yield block;
      n += 1;
      filled = 0;
      if (sizeOf(n) !== block.length) block = new Uint8Array(sizeOf(n));
    }
  }
  yield block.subarray(0, filled);
}
