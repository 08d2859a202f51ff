/**
 * An archive wrap: one stored record, signed by the device that stored it and sealed to the agency's archive key (spec 42-recovery).
 * Whoever knows the archive key could seal; the signature is what tells a device's wrap from anyone's.
 */
import {
  ByteReader,
  canonicalBytes,
  concat,
  context,
  type DeviceId,
  fromBase64url,
  isProtocolError,
  u32be,
} from '@holdfast/protocol';
import { isKeysError, KeysError } from '../errors.js';
import { equalBytes } from '../primitives/compare.js';
import { type SigningKey, signDetached } from '../primitives/ed25519.js';
import { verifySignature } from '../primitives/ed25519-verify.js';
import { sha256 } from '../primitives/sha256.js';
import { XWING } from '../primitives/xwing.js';
import { hpkeOpen, hpkeSeal } from '../suite/hpke.js';
import { padmeLength } from '../suite/padding.js';
import { type ArchiveKeyPair, archiveKeyHash, type RecoveryScope } from './archive-key.js';

const VERSION = 1;
const HASH_BYTES = 32;
const SIGNATURE_BYTES = 64;
/** Beside the padded plaintext: version, key's name, encapsulation, tag. */
const OVERHEAD_BYTES = 1 + HASH_BYTES + XWING.ciphertextBytes + 16;
/** A message of 1 MiB with its manifest, padded. */
export const ARCHIVE_WRAP_MAX_BYTES = 2_097_152;

/** Where a wrap belongs; all of it is bound to the wrap. */
export interface WrapName extends RecoveryScope {
  /** The device that stored the record. */
  readonly device: DeviceId;
  /** The record's number on that device, from 1. */
  readonly number: number;
}

export interface SealWrap {
  readonly name: WrapName;
  /** The agency's archive key, 1216 bytes. */
  readonly archiveKey: Uint8Array;
  readonly signingKey: SigningKey;
  readonly record: Uint8Array;
}

/** @returns the bytes of the wrap's file. @throws KeysError `keys.input-invalid` */
export async function sealArchiveWrap({ name, archiveKey, signingKey, record }: SealWrap): Promise<Uint8Array> {
  const hash = fromBase64url(archiveKeyHash(archiveKey));
  const signature = signDetached(signedBytes(name, hash, record), signingKey);
  const content = concat(signature, u32be(record.length), record);
  const plaintext = new Uint8Array(padmeLength(content.length));
  plaintext.set(content);
  const sealed = await hpkeSeal({ publicKey: archiveKey, info: infoOf(name, hash), plaintext });
  plaintext.fill(0);
  return concat(Uint8Array.of(VERSION), hash, sealed);
}

export interface OpenWrap {
  readonly name: WrapName;
  readonly archive: ArchiveKeyPair;
  /** The signing key of the device that the wrap names, as the agency's chain certifies it. */
  readonly deviceKey: Uint8Array;
}

/**
 * @returns the record
 * @throws KeysError `recovery.wrong-archive-key` where it is sealed to another one, `recovery.wrap-invalid` for everything else
 */
export async function openArchiveWrap(bytes: Uint8Array, { name, archive, deviceKey }: OpenWrap): Promise<Uint8Array> {
  if (bytes.length < OVERHEAD_BYTES || bytes.length > ARCHIVE_WRAP_MAX_BYTES || bytes[0] !== VERSION)
    throw new KeysError('recovery.wrap-invalid');
  const hash = bytes.subarray(1, 1 + HASH_BYTES);
  if (!equalBytes(hash, fromBase64url(archiveKeyHash(archive.publicKey))))
    throw new KeysError('recovery.wrong-archive-key');
  try {
    const sealed = bytes.subarray(1 + HASH_BYTES);
    const plaintext = await hpkeOpen({ secretKey: archive.secretKey, info: infoOf(name, hash), sealed });
    const reader = new ByteReader(plaintext);
    const signature = reader.take(SIGNATURE_BYTES);
    const record = reader.prefixed(ARCHIVE_WRAP_MAX_BYTES);
    if (
      reader.rest().every((byte) => byte === 0) &&
      plaintext.length === padmeLength(SIGNATURE_BYTES + 4 + record.length) &&
      verifySignature(signature, signedBytes(name, hash, record), deviceKey)
    )
      return record;
  } catch (cause) {
    if (!isKeysError(cause) && !isProtocolError(cause)) throw cause;
    throw new KeysError('recovery.wrap-invalid', undefined, { cause });
  }
  throw new KeysError('recovery.wrap-invalid');
}

const nameBytes = ({ fed, agency, device, number }: WrapName): Uint8Array =>
  canonicalBytes({ agency, device, fed, number });

const infoOf = (name: WrapName, archiveHash: Uint8Array): Uint8Array =>
  concat(context('archive-wrap'), archiveHash, nameBytes(name));

const signedBytes = (name: WrapName, archiveHash: Uint8Array, record: Uint8Array): Uint8Array =>
  concat(context('archive-record'), archiveHash, sha256(record), nameBytes(name));
