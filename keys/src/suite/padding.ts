/**
 * Padded lengths (spec 34): Padmé (PURBs, PoPETs 2019) for what varies, fixed buckets for freeze kinds, so that approving
 * and refusing look alike. Lengths are in bytes of the packed plaintext; the zeros themselves are written by the envelope.
 */
import { KeysError } from '../errors.js';

/** No Padmé length is below this. */
export const PADME_MIN_BYTES = 1024;
/** Every freeze answer has one size; a freeze request has one of three. */
export const BUCKET_BYTES = { answer: 16_384, request: [16_384, 65_536, 262_144] } as const;

export type Padding = { readonly kind: 'padme' } | { readonly kind: 'bucket'; readonly bytes: number };

/** The length to pad `contentLength` bytes to. @throws KeysError `suite.padding-overflow`, `keys.input-invalid` */
export function paddedLength(contentLength: number, padding: Padding): number {
  switch (padding.kind) {
    case 'padme':
      return padmeLength(contentLength);
    case 'bucket':
      if (contentLength > padding.bytes) {
        throw new KeysError('suite.padding-overflow', `The content has ${contentLength} bytes; ${padding.bytes} fit.`);
      }
      return padding.bytes;
  }
}

/** Padmé with at least 1 KiB; above that at most 12 % more. @throws KeysError `keys.input-invalid` beyond 2^31 or where not a length */
export function padmeLength(contentLength: number): number {
  if (!Number.isSafeInteger(contentLength) || contentLength < 0 || contentLength > 2 ** 31) {
    throw new KeysError('keys.input-invalid', 'The content has no length that can be padded.');
  }
  const length = Math.max(contentLength, PADME_MIN_BYTES);
  const exponent = floorLog2(length);
  const unit = 2 ** (exponent - floorLog2(exponent) - 1);
  return Math.ceil(length / unit) * unit;
}

const floorLog2 = (value: number): number => 31 - Math.clz32(value);
