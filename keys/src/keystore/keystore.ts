/**
 * The keystore: a random key, wrapped under the unlock, and what is derived from it. Records are XChaCha20-Poly1305 bound
 * to federation, table, id and version, so that none can stand in another's place. Says nothing of where records lie.
 */
import { canonicalBytes, concat, context, type FederationId, utf8 } from '@holdfast/protocol';
import { KeysError } from '../errors.js';
import { ARGON2ID_DEFAULT, type Argon2idParams, assertArgon2idParams } from '../primitives/argon2id.js';
import { AEAD_KEY_BYTES } from '../primitives/chacha20-poly1305.js';
import { hkdfSha256 } from '../primitives/hkdf.js';
import { randomBytes } from '../primitives/random.js';
import { XCHACHA_NONCE_BYTES, xchachaOpen, xchachaSeal } from '../primitives/xchacha20-poly1305.js';
import { zeroize } from '../primitives/zeroize.js';
import {
  encodeKeystoreHeader,
  KEYSTORE_SALT_BYTES,
  type KeystoreKdf,
  keystoreHeaderAad,
  parseKeystoreHeader,
} from './header.js';
import { deriveWrapKey, type Unlock } from './unlock.js';

/** Where a record belongs; all of it is authenticated with the record. */
export interface RecordName {
  readonly table: string;
  readonly id: string;
  /** Grows with each rewriting, so that an older record cannot be passed off as this one. */
  readonly version: number;
}

export interface CreateKeystore {
  readonly unlock: Unlock;
  readonly fed?: FederationId | null;
  /** Only for passwords; 3 passes over 256 MiB unless told otherwise, never less than 64 MiB. */
  readonly params?: Argon2idParams;
  readonly signal?: AbortSignal;
}

/** Makes a keystore. @returns its header, to be kept, and the open keystore. @throws KeysError `keystore.parameters-refused`, `keys.*` */
export async function createKeystore(
  request: CreateKeystore,
): Promise<{ readonly header: Uint8Array; readonly keystore: Keystore }> {
  const { unlock, fed = null, params = ARGON2ID_DEFAULT, signal } = request;
  const salt = randomBytes(KEYSTORE_SALT_BYTES);
  assertArgon2idParams(params);
  const kdf: KeystoreKdf =
    unlock.kind === 'password'
      ? { name: 'argon2id', salt, t: params.t, mKiB: params.mKiB }
      : { name: 'hkdf-sha256', salt };
  const wrapKey = await deriveWrapKey(unlock, kdf, signal);
  const rootKey = randomBytes(AEAD_KEY_BYTES);
  const nonce = randomBytes(XCHACHA_NONCE_BYTES);
  const wrapped = xchachaSeal({ key: wrapKey, nonce, additionalData: keystoreHeaderAad({ fed, kdf }) }, rootKey);
  zeroize(wrapKey);
  return { header: encodeKeystoreHeader({ fed, kdf, nonce, wrapped }), keystore: new Keystore(rootKey, fed) };
}

export interface OpenKeystore {
  readonly header: Uint8Array;
  readonly unlock: Unlock;
  /** Where given, a keystore of another federation is refused. */
  readonly fed?: FederationId;
  readonly signal?: AbortSignal;
}

/** @throws KeysError `keystore.header-invalid`, `keystore.parameters-refused`, `keystore.other-federation`, `keystore.unlock-failed`, `keys.*` */
export async function openKeystore({ header, unlock, fed, signal }: OpenKeystore): Promise<Keystore> {
  const parsed = parseKeystoreHeader(header);
  if (fed !== undefined && parsed.fed !== fed) throw new KeysError('keystore.other-federation');
  const key = await deriveWrapKey(unlock, parsed.kdf, signal);
  try {
    const rootKey = xchachaOpen(
      { key, nonce: parsed.nonce, additionalData: keystoreHeaderAad(parsed) },
      parsed.wrapped,
    );
    return new Keystore(rootKey, parsed.fed);
  } catch (cause) {
    throw new KeysError('keystore.unlock-failed', undefined, { cause });
  } finally {
    zeroize(key);
  }
}

/** An open keystore; holds the key in memory until `close`. */
export class Keystore {
  readonly fed: FederationId | null;
  readonly #rootKey: Uint8Array;
  readonly #recordKey: Uint8Array;
  #closed = false;

  /** @param rootKey 32 bytes, which the keystore takes over and zeroizes */
  constructor(rootKey: Uint8Array, fed: FederationId | null) {
    this.fed = fed;
    this.#rootKey = rootKey;
    this.#recordKey = expand(rootKey, context('keystore-record-key'));
  }

  /** @returns nonce ‖ ciphertext. @throws KeysError `keystore.closed` */
  sealRecord(name: RecordName, plaintext: Uint8Array): Uint8Array {
    this.#assertOpen();
    const nonce = randomBytes(XCHACHA_NONCE_BYTES);
    return concat(nonce, xchachaSeal({ key: this.#recordKey, nonce, additionalData: this.#aad(name) }, plaintext));
  }

  /** @throws KeysError `keystore.closed`, `keys.decryption-failed` where the record is another's, of another version, or changed */
  openRecord(name: RecordName, sealed: Uint8Array): Uint8Array {
    this.#assertOpen();
    if (sealed.length < XCHACHA_NONCE_BYTES) throw new KeysError('keys.decryption-failed');
    const nonce = sealed.subarray(0, XCHACHA_NONCE_BYTES);
    return xchachaOpen(
      { key: this.#recordKey, nonce, additionalData: this.#aad(name) },
      sealed.subarray(XCHACHA_NONCE_BYTES),
    );
  }

  /** 32 bytes for another use (the archive's database key), one for each `purpose`, the same every time. @throws KeysError `keystore.closed` */
  deriveKey(purpose: string): Uint8Array {
    this.#assertOpen();
    return expand(this.#rootKey, concat(context('keystore-derived-key'), utf8(purpose)));
  }

  /** Zeroizes the keys; what comes after is refused. May be called twice. */
  close(): void {
    this.#closed = true;
    zeroize(this.#rootKey, this.#recordKey);
  }

  #assertOpen(): void {
    if (this.#closed) throw new KeysError('keystore.closed');
  }

  #aad({ table, id, version }: RecordName): Uint8Array {
    return concat(context('keystore-record'), canonicalBytes({ fed: this.fed, table, id, version }));
  }
}

function expand(key: Uint8Array, info: Uint8Array): Uint8Array {
  return hkdfSha256(key, info, AEAD_KEY_BYTES);
}
