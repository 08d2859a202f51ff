/**
 * The way out of one stream: frames to the client, and when it is cut off. What a client does not read is bounded; its mailbox
 * stays whole.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { WebSocket } from '@fastify/websocket';
import { CLOSE_CODES, encodeFrame, type FrameType, type ProtocolError, problemOf, utf8 } from '@holdfast/protocol';

/** Unsent bytes up to which more is read for the client at once. */
const READ_ON_BELOW_BYTES = 256 * 1024;
/** A client that does not answer the close is not waited for longer. */
const CLOSE_WITHIN_MS = 2000;
/** RFC 6455 §7.4.1: the relay met something unexpected. */
const INTERNAL_ERROR = 1011;

export interface FrameSenderOptions {
  /** Unsent bytes at which the client is cut off. */
  readonly bufferedBytes: number;
  readonly slowReaderMs: number;
}

export class FrameSender {
  readonly #socket: WebSocket;
  readonly #options: FrameSenderOptions;
  #isClosed = false;

  constructor(socket: WebSocket, options: FrameSenderOptions) {
    this.#socket = socket;
    this.#options = options;
    socket.once('close', () => {
      this.#isClosed = true;
    });
  }

  /** True as soon as the stream is to end. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  send(type: FrameType, request: number, payload: Uint8Array): void {
    if (this.#isClosed) return;
    this.#socket.send(encodeFrame({ type, request, payload }));
    if (this.#socket.bufferedAmount > this.#options.bufferedBytes) this.close('slowReader');
  }

  sendJson(type: FrameType, request: number, value: object): void {
    this.send(type, request, utf8(JSON.stringify(value)));
  }

  /** Refuses one request; the stream goes on. */
  refuse(request: number, problem: ProtocolError): void {
    this.sendJson('problem', request, problemOf(problem));
  }

  /** Says why, where there is more to say than the close code, and closes. */
  close(why: keyof typeof CLOSE_CODES, problem?: ProtocolError): void {
    this.#close(CLOSE_CODES[why], problem);
  }

  /** Closes for what the client did, with the code that fits. */
  closeFor(problem: ProtocolError): void {
    this.#close(closeCodeOf(problem), problem);
  }

  #close(code: number, problem: ProtocolError | undefined): void {
    if (this.#isClosed) return;
    if (problem !== undefined) this.refuse(0, problem);
    this.#isClosed = true;
    this.#socket.close(code);
    setTimeout(() => this.#socket.terminate(), CLOSE_WITHIN_MS).unref();
  }

  /** Resolves when the client has taken what was sent; one that takes nothing for long is cut off. */
  async drained(): Promise<void> {
    // Other streams have their turn in between.
    await nextTurn();
    if (this.#isClosed || this.#socket.bufferedAmount < READ_ON_BELOW_BYTES) return;
    const late = setTimeout(() => this.close('slowReader'), this.#options.slowReaderMs);
    // An empty ping goes out after all that waits before it; a socket that closes calls back too.
    await new Promise<void>((resolve) => {
      this.#socket.ping('', undefined, () => resolve());
    });
    clearTimeout(late);
  }
}

function closeCodeOf({ code }: ProtocolError): number {
  if (code === 'relay.draining') return CLOSE_CODES.draining;
  if (code === 'relay.internal') return INTERNAL_ERROR;
  if (code === 'session.device-refused') return CLOSE_CODES.deviceRefused;
  return code.startsWith('session.') ? CLOSE_CODES.sessionExpired : CLOSE_CODES.malformed;
}
