/** HKDF (RFC 5869) by node:crypto; Expand alone as RFC 5869 §2.3 over HMAC-SHA-512. */
import { createHmac, hkdfSync } from 'node:crypto';
import { KeysError } from '../errors.js';

/** HKDF-SHA-256 with an empty salt. */
export const hkdfSha256 = (secret: Uint8Array, info: Uint8Array, length: number): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', secret, new Uint8Array(), info, length));

/** HKDF-Expand with SHA-512: node offers no Expand without Extract. @throws KeysError `keys.input-invalid` beyond 255 blocks */
export function hkdfExpandSha512(prk: Uint8Array, info: Uint8Array, length: number): Uint8Array {
  // The counter is one byte.
  if (length > 255 * 64) throw new KeysError('keys.input-invalid', 'HKDF-Expand cannot give so many bytes.');
  const out = new Uint8Array(length);
  let block: Uint8Array = new Uint8Array();
  for (let offset = 0, counter = 1; offset < length; offset += block.length, counter++) {
    block = createHmac('sha512', prk).update(block).update(info).update(Uint8Array.of(counter)).digest();
    out.set(block.subarray(0, length - offset), offset);
  }
  return out;
}

/** HKDF-Extract with SHA-256 (RFC 5869 §2.2). @returns 32 bytes */
export function hkdfExtractSha256(salt: Uint8Array, ikm: Uint8Array): Uint8Array {
  return new Uint8Array(createHmac('sha256', salt).update(ikm).digest());
}

/** HKDF-Expand with SHA-256 (RFC 5869 §2.3), up to one block: all that HPKE's key schedule asks of this suite. */
export function hkdfExpandSha256(prk: Uint8Array, info: Uint8Array, length: number): Uint8Array {
  if (length > 32) throw new KeysError('keys.input-invalid', 'One block of 32 bytes is the most.');
  return new Uint8Array(createHmac('sha256', prk).update(info).update(Uint8Array.of(1)).digest().subarray(0, length));
}
