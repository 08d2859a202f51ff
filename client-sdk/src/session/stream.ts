/**
 * One life of the stream: from `resume` to its close. Submissions wait for their receipts; deliveries are handed on one by one
 * and acknowledged once they are stored; a token is renewed before it ends.
 */
import {
  controlJson,
  type Delivery,
  type DirectoryHint,
  decodeCursor,
  decodeDelivery,
  decodeFrame,
  decodeMailbox,
  encodeCursor,
  encodeFrame,
  type Frame,
  type FrameType,
  MAILBOXES,
  type Mailbox,
  parseDirectoryHint,
  parseProblem,
  parseReauthed,
  parseReceipt,
  parseResumed,
  type Receipt,
  utf8,
} from '@holdfast/protocol';
import { SdkError } from '../errors.js';
import type { FrameSocket } from '../transport/port.js';
import type { RelaySession } from './session.js';

const RENEW_BEFORE_MS = 90_000;

export interface StreamHandlers {
  readonly cursors: () => Readonly<Record<Mailbox, number>>;
  /** Resolves when the item is stored. */
  readonly onDelivery: (delivery: Delivery) => Promise<void>;
  readonly onDirectoryHint: (hint: DirectoryHint) => void;
  readonly onAlarm: (error: SdkError) => void;
  readonly onResumed: () => void;
  readonly onLive: (mailbox: Mailbox) => void;
}

interface Waiting {
  readonly resolve: (receipt: Receipt) => void;
  readonly reject: (error: SdkError) => void;
}

export class Stream {
  readonly #socket: FrameSocket;
  readonly #session: RelaySession;
  readonly #handlers: StreamHandlers;
  readonly #now: () => number;
  readonly #waiting = new Map<number, Waiting>();
  readonly #expected = new Map<Mailbox, number>();
  #request = 0;
  #renewal: NodeJS.Timeout | undefined;
  /** The relay's last word before it closed. */
  problem: SdkError | undefined;

  constructor(socket: FrameSocket, session: RelaySession, handlers: StreamHandlers, now: () => number) {
    this.#socket = socket;
    this.#session = session;
    this.#handlers = handlers;
    this.#now = now;
  }

  /** Runs until the socket closes; every submission still waiting is then of unknown fate. */
  async run(window: number): Promise<{ readonly code: number }> {
    try {
      const cursors = this.#handlers.cursors();
      for (const mailbox of MAILBOXES) this.#expected.set(mailbox, cursors[mailbox] + 1);
      await this.#send('resume', 0, utf8(JSON.stringify({ ...cursors, window })));
      this.#renewLater();
      for await (const bytes of this.#socket.frames) await this.#take(decodeFrame(bytes));
      return await this.#socket.closed;
    } finally {
      clearTimeout(this.#renewal);
      this.#socket.close();
      for (const { reject } of this.#waiting.values())
        reject(new SdkError('relay.unreachable', 'The connection ended before the receipt came.'));
      this.#waiting.clear();
    }
  }

  close(): void {
    this.#socket.close();
  }

  /** @throws SdkError `relay.refused`; `relay.unreachable` where the fate is unknown: send the same bytes again */
  submit(bytes: Uint8Array, signal: AbortSignal): Promise<Receipt> {
    if (signal.aborted) return Promise.reject(new SdkError('aborted'));
    return new Promise((resolve, reject) => {
      const request = ++this.#request;
      const end = (): void => {
        this.#waiting.delete(request);
        signal.removeEventListener('abort', onAbort);
      };
      const onAbort = (): void => {
        end();
        reject(new SdkError('aborted'));
      };
      signal.addEventListener('abort', onAbort, { once: true });
      const settle =
        <T>(then: (value: T) => void) =>
        (value: T): void => {
          end();
          then(value);
        };
      this.#waiting.set(request, { resolve: settle(resolve), reject: settle(reject) });
      this.#send('submit', request, bytes).catch(settle(reject));
    });
  }

  #send(type: FrameType, request: number, payload: Uint8Array): Promise<void> {
    return this.#socket.send(encodeFrame({ type, request, payload }));
  }

  async #take({ type, request, payload }: Frame): Promise<void> {
    switch (type) {
      case 'resumed':
        parseResumed(controlJson(payload));
        this.#handlers.onResumed();
        return;
      case 'receipt':
        this.#waiting.get(request)?.resolve(parseReceipt(controlJson(payload)));
        return;
      case 'delivery':
        await this.#deliver(decodeDelivery(payload));
        return;
      case 'acknowledged':
        decodeCursor(payload);
        return;
      case 'live':
        this.#handlers.onLive(decodeMailbox(payload));
        return;
      case 'problem': {
        const problem = parseProblem(controlJson(payload));
        const error = new SdkError('relay.refused', problem.title, { problem });
        if (request === 0) this.problem = error;
        else this.#waiting.get(request)?.reject(error);
        return;
      }
      case 'reauthed':
        parseReauthed(controlJson(payload));
        return;
      case 'directory':
        this.#handlers.onDirectoryHint(parseDirectoryHint(controlJson(payload)));
        return;
      case 'resume':
      case 'submit':
      case 'acknowledge':
      case 'reauth':
        throw new SdkError('relay.misbehaved', `The relay sent a client's frame (${type}).`);
    }
  }

  async #deliver(delivery: Delivery): Promise<void> {
    const { mailbox, number } = delivery;
    const expected = this.#expected.get(mailbox) ?? 1;
    if (number > expected)
      this.#handlers.onAlarm(
        new SdkError(
          'relay.misbehaved',
          `Mailbox ${mailbox} goes from ${expected - 1} to ${number}: the relay left something out.`,
        ),
      );
    this.#expected.set(mailbox, Math.max(expected, number + 1));
    await this.#handlers.onDelivery(delivery);
    await this.#send('acknowledge', ++this.#request, encodeCursor({ mailbox, cursor: number }));
  }

  #renewLater(): void {
    const inMs = Math.max(1000, this.#session.expiresAtMs - this.#now() - RENEW_BEFORE_MS);
    this.#renewal = setTimeout(() => void this.#renew(), inMs);
    this.#renewal.unref();
  }

  /** Where it fails the relay closes the stream at the token's end, and the connection begins anew. */
  async #renew(): Promise<void> {
    try {
      const { accessToken, proof } = await this.#session.renew();
      await this.#send('reauth', ++this.#request, utf8(JSON.stringify({ accessToken, proof })));
      this.#renewLater();
    } catch (cause) {
      this.#handlers.onAlarm(
        new SdkError('relay.unreachable', 'The session could not be renewed; the stream will begin anew.', { cause }),
      );
    }
  }
}
