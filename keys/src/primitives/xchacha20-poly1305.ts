/** XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha), by libsodium: the keystore's records. Nonces may be random. */
import { KeysError } from '../errors.js';
import { type AeadInput, assertKeyAndNonce } from './chacha20-poly1305.js';
import { sodium } from './sodium.js';

export const XCHACHA_NONCE_BYTES = 24;

/** @returns ciphertext ‖ tag. @throws KeysError `keys.input-invalid` */
export function xchachaSeal(input: AeadInput, plaintext: Uint8Array): Uint8Array {
  assertKeyAndNonce(input, XCHACHA_NONCE_BYTES);
  return sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(
    plaintext,
    input.additionalData,
    null,
    input.nonce,
    input.key,
  );
}

/** @throws KeysError `keys.decryption-failed`, `keys.input-invalid` */
export function xchachaOpen(input: AeadInput, ciphertext: Uint8Array): Uint8Array {
  assertKeyAndNonce(input, XCHACHA_NONCE_BYTES);
  try {
    return sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(
      null,
      ciphertext,
      input.additionalData,
      input.nonce,
      input.key,
    );
  } catch (cause) {
    throw new KeysError('keys.decryption-failed', undefined, { cause });
  }
}
