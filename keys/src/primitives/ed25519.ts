/** Ed25519 signing keys (RFC 8032), by libsodium. The secret at rest is the 32-byte seed. */
import { assertLength } from './length.js';
import { randomBytes } from './random.js';
import { sodium } from './sodium.js';

const SEED_BYTES = 32;

/** An Ed25519 key pair; the secret half is the 32-byte seed of RFC 8032. */
export interface SigningKey {
  readonly publicKey: Uint8Array;
  readonly seed: Uint8Array;
}

/** A fresh key pair. */
export function generateSigningKey(): SigningKey {
  return signingKeyFromSeed(randomBytes(SEED_BYTES));
}

/** The key pair of a 32-byte seed, which is copied. @throws KeysError `keys.input-invalid` */
export function signingKeyFromSeed(seed: Uint8Array): SigningKey {
  assertLength('seed', seed, SEED_BYTES);
  const { publicKey, privateKey } = sodium.crypto_sign_seed_keypair(seed);
  sodium.memzero(privateKey);
  return { publicKey, seed: Uint8Array.from(seed) };
}

/** @returns the 64-byte signature; callers put the context string before the message. @throws KeysError `keys.input-invalid` */
export function signDetached(message: Uint8Array, key: SigningKey): Uint8Array {
  assertLength('seed', key.seed, SEED_BYTES);
  // Both halves from the seed, never the given public key: a signature under a wrong one gives the secret away.
  const { privateKey } = sodium.crypto_sign_seed_keypair(key.seed);
  const signature = sodium.crypto_sign_detached(message, privateKey);
  sodium.memzero(privateKey);
  return signature;
}
