/**
 * HPKE base mode, single shot (RFC 9180 §6.1): KEM X-Wing 0x647a, HKDF-SHA-256 0x0001, ChaCha20-Poly1305 0x0003. One
 * suite, nothing to negotiate. Wraps a content key to one device's epoch key; it says nothing of the sender.
 */

import { concat } from '@holdfast/protocol';
import { CipherSuite } from 'hpke';
import { isKeysError, KeysError } from '../errors.js';
import { AEAD_KEY_BYTES, AEAD_TAG_BYTES } from '../primitives/chacha20-poly1305.js';
import { assertLength } from '../primitives/length.js';
import { XWING, type xwingEncapsulate } from '../primitives/xwing.js';
import {
  chacha20Poly1305Aead,
  hkdfSha256Kdf,
  publicXwingKey,
  secretXwingKey,
  type XwingKey,
  xwingKem,
} from './hpke-adapter.js';

/** A sealed 32-byte content key: X-Wing ciphertext ‖ key ‖ tag. */
export const STANZA_BYTES = XWING.ciphertextBytes + AEAD_KEY_BYTES + AEAD_TAG_BYTES;

/** The suite as the library has it. @param encapsulate replaced only by the test of the published vectors */
export function hpkeSuite(encapsulate?: typeof xwingEncapsulate): CipherSuite<XwingKey> {
  return new CipherSuite(() => xwingKem(encapsulate), hkdfSha256Kdf, chacha20Poly1305Aead);
}

const suite = hpkeSuite();

export interface HpkeSeal {
  /** X-Wing public key, 1216 bytes. */
  readonly publicKey: Uint8Array;
  readonly info: Uint8Array;
  readonly plaintext: Uint8Array;
  readonly aad?: Uint8Array;
}

/** @returns enc ‖ ciphertext. @throws KeysError `keys.input-invalid` where the public key is refused */
export async function hpkeSeal({ publicKey, info, plaintext, aad = new Uint8Array() }: HpkeSeal): Promise<Uint8Array> {
  assertLength('X-Wing public key', publicKey, XWING.publicKeyBytes);
  try {
    const { encapsulatedSecret, ciphertext } = await suite.Seal(publicXwingKey(publicKey), plaintext, { info, aad });
    return concat(encapsulatedSecret, ciphertext);
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    throw isKeysError(cause) ? cause : error;
  }
}

export interface HpkeOpen {
  /** X-Wing secret key: the 32-byte seed. */
  readonly secretKey: Uint8Array;
  readonly info: Uint8Array;
  readonly sealed: Uint8Array;
  readonly aad?: Uint8Array;
}

/** @returns the plaintext. @throws KeysError `keys.decryption-failed` whatever is wrong with `sealed`, `info` or `aad`; `keys.input-invalid` for the key */
export async function hpkeOpen({ secretKey, info, sealed, aad = new Uint8Array() }: HpkeOpen): Promise<Uint8Array> {
  assertLength('X-Wing secret key', secretKey, XWING.secretKeyBytes);
  const enc = sealed.subarray(0, XWING.ciphertextBytes);
  const ciphertext = sealed.subarray(XWING.ciphertextBytes);
  try {
    return await suite.Open(secretXwingKey(secretKey), enc, ciphertext, { info, aad });
  } catch (cause) {
    throw new KeysError('keys.decryption-failed', undefined, { cause });
  }
}
