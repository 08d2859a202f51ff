/**
 * The versions this package speaks. One suite per protocol version, never negotiated (spec 10-suite).
 */
export const PROTOCOL_VERSION = 1;
export const SUITE = 'HF1';
