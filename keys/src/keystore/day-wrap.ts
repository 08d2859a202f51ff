/**
 * Day keys lie under a wrap key of their day, apart from everything else: destroying the wrap destroys every copy of the
 * day's keys at once, those in a database's free pages and in backups of it included. The wrap itself is never backed up.
 */
import { canonicalBytes, concat, context } from '@holdfast/protocol';
import { KeysError } from '../errors.js';
import { AEAD_KEY_BYTES } from '../primitives/chacha20-poly1305.js';
import { randomBytes } from '../primitives/random.js';
import { XCHACHA_NONCE_BYTES, xchachaOpen, xchachaSeal } from '../primitives/xchacha20-poly1305.js';

export interface DayWrap {
  /** UTC days since 1970. */
  readonly day: number;
  /** 32 bytes; kept as a keystore record of its own, deleted (and zeroized) with the day. */
  readonly key: Uint8Array;
}

/** A fresh wrap for a day. */
export function newDayWrap(day: number): DayWrap {
  return { day, key: randomBytes(AEAD_KEY_BYTES) };
}

/** Seals a secret of that day. @param id what the secret is, unique within the day. @returns nonce ‖ ciphertext */
export function sealUnderDay(wrap: DayWrap, id: string, secret: Uint8Array): Uint8Array {
  const nonce = randomBytes(XCHACHA_NONCE_BYTES);
  return concat(nonce, xchachaSeal({ key: wrap.key, nonce, additionalData: dayAad(wrap.day, id) }, secret));
}

/** @throws KeysError `keys.decryption-failed` where the secret is of another day, another id, or changed */
export function openUnderDay(wrap: DayWrap, id: string, sealed: Uint8Array): Uint8Array {
  if (sealed.length < XCHACHA_NONCE_BYTES) throw new KeysError('keys.decryption-failed');
  const nonce = sealed.subarray(0, XCHACHA_NONCE_BYTES);
  return xchachaOpen(
    { key: wrap.key, nonce, additionalData: dayAad(wrap.day, id) },
    sealed.subarray(XCHACHA_NONCE_BYTES),
  );
}

function dayAad(day: number, id: string): Uint8Array {
  return concat(context('day-key'), canonicalBytes({ day, id }));
}
