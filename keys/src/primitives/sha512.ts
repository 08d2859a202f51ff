/** SHA-512 (FIPS 180-4), by node:crypto. */
import { createHash } from 'node:crypto';

/** @returns 64 bytes */
export const sha512 = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash('sha512').update(bytes).digest());
