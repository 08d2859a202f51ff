/**
 * Holdfast's protocol: what is said, in which bytes, in which order. Pure: no I/O, no clock, no randomness, no keys.
 */
export * from './encoding/base64url.js';
export * from './encoding/bytes.js';
export * from './encoding/json.js';
export * from './encoding/schema.js';
export * from './errors.js';
export * from './ids.js';
export * from './limits.js';
export * from './version.js';
