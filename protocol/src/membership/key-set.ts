/**
 * m of n Ed25519 keys: how a federation and an agency hold their root (spec 21-trust-list). Which of them have signed is the
 * verifier's question, not this file's.
 */
import { type Static, Type } from 'typebox';
import { PublicKeySchema } from '../ids.js';

/** Keys in one set, at most. */
export const KEY_SET_MAX = 16;

export const KeySetSchema = Type.Object(
  {
    threshold: Type.Integer({ minimum: 1, maximum: KEY_SET_MAX }),
    keys: Type.Array(PublicKeySchema, { minItems: 1, maxItems: KEY_SET_MAX, uniqueItems: true }),
  },
  { additionalProperties: false },
);
export type KeySet = Static<typeof KeySetSchema>;

/** Can the threshold be reached at all? */
export const isKeySet = ({ threshold, keys }: KeySet): boolean => threshold <= keys.length;

/** The same keys, in whatever order, under the same threshold. */
export const sameKeySet = (a: KeySet, b: KeySet): boolean =>
  a.threshold === b.threshold && [...a.keys].sort().join() === [...b.keys].sort().join();
