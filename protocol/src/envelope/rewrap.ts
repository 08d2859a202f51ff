/**
 * The rewrap: an envelope that the relay still holds gets one more recipient device (spec 36-rewrap). A party of the original wraps
 * its content key once more and signs for it; the original stays as its sender signed it. Untrusted until both signatures verify.
 */
import { type Static, Type } from 'typebox';
import { ByteReader, concat, context, prefixed } from '../encoding/bytes.js';
import { canonicalBytes, parseCanonical } from '../encoding/json.js';
import { parserOf } from '../encoding/schema.js';
import { ProtocolError } from '../errors.js';
import { DeviceIdSchema, EpochKeyNameSchema, FederationIdSchema, HashSchema, TimeMsSchema } from '../ids.js';
import { LIMITS } from '../limits.js';
import { PROTOCOL_VERSION } from '../version.js';
import { DirectoryHeadsSchema } from './core.js';

const SIGNATURE_BYTES = 64;

export const RewrapSchema = Type.Object(
  {
    v: Type.Literal(PROTOCOL_VERSION),
    fed: FederationIdSchema,
    /** The original envelope. */
    eh: HashSchema,
    /** The device that rewraps: in the original's `to`, or its `from`. */
    by: DeviceIdSchema,
    /** The device that is added, and its epoch key. */
    device: DeviceIdSchema,
    epochKey: EpochKeyNameSchema,
    stanzaHash: HashSchema,
    /** The directory in which `by` has found `device`. */
    dir: DirectoryHeadsSchema,
    ts: TimeMsSchema,
  },
  { additionalProperties: false },
);
export type Rewrap = Static<typeof RewrapSchema>;

const check = parserOf('rewrap', RewrapSchema, 'rewrap.malformed');

/** Canonical bytes of a rewrap. */
export const encodeRewrap = (rewrap: Rewrap): Uint8Array => canonicalBytes(rewrap);

/** Reads a rewrap from its bytes. @throws ProtocolError `encoding.*`, `rewrap.malformed` */
export function parseRewrap(bytes: Uint8Array): Rewrap {
  if (bytes.length > LIMITS.rewrapBytes) throw new ProtocolError('encoding.too-large', 'The rewrap is too large.');
  const rewrap = check(parseCanonical(bytes));
  if (rewrap.device === rewrap.by) throw new ProtocolError('rewrap.malformed', 'A device rewraps for another one.');
  return rewrap;
}

/** What `by` signs: "holdfast/rewrap/v1\0" ‖ rewrap. */
export const rewrapSigningBytes = (rewrapBytes: Uint8Array): Uint8Array => concat(context('rewrap'), rewrapBytes);

/** A rewrap as its maker submits it. */
export interface SubmittedRewrap {
  /** Canonical JSON. */
  readonly rewrap: Uint8Array;
  readonly sig: Uint8Array;
  readonly stanza: Uint8Array;
}

/** As the added device gets it: the rewrap, then the original in its delivered form, with the rewrap's stanza in it. */
export interface DeliveredRewrap extends SubmittedRewrap {
  readonly envelope: Uint8Array;
}

/** prefixed(rewrap) ‖ prefixed(sig) ‖ prefixed(stanza) */
export const encodeSubmittedRewrap = ({ rewrap, sig, stanza }: SubmittedRewrap): Uint8Array =>
  concat(prefixed(rewrap), prefixed(sig), prefixed(stanza));

/** Views into `bytes`. @throws ProtocolError `encoding.*`, `rewrap.malformed` */
export function decodeSubmittedRewrap(bytes: Uint8Array): SubmittedRewrap {
  const reader = new ByteReader(bytes);
  const submitted = decodeHead(reader);
  reader.end();
  return submitted;
}

/** prefixed(rewrap) ‖ prefixed(sig) ‖ prefixed(stanza) ‖ the delivered envelope */
export const encodeDeliveredRewrap = (delivered: DeliveredRewrap): Uint8Array =>
  concat(encodeSubmittedRewrap(delivered), delivered.envelope);

/** Views into `bytes`; the envelope is not read. @throws ProtocolError `encoding.*`, `rewrap.malformed` */
export function decodeDeliveredRewrap(bytes: Uint8Array): DeliveredRewrap {
  const reader = new ByteReader(bytes);
  return { ...decodeHead(reader), envelope: reader.rest() };
}

function decodeHead(reader: ByteReader): SubmittedRewrap {
  const rewrap = reader.prefixed(LIMITS.rewrapBytes);
  const sig = reader.prefixed(SIGNATURE_BYTES);
  if (sig.length !== SIGNATURE_BYTES) throw new ProtocolError('rewrap.malformed', 'The signature has a wrong length.');
  const stanza = reader.prefixed(LIMITS.stanzaBytes);
  if (stanza.length !== LIMITS.stanzaBytes)
    throw new ProtocolError('rewrap.malformed', 'The stanza has a wrong length.');
  return { rewrap, sig, stanza };
}
