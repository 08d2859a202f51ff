/** ChaCha20-Poly1305 (RFC 8439), by libsodium: HPKE's AEAD. What is sealed is ciphertext ‖ 16-byte tag. */
import { KeysError } from '../errors.js';
import { assertLength } from './length.js';
import { sodium } from './sodium.js';

export const CHACHA_NONCE_BYTES = 12;
export const AEAD_KEY_BYTES = 32;
export const AEAD_TAG_BYTES = 16;

/** What an AEAD takes besides the text; the nonce never twice under one key. */
export interface AeadInput {
  readonly key: Uint8Array;
  readonly nonce: Uint8Array;
  readonly additionalData: Uint8Array;
}

/** @throws KeysError `keys.input-invalid` where the key or the nonce has another length */
export function assertKeyAndNonce({ key, nonce }: Pick<AeadInput, 'key' | 'nonce'>, nonceBytes: number): void {
  assertLength('key', key, AEAD_KEY_BYTES);
  assertLength('nonce', nonce, nonceBytes);
}

/** @throws KeysError `keys.input-invalid` */
export function chachaSeal(input: AeadInput, plaintext: Uint8Array): Uint8Array {
  assertKeyAndNonce(input, CHACHA_NONCE_BYTES);
  return sodium.crypto_aead_chacha20poly1305_ietf_encrypt(
    plaintext,
    input.additionalData,
    null,
    input.nonce,
    input.key,
  );
}

/** @throws KeysError `keys.decryption-failed`, `keys.input-invalid` */
export function chachaOpen(input: AeadInput, ciphertext: Uint8Array): Uint8Array {
  assertKeyAndNonce(input, CHACHA_NONCE_BYTES);
  try {
    return sodium.crypto_aead_chacha20poly1305_ietf_decrypt(
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
