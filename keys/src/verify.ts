/**
 * The half of `keys` that holds no secret: verdicts on signatures, trust lists, agency chains, epoch keys and receipts.
 * The relay may import this and nothing else of `keys`.
 */
export {
  type ApprovalRule,
  assertMaySign,
  draftersOf,
  hasOfficers,
  type Officers,
  type SignedAct,
  verifyApproval,
} from './approval/verify.js';
export * from './chain/chain.js';
export { isRootKey, knownKeys } from './chain/known-keys.js';
export * from './chain/state.js';
export {
  type AcceptedEpochBatch,
  acceptEpochBatch,
  type BatchOwner,
  epochLeaves,
  epochRoot,
  type VerifiedEpochKey,
  verifyEpochBatch,
  verifyEpochKey,
} from './epoch-keys/verify.js';
export * from './errors.js';
export { compareFingerprint, type FingerprintComparison } from './fingerprint/compare-fingerprint.js';
export { type Fingerprint, type FingerprintSubject, rootFingerprint } from './fingerprint/root-fingerprint.js';
export { protectedHeader, type VerifiedJws, verifyCompactJws, verifyGeneralJws } from './jws/verify.js';
export { equalBytes } from './primitives/compare.js';
export * from './primitives/ed25519-verify.js';
export { hmacSha256, type Sha256Stream, sha256, sha256Stream } from './primitives/sha256.js';
export { verifyReceipt } from './receipt/verify.js';
export {
  type AcceptedTrustList,
  acceptTrustList,
  hasThreshold,
  memberOf,
  rootsOf,
  startMemberChain,
} from './trust-list/accept.js';
