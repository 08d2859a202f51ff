/**
 * Rewrapping (spec 36-rewrap): a party of an envelope gives its content key to one more device, under its own signature. The added
 * device believes the original's sender first and the rewrap's maker second; neither the relay nor a stranger can add a reader.
 */
import {
  type AgencyId,
  type DeliveredRewrap,
  type DeviceId,
  decodeDeliveredRewrap,
  type EnvelopeCore,
  encodeRewrap,
  encodeSubmittedRewrap,
  epochKeyNameBytes,
  type FederationId,
  fromBase64url,
  type Hash,
  LIMITS,
  PROTOCOL_VERSION,
  parseRewrap,
  type Rewrap,
  rewrapSigningBytes,
  stanzaInfo,
  toEpochKeyName,
  toHash,
} from '@holdfast/protocol';
import { KeysError, type KeysErrorCode } from '../errors.js';
import { equalBytes } from '../primitives/compare.js';
import { type SigningKey, signDetached } from '../primitives/ed25519.js';
import { verifySignature } from '../primitives/ed25519-verify.js';
import { sha256 } from '../primitives/sha256.js';
import { hpkeSeal } from '../suite/hpke.js';
import { stanzaKeyHash } from './context.js';
import {
  assertStanzaCount,
  decryptAndBelieve,
  type InspectedEnvelope,
  inspectEnvelope,
  type OpenedEnvelope,
  type OpenRequest,
  verifySender,
} from './opening.js';
import type { RecipientKey } from './seal.js';

export interface RewrapRequest {
  readonly fed: FederationId;
  readonly eh: Hash;
  /** Hash of the original's core. */
  readonly ch: Uint8Array;
  readonly contentKey: Uint8Array;
  readonly by: DeviceId;
  readonly signingKey: SigningKey;
  /** The device to add, with its verified epoch key. */
  readonly recipient: RecipientKey;
  readonly dir: EnvelopeCore['dir'];
  readonly atMs: number;
}

export interface MadeRewrap {
  /** As submitted to the relay. */
  readonly bytes: Uint8Array;
  readonly rewrap: Rewrap;
}

/** Wraps `contentKey` to one more device and signs for it. @throws KeysError `keys.input-invalid` */
export async function rewrapEnvelope(request: RewrapRequest): Promise<MadeRewrap> {
  const { device, day, key } = request.recipient;
  const info = stanzaInfo(request.ch, stanzaKeyHash(device, key));
  const stanza = await hpkeSeal({ publicKey: key, info, plaintext: request.contentKey });
  const rewrap: Rewrap = {
    v: PROTOCOL_VERSION,
    fed: request.fed,
    eh: request.eh,
    by: request.by,
    device,
    epochKey: toEpochKeyName(epochKeyNameBytes(sha256, day, key)),
    stanzaHash: toHash(sha256(stanza)),
    dir: request.dir,
    ts: request.atMs,
  };
  const bytes = encodeRewrap(rewrap);
  const sig = signDetached(rewrapSigningBytes(bytes), request.signingKey);
  return { bytes: encodeSubmittedRewrap({ rewrap: bytes, sig, stanza }), rewrap };
}

/** A rewrap and its envelope, read but not yet believed. */
export interface InspectedRewrap extends InspectedEnvelope {
  readonly wrapped: DeliveredRewrap;
  readonly rewrap: Rewrap;
}

/** Step 1: sizes and form of both. @throws ProtocolError `encoding.*`, `envelope.malformed`, `rewrap.malformed` */
export function inspectRewrapped(bytes: Uint8Array): InspectedRewrap {
  if (bytes.length > LIMITS.envelopeBytes) refuse('envelope.too-large', 'The envelope is too large.');
  const wrapped = decodeDeliveredRewrap(bytes);
  return { ...inspectEnvelope(wrapped.envelope), wrapped, rewrap: parseRewrap(wrapped.rewrap) };
}

export interface OpenRewrapRequest extends OpenRequest {
  /** As `senderKey`, for the device that rewrapped, at the rewrap's `ts`. */
  readonly rewrapperKey: (device: DeviceId, atMs: number) => Uint8Array;
  /** The agency in whose chain, at `dir`, the device is listed; throws where it is in none, or `dir` is unknown. */
  readonly agencyAt: (device: DeviceId, dir: EnvelopeCore['dir']) => AgencyId;
}

/**
 * Opens in the order of spec 36: first the original, as any recipient would, but for its own stanza; then the rewrap.
 * @throws KeysError `envelope.*`, `rewrap.*`, `jws.invalid`; whatever the callbacks throw
 */
export async function openRewrapped(inspected: InspectedRewrap, request: OpenRewrapRequest): Promise<OpenedEnvelope> {
  const { core, rewrap, wrapped, delivered, eh } = inspected;
  const senderKey = verifySender(inspected, request);
  assertStanzaCount(inspected);
  request.checkRecipients(core);

  if (rewrap.fed !== request.fed) refuse('envelope.other-federation', 'The rewrap belongs to another federation.');
  if (rewrap.eh !== eh) refuse('rewrap.misdirected', 'The rewrap is of another envelope.');
  if (rewrap.device !== request.self) refuse('rewrap.misdirected', 'The rewrap is for another device.');
  if (rewrap.ts > request.nowMs + LIMITS.clockAheadMs) refuse('envelope.time', 'The rewrap is dated in the future.');
  const key = request.rewrapperKey(rewrap.by, rewrap.ts);
  if (!verifySignature(wrapped.sig, rewrapSigningBytes(wrapped.rewrap), key))
    refuse('rewrap.signature', 'The signature of the rewrap does not verify.');
  assertAllowed(core, rewrap, request);
  const isSigned = equalBytes(sha256(wrapped.stanza), fromBase64url(rewrap.stanzaHash));
  if (!isSigned || !equalBytes(wrapped.stanza, delivered.stanza))
    refuse('rewrap.misdirected', 'The stanza is not the one that the rewrap names.');
  return decryptAndBelieve(inspected, rewrap.epochKey, request, senderKey);
}

/** A recipient adds devices of its own agency; the sender, devices of an agency that it has addressed. Nobody else adds any. */
function assertAllowed(core: EnvelopeCore, { by, device, dir }: Rewrap, { agencyAt }: OpenRewrapRequest): void {
  const isRecipient = core.to.some(([recipient]) => recipient === by);
  if (!isRecipient && core.from !== by)
    refuse('rewrap.not-party', 'The envelope was rewrapped by a device that is no party to it.');
  const agency = agencyAt(device, dir);
  const allowed = isRecipient ? [by] : core.to.map(([recipient]) => recipient);
  if (!allowed.some((party) => agencyAt(party, core.dir) === agency))
    refuse('rewrap.other-agency', 'The envelope was rewrapped for a device of an agency that its maker may not add.');
}

function refuse(code: KeysErrorCode, why: string): never {
  throw new KeysError(code, why);
}
