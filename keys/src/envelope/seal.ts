/**
 * Sealing an envelope to many devices (spec 31 to 34): one content key, wrapped to each device's epoch key; the manifest
 * signed inside, the whole signed outside. Retries send these very bytes; sealing again makes another envelope.
 */
import {
  bodyHash,
  concat,
  coreHash,
  type DeviceId,
  type EnvelopeCore,
  type EnvelopeId,
  encodeCore,
  encodeManifest,
  encodeSubmitted,
  envelopeHash,
  envelopeSigningBytes,
  epochKeyNameBytes,
  type FederationId,
  type Hash,
  LIMITS,
  type Manifest,
  PROTOCOL_VERSION,
  type Priority,
  packPlaintext,
  SUITE,
  stanzaInfo,
  stanzasHash,
  toBase64url,
  toEpochKeyName,
  toHash,
  utf8,
} from '@holdfast/protocol';
import { KeysError } from '../errors.js';
import { signCompactJws } from '../jws/sign.js';
import { type SigningKey, signDetached } from '../primitives/ed25519.js';
import { randomBytes } from '../primitives/random.js';
import { sha256 } from '../primitives/sha256.js';
import { encryptChunked } from '../suite/chunked.js';
import { hpkeSeal } from '../suite/hpke.js';
import { type Padding, paddedLength } from '../suite/padding.js';
import { MANIFEST_TYP, stanzaKeyHash } from './context.js';

/** A device to seal to, with its verified epoch key. */
export interface RecipientKey {
  readonly device: DeviceId;
  readonly day: number;
  readonly key: Uint8Array;
}

export interface SealRequest {
  readonly fed: FederationId;
  readonly id: EnvelopeId;
  readonly from: DeviceId;
  readonly signingKey: SigningKey;
  readonly to: readonly RecipientKey[];
  readonly dir: EnvelopeCore['dir'];
  readonly atMs: number;
  readonly expiresAtMs: number;
  readonly priority: Priority;
  readonly manifest: Omit<Manifest, 'ch' | 'bodyHash' | 'salt'>;
  /** 32 bytes under which officers have signed for the body; fresh ones where none have. */
  readonly salt?: Uint8Array;
  /** Canonical JSON of the message. */
  readonly body: Uint8Array;
  readonly padding: Padding;
}

export interface SealedEnvelope {
  readonly bytes: Uint8Array;
  readonly eh: Hash;
  readonly core: EnvelopeCore;
  readonly manifest: Manifest;
  /** The portable evidence: the manifest as signed. */
  readonly jws: string;
  /** For a later rewrap (spec 36-rewrap); the caller zeroizes it. */
  readonly contentKey: Uint8Array;
}

/** @throws KeysError `envelope.too-large`, `suite.*`; ProtocolError where a limit of the wire is passed */
export async function sealEnvelope(request: SealRequest): Promise<SealedEnvelope> {
  const to = [...request.to].sort((a, b) => (a.device < b.device ? -1 : 1));
  const core: EnvelopeCore = {
    v: PROTOCOL_VERSION,
    suite: SUITE,
    fed: request.fed,
    id: request.id,
    from: request.from,
    to: to.map(({ device, day, key }) => [device, toEpochKeyName(epochKeyNameBytes(sha256, day, key))]),
    dir: request.dir,
    ts: request.atMs,
    exp: request.expiresAtMs,
    prio: request.priority,
  };
  const coreBytes = encodeCore(core);
  const ch = coreHash(sha256, coreBytes);

  const { salt = randomBytes(32) } = request;
  const manifest: Manifest = {
    ...request.manifest,
    ch: toHash(ch),
    bodyHash: toHash(bodyHash(sha256, salt, request.body)),
    salt: toBase64url(salt),
  };
  const jws = await signCompactJws(encodeManifest(manifest), MANIFEST_TYP, request.signingKey);
  const packed = packPlaintext({ jws: utf8(jws), body: request.body });
  const padded = concat(packed, new Uint8Array(paddedLength(packed.length, request.padding) - packed.length));

  const contentKey = randomBytes(32);
  const ct = encryptChunked({ key: contentKey, context: ch, plaintext: padded, salt: randomBytes(24) });
  if (ct.length > LIMITS.ciphertextBytes)
    throw new KeysError('envelope.too-large', 'The message is too large for one envelope; use an attachment.');
  const stanzas: Uint8Array[] = [];
  for (const { device, key } of to) {
    stanzas.push(
      await hpkeSeal({ publicKey: key, info: stanzaInfo(ch, stanzaKeyHash(device, key)), plaintext: contentKey }),
    );
  }

  const digests = { ch, stanzasHash: stanzasHash(sha256, stanzas.map(sha256)), ctHash: sha256(ct) };
  const sig = signDetached(envelopeSigningBytes(digests), request.signingKey);
  return {
    bytes: encodeSubmitted({ core: coreBytes, stanzas, sig, ct }),
    eh: toHash(envelopeHash(sha256, digests)),
    core,
    manifest,
    jws,
    contentKey,
  };
}
