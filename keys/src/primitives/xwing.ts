/** X-Wing (X25519 with ML-KEM-768), draft-connolly-cfrg-xwing-kem, by libsodium. The secret key is its 32-byte seed. */
import { KeysError } from '../errors.js';
import { assertLength } from './length.js';
import { randomBytes } from './random.js';
import { sodium } from './sodium.js';

/** Sizes in bytes. */
export const XWING = {
  publicKeyBytes: 1216,
  secretKeyBytes: 32,
  ciphertextBytes: 1120,
  sharedSecretBytes: 32,
} as const;
const ENCAPSULATION_SEED_BYTES = 64;

export interface XwingKeyPair {
  readonly publicKey: Uint8Array;
  readonly secretKey: Uint8Array;
}

export interface Encapsulation {
  readonly ciphertext: Uint8Array;
  readonly sharedSecret: Uint8Array;
}

/** A fresh key pair. */
export function generateXwingKeyPair(): XwingKeyPair {
  return xwingKeyPairFromSeed(randomBytes(XWING.secretKeyBytes));
}

/** The key pair of a 32-byte seed. @throws KeysError `keys.input-invalid` */
export function xwingKeyPairFromSeed(seed: Uint8Array): XwingKeyPair {
  assertLength('X-Wing seed', seed, XWING.secretKeyBytes);
  const { publicKey, privateKey } = sodium.crypto_kem_xwing_seed_keypair(seed);
  return { publicKey, secretKey: privateKey };
}

/** A fresh shared secret for the key's owner. @throws KeysError `keys.input-invalid`, also where the ML-KEM half is not reduced (FIPS 203 §7.2) */
export const xwingEncapsulate = (publicKey: Uint8Array): Encapsulation =>
  xwingEncapsulateDeterministic(publicKey, randomBytes(ENCAPSULATION_SEED_BYTES));

/** With the caller's randomness, used once and never again: for test vectors. @param seed 64 bytes @throws KeysError `keys.input-invalid` */
export function xwingEncapsulateDeterministic(publicKey: Uint8Array, seed: Uint8Array): Encapsulation {
  assertLength('X-Wing public key', publicKey, XWING.publicKeyBytes);
  assertLength('encapsulation seed', seed, ENCAPSULATION_SEED_BYTES);
  try {
    return sodium.crypto_kem_xwing_enc_deterministic(publicKey, seed);
  } catch (cause) {
    throw new KeysError('keys.input-invalid', 'The X-Wing public key is refused.', { cause });
  }
}

/** Implicit rejection: a wrong ciphertext gives another secret, not an error (FIPS 203 §6.3). @throws KeysError `keys.input-invalid` for wrong lengths */
export function xwingDecapsulate(ciphertext: Uint8Array, secretKey: Uint8Array): Uint8Array {
  assertLength('X-Wing ciphertext', ciphertext, XWING.ciphertextBytes);
  assertLength('X-Wing secret key', secretKey, XWING.secretKeyBytes);
  return sodium.crypto_kem_xwing_dec(ciphertext, secretKey);
}
