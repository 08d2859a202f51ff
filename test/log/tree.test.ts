// The log's tree against public vectors (test/vectors/merkle), known RFC 6962 hashes, a second naive implementation
// of the RFC's recursive definitions, and properties: every honest proof verifies, every changed one does not.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  consistencyPath,
  emptyRoot,
  inclusionPath,
  LogError,
  leafHash,
  nodeHash,
  rootOf,
  treeOf,
  verifyConsistency,
  verifyInclusion,
} from '@holdfast/log';
import fc from 'fast-check';
import t from 'tap';

const sha256 = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash('sha256').update(bytes).digest());
const fromBase64 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const leavesOf = (count: number): Uint8Array[] =>
  Array.from({ length: count }, (_, i) => leafHash(sha256, new TextEncoder().encode(`entry ${i}`)));

type Vector = {
  readonly name: string;
  readonly number: (field: string) => bigint;
  readonly bytes: (field: string) => Uint8Array;
  readonly proof: Uint8Array[];
  readonly wantErr: boolean;
};

/** Reads a vector file; integers become decimal strings first, since some pass 2^53 and JSON.parse would round them. */
function readVector(folder: string, name: string): Vector {
  const text = readFileSync(join(folder, name), 'utf8');
  const parsed: unknown = JSON.parse(text.replace(/("(?:leafIdx|treeSize|size1|size2)":\s*)(-?\d+)/g, '$1"$2"'));
  if (typeof parsed !== 'object' || parsed === null) throw new TypeError(`${name}: no object`);
  const fields = new Map(Object.entries<unknown>({ ...parsed }));
  const string = (field: string): string => {
    const value = fields.get(field);
    if (typeof value !== 'string') throw new TypeError(`${name}: ${field} is no string`);
    return value;
  };
  const proof = fields.get('proof') ?? [];
  const wantErr = fields.get('wantErr');
  if (!Array.isArray(proof) || typeof wantErr !== 'boolean') throw new TypeError(`${name}: bad vector`);
  return {
    name,
    number: (field) => BigInt(string(field)),
    bytes: (field) => fromBase64(string(field)),
    proof: proof.map((item) => fromBase64(String(item))),
    wantErr,
  };
}

function readVectors(kind: 'inclusion' | 'consistency'): Vector[] {
  const folder = join('test', 'vectors', 'merkle', 'testdata', kind);
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => readVector(folder, name));
}

t.test('vectors: inclusion', async (t) => {
  const vectors = readVectors('inclusion');
  t.equal(vectors.length, 98, 'all files found');
  t.ok(
    vectors.some((v) => v.number('leafIdx') === 2n ** 64n - 1n),
    'integers beyond 2^53 arrive unrounded',
  );
  for (const v of vectors) {
    const proof = {
      index: v.number('leafIdx'),
      size: v.number('treeSize'),
      leafHash: v.bytes('leafHash'),
      path: v.proof,
      root: v.bytes('root'),
    };
    t.equal(verifyInclusion(sha256, proof), !v.wantErr, v.name);
  }
});

t.test('vectors: consistency', async (t) => {
  const vectors = readVectors('consistency');
  t.equal(vectors.length, 98, 'all files found');
  for (const v of vectors) {
    const proof = {
      oldSize: v.number('size1'),
      newSize: v.number('size2'),
      oldRoot: v.bytes('root1'),
      newRoot: v.bytes('root2'),
      path: v.proof,
    };
    t.equal(verifyConsistency(sha256, proof), !v.wantErr, v.name);
  }
});

t.test('known hashes of RFC 6962', async (t) => {
  const empty = new Uint8Array(0);
  t.equal(hex(emptyRoot(sha256)), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  t.equal(hex(leafHash(sha256, empty)), '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d');
  const n123 = new TextEncoder().encode('N123');
  const n456 = new TextEncoder().encode('N456');
  t.equal(hex(nodeHash(sha256, n123, n456)), 'aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb');
  t.same(rootOf(sha256, []), emptyRoot(sha256));
  const one = leavesOf(1);
  t.same(rootOf(sha256, one), one[0], 'the root of one leaf is its hash');
});

/** The recursive definitions of RFC 9162 §2.1.1, §2.1.3.1, §2.1.4.1, kept naive on purpose. */
const naive = {
  split: (n: number): number => 2 ** (Math.ceil(Math.log2(n)) - 1),
  root(d: readonly Uint8Array[]): Uint8Array {
    const [only] = d;
    if (only === undefined) return emptyRoot(sha256);
    if (d.length === 1) return only;
    const k = naive.split(d.length);
    return nodeHash(sha256, naive.root(d.slice(0, k)), naive.root(d.slice(k)));
  },
  path(m: number, d: readonly Uint8Array[]): Uint8Array[] {
    if (d.length === 1) return [];
    const k = naive.split(d.length);
    return m < k
      ? [...naive.path(m, d.slice(0, k)), naive.root(d.slice(k))]
      : [...naive.path(m - k, d.slice(k)), naive.root(d.slice(0, k))];
  },
  subproof(m: number, d: readonly Uint8Array[], known: boolean): Uint8Array[] {
    if (m === d.length) return known ? [] : [naive.root(d)];
    const k = naive.split(d.length);
    return m <= k
      ? [...naive.subproof(m, d.slice(0, k), known), naive.root(d.slice(k))]
      : [...naive.subproof(m - k, d.slice(k), false), naive.root(d.slice(0, k))];
  },
};

t.test('every path of every tree up to 33 leaves equals the RFC definition and verifies', async (t) => {
  for (let size = 1; size <= 33; size += 1) {
    const leaves = leavesOf(size);
    const tree = treeOf(sha256, leaves);
    t.same(tree.root, naive.root(leaves), `root of ${size}`);
    const wrong: string[] = [];
    for (const [index, leaf] of leaves.entries()) {
      const path = tree.inclusionPath(index);
      const asDefined = hex(Buffer.concat(path)) === hex(Buffer.concat(naive.path(index, leaves)));
      if (!asDefined) wrong.push(`path of ${index}`);
      if (!verifyInclusion(sha256, { index, size, leafHash: leaf, path, root: tree.root })) wrong.push(`leaf ${index}`);
      const oldSize = index + 1;
      const oldRoot = naive.root(leaves.slice(0, oldSize));
      const between = tree.consistencyPath(oldSize);
      if (hex(Buffer.concat(between)) !== hex(Buffer.concat(naive.subproof(oldSize, leaves, true)))) {
        wrong.push(`subproof ${oldSize}`);
      }
      const claim = { oldSize, newSize: size, oldRoot, newRoot: tree.root, path: between };
      if (!verifyConsistency(sha256, claim)) wrong.push(`consistency ${oldSize}`);
    }
    t.same(wrong, [], `paths of ${size}`);
  }
});

const flipBit = (bytes: Uint8Array, bit: number): Uint8Array =>
  bytes.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));

/** Every variant of a list of hashes with one single bit changed. */
function* flipped(hashes: readonly Uint8Array[]): Generator<Uint8Array[]> {
  for (const [at, hash] of hashes.entries()) {
    for (let bit = 0; bit < hash.length * 8; bit += 1) yield hashes.with(at, flipBit(hash, bit));
  }
}

t.test('any flipped bit of leaf, root or path is refused', async (t) => {
  const leaves = leavesOf(7);
  const tree = treeOf(sha256, leaves);
  let tried = 0;
  let accepted = 0;
  for (const [index, leaf] of leaves.entries()) {
    for (const [a, b, ...path] of flipped([leaf, tree.root, ...tree.inclusionPath(index)])) {
      if (a === undefined || b === undefined) throw new RangeError('a proof has a leaf and a root');
      tried += 1;
      if (verifyInclusion(sha256, { index, size: 7, leafHash: a, path, root: b })) accepted += 1;
    }
    const oldSize = index + 1;
    const oldRoot = rootOf(sha256, leaves.slice(0, oldSize));
    for (const [a, b, ...path] of flipped([oldRoot, tree.root, ...tree.consistencyPath(oldSize)])) {
      if (a === undefined || b === undefined) throw new RangeError('a proof has two roots');
      tried += 1;
      if (verifyConsistency(sha256, { oldSize, newSize: 7, oldRoot: a, newRoot: b, path })) accepted += 1;
    }
  }
  t.ok(tried > 10_000, `${tried} changed proofs tried`);
  t.equal(accepted, 0);
});

t.test('properties', async (t) => {
  const sizes = fc.integer({ min: 1, max: 300 });
  const trees = sizes.map((size) => ({ size, leaves: leavesOf(size), tree: treeOf(sha256, leavesOf(size)) }));
  const runs = { numRuns: 200 };

  fc.assert(
    fc.property(trees, fc.nat(), fc.nat(), ({ size, leaves, tree }, a, b) => {
      const index = a % size;
      const leaf = leaves[index];
      if (leaf === undefined) return false;
      const path = tree.inclusionPath(index);
      const claim = { index: BigInt(index), size: BigInt(size), leafHash: leaf, path, root: tree.root };
      const other = b % (size + 1);
      const [drop, repeat] = [path.slice(1), [...path, tree.root]];
      return (
        verifyInclusion(sha256, claim) &&
        (other === index || !verifyInclusion(sha256, { ...claim, index: other })) &&
        (path.length === 0 || !verifyInclusion(sha256, { ...claim, path: drop })) &&
        !verifyInclusion(sha256, { ...claim, path: repeat }) &&
        !verifyInclusion(sha256, { ...claim, path: [...path, new Uint8Array(31)] }) &&
        !verifyInclusion(sha256, { ...claim, leafHash: leafHash(sha256, leaf) })
      );
    }),
    runs,
  );
  t.pass('inclusion holds for the right leaf at the right place only');

  fc.assert(
    fc.property(trees, fc.nat(), fc.nat(), ({ size, leaves, tree }, a, b) => {
      const oldSize = (a % size) + 1;
      const prefix = leaves.slice(0, oldSize);
      const path = tree.consistencyPath(oldSize);
      const claim = { oldSize, newSize: size, oldRoot: rootOf(sha256, prefix), newRoot: tree.root, path };
      const rewritten = prefix.with(b % oldSize, leafHash(sha256, new Uint8Array([b & 0xff])));
      const cut = path.length === 0 ? [tree.root] : path.slice(0, -1);
      return (
        verifyConsistency(sha256, claim) &&
        !verifyConsistency(sha256, { ...claim, oldRoot: rootOf(sha256, rewritten) }) &&
        !verifyConsistency(sha256, { ...claim, path: cut }) &&
        !verifyConsistency(sha256, { ...claim, path: [...path, tree.root] })
      );
    }),
    runs,
  );
  t.pass('consistency holds for the true past only');
});

t.test('numbers at and beyond the edge', async (t) => {
  // A tree of 2^63 equal leaves can be computed: every level has one distinct hash.
  const leaf = leafHash(sha256, new Uint8Array(0));
  const path: Uint8Array[] = [];
  let root = leaf;
  for (let level = 0; level < 63; level += 1) {
    path.push(root);
    root = nodeHash(sha256, root, root);
  }
  const claim = { index: 2n ** 63n - 1n, size: 2n ** 63n, leafHash: leaf, path, root };
  t.ok(verifyInclusion(sha256, claim), 'the last leaf of 2^63');
  t.notOk(verifyInclusion(sha256, { ...claim, index: 2n ** 63n }), 'index = size');
  t.notOk(verifyInclusion(sha256, { ...claim, size: 2n ** 64n, path: [...path, root] }), 'size beyond 2^63');
  for (const bad of [-1, -1n, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
    t.notOk(verifyInclusion(sha256, { index: bad, size: 2n ** 63n, leafHash: leaf, path, root }), `index ${bad}`);
    t.notOk(verifyInclusion(sha256, { index: 0, size: bad, leafHash: leaf, path: [], root: leaf }), `size ${bad}`);
    const past = { oldSize: bad, newSize: 1, oldRoot: leaf, newRoot: leaf, path: [] };
    t.notOk(verifyConsistency(sha256, past), `old size ${bad}`);
    t.notOk(verifyConsistency(sha256, { ...past, oldSize: 1, newSize: bad }), `new size ${bad}`);
  }
});

t.test('a path that does not exist is a LogError with its code', async (t) => {
  const leaves = leavesOf(5);
  for (const index of [-1, 5, 1.5, Number.NaN]) {
    t.throws(() => inclusionPath(sha256, leaves, index), { name: 'LogError', code: 'log.index-out-of-range' });
  }
  for (const size of [-1, 0, 6, 1.5]) {
    t.throws(() => consistencyPath(sha256, leaves, size), { name: 'LogError', code: 'log.size-out-of-range' });
  }
  t.throws(() => inclusionPath(sha256, [], 0), { code: 'log.index-out-of-range' });
  t.throws(() => treeOf(sha256, [...leaves, new Uint8Array(31)]), { code: 'log.hash-length' });
  const error = new LogError('log.hash-length', 'x');
  t.ok(LogError.is(error));
  t.ok(LogError.is(error, 'log.hash-length'));
  t.notOk(LogError.is(error, 'log.size-out-of-range'));
  t.notOk(LogError.is(new Error('x')));
});

t.test('a batch of 1000 costs 999 hashes, whatever the number of paths', async (t) => {
  let calls = 0;
  const counting = (bytes: Uint8Array): Uint8Array => {
    calls += 1;
    return sha256(bytes);
  };
  const leaves = leavesOf(1000);
  const tree = treeOf(counting, leaves);
  for (const index of leaves.keys()) tree.inclusionPath(index);
  for (const index of leaves.keys()) tree.consistencyPath(index + 1);
  t.equal(calls, 999);
  t.ok(leaves.every((_, i) => tree.inclusionPath(i).length <= 10));
});
