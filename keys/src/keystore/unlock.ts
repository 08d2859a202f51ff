/**
 * What opens a keystore: a password, stretched by Argon2id, or a 32-byte key from a file for gateways that start
 * unattended. Each has its own derivation, so that a key can never be tried as a password.
 */
import { open } from 'node:fs/promises';
import { concat, context, fromBase64url, utf8 } from '@holdfast/protocol';
import { KeysError } from '../errors.js';
import { argon2id } from '../primitives/argon2id.js';
import { hkdfSha256 } from '../primitives/hkdf.js';
import { assertLength } from '../primitives/length.js';
import type { KeystoreKdf } from './header.js';

export type Unlock =
  | { readonly kind: 'password'; readonly password: string }
  | { readonly kind: 'key'; readonly key: Uint8Array };

const UNLOCK_KEY_BYTES = 32;
const KEY_FILE_MAX_BYTES = 128;

/**
 * The key that wraps the keystore's own.
 * @throws KeysError `keystore.unlock-failed` where the keystore wants the other kind, `keystore.parameters-refused`, `keys.*`
 */
export async function deriveWrapKey(unlock: Unlock, kdf: KeystoreKdf, signal?: AbortSignal): Promise<Uint8Array> {
  if (unlock.kind === 'password' && kdf.name === 'argon2id') {
    // One spelling for what looks the same on two keyboards (RFC 8265 §4.2).
    const password = utf8(unlock.password.normalize('NFC'));
    if (password.length === 0) throw new KeysError('keys.input-invalid', 'The password is empty.');
    try {
      return await argon2id({ password, salt: kdf.salt, params: kdf, signal });
    } finally {
      password.fill(0);
    }
  }
  if (unlock.kind === 'key' && kdf.name === 'hkdf-sha256') {
    assertLength('unlock key', unlock.key, UNLOCK_KEY_BYTES);
    return hkdfSha256(unlock.key, concat(context('keystore-unlock-key'), kdf.salt), UNLOCK_KEY_BYTES);
  }
  throw new KeysError(
    'keystore.unlock-failed',
    `The keystore opens by ${kdf.name === 'argon2id' ? 'a password' : 'a key file'}.`,
  );
}

/**
 * Reads the unlock key that a `*_FILE` setting (or `/dev/fd/N`) names: 32 raw bytes, 64 hex digits, or 43 characters of
 * base64url; a line break may follow the text.
 * @throws KeysError `keystore.unlock-key-invalid`, which does not repeat the content; the system's error where there is no such file
 */
export async function readUnlockKey(path: string): Promise<Uint8Array> {
  const bytes = await readBounded(path);
  if (bytes.length === UNLOCK_KEY_BYTES) return bytes;
  const text = Buffer.from(bytes)
    .toString('latin1')
    .replace(/\r?\n$/, '');
  bytes.fill(0);
  if (/^[0-9a-fA-F]{64}$/.test(text)) return Uint8Array.from(Buffer.from(text, 'hex'));
  if (/^[A-Za-z0-9_-]{43}$/.test(text)) {
    try {
      return fromBase64url(text);
    } catch (cause) {
      throw new KeysError('keystore.unlock-key-invalid', undefined, { cause });
    }
  }
  throw new KeysError('keystore.unlock-key-invalid');
}

/** Pipes report no size, so the read itself is what is bounded. */
async function readBounded(path: string): Promise<Uint8Array> {
  const file = await open(path, 'r');
  const buffer = new Uint8Array(KEY_FILE_MAX_BYTES + 1);
  try {
    let filled = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, filled, buffer.length - filled, null);
      filled += bytesRead;
      if (filled > KEY_FILE_MAX_BYTES) throw new KeysError('keystore.unlock-key-invalid');
      if (bytesRead === 0) return buffer.slice(0, filled);
    }
  } finally {
    buffer.fill(0);
    await file.close();
  }
}
