/** Comparison in constant time for equal lengths; lengths are public. */
import { timingSafeEqual } from 'node:crypto';

/** Equal length and equal bytes. */
export const equalBytes = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && timingSafeEqual(a, b);
