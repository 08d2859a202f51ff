// The Merkle tree over a list of leaf hashes (RFC 6962 §2.1) with its inclusion and consistency paths.
// Every level is kept: n - 1 node hashes once, then each path costs only look-ups.
// A last node without a sibling moves up unchanged, which yields the RFC's split at the largest power of two.
import { LogError } from './errors.js';
import { emptyRoot, HASH_BYTES, nodeHash, type Sha256 } from './hashes.js';

/** A computed tree. Hashes are shared with the caller, not copied: treat them as read-only. */
export type Tree = {
  /** Number of leaves. */
  readonly size: number;
  /** 32 bytes; the empty root when there are no leaves. */
  readonly root: Uint8Array;
  /** Inclusion path of leaf `index`, from the leaf upward. Throws `log.index-out-of-range`. */
  readonly inclusionPath: (index: number) => Uint8Array[];
  /** Consistency path from the first `oldSize` leaves to this tree; 0 < oldSize ≤ size, else `log.size-out-of-range`. */
  readonly consistencyPath: (oldSize: number) => Uint8Array[];
};

/** Computes the tree over leaf hashes (each 32 bytes, else `log.hash-length`) with `leafHashes.length - 1` hashes. */
export function treeOf(sha256: Sha256, leafHashes: readonly Uint8Array[]): Tree {
  const levels = levelsOf(sha256, leafHashes);
  const size = leafHashes.length;
  return {
    size,
    root: size === 0 ? emptyRoot(sha256) : nodeAt(levels, levels.length - 1, 0),
    inclusionPath: (index) => inclusionFrom(levels, size, index),
    consistencyPath: (oldSize) => consistencyFrom(levels, size, oldSize),
  };
}

/** Root over leaf hashes; the empty root for none. Errors as `treeOf`. */
export function rootOf(sha256: Sha256, leafHashes: readonly Uint8Array[]): Uint8Array {
  return treeOf(sha256, leafHashes).root;
}

/** Inclusion path of one leaf. For more than one path of the same tree use `treeOf`. Errors as `Tree.inclusionPath`. */
export function inclusionPath(sha256: Sha256, leafHashes: readonly Uint8Array[], index: number): Uint8Array[] {
  return treeOf(sha256, leafHashes).inclusionPath(index);
}

/** Consistency path from the first `oldSize` leaves to all of them. Errors as `Tree.consistencyPath`. */
export function consistencyPath(sha256: Sha256, leafHashes: readonly Uint8Array[], oldSize: number): Uint8Array[] {
  return treeOf(sha256, leafHashes).consistencyPath(oldSize);
}

type Levels = readonly (readonly Uint8Array[])[];

function levelsOf(sha256: Sha256, leafHashes: readonly Uint8Array[]): Levels {
  if (leafHashes.some((hash) => hash.length !== HASH_BYTES)) {
    throw new LogError('log.hash-length', `every leaf hash has ${HASH_BYTES} bytes`);
  }
  let level: readonly Uint8Array[] = [...leafHashes];
  const levels = [level];
  while (level.length > 1) {
    level = parentsOf(sha256, level);
    levels.push(level);
  }
  return levels;
}

function parentsOf(sha256: Sha256, level: readonly Uint8Array[]): Uint8Array[] {
  const parents: Uint8Array[] = [];
  for (let i = 0; i < level.length; i += 2) {
    const left = level[i];
    const right = level[i + 1];
    if (left !== undefined) parents.push(right === undefined ? left : nodeHash(sha256, left, right));
  }
  return parents;
}

function nodeAt(levels: Levels, height: number, index: number): Uint8Array {
  const hash = levels[height]?.[index];
  if (hash === undefined) throw new LogError('log.index-out-of-range', `no node ${index} at height ${height}`);
  return hash;
}

function inclusionFrom(levels: Levels, size: number, index: number): Uint8Array[] {
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) {
    throw new LogError('log.index-out-of-range', `leaf ${index} is not in a tree of ${size}`);
  }
  const path: Uint8Array[] = [];
  let position = index;
  for (const level of levels) {
    const sibling = level[position % 2 === 0 ? position + 1 : position - 1];
    if (sibling !== undefined) path.push(sibling);
    position = Math.floor(position / 2);
  }
  return path;
}

function consistencyFrom(levels: Levels, size: number, oldSize: number): Uint8Array[] {
  if (!Number.isSafeInteger(oldSize) || oldSize < 1 || oldSize > size) {
    throw new LogError('log.size-out-of-range', `no consistency path from ${oldSize} to ${size}`);
  }
  const path: Uint8Array[] = [];
  // SUBPROOF of RFC 9162 §2.1.4.1 as a loop: walk down toward the old tree's edge, collecting the other halves.
  let start = 0;
  let end = size;
  while (end !== oldSize) {
    const middle = start + splitOf(end - start);
    if (oldSize <= middle) {
      path.push(rangeHash(levels, middle, end));
      end = middle;
    } else {
      path.push(rangeHash(levels, start, middle));
      start = middle;
    }
  }
  // The old tree's own root is known to the verifier; any smaller subtree that ends the walk is not.
  if (start !== 0) path.push(rangeHash(levels, start, end));
  return path.reverse();
}

/** Largest power of two below `count` (count ≥ 2). */
function splitOf(count: number): number {
  let split = 1;
  while (split * 2 < count) split *= 2;
  return split;
}

/** Hash of leaves [start, end), a range that the RFC's splits can produce and that is therefore one kept node. */
function rangeHash(levels: Levels, start: number, end: number): Uint8Array {
  let height = 0;
  let width = 1;
  while (width < end - start) {
    height += 1;
    width *= 2;
  }
  return nodeAt(levels, height, start / width);
}
