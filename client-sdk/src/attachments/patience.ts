/** How long a transfer bears with a relay that is away for a moment: as long as it gets on, and a few attempts beyond. */
import { isSdkError, SdkError } from '../errors.js';
import { backOffMs, pause } from '../session/back-off.js';
import { isPassing } from '../transport/refusal.js';

/** Attempts without any progress; with back-off about 16 s on average, 32 s at most. */
const MAX_FAILURES = 7;

export class Patience {
  readonly #random: () => number;
  readonly #signal: AbortSignal;
  #failures = 0;

  /** @param random in [0, 1) */
  constructor(random: () => number, signal: AbortSignal) {
    this.#random = random;
    this.#signal = signal;
  }

  /** Bytes have arrived. */
  progress(): void {
    this.#failures = 0;
  }

  /** Waits before the next attempt. @throws the error itself where it will not pass, or has not; SdkError `aborted` */
  async bear(error: unknown): Promise<void> {
    if (!isSdkError(error) || !(isPassing(error) || isOtherOffset(error)) || this.#failures >= MAX_FAILURES)
      throw error;
    await pause(backOffMs(this.#failures++, this.#random()) + (error.retryAfterMs ?? 0), this.#signal);
    if (this.#signal.aborted) throw new SdkError('aborted');
  }
}

/** Something of an earlier attempt has arrived after all: asked again, the relay says how much. */
const isOtherOffset = ({ problem }: SdkError): boolean => problem?.code === 'blob.offset-mismatch';
