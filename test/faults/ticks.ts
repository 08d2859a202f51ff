/** Counts what a client does, by its calls to the network and its steps, so that a test can act at the k-th of them. */
import type { FrameSocket, RelayTransport } from '#client-sdk/transport/port.js';

export class Ticks {
  #count = 0;
  #at = Number.POSITIVE_INFINITY;
  #act: () => void = () => undefined;

  /** From now on. */
  get count(): number {
    return this.#count;
  }

  /** Counts from 0, and acts at the `at`-th from now. */
  arm(at: number, act: () => void): void {
    this.#count = 0;
    this.#at = at;
    this.#act = act;
  }

  readonly tick = (): void => {
    this.#count += 1;
    if (this.#count === this.#at) this.#act();
  };

  /** A tick before and after each request, and with each frame either way. */
  over(inner: RelayTransport): RelayTransport {
    const { tick } = this;
    const around = async <T>(work: () => Promise<T>): Promise<T> => {
      tick();
      try {
        return await work();
      } finally {
        tick();
      }
    };
    return {
      request: (request) => around(() => inner.request(request)),
      openStream: async (options) => ticking(await around(() => inner.openStream(options)), tick),
      close: () => inner.close(),
    };
  }
}

function ticking(socket: FrameSocket, tick: () => void): FrameSocket {
  const frames = async function* (): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const bytes of socket.frames) {
      tick();
      yield bytes;
    }
  };
  return {
    frames: frames(),
    closed: socket.closed,
    close: () => socket.close(),
    send: async (bytes) => {
      tick();
      await socket.send(bytes);
    },
  };
}
