/**
 * Enrolling a device, and keeping its epoch keys 45 days ahead: its certificate first (it may send), then a batch of keys (it
 * may receive). Day keys are deleted 7 days after their day, but for the newest batch's last.
 */
import { mkdir } from 'node:fs/promises';
import { type Argon2idParams, type EpochKeyPair, type EpochSecret, FileKeystore, generateEpochKeys, generateSigningKey, randomBytes, signEpochBatch, type Unlock, xwingKeyPairFromSeed } from '@holdfast/keys';
import { type AgencyChain, sha256, verifyEpochBatch } from '@holdfast/keys/verify';
import {
  dayOf,
  type DeviceId,
  EPOCH_DAYS_AHEAD,
  type EpochKeyName,
  epochKeyNameBytes,
  MS_PER_DAY,
  OPERATIONS,
  toBase64url,
  toDeviceId,
  toEpochKeyName,
} from '@holdfast/protocol';
import { agencyPaths, devicePaths, writeDeviceId } from '../home/home.js';
import type { Identity } from '../outbox/seal-item.js';
import type { OpenSession } from '../session/open-session.js';
import type { RelaySession } from '../session/session.js';
import { publishStatement, readSigningKey, storeSigningKey } from './agency.js';

const DEVICE_LIFE_DAYS = 180;
/** Top up when fewer days than this are left ahead: about once a week. */
const TOP_UP_BELOW_DAYS = EPOCH_DAYS_AHEAD - 7;
const KEEP_DAYS = 7;
const KEEP_LAST_DAYS = 60;

/** Makes the device's keystore and certifies its key in the agency's chain. */
export async function enrolDevice(home: string, name: string, unlock: Unlock, session: OpenSession, chain: AgencyChain, nowMs: number, params?: Argon2idParams): Promise<{ readonly device: DeviceId; readonly chain: AgencyChain }> {
  const paths = devicePaths(home, name);
  const directoryKey = await readSigningKey(agencyPaths(home).directory, unlock);
  const key = generateSigningKey();
  const device = toDeviceId(randomBytes(16));
  await mkdir(paths.spool, { recursive: true, mode: 0o700 });
  await storeSigningKey(await FileKeystore.create(paths.keystore, { unlock, fed: chain.fed, ...(params ? { params } : {}) }), key);
  const content = { kind: 'device', device, key: toBase64url(key.publicKey), notBeforeMs: nowMs - 60_000, notAfterMs: nowMs + DEVICE_LIFE_DAYS * MS_PER_DAY } as const;
  const next = await publishStatement(session, chain, content, [directoryKey, key], nowMs);
  await writeDeviceId(home, name, device);
  return { device, chain: next };
}

/** The device's own day keys, in memory while it runs. */
export class OwnEpochKeys {
  readonly #keystore: FileKeystore;
  readonly #secrets = new Map<EpochKeyName, EpochSecret & { readonly day: number }>();

  private constructor(keystore: FileKeystore) {
    this.#keystore = keystore;
  }

  static async load(keystore: FileKeystore): Promise<OwnEpochKeys> {
    const own = new OwnEpochKeys(keystore);
    for (const id of await keystore.list('epoch')) {
      const secret = await keystore.get('epoch', id);
      if (secret !== undefined) own.#remember(Number(id), secret);
    }
    return own;
  }

  #remember(day: number, secret: Uint8Array): void {
    const { publicKey } = xwingKeyPairFromSeed(secret);
    this.#secrets.set(toEpochKeyName(epochKeyNameBytes(sha256, day, publicKey)), { day, publicKey, secret });
  }

  readonly secret = (name: EpochKeyName): EpochSecret | undefined => this.#secrets.get(name);

  #lastDay(): number {
    return Math.max(-1, ...[...this.#secrets.values()].map(({ day }) => day));
  }

  /** Publishes the next batch where fewer than 38 days are left ahead. The secrets are stored before the keys are public. */
  async topUp(session: RelaySession, identity: Identity, nowMs: number, signal?: AbortSignal): Promise<void> {
    const today = dayOf(nowMs);
    const { batch } = await session.call(OPERATIONS.getEpochBatchHead, { ...(signal ? { signal } : {}) });
    const owner = { fed: identity.fed, agency: identity.agency, device: identity.device };
    const previous = batch === null ? undefined : verifyEpochBatch(batch, { ...owner, key: identity.signingKey.publicKey });
    const publishedTo = previous === undefined ? today - 1 : previous.batch.firstDay + previous.batch.count - 1;
    if (publishedTo - today >= TOP_UP_BELOW_DAYS) return;
    const firstDay = Math.max(today, publishedTo + 1);
    const pairs: EpochKeyPair[] = generateEpochKeys(firstDay, today + EPOCH_DAYS_AHEAD - firstDay);
    for (const { day, secret } of pairs) {
      await this.#keystore.put('epoch', String(day), secret);
      this.#remember(day, secret);
    }
    const signed = await signEpochBatch(previous, pairs, owner, identity.signingKey);
    const body = { batch: signed.jws, keys: pairs.map(({ publicKey }) => toBase64url(publicKey)) };
    await session.call(OPERATIONS.publishEpochBatch, { body, ...(signal ? { signal } : {}) });
  }

  /** Deletes what is past its time. Call only when the mailboxes are drained. */
  async purge(nowMs: number): Promise<void> {
    const today = dayOf(nowMs);
    const last = this.#lastDay();
    for (const [name, { day, secret }] of this.#secrets) {
      const keep = day === last ? KEEP_LAST_DAYS : KEEP_DAYS;
      if (day + keep >= today) continue;
      await this.#keystore.delete('epoch', String(day));
      secret.fill(0);
      this.#secrets.delete(name);
    }
  }
}
