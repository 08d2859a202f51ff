// Public surface of the transparency log's tree: hashes, roots, paths and their verification. Pure.
export { LogError, type LogErrorCode } from './errors.js';
export { emptyRoot, HASH_BYTES, leafHash, nodeHash, type Sha256 } from './hashes.js';
export { consistencyPath, inclusionPath, rootOf, type Tree, treeOf } from './tree.js';
export { type ConsistencyProof, type InclusionProof, verifyConsistency, verifyInclusion } from './verify.js';
