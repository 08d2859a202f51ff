/**
 * Holdfast's protocol: what is said, in which bytes, in which order. Pure: no I/O, no clock, no randomness, no keys.
 */
export * from './api/index.js';
export * from './api/openapi.js';
export * from './approval/index.js';
export * from './directory/index.js';
export * from './duration/index.js';
export * from './encoding/base64url.js';
export * from './encoding/bytes.js';
export * from './encoding/json.js';
export * from './encoding/jws.js';
export * from './encoding/schema.js';
export * from './envelope/content.js';
export * from './envelope/core.js';
export * from './envelope/manifest.js';
export * from './envelope/plaintext.js';
export * from './envelope/rewrap.js';
export * from './envelope/wire.js';
export * from './errors.js';
export * from './ftm/index.js';
export * from './ids.js';
export * from './limits.js';
export * from './membership/epoch-batch.js';
export * from './membership/key-set.js';
export * from './membership/statement.js';
export * from './membership/trust-list.js';
export * from './messages/index.js';
export * from './parse-id.js';
export * from './relay/notice.js';
export * from './relay/receipt.js';
export * from './states/index.js';
export * from './stream/control.js';
export * from './stream/delivery.js';
export * from './stream/frame.js';
export * from './subjects/index.js';
export * from './version.js';
