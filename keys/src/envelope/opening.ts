/**
 * The steps of opening (spec 33-manifest) that a delivered and a rewrapped envelope share, each in its place: form, sender,
 * decryption, manifest. Nothing here decides on the recipient; that is `open.ts` and `rewrap.ts`.
 */
import {
  bodyHash,
  coreHash,
  type DeliveredEnvelope,
  type DeviceId,
  decodeDelivered,
  type EnvelopeCore,
  type EnvelopeDigests,
  type EpochKeyName,
  envelopeHash,
  envelopeSigningBytes,
  type FederationId,
  fromBase64url,
  fromUtf8,
  type Hash,
  isFreezeKind,
  LIMITS,
  type Manifest,
  parseCore,
  parseManifest,
  stanzaInfo,
  stanzasHash,
  toHash,
  unpackPlaintext,
} from '@holdfast/protocol';
import { KeysError } from '../errors.js';
import { verifyCompactJws } from '../jws/verify.js';
import { equalBytes } from '../primitives/compare.js';
import { verifySignature } from '../primitives/ed25519-verify.js';
import { sha256 } from '../primitives/sha256.js';
import { zeroize } from '../primitives/zeroize.js';
import { decryptChunked } from '../suite/chunked.js';
import { hpkeOpen } from '../suite/hpke.js';
import { MANIFEST_TYP, stanzaKeyHash } from './context.js';

/** An envelope read but not yet believed. */
export interface InspectedEnvelope {
  readonly delivered: DeliveredEnvelope;
  readonly core: EnvelopeCore;
  readonly digests: EnvelopeDigests;
  readonly eh: Hash;
}

/** Step 1: sizes and form. @throws ProtocolError `encoding.*`, `envelope.malformed` */
export function inspectEnvelope(bytes: Uint8Array): InspectedEnvelope {
  if (bytes.length > LIMITS.envelopeBytes) throw new KeysError('envelope.too-large', 'The envelope is too large.');
  const delivered = decodeDelivered(bytes);
  const core = parseCore(delivered.core);
  const digests = {
    ch: coreHash(sha256, delivered.core),
    stanzasHash: stanzasHash(sha256, delivered.stanzaHashes),
    ctHash: sha256(delivered.ct),
  };
  return { delivered, core, digests, eh: toHash(envelopeHash(sha256, digests)) };
}

/** One epoch key that the opening device holds. */
export interface EpochSecret {
  readonly publicKey: Uint8Array;
  readonly secret: Uint8Array;
}

export interface OpenRequest {
  readonly fed: FederationId;
  readonly self: DeviceId;
  readonly nowMs: number;
  /** The sender's key in the newest view; throws where the sender is unknown or revoked (step 2). */
  readonly senderKey: (device: DeviceId) => Uint8Array;
  /** Refuses ghosts in `to`, an unknown or old `dir` (step 4). */
  readonly checkRecipients: (core: EnvelopeCore) => void;
  readonly epochSecret: (name: EpochKeyName) => EpochSecret | undefined;
}

export interface OpenedEnvelope {
  readonly eh: Hash;
  readonly core: EnvelopeCore;
  readonly manifest: Manifest;
  readonly jws: string;
  readonly body: Uint8Array;
  /** For a later rewrap (spec 36-rewrap); the caller zeroizes it. */
  readonly contentKey: Uint8Array;
}

/** Steps 1 to 3, as far as they concern sender and signature alone. @returns the sender's key */
export function verifySender({ core, delivered, digests }: InspectedEnvelope, request: OpenRequest): Uint8Array {
  if (core.fed !== request.fed) refuse('envelope.other-federation', 'The envelope belongs to another federation.');
  if (core.from === request.self) refuse('envelope.reflected', 'The envelope is our own, sent back.');
  if (core.ts > request.nowMs + LIMITS.clockAheadMs) refuse('envelope.time', 'The envelope is dated in the future.');
  if (core.exp > core.ts + LIMITS.expiryMs) refuse('envelope.time', 'The envelope would live longer than 90 days.');
  const senderKey = request.senderKey(core.from);
  if (!verifySignature(delivered.sig, envelopeSigningBytes(digests), senderKey))
    refuse('envelope.signature', "The sender's signature does not verify.");
  return senderKey;
}

/** There is exactly one stanza per device in `to`. */
export function assertStanzaCount({ core, delivered }: InspectedEnvelope): void {
  if (delivered.stanzaHashes.length !== core.to.length)
    refuse('envelope.malformed', 'There is not one stanza per device.');
}

/** Steps 5 to 8: the stanza and the ciphertext open; the manifest is the sender's, and binds this core and this body. */
export async function decryptAndBelieve(
  inspected: InspectedEnvelope,
  name: EpochKeyName,
  { self, epochSecret }: OpenRequest,
  senderKey: Uint8Array,
): Promise<OpenedEnvelope> {
  const epoch = epochSecret(name);
  if (epoch === undefined)
    return refuse('envelope.key-gone', 'The day key that it was sealed to is not here (never was, or deleted).');
  const { plaintext, contentKey } = await decrypt(inspected, self, epoch);
  try {
    return { ...believe(plaintext, inspected, senderKey), contentKey };
  } catch (error) {
    zeroize(contentKey);
    throw error;
  }
}

async function decrypt(
  { delivered, digests }: InspectedEnvelope,
  self: DeviceId,
  epoch: EpochSecret,
): Promise<{ readonly plaintext: Uint8Array; readonly contentKey: Uint8Array }> {
  let contentKey: Uint8Array | undefined;
  try {
    const info = stanzaInfo(digests.ch, stanzaKeyHash(self, epoch.publicKey));
    contentKey = await hpkeOpen({ secretKey: epoch.secret, info, sealed: delivered.stanza });
    const plaintext = decryptChunked({ key: contentKey, context: digests.ch, ciphertext: delivered.ct });
    return { plaintext, contentKey };
  } catch (cause) {
    if (contentKey !== undefined) zeroize(contentKey);
    // One code for every failure below: which step failed is nobody else's business.
    throw new KeysError('envelope.decryption', 'The envelope cannot be decrypted.', { cause });
  }
}

/** Steps 7 and 8. */
function believe(
  plaintext: Uint8Array,
  { eh, core, digests }: InspectedEnvelope,
  senderKey: Uint8Array,
): Omit<OpenedEnvelope, 'contentKey'> {
  const { jws: jwsBytes, body } = unpackPlaintext(plaintext);
  const jws = fromUtf8(jwsBytes);
  const manifest = parseManifest(verifyCompactJws(jws, { typ: MANIFEST_TYP, key: senderKey }));
  if (!equalBytes(fromBase64url(manifest.ch), digests.ch))
    refuse('envelope.manifest', 'The manifest belongs to another envelope.');
  if (!equalBytes(fromBase64url(manifest.bodyHash), bodyHash(sha256, fromBase64url(manifest.salt), body))) {
    refuse('envelope.manifest', 'The manifest belongs to another body.');
  }
  if (isFreezeKind(manifest.kind) && core.exp !== core.ts + LIMITS.freezeExpiryMs) {
    refuse('envelope.time', 'A freeze message expires 30 days after it was sealed, neither earlier nor later.');
  }
  return { eh, core, manifest, jws, body };
}

type RefusalCode =
  | 'envelope.other-federation'
  | 'envelope.reflected'
  | 'envelope.signature'
  | 'envelope.malformed'
  | 'envelope.key-gone'
  | 'envelope.manifest'
  | 'envelope.time';

function refuse(code: RefusalCode, why: string): never {
  throw new KeysError(code, why);
}
