/** SHA-256 and HMAC-SHA-256 (FIPS 180-4, RFC 2104), by node:crypto. */
import { createHash, createHmac } from 'node:crypto';

/** @returns 32 bytes */
export const sha256 = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash('sha256').update(bytes).digest());

/** @returns 32 bytes */
export const hmacSha256 = (key: Uint8Array, bytes: Uint8Array): Uint8Array =>
  new Uint8Array(createHmac('sha256', key).update(bytes).digest());

export interface Sha256Stream {
  update(bytes: Uint8Array): void;
  digest(): Uint8Array;
}

/** SHA-256 over bytes that come piece by piece. */
export function sha256Stream(): Sha256Stream {
  const hash = createHash('sha256');
  return {
    update: (bytes) => void hash.update(bytes),
    digest: () => new Uint8Array(hash.digest()),
  };
}
