/** How long messages wait for what they follow: one timer, armed while something waits, gone with its signal. */
import type { Archive } from '../archive/archive.js';
import type { Causality, Settled } from './causality.js';

/** Longer than a sync and a redelivery take; an alert must not lie hidden for longer. */
const PATIENCE_MS = 5000;

export interface WaitingRoomOptions {
  readonly archive: Archive;
  readonly causality: Causality;
  readonly now: () => number;
  readonly signal: AbortSignal;
  readonly onSettled: (settled: Settled) => void;
}

export class WaitingRoom {
  readonly #options: WaitingRoomOptions;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: WaitingRoomOptions) {
    this.#options = options;
    options.signal.addEventListener('abort', () => clearTimeout(this.#timer), { once: true });
  }

  /** Something may wait, from an earlier run too: looks again when the first has waited long enough. */
  arm(): void {
    const { archive, now, signal } = this.#options;
    clearTimeout(this.#timer);
    const [first] = archive.missing.awaited();
    if (first === undefined || signal.aborted) return;
    const leftMs = first.sinceMs + PATIENCE_MS - now();
    this.#timer = setTimeout(() => this.#giveUp(), Math.min(Math.max(leftMs, 0), PATIENCE_MS));
    this.#timer.unref();
  }

  #giveUp(): void {
    const { archive, causality, now, onSettled } = this.#options;
    onSettled(archive.atomically(() => causality.giveUp(now() - PATIENCE_MS)));
    this.arm();
  }
}
