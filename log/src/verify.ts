// Verification of inclusion and consistency proofs (RFC 9162 §2.1.3.2 and §2.1.4.2), for anyone who trusts no log.
// Total functions: whatever is wrong with a proof, its lengths or its numbers, the answer is false.
import { HASH_BYTES, nodeHash, type Sha256, sameBytes } from './hashes.js';

/** Claim: `leafHash` is leaf `index` (from 0) of the tree of `size` leaves under `root`. Numbers must be safe integers. */
export type InclusionProof = {
  readonly index: bigint | number;
  readonly size: bigint | number;
  readonly leafHash: Uint8Array;
  readonly path: readonly Uint8Array[];
  readonly root: Uint8Array;
};

/** Claim: the first `oldSize` leaves of the tree under `newRoot` are the tree under `oldRoot`. */
export type ConsistencyProof = {
  readonly oldSize: bigint | number;
  readonly newSize: bigint | number;
  readonly oldRoot: Uint8Array;
  readonly newRoot: Uint8Array;
  readonly path: readonly Uint8Array[];
};

const MAX_SIZE = 2n ** 63n;

/** True exactly when the path proves the claim: right length, 32-byte hashes, index < size ≤ 2^63. RFC 9162 §2.1.3.2. */
export function verifyInclusion(sha256: Sha256, proof: InclusionProof): boolean {
  const index = toCount(proof.index);
  const size = toCount(proof.size);
  if (index === undefined || size === undefined || index >= size) return false;
  if (![proof.leafHash, proof.root, ...proof.path].every(isHash)) return false;
  let fn = index;
  let sn = size - 1n;
  let hash = proof.leafHash;
  for (const sibling of proof.path) {
    if (sn === 0n) return false;
    if (isOdd(fn) || fn === sn) {
      hash = nodeHash(sha256, sibling, hash);
      [fn, sn] = skipLoneLevels(fn, sn);
    } else {
      hash = nodeHash(sha256, hash, sibling);
    }
    fn >>= 1n;
    sn >>= 1n;
  }
  return sn === 0n && sameBytes(hash, proof.root);
}

/**
 * True exactly when the path proves the claim: right length, 32-byte hashes, 0 < oldSize ≤ newSize ≤ 2^63.
 * An old size of 0 proves nothing about the past and is refused; equal sizes need equal roots and an empty path, and
 * then say nothing about what the roots are.
 * RFC 9162 §2.1.4.2.
 */
export function verifyConsistency(sha256: Sha256, proof: ConsistencyProof): boolean {
  const oldSize = toCount(proof.oldSize);
  const newSize = toCount(proof.newSize);
  if (oldSize === undefined || newSize === undefined || oldSize === 0n || oldSize > newSize) return false;
  // Equal sizes claim only that both roots are one value; the public vectors use values here that are no hashes.
  if (oldSize === newSize) return proof.path.length === 0 && sameBytes(proof.oldRoot, proof.newRoot);
  if (proof.path.length === 0 || ![proof.oldRoot, proof.newRoot, ...proof.path].every(isHash)) return false;

  const [first, ...rest] = isPowerOfTwo(oldSize) ? [proof.oldRoot, ...proof.path] : proof.path;
  if (first === undefined) return false;
  let fn = oldSize - 1n;
  let sn = newSize - 1n;
  while (isOdd(fn)) {
    fn >>= 1n;
    sn >>= 1n;
  }
  let oldHash = first;
  let newHash = first;
  for (const node of rest) {
    if (sn === 0n) return false;
    if (isOdd(fn) || fn === sn) {
      oldHash = nodeHash(sha256, node, oldHash);
      newHash = nodeHash(sha256, node, newHash);
      [fn, sn] = skipLoneLevels(fn, sn);
    } else {
      newHash = nodeHash(sha256, newHash, node);
    }
    fn >>= 1n;
    sn >>= 1n;
  }
  return sn === 0n && sameBytes(oldHash, proof.oldRoot) && sameBytes(newHash, proof.newRoot);
}

/** Levels on which the last node has no sibling add nothing to a path: go up until `fn` is a right child or 0. */
function skipLoneLevels(fn: bigint, sn: bigint): [bigint, bigint] {
  let [position, last] = [fn, sn];
  while (!isOdd(position) && position !== 0n) {
    position >>= 1n;
    last >>= 1n;
  }
  return [position, last];
}

function toCount(value: bigint | number): bigint | undefined {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) return undefined;
  const count = BigInt(value);
  return count >= 0n && count <= MAX_SIZE ? count : undefined;
}

function isHash(bytes: Uint8Array): boolean {
  return bytes.length === HASH_BYTES;
}

function isOdd(value: bigint): boolean {
  return (value & 1n) === 1n;
}

function isPowerOfTwo(value: bigint): boolean {
  return (value & (value - 1n)) === 0n;
}
