/** Expiry and clean-up: what nobody fetched in time is removed, and its sender is told so, signed. */
import {
  canonicalBytes,
  type DeviceId,
  type ExpiryNotice,
  type FederationId,
  NOTICE_TYP,
  toBase64url,
  utf8,
} from '@holdfast/protocol';
import type { RelayKey } from '../sequencer/relay-key.js';
import type { Store } from '../store/port.js';

const PER_RUN = 500;

export interface ExpireDependencies {
  readonly store: Store;
  readonly key: RelayKey;
  readonly fed: FederationId;
  readonly origin: string;
  readonly now: () => number;
  readonly onStored: (devices: Iterable<DeviceId>) => void;
}

/** @returns how many envelopes were removed */
export async function expireEnvelopes({ store, key, fed, origin, now, onStored }: ExpireDependencies): Promise<number> {
  const atMs = now();
  const expired = await store.expired(atMs, PER_RUN);
  for (const envelope of expired) {
    const notice: ExpiryNotice = {
      v: 1,
      fed,
      origin,
      notice: 'expired',
      eh: envelope.eh,
      undelivered: [...envelope.undelivered],
      atMs,
    };
    await store.expire(envelope, utf8(signNotice(notice, key)), atMs);
    if (envelope.undelivered.length > 0) onStored([envelope.from]);
  }
  return expired.length;
}

/** A compact JWS (RFC 7515) by the relay's key. */
function signNotice(notice: ExpiryNotice, key: RelayKey): string {
  const header = toBase64url(canonicalBytes({ alg: 'EdDSA', kid: key.publicKey, typ: NOTICE_TYP }));
  const input = `${header}.${toBase64url(canonicalBytes(notice))}`;
  return `${input}.${toBase64url(key.sign(utf8(input)))}`;
}
