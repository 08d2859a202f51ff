/**
 * Holdfast's keys: suite HF1, the sealed envelope, the trust chain, the keystore. Everything that touches a secret is here
 * and nowhere else; what needs none is `@holdfast/keys/verify`, re-exported.
 */
export * from './chain/sign.js';
export * from './content/open.js';
export * from './content/seal.js';
export * from './envelope/context.js';
export * from './envelope/open.js';
export * from './envelope/rewrap.js';
export * from './envelope/seal.js';
export { type EpochKeyPair, generateEpochKeys, signEpochBatch } from './epoch-keys/batch.js';
export { coSignGeneralJws, signCompactJws, signGeneralJws } from './jws/sign.js';
export * from './keystore/index.js';
export * from './primitives/ed25519.js';
export { randomBytes } from './primitives/random.js';
export * from './primitives/xwing.js';
export { zeroize } from './primitives/zeroize.js';
export * from './recovery/index.js';
export * from './session/proof.js';
export * from './suite/chunked.js';
export * from './suite/hpke.js';
export type { XwingKey } from './suite/hpke-adapter.js';
export * from './suite/padding.js';
export * from './trust-list/sign.js';
export * from './verify.js';
