/**
 * One Ed25519 rule everywhere: libsodium's (audit-log, "Formats"). OpenSSL accepts edge cases that libsodium refuses, so
 * node:crypto is asked only after the same cases are refused by hand, and evidence needs both to accept. No secrets here.
 */
import { createPublicKey, verify } from 'node:crypto';
import { sodium } from './sodium.js';

const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;

/** Does libsodium accept? Never throws. */
export function verifyWithLibsodium(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
  if (signature.length !== SIGNATURE_BYTES || publicKey.length !== KEY_BYTES) return false;
  return sodium.crypto_sign_verify_detached(signature, message, publicKey);
}

/** Does node:crypto accept, after the cases that libsodium refuses are refused? Never throws. */
export function verifyWithNodeChecked(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
  if (signature.length !== SIGNATURE_BYTES || publicKey.length !== KEY_BYTES) return false;
  const r = signature.subarray(0, KEY_BYTES);
  const s = signature.subarray(KEY_BYTES);
  if (!isBelow(s, GROUP_ORDER) || isSmallOrder(r) || !isCanonical(publicKey) || isSmallOrder(publicKey)) return false;
  // As a JWK: importing SPKI costs as much as the verification itself, and this needs no cache.
  const x = Buffer.from(publicKey).toString('base64url');
  return verify(null, message, createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }), signature);
}

/**
 * The verdict that counts, on evidence and in every check of the protocol: both accept.
 * @returns false also for wrong lengths and for bytes that are no key; never throws
 */
export const verifySignature = (signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean =>
  verifyWithLibsodium(signature, message, publicKey) && verifyWithNodeChecked(signature, message, publicKey);

/** May this key be registered? Canonical, on the curve, in the main subgroup; false for anything else, never throws. */
export function isAcceptablePublicKey(publicKey: Uint8Array): boolean {
  return (
    publicKey.length === KEY_BYTES &&
    isCanonical(publicKey) &&
    !isSmallOrder(publicKey) &&
    sodium.crypto_core_ed25519_is_valid_point(publicKey)
  );
}

/** L, the order of the main subgroup, and p, the field's prime: little-endian. */
const GROUP_ORDER = littleEndian(2n ** 252n + 27742317777372353535851937790883648493n);
const PRIME = littleEndian(2n ** 255n - 19n);

function littleEndian(value: bigint): Uint8Array {
  return Uint8Array.from({ length: KEY_BYTES }, (_, index) => Number((value >> BigInt(8 * index)) & 255n));
}

function isBelow(value: Uint8Array, bound: Uint8Array): boolean {
  for (let i = KEY_BYTES - 1; i >= 0; i--) {
    const difference = (value[i] ?? 0) - (bound[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/** y below p, the sign bit apart. */
const isCanonical = (point: Uint8Array): boolean => isBelow(withoutSign(point), PRIME);

function withoutSign(point: Uint8Array): Uint8Array {
  const y = Uint8Array.from(point);
  y[KEY_BYTES - 1] = (y[KEY_BYTES - 1] ?? 0) & 0x7f;
  return y;
}

/** The y of every point of order 1, 2, 4 or 8, in canonical and in other spellings; the sign bit apart. */
const SMALL_ORDER_Y: ReadonlySet<string> = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
]);

const isSmallOrder = (point: Uint8Array): boolean => SMALL_ORDER_Y.has(Buffer.from(withoutSign(point)).toString('hex'));
