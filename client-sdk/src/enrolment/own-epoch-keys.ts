/**
 * The device's own day keys: published 45 days ahead, each under a wrap of its day, destroyed 7 days after it. The last key of
 * every batch stays 60 days, since a sender with an old directory may still use it (crypto, "Key hierarchy").
 */
import {
  type EpochKeyPair,
  type EpochSecret,
  type FileKeystore,
  generateEpochKeys,
  newDayWrap,
  openUnderDay,
  sealUnderDay,
  signEpochBatch,
  xwingKeyPairFromSeed,
  zeroize,
} from '@holdfast/keys';
import { sha256, verifyEpochBatch } from '@holdfast/keys/verify';
import {
  dayOf,
  EPOCH_DAYS_AHEAD,
  type EpochKeyName,
  epochKeyNameBytes,
  OPERATIONS,
  toBase64url,
  toEpochKeyName,
} from '@holdfast/protocol';
import type { Identity } from '../outbox/seal-item.js';
import type { RelaySession } from '../session/session.js';
import type { StepHook } from '../steps.js';

/** Top up when fewer days than this are left ahead: about once a week. */
const TOP_UP_BELOW_DAYS = EPOCH_DAYS_AHEAD - 7;
const KEEP_DAYS = 7;
const KEEP_LAST_DAYS = 60;

interface OwnKey extends EpochSecret {
  readonly day: number;
}

export class OwnEpochKeys {
  readonly #keystore: FileKeystore;
  readonly #onStep: StepHook | undefined;
  readonly #secrets = new Map<EpochKeyName, OwnKey>();
  /** Days whose key is the last of a batch. */
  readonly #lasts = new Set<number>();

  private constructor(keystore: FileKeystore, onStep: StepHook | undefined) {
    this.#keystore = keystore;
    this.#onStep = onStep;
  }

  static async load(keystore: FileKeystore, onStep?: StepHook): Promise<OwnEpochKeys> {
    const own = new OwnEpochKeys(keystore, onStep);
    for (const id of await keystore.list('epoch-last')) own.#lasts.add(Number(id));
    for (const id of await keystore.list('day-wrap')) {
      const key = await keystore.get('day-wrap', id);
      const sealed = await keystore.get('epoch', id);
      const day = Number(id);
      if (key !== undefined && sealed !== undefined) own.#remember(day, openUnderDay({ day, key }, 'epoch', sealed));
    }
    return own;
  }

  #remember(day: number, secret: Uint8Array): void {
    const { publicKey } = xwingKeyPairFromSeed(secret);
    this.#secrets.set(toEpochKeyName(epochKeyNameBytes(sha256, day, publicKey)), { day, publicKey, secret });
  }

  readonly secret = (name: EpochKeyName): EpochSecret | undefined => this.#secrets.get(name);

  /**
   * Publishes the next batch where fewer than 38 days are left ahead. The secrets are stored before the keys are public. A day
   * that has a secret here keeps it: an attempt that was cut short, or a relay that has forgotten what it published, must not
   * put another in its place.
   */
  async topUp(session: RelaySession, identity: Identity, nowMs: number, signal: AbortSignal): Promise<void> {
    const today = dayOf(nowMs);
    const { batch } = await session.call(OPERATIONS.getEpochBatchHead, { signal });
    const owner = { fed: identity.fed, agency: identity.agency, device: identity.device };
    const previous =
      batch === null ? undefined : verifyEpochBatch(batch, { ...owner, key: identity.signingKey.publicKey });
    const publishedTo = previous === undefined ? today - 1 : previous.batch.firstDay + previous.batch.count - 1;
    if (publishedTo - today >= TOP_UP_BELOW_DAYS) return;
    const firstDay = Math.max(today, publishedTo + 1);
    const stored = new Map([...this.#secrets.values()].map((own) => [own.day, own]));
    const pairs: EpochKeyPair[] = [];
    for (let day = firstDay; day < today + EPOCH_DAYS_AHEAD; day++) {
      const pair = stored.get(day) ?? (await this.#make(day));
      pairs.push(pair);
    }
    const lastDay = firstDay + pairs.length - 1;
    await this.#keystore.put('epoch-last', String(lastDay), new Uint8Array());
    this.#lasts.add(lastDay);
    const signed = await signEpochBatch(previous, pairs, owner, identity.signingKey);
    const body = { batch: signed.jws, keys: pairs.map(({ publicKey }) => toBase64url(publicKey)) };
    await session.call(OPERATIONS.publishEpochBatch, { body, signal });
    this.#onStep?.('day-keys-published');
  }

  /** A key for `day`, stored. Its wrap comes first: one without a key under it is no key, and is replaced. */
  async #make(day: number): Promise<OwnKey> {
    const [pair] = generateEpochKeys(day, 1);
    if (pair === undefined) throw new Error('No day key was made.');
    const wrap = newDayWrap(day);
    await this.#keystore.put('day-wrap', String(day), wrap.key);
    this.#onStep?.('day-wrap-stored');
    await this.#keystore.put('epoch', String(day), sealUnderDay(wrap, 'epoch', pair.secret));
    this.#onStep?.('day-key-stored');
    zeroize(wrap.key);
    this.#remember(day, pair.secret);
    return pair;
  }

  /** Destroys what is past its time, wrap first. Call only when the mailboxes are drained. */
  async purge(nowMs: number): Promise<void> {
    const today = dayOf(nowMs);
    for (const [name, { day, secret }] of this.#secrets) {
      if (day + (this.#lasts.has(day) ? KEEP_LAST_DAYS : KEEP_DAYS) >= today) continue;
      await this.#keystore.delete('day-wrap', String(day));
      await this.#keystore.delete('epoch', String(day));
      await this.#keystore.delete('epoch-last', String(day));
      zeroize(secret);
      this.#secrets.delete(name);
    }
  }
}
