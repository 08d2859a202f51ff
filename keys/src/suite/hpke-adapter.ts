/**
 * X-Wing and ChaCha20-Poly1305 of this package in the shape that the `hpke` library takes; the key schedule (RFC 9180 §5)
 * is the library's. KEM 0x647a of HPKE-PQ uses X-Wing's shared secret as it is.
 */
import type { AEAD, KDF, KEM, Key, KeyPair } from 'hpke';
import { KeysError } from '../errors.js';
import {
  AEAD_KEY_BYTES,
  AEAD_TAG_BYTES,
  CHACHA_NONCE_BYTES,
  chachaOpen,
  chachaSeal,
} from '../primitives/chacha20-poly1305.js';
import { hkdfExpandSha256, hkdfExtractSha256 } from '../primitives/hkdf.js';
import {
  generateXwingKeyPair,
  XWING,
  xwingDecapsulate,
  xwingEncapsulate,
  xwingKeyPairFromSeed,
} from '../primitives/xwing.js';

/** Key bytes in the library's clothes. */
export interface XwingKey extends Key {
  readonly bytes: Uint8Array;
}

export const publicXwingKey = (bytes: Uint8Array): XwingKey => ({
  algorithm: { name: 'X-Wing' },
  extractable: true,
  type: 'public',
  bytes,
});
export const secretXwingKey = (bytes: Uint8Array): XwingKey => ({
  algorithm: { name: 'X-Wing' },
  extractable: true,
  type: 'private',
  bytes,
});

/** @param encapsulate replaced only by the test of the published vectors, which needs a fixed seed */
export function xwingKem(encapsulate: typeof xwingEncapsulate = xwingEncapsulate): KEM<XwingKey> {
  return {
    id: 0x647a,
    type: 'KEM',
    name: 'X-Wing',
    Nsecret: XWING.sharedSecretBytes,
    Nenc: XWING.ciphertextBytes,
    Npk: XWING.publicKeyBytes,
    Nsk: XWING.secretKeyBytes,
    // Keys here are generated or derived by primitives/xwing.ts alone; HPKE's own derivation from `ikm` is not part of the suite.
    DeriveKeyPair: async () =>
      await Promise.reject(
        new KeysError('keys.input-invalid', 'The suite derives no keys from input keying material.'),
      ),
    GenerateKeyPair: async () => await Promise.resolve(pairOf(generateXwingKeyPair().secretKey)),
    SerializePublicKey: async (key) => await Promise.resolve(key.bytes),
    DeserializePublicKey: async (bytes) => await Promise.resolve(publicXwingKey(bytes)),
    SerializePrivateKey: async (key) => await Promise.resolve(key.bytes),
    DeserializePrivateKey: async (bytes) => await Promise.resolve(secretXwingKey(bytes)),
    Encap: async (publicKey) => {
      const { sharedSecret, ciphertext } = encapsulate(publicKey.bytes);
      return await Promise.resolve({ shared_secret: sharedSecret, enc: ciphertext });
    },
    Decap: async (enc, secretKey) => await Promise.resolve(xwingDecapsulate(enc, secretKey.bytes)),
  };
}

export function chacha20Poly1305Aead(): AEAD {
  return {
    id: 0x0003,
    type: 'AEAD',
    name: 'ChaCha20Poly1305',
    Nk: AEAD_KEY_BYTES,
    Nn: CHACHA_NONCE_BYTES,
    Nt: AEAD_TAG_BYTES,
    Seal: async (key, nonce, aad, plaintext) =>
      await Promise.resolve(chachaSeal({ key, nonce, additionalData: aad }, plaintext)),
    Open: async (key, nonce, aad, sealed) =>
      await Promise.resolve(chachaOpen({ key, nonce, additionalData: aad }, sealed)),
  };
}

function pairOf(seed: Uint8Array): KeyPair<XwingKey> {
  const { publicKey, secretKey } = xwingKeyPairFromSeed(seed);
  return { publicKey: publicXwingKey(publicKey), privateKey: secretXwingKey(secretKey) };
}

/** HKDF-SHA-256 by node:crypto: the library's own goes through WebCrypto's thread pool, some ten times a stanza, which made sealing to 50 devices 2.8 times slower. */
export function hkdfSha256Kdf(): KDF {
  return {
    id: 0x0001,
    type: 'KDF',
    name: 'HKDF-SHA256',
    Nh: 32,
    stages: 2,
    Extract: async (salt, ikm) => hkdfExtractSha256(salt, ikm),
    Expand: async (prk, info, length) => hkdfExpandSha256(prk, info, length),
    Derive: async () => {
      throw new KeysError('keys.input-invalid', 'A two-stage KDF does not derive in one.');
    },
  };
}
