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
import { type AcceptedEpochBatch, sha256, verifyEpochBatch } from '@holdfast/keys/verify';
import {
  canonicalBytes,
  dayOf,
  EPOCH_DAYS_AHEAD,
  type EpochKeyName,
  epochKeyNameBytes,
  OPERATIONS,
  type PublishEpochBatch,
  PublishEpochBatchSchema,
  parseCanonical,
  parserOf,
  toBase64url,
  toEpochKeyName,
} from '@holdfast/protocol';
import { SdkError } from '../errors.js';
import type { Identity } from '../outbox/seal-item.js';
import type { RelaySession } from '../session/session.js';
import type { StepHook } from '../steps.js';

/** Top up when fewer days than this are left ahead: about once a week. */
const TOP_UP_BELOW_DAYS = EPOCH_DAYS_AHEAD - 7;
const KEEP_DAYS = 7;
const KEEP_LAST_DAYS = 60;

/** The newest batch that this device has signed, public or not. */
const HEAD = 'epoch-head';
const BODY_BOUNDS = { depth: 4, members: 500 } as const;
const parseBody = parserOf('our own batch of day keys', PublishEpochBatchSchema, 'encoding.malformed');

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
   * Publishes the next batch where fewer than 38 days are left ahead. The batch is stored before it is public, and only the same one is
   * ever sent again: no relay can hand out a batch whose secrets were overwritten here.
   * @returns `unknown-batch` where the relay shows a batch under our signature that was never here: this keystore was restored or copied
   * @throws SdkError `relay.misbehaved` where the relay shows an older one than it has acknowledged
   */
  async topUp(
    session: RelaySession,
    identity: Identity,
    nowMs: number,
    signal: AbortSignal,
  ): Promise<'in-step' | 'unknown-batch'> {
    const owner = { fed: identity.fed, agency: identity.agency, device: identity.device };
    const key = identity.signingKey.publicKey;
    const read = (jws: string): AcceptedEpochBatch => verifyEpochBatch(jws, { ...owner, key });
    const { batch: head } = await session.call(OPERATIONS.getEpochBatchHead, { signal });
    const stored = await this.#keystore.get(HEAD, HEAD);
    const ours = stored === undefined ? undefined : parseBody(parseCanonical(stored, BODY_BOUNDS));
    const last = ours === undefined ? undefined : read(ours.batch);
    if (head !== (ours?.batch ?? null)) {
      const shown = head === null ? undefined : read(head);
      if (last === undefined || ours === undefined || (shown !== undefined && shown.batch.n >= last.batch.n))
        return 'unknown-batch';
      if (last.batch.prev !== (shown?.hash ?? null))
        throw new SdkError('relay.misbehaved', 'The relay shows an older batch of our day keys than before.');
      await this.#publish(session, ours, signal);
    }
    const today = dayOf(nowMs);
    const publishedTo = last === undefined ? today - 1 : last.batch.firstDay + last.batch.count - 1;
    if (publishedTo - today >= TOP_UP_BELOW_DAYS) return 'in-step';
    const body = await this.#makeBatch(last, Math.max(today, publishedTo + 1), today, identity);
    await this.#publish(session, body, signal);
    return 'in-step';
  }

  async #publish(session: RelaySession, body: PublishEpochBatch, signal: AbortSignal): Promise<void> {
    await session.call(OPERATIONS.publishEpochBatch, { body, signal });
    this.#onStep?.('day-keys-published');
  }

  /** Stores the secrets, each under its day's wrap, then the batch that names them. */
  async #makeBatch(
    last: AcceptedEpochBatch | undefined,
    firstDay: number,
    today: number,
    identity: Identity,
  ): Promise<PublishEpochBatch> {
    // A day that has a secret here keeps it: an attempt that was cut short must not put another in its place.
    const stored = new Map([...this.#secrets.values()].map((own) => [own.day, own]));
    const pairs: EpochKeyPair[] = [];
    for (let day = firstDay; day < today + EPOCH_DAYS_AHEAD; day++) {
      pairs.push(stored.get(day) ?? (await this.#make(day)));
    }
    const lastDay = firstDay + pairs.length - 1;
    await this.#keystore.put('epoch-last', String(lastDay), new Uint8Array());
    this.#lasts.add(lastDay);
    const { fed, agency, device, signingKey } = identity;
    const signed = await signEpochBatch(last, pairs, { fed, agency, device }, signingKey);
    const body = { batch: signed.jws, keys: pairs.map(({ publicKey }) => toBase64url(publicKey)) };
    await this.#keystore.put(HEAD, HEAD, canonicalBytes(body));
    return body;
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
