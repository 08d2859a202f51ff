/**
 * What the ciphertext holds: u32be|J| ‖ J ‖ u32be|body| ‖ body ‖ zeros up to the padded length (spec 34-plaintext).
 * The zeros are checked, so that padding carries no hidden bytes.
 */
import { ByteReader, concat, prefixed } from '../encoding/bytes.js';
import { ProtocolError } from '../errors.js';
import { LIMITS } from '../limits.js';

export interface Plaintext {
  /** The manifest as compact JWS, ASCII. */
  readonly jws: Uint8Array;
  readonly body: Uint8Array;
}

/** Bytes before padding. */
export const packPlaintext = (plaintext: Plaintext): Uint8Array =>
  concat(prefixed(plaintext.jws), prefixed(plaintext.body));

/** @throws ProtocolError `encoding.*`, `envelope.malformed` where the padding is not zero */
export function unpackPlaintext(padded: Uint8Array): Plaintext {
  const reader = new ByteReader(padded);
  const jws = reader.prefixed(LIMITS.manifestBytes);
  const body = reader.prefixed(LIMITS.bodyBytes);
  let stray = 0;
  for (const byte of reader.rest()) stray |= byte;
  if (stray !== 0) throw new ProtocolError('envelope.malformed', 'The padding is not zero.');
  return { jws, body };
}
