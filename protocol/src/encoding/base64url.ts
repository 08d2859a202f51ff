/**
 * Unpadded base64url (RFC 4648 §5), strict: one spelling per value, so that a hash over text cannot be had twice.
 */
import { ProtocolError } from '../errors.js';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const VALUES = new Int16Array(128).fill(-1);
for (let i = 0; i < ALPHABET.length; i++) VALUES[ALPHABET.charCodeAt(i)] = i;

/** Encodes bytes without padding. */
export function toBase64url(bytes: Uint8Array): string {
  let out = '';
  let i = 0;
  for (; i + 2 < bytes.length; i += 3) {
    const n = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    out +=
      ALPHABET.charAt(n >> 18) +
      ALPHABET.charAt((n >> 12) & 63) +
      ALPHABET.charAt((n >> 6) & 63) +
      ALPHABET.charAt(n & 63);
  }
  if (i + 1 === bytes.length) {
    const n = bytes[i] ?? 0;
    out += ALPHABET.charAt(n >> 2) + ALPHABET.charAt((n & 3) << 4);
  } else if (i + 2 === bytes.length) {
    const n = ((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0);
    out += ALPHABET.charAt(n >> 10) + ALPHABET.charAt((n >> 4) & 63) + ALPHABET.charAt((n & 15) << 2);
  }
  return out;
}

/** Decodes canonical unpadded base64url. @throws ProtocolError `encoding.base64url` */
export function fromBase64url(text: string): Uint8Array {
  const rest = text.length % 4;
  const out = new Uint8Array(Math.floor((text.length * 3) / 4));
  let bits = 0;
  let held = 0;
  let offset = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const value = code < 128 ? (VALUES[code] ?? -1) : -1;
    if (value < 0) throw new ProtocolError('encoding.base64url', 'The text is not base64url.');
    held = ((held << 6) | value) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out[offset++] = (held >> bits) & 255;
    }
  }
  if (rest === 1 || (held & ((1 << bits) - 1)) !== 0) {
    throw new ProtocolError('encoding.base64url', 'The text is not canonical base64url.');
  }
  return out;
}
