/** Making forgeries out of what was seen. Each answers undefined where the stuff for it has not been seen yet. */
import { generateKeyPairSync, sign } from 'node:crypto';
import { sha256 } from '@holdfast/keys/verify';
import {
  canonicalBytes,
  coreHash,
  type Delivery,
  type DeviceId,
  encodeDelivered,
  envelopeHash,
  type Hash,
  NOTICE_TYP,
  stanzasHash,
  toBase64url,
  toHash,
  utf8,
} from '@holdfast/protocol';
import type { Evidence, SeenDevice, SeenEnvelope } from './evidence.js';
import type { RelayKey } from './relay-key.js';
import type { Forgery } from './script.js';

export type Item = Pick<Delivery, 'item' | 'bytes'>;

/** @param genuine the delivery that it goes before */
export function forge(
  forgery: Forgery,
  seen: { readonly evidence: Evidence; readonly device: SeenDevice; readonly relayKey: RelayKey },
  genuine: Delivery,
): Item | undefined {
  const { evidence, device } = seen;
  const { id } = device;
  if (id === undefined) return undefined;
  const own = evidence.newest(({ core }) => core.from === id);
  switch (forgery) {
    case 'replay':
      return device.delivery === undefined ? undefined : { item: device.delivery.item, bytes: device.delivery.bytes };
    case 'reflect':
      return envelope(own === undefined ? undefined : delivered(own, 0));
    case 'misdeliver':
      return envelope(misdelivered(evidence, id));
    case 'envelope-as-notice':
      return notice(genuine.bytes);
    case 'assertion-as-notice':
      return notice(utf8(device.assertion ?? ''));
    case 'token-as-notice':
      return notice(utf8(device.token ?? ''));
    case 'receipt-as-notice':
      return device.receipt === undefined ? undefined : notice(canonicalBytes(device.receipt));
    case 'token-as-envelope':
      return envelope(utf8(device.token ?? ''));
    case 'expiry':
      return own === undefined ? undefined : notice(expiry(own, nobodysKey(), seen.relayKey));
    case 'expiry-by-relay':
      return own === undefined ? undefined : notice(expiry(own, seen.relayKey, seen.relayKey));
  }
}

const notice = (bytes: Uint8Array): Item => ({ item: 'notice', bytes });
const envelope = (bytes: Uint8Array | undefined): Item | undefined =>
  bytes === undefined ? undefined : { item: 'envelope', bytes };

/** An envelope as it is handed to its recipient number `index`. */
export function delivered({ envelope: { core, stanzas, sig, ct } }: SeenEnvelope, index: number): Uint8Array {
  return encodeDelivered({
    core,
    stanzaHashes: stanzas.map(sha256),
    stanza: stanzas[index] ?? new Uint8Array(),
    sig,
    ct,
  });
}

function misdelivered(evidence: Evidence, id: DeviceId): Uint8Array | undefined {
  const seen = evidence.newest(({ core }) => core.from !== id && core.to.every(([device]) => device !== id));
  return seen === undefined ? undefined : delivered(seen, 0);
}

/** The name of an envelope that was submitted. */
export function nameOf({ envelope: { core, stanzas, ct } }: SeenEnvelope): Hash {
  const hashes = stanzasHash(sha256, stanzas.map(sha256));
  return toHash(envelopeHash(sha256, { ch: coreHash(sha256, core), stanzasHash: hashes, ctHash: sha256(ct) }));
}

interface Signer {
  readonly publicKey: string;
  sign(bytes: Uint8Array): Uint8Array;
}

function nobodysKey(): Signer {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return { publicKey: publicKey.export({ format: 'jwk' }).x ?? '', sign: (bytes) => sign(null, bytes, privateKey) };
}

function expiry(own: SeenEnvelope, signer: Signer, { publicKey, origin }: RelayKey): Uint8Array {
  const header = toBase64url(canonicalBytes({ alg: 'EdDSA', kid: publicKey, typ: NOTICE_TYP }));
  const { fed, to } = own.core;
  const payload = canonicalBytes({
    v: 1,
    fed,
    origin,
    notice: 'expired',
    eh: nameOf(own),
    undelivered: to.map(([device]) => device),
    atMs: own.core.ts,
  });
  const input = `${header}.${toBase64url(payload)}`;
  return utf8(`${input}.${toBase64url(signer.sign(utf8(input)))}`);
}
