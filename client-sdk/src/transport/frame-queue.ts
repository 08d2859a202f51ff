/**
 * Frames that have arrived and are not yet read: bounded in number and bytes. Beyond the bound the source is paused, so that the
 * sender is held back by the network's own flow control, and memory stays as it is.
 */
const HIGH_FRAMES = 64;
const HIGH_BYTES = 8 * 1024 * 1024;

/** How the source of frames is held back and let go on. */
export interface Flow {
  pause(): void;
  resume(): void;
}

export class FrameQueue implements AsyncIterable<Uint8Array> {
  readonly #flow: Flow;
  readonly #frames: Uint8Array[] = [];
  #bytes = 0;
  #isPaused = false;
  #isEnded = false;
  #isDiscarding = false;
  #wake: (() => void) | undefined;

  constructor(flow: Flow) {
    this.#flow = flow;
  }

  push(frame: Uint8Array): void {
    if (this.#isDiscarding || this.#isEnded) return;
    this.#frames.push(frame);
    this.#bytes += frame.length;
    if (!this.#isPaused && (this.#frames.length >= HIGH_FRAMES || this.#bytes >= HIGH_BYTES)) {
      this.#isPaused = true;
      this.#flow.pause();
    }
    this.#wake?.();
  }

  /** Nothing more comes; what is there can still be read. */
  end(): void {
    this.#isEnded = true;
    this.#wake?.();
  }

  /** Drops what is there and what may still come; reading ends. */
  discard(): void {
    this.#isDiscarding = true;
    this.#frames.length = 0;
    this.#bytes = 0;
    this.#letGo();
    this.#wake?.();
  }

  #letGo(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#flow.resume();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    for (;;) {
      const frame = this.#frames.shift();
      if (frame !== undefined) {
        this.#bytes -= frame.length;
        if (this.#frames.length < HIGH_FRAMES / 2 && this.#bytes < HIGH_BYTES / 2) this.#letGo();
        yield frame;
      } else if (this.#isEnded || this.#isDiscarding) return;
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
  }
}
