/**
 * Taking envelopes in: checked singly, then committed in groups. What arrives while a commit runs shares the next one, so that
 * durable throughput is not one fsync a message; nothing is answered before its commit.
 */

import { setImmediate as nextTurn } from 'node:timers/promises';
import { sha256 } from '@holdfast/keys/verify';
import {
  coreHash,
  type DeviceId,
  decodeSubmitted,
  type EnvelopeCore,
  type EnvelopeDigests,
  envelopeHash,
  type FederationId,
  type Hash,
  LIMITS,
  mailboxOf,
  ProtocolError,
  parseCore,
  type Receipt,
  type SubmittedEnvelope,
  stanzasHash,
  toHash,
} from '@holdfast/protocol';
import type { Registry } from '../membership/registry.js';
import type { ReceiptSealer } from '../sequencer/receipt-batches.js';
import type { NewEnvelope, Store } from '../store/port.js';

const MAX_GROUP = 512;
const MAX_GROUP_BYTES = 16 * 2 ** 20;
/** Submissions that may wait for a commit before new ones are turned away. */
const MAX_WAITING_BYTES = 256 * 2 ** 20;

export interface AcceptDependencies {
  readonly store: Store;
  readonly registry: Registry;
  readonly sealer: ReceiptSealer;
  readonly now: () => number;
  readonly mailboxItems: number;
  /** Items are in these devices' mailboxes now. */
  readonly onStored: (devices: Iterable<DeviceId>) => void;
}

interface Waiting {
  readonly envelope: SubmittedEnvelope;
  readonly core: EnvelopeCore;
  readonly eh: Hash;
  readonly digests: EnvelopeDigests;
  readonly bytes: number;
  readonly resolve: (receipt: Receipt) => void;
  readonly reject: (error: unknown) => void;
}

export class Acceptor {
  readonly #deps: AcceptDependencies;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #committing: Promise<void> | undefined;
  #isDraining = false;

  constructor(deps: AcceptDependencies) {
    this.#deps = deps;
  }

  /** @throws ProtocolError `envelope.*`, `encoding.*`, `relay.unavailable` */
  submit(bytes: Uint8Array, sender: DeviceId): Promise<Receipt> {
    if (this.#isDraining) throw new ProtocolError('relay.draining');
    const checked = this.#check(bytes, sender);
    if (this.#waitingBytes + bytes.length > MAX_WAITING_BYTES) throw new ProtocolError('relay.unavailable');
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ...checked, bytes: bytes.length, resolve, reject });
      this.#waitingBytes += bytes.length;
      this.#committing ??= this.#commitAll();
    });
  }

  /** Takes nothing more; resolves when everybody who waited has an answer. */
  async drain(): Promise<void> {
    this.#isDraining = true;
    await this.#committing;
  }

  /** Cheap, public checks; signatures are the endpoints' business. */
  #check(bytes: Uint8Array, sender: DeviceId): Pick<Waiting, 'envelope' | 'core' | 'eh' | 'digests'> {
    const { registry } = this.#deps;
    if (bytes.length > LIMITS.envelopeBytes)
      throw new ProtocolError('encoding.too-large', 'The envelope is too large.');
    const envelope = decodeSubmitted(bytes);
    const core = parseCore(envelope.core);
    if (core.from !== sender) throw new ProtocolError('envelope.sender-mismatch');
    assertFederation(core, registry.fed);
    if (core.to.length !== envelope.stanzas.length)
      throw new ProtocolError('envelope.malformed', 'There is not one stanza per device.');
    const digests = {
      ch: coreHash(sha256, envelope.core),
      stanzasHash: stanzasHash(sha256, envelope.stanzas.map(sha256)),
      ctHash: sha256(envelope.ct),
    };
    return { envelope, core, digests, eh: toHash(envelopeHash(sha256, digests)) };
  }

  /** What depends on the hour and the directory: asked of new envelopes only, so that a repeat always gets its receipt. */
  async #refusalOf(core: EnvelopeCore): Promise<ProtocolError | undefined> {
    const { registry, now } = this.#deps;
    const { ts, exp } = core;
    if (ts > now() + LIMITS.clockAheadMs || exp > ts + LIMITS.expiryMs)
      return new ProtocolError('envelope.time-refused');
    if (exp <= now()) return new ProtocolError('envelope.expired');
    if (!registry.isServing) return new ProtocolError('relay.unavailable', 'The trust list has expired.');
    // Unknown, revoked and suspended answer alike, so that nobody can ask who exists.
    const isReachable = core.to.every(([device]) => registry.device(device) !== undefined);
    if (!isReachable) return new ProtocolError('envelope.recipient-unavailable');
    return (await this.#isFull(core)) ? new ProtocolError('mailbox.full') : undefined;
  }

  async #commitAll(): Promise<void> {
    // One turn of the event loop: frames that have already arrived join this commit.
    await nextTurn();
    while (this.#waiting.length > 0) {
      const group = this.#nextGroup();
      try {
        await this.#commit(group);
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
      this.#waitingBytes -= group.reduce((sum, { bytes }) => sum + bytes, 0);
      await nextTurn();
    }
    this.#committing = undefined;
  }

  #nextGroup(): Waiting[] {
    let size = 0;
    let bytes = 0;
    for (const waiting of this.#waiting) {
      bytes += waiting.bytes;
      if (size > 0 && (size >= MAX_GROUP || bytes > MAX_GROUP_BYTES)) break;
      size++;
    }
    return this.#waiting.splice(0, size);
  }

  async #commit(group: readonly Waiting[]): Promise<void> {
    const { store, sealer, now } = this.#deps;
    const fresh = await this.#freshOf(group);
    if (fresh.length === 0) return;
    const atMs = now();
    const { receipts, batch } = sealer.seal(
      fresh.map(({ eh }) => eh),
      atMs,
    );
    const rows = fresh.map((waiting, index) => rowOf(waiting, receipts[index], atMs));
    if ((await store.acceptEnvelopes(rows, batch)) === 'raced') throw new ProtocolError('relay.unavailable');
    sealer.advance(batch);
    for (const [index, { resolve }] of fresh.entries()) {
      const receipt = receipts[index];
      if (receipt !== undefined) resolve(receipt);
    }
    this.#deps.onStored(new Set(fresh.flatMap(({ core }) => core.to.map(([device]) => device))));
  }

  /** Answers repeats with their original receipt, and refuses other envelopes under a used id; the rest is new. */
  async #freshOf(group: readonly Waiting[]): Promise<Waiting[]> {
    const fresh = new Map<string, Waiting[]>();
    for (const waiting of group) {
      const { core, eh, resolve, reject } = waiting;
      const known = await this.#deps.store.receiptOf(core.from, core.id);
      if (known?.eh === eh) resolve(known);
      else if (known !== undefined) reject(new ProtocolError('envelope.id-conflict'));
      else {
        const name = `${core.from} ${core.id}`;
        const same = fresh.get(name);
        if (same === undefined) {
          const refusal = await this.#refusalOf(core);
          if (refusal === undefined) fresh.set(name, [waiting]);
          else reject(refusal);
        } else if (same[0]?.eh === eh) same.push(waiting);
        else reject(new ProtocolError('envelope.id-conflict'));
      }
    }
    return [...fresh.values()].map(merge);
  }

  async #isFull(core: EnvelopeCore): Promise<boolean> {
    const mailbox = mailboxOf(core.prio);
    for (const [device] of core.to) {
      const { acknowledged, highest } = (await this.#deps.store.cursors(device))[mailbox];
      if (highest - acknowledged >= this.#deps.mailboxItems) return true;
    }
    return false;
  }
}

/** The same envelope several times in one group: one row, one receipt, every caller answered. */
function merge(same: readonly Waiting[]): Waiting {
  const [first = unreachable()] = same;
  return {
    ...first,
    resolve: (receipt) => {
      for (const { resolve } of same) resolve(receipt);
    },
    reject: (error) => {
      for (const { reject } of same) reject(error);
    },
  };
}

function assertFederation(core: EnvelopeCore, fed: FederationId): void {
  if (core.fed !== fed) throw new ProtocolError('envelope.federation-mismatch');
}

function rowOf(
  { envelope, core, eh, digests }: Waiting,
  receipt: Receipt | undefined,
  acceptedAtMs: number,
): NewEnvelope {
  const recipients = core.to.map(([device], index) => ({ device, stanza: envelope.stanzas[index] ?? unreachable() }));
  return {
    eh,
    from: core.from,
    id: core.id,
    mailbox: mailboxOf(core.prio),
    expiresAtMs: core.exp,
    acceptedAtMs,
    core: envelope.core,
    sig: envelope.sig,
    ct: envelope.ct,
    stanzasHash: digests.stanzasHash,
    ctHash: digests.ctHash,
    recipients,
    receipt: receipt ?? unreachable(),
  };
}

function unreachable(): never {
  throw new Error('Stanzas and receipts were counted before.');
}
