/**
 * The header of C2SP chunked-encryption (salt ‖ commitment) and the keys that it stands for, instantiated as
 * Cobblestone-256: HKDF-Expand with SHA-512, AEAD_AES_256_GCM. The commitment binds a ciphertext to one key and context.
 */
import { concat, utf8 } from '@holdfast/protocol';
import { KeysError } from '../errors.js';
import { GCM_NONCE_BYTES } from '../primitives/aes-256-gcm.js';
import { AEAD_KEY_BYTES } from '../primitives/chacha20-poly1305.js';
import { equalBytes } from '../primitives/compare.js';
import { hkdfExpandSha512 } from '../primitives/hkdf.js';
import { assertLength } from '../primitives/length.js';
import type { ChunkKeys } from './chunk-cipher.js';

export const CHUNKED_SALT_BYTES = 24;
const COMMITMENT_BYTES = 32;
/** Salt ‖ commitment, before the first chunk. */
export const CHUNKED_HEADER_BYTES = CHUNKED_SALT_BYTES + COMMITMENT_BYTES;
const LABEL = utf8('c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0');

export interface ChunkedKey {
  /** 32 uniformly random bytes. */
  readonly key: Uint8Array;
  /** What the ciphertext is for; the same bytes on both sides. */
  readonly context: Uint8Array;
}

/** @returns the header that opens a message, and its chunk keys. @throws KeysError `keys.input-invalid` */
export function makeHeader(
  { key, context }: ChunkedKey,
  salt: Uint8Array,
): { readonly header: Uint8Array; readonly keys: ChunkKeys } {
  assertLength('key', key, AEAD_KEY_BYTES);
  assertLength('salt', salt, CHUNKED_SALT_BYTES);
  const nonceEnd = AEAD_KEY_BYTES + GCM_NONCE_BYTES;
  const derived = hkdfExpandSha512(key, concat(LABEL, salt, context), nonceEnd + COMMITMENT_BYTES);
  return {
    header: concat(salt, derived.subarray(nonceEnd)),
    keys: { key: derived.subarray(0, AEAD_KEY_BYTES), baseNonce: derived.subarray(AEAD_KEY_BYTES, nonceEnd) },
  };
}

/** The chunk keys of a header, once its commitment holds. @throws KeysError `keys.decryption-failed`, `keys.input-invalid` */
export function openHeader(key: ChunkedKey, header: Uint8Array): ChunkKeys {
  if (header.length !== CHUNKED_HEADER_BYTES) throw new KeysError('keys.decryption-failed');
  const made = makeHeader(key, header.subarray(0, CHUNKED_SALT_BYTES));
  if (!equalBytes(made.header, header)) throw new KeysError('keys.decryption-failed');
  return made.keys;
}
