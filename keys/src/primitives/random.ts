/** Randomness from the operating system, by node:crypto (libsodium's wasm is far slower in bulk). */
import { randomBytes as nodeRandomBytes } from 'node:crypto';

/** @returns bytes in memory of their own, not the shared Buffer pool */
export const randomBytes = (length: number): Uint8Array => new Uint8Array(nodeRandomBytes(length));
