/**
 * The keystore's header (spec 41-keystore): canonical JSON of at most 1 KiB that names the key derivation and holds the
 * wrapped key. Untrusted until the wrap opens: every field is either its associated data or part of the wrap itself.
 */
import {
  canonicalBytes,
  concat,
  context,
  type FederationId,
  fromBase64url,
  parseCanonical,
  toBase64url,
} from '@holdfast/protocol';
import { KeysError } from '../errors.js';
import { ARGON2ID_SALT_BYTES, type Argon2idParams, assertArgon2idParams } from '../primitives/argon2id.js';
import { AEAD_KEY_BYTES, AEAD_TAG_BYTES } from '../primitives/chacha20-poly1305.js';
import { XCHACHA_NONCE_BYTES } from '../primitives/xchacha20-poly1305.js';

export const KEYSTORE_HEADER_MAX_BYTES = 1024;
export const KEYSTORE_SALT_BYTES = ARGON2ID_SALT_BYTES;

export type KeystoreKdf =
  | ({ readonly name: 'argon2id'; readonly salt: Uint8Array } & Argon2idParams)
  | { readonly name: 'hkdf-sha256'; readonly salt: Uint8Array };

export interface KeystoreHeader {
  /** The federation that the keystore serves; null before there is one (a federation's own root keys). */
  readonly fed: FederationId | null;
  readonly kdf: KeystoreKdf;
  readonly nonce: Uint8Array;
  readonly wrapped: Uint8Array;
}

/** The bytes of the header file. */
export function encodeKeystoreHeader(header: KeystoreHeader): Uint8Array {
  return canonicalBytes({
    ...boundFields(header),
    nonce: toBase64url(header.nonce),
    wrapped: toBase64url(header.wrapped),
  });
}

/** What the wrap authenticates besides itself. */
export function keystoreHeaderAad(header: Pick<KeystoreHeader, 'fed' | 'kdf'>): Uint8Array {
  return concat(context('keystore-header'), canonicalBytes(boundFields(header)));
}

function boundFields({ fed, kdf }: Pick<KeystoreHeader, 'fed' | 'kdf'>): object {
  return { v: 1, fed, kdf: { ...kdf, salt: toBase64url(kdf.salt) } };
}

/** @throws KeysError `keystore.header-invalid`, `keystore.parameters-refused` */
export function parseKeystoreHeader(bytes: Uint8Array): KeystoreHeader {
  if (bytes.length > KEYSTORE_HEADER_MAX_BYTES)
    throw new KeysError('keystore.header-invalid', 'The keystore header is too large.');
  let value: unknown;
  try {
    value = parseCanonical(bytes);
  } catch (cause) {
    throw new KeysError('keystore.header-invalid', undefined, { cause });
  }
  const { v, fed, kdf, nonce, wrapped } = members(value, ['v', 'fed', 'kdf', 'nonce', 'wrapped']);
  if (v !== 1) throw new KeysError('keystore.header-invalid', 'The keystore is of a version that is not known here.');
  if (fed !== null && !isFederationId(fed)) throw new KeysError('keystore.header-invalid');
  return {
    fed,
    kdf: kdfOf(kdf),
    nonce: bytesOf(nonce, XCHACHA_NONCE_BYTES),
    wrapped: bytesOf(wrapped, AEAD_KEY_BYTES + AEAD_TAG_BYTES),
  };
}

function kdfOf(value: unknown): KeystoreKdf {
  const name = typeof value === 'object' && value !== null && 'name' in value ? value.name : undefined;
  if (name === 'hkdf-sha256')
    return { name, salt: bytesOf(members(value, ['name', 'salt']).salt, KEYSTORE_SALT_BYTES) };
  if (name !== 'argon2id') throw new KeysError('keystore.header-invalid', 'The key derivation is not known here.');
  const { salt, t, mKiB } = members(value, ['name', 'salt', 't', 'mKiB']);
  if (typeof t !== 'number' || typeof mKiB !== 'number') throw new KeysError('keystore.header-invalid');
  assertArgon2idParams({ t, mKiB });
  return { name, salt: bytesOf(salt, KEYSTORE_SALT_BYTES), t, mKiB };
}

/** The members of a JSON object that has exactly these names. */
function members(value: unknown, names: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) throw new KeysError('keystore.header-invalid');
  const found: Record<string, unknown> = { ...value };
  const given = Object.keys(found);
  if (given.length !== names.length || !names.every((name) => Object.hasOwn(found, name)))
    throw new KeysError('keystore.header-invalid');
  return found;
}

function bytesOf(value: unknown, length: number): Uint8Array {
  if (typeof value !== 'string') throw new KeysError('keystore.header-invalid');
  let bytes: Uint8Array;
  try {
    bytes = fromBase64url(value);
  } catch (cause) {
    throw new KeysError('keystore.header-invalid', undefined, { cause });
  }
  if (bytes.length !== length) throw new KeysError('keystore.header-invalid');
  return bytes;
}

function isFederationId(value: unknown): value is FederationId {
  return bytesOf(value, 32).length === 32;
}
