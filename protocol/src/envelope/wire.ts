/**
 * The envelope on the wire, in its two forms (spec 32-envelope). The sender submits every stanza; the relay hands each
 * recipient its own stanza and the hashes of all, so that the signature verifies without the others' bytes.
 */
import { ByteReader, concat, context, prefixed, u32be } from '../encoding/bytes.js';
import { ProtocolError } from '../errors.js';
import { LIMITS } from '../limits.js';
import type { Sha256 } from './core.js';

const HASH_BYTES = 32;
const SIGNATURE_BYTES = 64;

/** As the sender submits it; stanzas in the order of `to`. */
export interface SubmittedEnvelope {
  readonly core: Uint8Array;
  readonly stanzas: readonly Uint8Array[];
  readonly sig: Uint8Array;
  readonly ct: Uint8Array;
}

/** As one recipient gets it. */
export interface DeliveredEnvelope {
  readonly core: Uint8Array;
  readonly stanzaHashes: readonly Uint8Array[];
  readonly stanza: Uint8Array;
  readonly sig: Uint8Array;
  readonly ct: Uint8Array;
}

/** u32be-prefixed core, stanzas, sig, ct. */
export function encodeSubmitted(envelope: SubmittedEnvelope): Uint8Array {
  return concat(
    prefixed(envelope.core),
    prefixed(concat(...envelope.stanzas)),
    prefixed(envelope.sig),
    prefixed(envelope.ct),
  );
}

/** Views into `bytes`. @throws ProtocolError `encoding.*`, `envelope.malformed` */
export function decodeSubmitted(bytes: Uint8Array): SubmittedEnvelope {
  const reader = new ByteReader(bytes);
  const core = reader.prefixed(LIMITS.coreBytes);
  const stanzas = split(reader.prefixed(LIMITS.stanzaBytes * LIMITS.recipients), LIMITS.stanzaBytes);
  return { core, stanzas, ...decodeTail(reader) };
}

/** u32be-prefixed core, stanza hashes, own stanza, sig, ct. */
export function encodeDelivered(envelope: DeliveredEnvelope): Uint8Array {
  return concat(
    prefixed(envelope.core),
    prefixed(concat(...envelope.stanzaHashes)),
    prefixed(envelope.stanza),
    prefixed(envelope.sig),
    prefixed(envelope.ct),
  );
}

/** Views into `bytes`. @throws ProtocolError `encoding.*`, `envelope.malformed` */
export function decodeDelivered(bytes: Uint8Array): DeliveredEnvelope {
  const reader = new ByteReader(bytes);
  const core = reader.prefixed(LIMITS.coreBytes);
  const stanzaHashes = split(reader.prefixed(HASH_BYTES * LIMITS.recipients), HASH_BYTES);
  const stanza = reader.prefixed(LIMITS.stanzaBytes);
  if (stanza.length !== LIMITS.stanzaBytes)
    throw new ProtocolError('envelope.malformed', 'The stanza has a wrong length.');
  return { core, stanzaHashes, stanza, ...decodeTail(reader) };
}

function decodeTail(reader: ByteReader): { sig: Uint8Array; ct: Uint8Array } {
  const sig = reader.prefixed(SIGNATURE_BYTES);
  if (sig.length !== SIGNATURE_BYTES)
    throw new ProtocolError('envelope.malformed', 'The signature has a wrong length.');
  const ct = reader.prefixed(LIMITS.ciphertextBytes);
  reader.end();
  return { sig, ct };
}

function split(bytes: Uint8Array, size: number): Uint8Array[] {
  if (bytes.length === 0 || bytes.length % size !== 0)
    throw new ProtocolError('envelope.malformed', 'The stanzas have a wrong length.');
  const parts: Uint8Array[] = [];
  for (let offset = 0; offset < bytes.length; offset += size) parts.push(bytes.subarray(offset, offset + size));
  return parts;
}

/** The three hashes that name an envelope: of the core, of all stanzas, of the ciphertext. */
export interface EnvelopeDigests {
  readonly ch: Uint8Array;
  readonly stanzasHash: Uint8Array;
  readonly ctHash: Uint8Array;
}

/** H = SHA-256(SHA-256(stanza_1) ‖ SHA-256(stanza_2) ‖ …), in the order of `to`. */
export const stanzasHash = (sha256: Sha256, hashes: readonly Uint8Array[]): Uint8Array => sha256(concat(...hashes));

/** What the sending device signs: "holdfast/envelope/v1\0" ‖ ch ‖ H ‖ SHA-256(ct). */
export const envelopeSigningBytes = (digests: EnvelopeDigests): Uint8Array =>
  concat(context('envelope'), digests.ch, digests.stanzasHash, digests.ctHash);

/** eh, the envelope's name in `prev`, receipts, log and de-duplication. */
export const envelopeHash = (sha256: Sha256, digests: EnvelopeDigests): Uint8Array =>
  sha256(concat(context('envelope-hash'), digests.ch, digests.stanzasHash, digests.ctHash));

/** HPKE info of one stanza: "holdfast/stanza/v1\0" ‖ ch ‖ SHA-256(device id as text ‖ 0 ‖ key). */
export const stanzaInfo = (ch: Uint8Array, deviceKeyHash: Uint8Array): Uint8Array =>
  concat(context('stanza'), ch, deviceKeyHash);

/** day ‖ SHA-256(key), the 36 bytes of an epoch key's name. */
export const epochKeyNameBytes = (sha256: Sha256, day: number, key: Uint8Array): Uint8Array =>
  concat(u32be(day), sha256(key));
