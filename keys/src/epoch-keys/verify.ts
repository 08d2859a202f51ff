/**
 * Checking that a device published an epoch key (spec 23-epoch-keys): its signed batch, and the key's path in the batch's
 * tree. Holds no secret; part of `@holdfast/keys/verify`.
 */
import { leafHash, rootOf, verifyInclusion } from '@holdfast/log';
import {
  type AgencyId,
  type DeviceId,
  EPOCH_BATCH_TYP,
  type EpochBatch,
  type EpochKeyProof,
  epochBatchHash,
  epochKeyEntry,
  type FederationId,
  fromBase64url,
  type Hash,
  parseEpochBatch,
  toHash,
} from '@holdfast/protocol';
import { KeysError } from '../errors.js';
import { verifyCompactJws } from '../jws/verify.js';
import { equalBytes } from '../primitives/compare.js';
import { sha256 } from '../primitives/sha256.js';

/** Whose batch it must be, and the device key from the agency's chain. */
export interface BatchOwner {
  readonly fed: FederationId;
  readonly agency: AgencyId;
  readonly device: DeviceId;
  readonly key: Uint8Array;
}

export interface AcceptedEpochBatch {
  readonly batch: EpochBatch;
  readonly hash: Hash;
  readonly jws: string;
}

/** Verifies one batch on its own. @throws KeysError `jws.invalid`, `epoch.refused` */
export function verifyEpochBatch(jws: string, owner: BatchOwner): AcceptedEpochBatch {
  const payload = verifyCompactJws(jws, { typ: EPOCH_BATCH_TYP, key: owner.key });
  const batch = parseEpochBatch(payload);
  if (batch.fed !== owner.fed || batch.agency !== owner.agency || batch.device !== owner.device) {
    throw new KeysError('epoch.refused', 'The batch belongs to another device.');
  }
  return { batch, hash: toHash(epochBatchHash(sha256, payload)), jws };
}

/** Verifies the batch that follows `previous`, with all its keys. @throws KeysError `jws.invalid`, `epoch.refused`, `epoch.out-of-order` */
export function acceptEpochBatch(
  previous: AcceptedEpochBatch | undefined,
  jws: string,
  owner: BatchOwner,
  keys: readonly Uint8Array[],
): AcceptedEpochBatch {
  const accepted = verifyEpochBatch(jws, owner);
  const { batch } = accepted;
  if (batch.n !== (previous === undefined ? 0 : previous.batch.n + 1) || batch.prev !== (previous?.hash ?? null)) {
    throw new KeysError('epoch.out-of-order', 'The batch does not follow the one before it.');
  }
  if (previous !== undefined && batch.firstDay < previous.batch.firstDay)
    throw new KeysError('epoch.refused', 'The batch begins before the one before it.');
  if (keys.length !== batch.count || !equalBytes(epochRoot(batch.firstDay, keys), fromBase64url(batch.root))) {
    throw new KeysError('epoch.refused', 'The keys are not the ones that the batch names.');
  }
  return accepted;
}

/** Root of the tree over the keys of firstDay, firstDay + 1, … */
export const epochRoot = (firstDay: number, keys: readonly Uint8Array[]): Uint8Array =>
  rootOf(sha256, epochLeaves(firstDay, keys));

/** Leaf hashes of that tree, for paths. */
export const epochLeaves = (firstDay: number, keys: readonly Uint8Array[]): Uint8Array[] =>
  keys.map((key, index) => leafHash(sha256, epochKeyEntry(firstDay + index, key)));

export interface VerifiedEpochKey {
  readonly device: DeviceId;
  readonly day: number;
  readonly key: Uint8Array;
  readonly batch: AcceptedEpochBatch;
}

/** Verifies one key with its batch and path, as a sender must before it seals to it. @throws KeysError `jws.invalid`, `epoch.refused` */
export function verifyEpochKey(proof: EpochKeyProof, owner: BatchOwner): VerifiedEpochKey {
  const accepted = verifyEpochBatch(proof.batch, owner);
  const { firstDay, count, root } = accepted.batch;
  const key = fromBase64url(proof.key);
  const included = verifyInclusion(sha256, {
    index: proof.day - firstDay,
    size: count,
    leafHash: leafHash(sha256, epochKeyEntry(proof.day, key)),
    path: proof.path.map(fromBase64url),
    root: fromBase64url(root),
  });
  if (proof.device !== owner.device || proof.day < firstDay || proof.day >= firstDay + count || !included) {
    throw new KeysError('epoch.refused', 'The key is not in the batch that the device signed.');
  }
  return { device: owner.device, day: proof.day, key, batch: accepted };
}
