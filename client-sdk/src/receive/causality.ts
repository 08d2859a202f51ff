/**
 * The application's order: a message waits until what it follows is here, for a little; then it is handed on, and what is missing is
 * raised. Nothing is withheld for good and nothing is passed over in silence. Runs within the transaction that stores the message.
 */
import type { AgencyId, DeviceId, Hash, Manifest } from '@holdfast/protocol';
import type { Finding } from '../alarms.js';
import type { Archive } from '../archive/archive.js';
import type { StoredMessage } from '../archive/message-table.js';
import { manifestOf } from './evidence.js';
import { predecessorsOf } from './predecessors.js';

export interface CausalityDependencies {
  readonly archive: Archive;
  readonly self: DeviceId;
  readonly agencyOf: (device: DeviceId) => AgencyId | undefined;
}

export interface Settled {
  /** Messages whose turn it is now. */
  readonly released: readonly StoredMessage[];
  readonly findings: readonly Finding[];
}

export class Causality {
  readonly #deps: CausalityDependencies;

  constructor(deps: CausalityDependencies) {
    this.#deps = deps;
  }

  /** May a message with this manifest be handed on? What it follows and is not here is noted as missing from `nowMs` on. */
  isReady(manifest: Manifest, from: DeviceId, nowMs: number): boolean {
    const { archive, self } = this.#deps;
    const { conversation } = manifest;
    let ready = true;
    for (const { eh, device, sq } of predecessorsOf(manifest, from, self)) {
      if (this.#isSettled(eh)) continue;
      ready = false;
      if (!archive.messages.has(eh)) archive.missing.note({ eh, conversation, device, sq, sinceMs: nowMs });
    }
    return ready;
  }

  /** `eh` has just been stored: whoever waited for it may go on. */
  arrived(eh: Hash): Settled {
    const { archive } = this.#deps;
    const missing = archive.missing.get(eh);
    if (missing === undefined) return { released: [], findings: [] };
    archive.missing.forget(eh);
    const released = this.#releaseAll();
    if (!missing.isRaised) return { released, findings: [] };
    archive.messages.flag(eh, 'late');
    return { released, findings: [{ code: 'message.late', detail: this.#detailOf(missing) }] };
  }

  /** Raises what has been missing since before `sinceMs`, and hands on what waited for it. */
  giveUp(sinceMs: number): Settled {
    const { archive } = this.#deps;
    const overdue = archive.missing.awaited().filter((missing) => missing.sinceMs <= sinceMs);
    for (const { eh } of overdue) archive.missing.raise(eh);
    if (overdue.length === 0) return { released: [], findings: [] };
    return {
      released: this.#releaseAll(),
      findings: overdue.map((missing) => ({ code: 'message.missing', detail: this.#detailOf(missing) })),
    };
  }

  /** One may set the next free, in another conversation too if a sender names it there: until none does. */
  #releaseAll(): StoredMessage[] {
    const { archive, self } = this.#deps;
    const released: StoredMessage[] = [];
    for (let progress = true; progress; ) {
      progress = false;
      for (const message of archive.messages.waiting()) {
        const predecessors = predecessorsOf(manifestOf(message), message.device, self);
        if (!predecessors.every(({ eh }) => this.#isSettled(eh))) continue;
        archive.messages.release(message.eh);
        released.push(message);
        progress = true;
      }
    }
    return released;
  }

  /** Handed on (or handed on before), or raised as missing. */
  #isSettled(eh: Hash): boolean {
    const { messages, missing } = this.#deps.archive;
    const stored = messages.get(eh);
    return stored === undefined ? missing.get(eh)?.isRaised === true : stored.ready !== null;
  }

  #detailOf(missing: ReturnType<Archive['missing']['awaited']>[number]): Finding['detail'] {
    const { eh, conversation, device, sq } = missing;
    return { conversation, eh, device, sq, agency: device === null ? null : (this.#deps.agencyOf(device) ?? null) };
  }
}
