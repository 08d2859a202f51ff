/** One WebSocket as a FrameSocket: binary frames only, no compression, unread frames hold the relay back. */
import type { IncomingMessage } from 'node:http';
import { LIMITS } from '@holdfast/protocol';
import WebSocket from 'ws';
import { SdkError } from '../errors.js';
import { FrameQueue } from './frame-queue.js';
import { onAbort } from './linked-signal.js';
import type { FrameSocket } from './port.js';
import { refusalOf } from './refusal.js';

const HANDSHAKE_TIMEOUT_MS = 10_000;
/** The relay pings every 20 s; a connection without any sign of life for this long is taken for dead. */
const SILENCE_MS = 60_000;
/** How long the other side has to answer a close. */
const CLOSE_WITHIN_MS = 2000;
const MAX_REFUSAL_BYTES = 16 * 1024;

/** @throws SdkError `relay.refused` with the relay's problem, `relay.unreachable`, `relay.misbehaved`, `aborted` */
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
  const queue = new FrameQueue(socket);
  socket.on('message', (data: Buffer, isBinary: boolean) => {
    if (isBinary) queue.push(data);
    else socket.close(1003);
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.once('close', (code, reason) => {
      queue.end();
      resolve({ code, reason: reason.toString('utf8') });
    });
  });
  const release = onAbort(signal, () => socket.terminate());
  void closed.then(release);
  try {
    await opened(socket);
  } catch (cause) {
    socket.terminate();
    if (signal.aborted) throw new SdkError('aborted', undefined, { cause });
    throw cause instanceof SdkError ? cause : new SdkError('relay.unreachable', undefined, { cause });
  }
  watch(socket);
  return {
    frames: queue,
    closed,
    close: () => {
      // A paused socket would never see the answer to its close.
      queue.discard();
      socket.close(1000);
      const cut = setTimeout(() => socket.terminate(), CLOSE_WITHIN_MS);
      cut.unref();
      void closed.then(() => clearTimeout(cut));
    },
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

function opened(socket: WebSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('open', resolve);
    // Stays on: later errors end in `close`, which says all there is to say.
    socket.on('error', reject);
    socket.once('unexpected-response', (request, response) => {
      readRefusal(response)
        .then(refusalOf)
        .then(reject, reject)
        .finally(() => request.destroy());
    });
  });
}

async function readRefusal(response: IncomingMessage): Promise<Parameters<typeof refusalOf>[0]> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const body: AsyncIterable<Uint8Array> = response;
  for await (const bytes of body) {
    length += bytes.length;
    if (length > MAX_REFUSAL_BYTES) throw new SdkError('relay.misbehaved', 'The relay refused at too great length.');
    chunks.push(bytes);
  }
  const { 'content-type': type = '', 'retry-after': retryAfter = '' } = response.headers;
  const headers = { 'content-type': type, 'retry-after': retryAfter };
  return { status: response.statusCode ?? 0, headers, body: Buffer.concat(chunks) };
}

/** Cuts a half-open connection. One that we hold back ourselves shows no life and is not dead. */
function watch(socket: WebSocket): void {
  const timer = setTimeout(() => {
    if (socket.isPaused) timer.refresh();
    else socket.terminate();
  }, SILENCE_MS);
  timer.unref();
  const alive = (): void => void timer.refresh();
  socket.on('ping', alive);
  socket.on('message', alive);
  socket.once('close', () => clearTimeout(timer));
}
