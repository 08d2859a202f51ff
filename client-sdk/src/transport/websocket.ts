/** One WebSocket as a FrameSocket: binary frames only, no compression, unread frames hold the relay back. */
import { LIMITS } from '@holdfast/protocol';
import WebSocket from 'ws';
import { SdkError } from '../errors.js';
import type { FrameSocket } from './port.js';

const HANDSHAKE_TIMEOUT_MS = 10_000;
/** Unread frames beyond which the socket is paused. */
const READ_AHEAD = 64;
/** Without any sign of life for this long the connection is taken for dead. */
const SILENCE_MS = 60_000;

/** @throws SdkError `relay.unreachable`, `session.refused`, `aborted` */
export async function openSocket(
  url: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<FrameSocket> {
  if (signal.aborted) throw new SdkError('aborted');
  const socket = new WebSocket(url, {
    headers,
    perMessageDeflate: false,
    maxPayload: LIMITS.frameBytes,
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
  });
  socket.binaryType = 'nodebuffer';
  const frames = new FrameQueue(socket);
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.once('close', (code, reason) => resolve({ code, reason: reason.toString('utf8').slice(0, 123) }));
  });
  const onAbort = (): void => socket.terminate();
  signal.addEventListener('abort', onAbort, { once: true });
  void closed.then(() => signal.removeEventListener('abort', onAbort));
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('unexpected-response', (_request, response) => {
      response.resume();
      const { statusCode = 0 } = response;
      socket.terminate();
      const isRefused = statusCode === 401 || statusCode === 403;
      reject(
        new SdkError(
          isRefused ? 'session.refused' : 'relay.unreachable',
          `The relay answered ${statusCode} to the stream.`,
        ),
      );
    });
    socket.once('error', (cause) =>
      reject(signal.aborted ? new SdkError('aborted') : new SdkError('relay.unreachable', undefined, { cause })),
    );
  });
  // Later errors end in `close`, which says all there is to say.
  socket.on('error', () => undefined);
  watch(socket);
  return {
    frames,
    closed,
    close: () => socket.close(1000),
    send: (frame) =>
      new Promise((resolve, reject) => {
        socket.send(frame, { binary: true }, (cause) =>
          cause === undefined || cause === null
            ? resolve()
            : reject(new SdkError('relay.unreachable', undefined, { cause })),
        );
      }),
  };
}

/** The relay pings; a connection that stays silent for a minute is half open. */
function watch(socket: WebSocket): void {
  const timer = setTimeout(() => socket.terminate(), SILENCE_MS);
  timer.unref();
  const alive = (): void => void timer.refresh();
  socket.on('ping', alive);
  socket.on('message', alive);
  socket.once('close', () => clearTimeout(timer));
}

class FrameQueue implements AsyncIterable<Uint8Array> {
  readonly #socket: WebSocket;
  readonly #frames: Uint8Array[] = [];
  #ended = false;
  #wake: (() => void) | undefined;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (!isBinary) return socket.close(1003);
      this.#frames.push(data);
      if (this.#frames.length >= READ_AHEAD) socket.pause();
      this.#wake?.();
    });
    socket.once('close', () => {
      this.#ended = true;
      this.#wake?.();
    });
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    for (;;) {
      const frame = this.#frames.shift();
      if (frame !== undefined) {
        if (this.#socket.isPaused && this.#frames.length < READ_AHEAD / 2) this.#socket.resume();
        yield frame;
      } else if (this.#ended) return;
      else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }
}
