/**
 * The port without a network: a relay of the test's own making, asked in this process. Sockets come in pairs and keep the
 * promises of the real ones: order, bounded unread frames, a close that both sides see.
 */
import { SdkError } from '../errors.js';
import { FrameQueue } from './frame-queue.js';
import { onAbort } from './linked-signal.js';
import type { FrameSocket, HttpRequest, HttpResponse, RelayTransport } from './port.js';

/** The relay's side of a socket, which can say why it closes. */
export interface PeerSocket extends FrameSocket {
  closeWith(code: number, reason?: string): void;
}

export interface MemoryRelay {
  request(request: HttpRequest): Promise<HttpResponse>;
  /** Throws SdkError to refuse the stream. */
  stream(socket: PeerSocket, headers: Readonly<Record<string, string>>): void;
}

/** A transport that asks `relay`. */
export function memoryTransport(relay: MemoryRelay): RelayTransport {
  return {
    request: async (request) => {
      if (request.signal.aborted) throw new SdkError('aborted');
      const response = await relay.request(request);
      if (request.signal.aborted) throw new SdkError('aborted');
      if (response.body.length > request.maxResponseBytes) throw new SdkError('relay.misbehaved');
      return response;
    },
    openStream: async ({ headers, signal }) => {
      if (signal.aborted) throw new SdkError('aborted');
      const [near, far] = memorySockets();
      relay.stream(far, headers);
      const release = onAbort(signal, () => far.closeWith(1006));
      void near.closed.then(release);
      return near;
    },
    close: () => undefined,
  };
}

/** Two ends of one socket: the client's, and the relay's. */
export function memorySockets(): readonly [FrameSocket, PeerSocket] {
  const near = direction();
  const far = direction();
  let isClosed = false;
  let resolveClosed: (how: { code: number; reason: string }) => void = () => undefined;
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    resolveClosed = resolve;
  });
  const closeWith = (code: number, reason = ''): void => {
    if (isClosed) return;
    isClosed = true;
    for (const way of [near, far]) {
      way.queue.end();
      way.open();
    }
    resolveClosed({ code, reason });
  };
  const end = (incoming: Direction, outgoing: Direction): PeerSocket => ({
    frames: incoming.queue,
    closed,
    closeWith,
    close: () => {
      incoming.queue.discard();
      closeWith(1000);
    },
    send: async (frame) => {
      if (isClosed) throw new SdkError('relay.unreachable');
      outgoing.queue.push(frame.slice());
      await outgoing.room();
    },
  });
  return [end(near, far), end(far, near)];
}

interface Direction {
  readonly queue: FrameQueue;
  /** Resolves when the reader has caught up. */
  room(): Promise<void>;
  open(): void;
}

function direction(): Direction {
  let waiting: (() => void)[] = [];
  let isPaused = false;
  const open = (): void => {
    isPaused = false;
    const woken = waiting;
    waiting = [];
    for (const resolve of woken) resolve();
  };
  const pause = (): void => {
    isPaused = true;
  };
  return {
    queue: new FrameQueue({ pause, resume: open }),
    room: async () => {
      if (!isPaused) return;
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
      });
    },
    open,
  };
}
