/** AES-256-GCM (NIST SP 800-38D) with a 16-byte tag at the end and no additional data, by node:crypto. */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { KeysError } from '../errors.js';
import { assertKeyAndNonce } from './chacha20-poly1305.js';

export const GCM_TAG_BYTES = 16;
export const GCM_NONCE_BYTES = 12;
const OPTIONS = { authTagLength: GCM_TAG_BYTES } as const;

/** @returns ciphertext ‖ tag. @throws KeysError `keys.input-invalid` */
export function gcmSeal(key: Uint8Array, nonce: Uint8Array, plaintext: Uint8Array): Uint8Array {
  assertKeyAndNonce({ key, nonce }, GCM_NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, OPTIONS);
  const out = new Uint8Array(plaintext.length + GCM_TAG_BYTES);
  out.set(cipher.update(plaintext));
  cipher.final();
  out.set(cipher.getAuthTag(), plaintext.length);
  return out;
}

/** @returns the plaintext, only after its tag holds. @throws KeysError `keys.decryption-failed`, `keys.input-invalid` */
export function gcmOpen(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array): Uint8Array {
  assertKeyAndNonce({ key, nonce }, GCM_NONCE_BYTES);
  const split = sealed.length - GCM_TAG_BYTES;
  if (split < 0) throw new KeysError('keys.decryption-failed');
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, OPTIONS);
    decipher.setAuthTag(sealed.subarray(split));
    const body = decipher.update(sealed.subarray(0, split));
    decipher.final();
    return new Uint8Array(body.buffer, body.byteOffset, body.length);
  } catch (cause) {
    throw new KeysError('keys.decryption-failed', undefined, { cause });
  }
}
