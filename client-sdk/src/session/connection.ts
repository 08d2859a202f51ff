/**
 * Keeping a stream: connects, resumes where the archive stands, and connects again with back-off until it is told to stop. A
 * fenced or refused device stops for good; two processes of one device must not fight.
 */
import { CLOSE_CODES, type Delivery, type DirectoryHint, type Mailbox, type Receipt } from '@holdfast/protocol';
import { isSdkError, SdkError } from '../errors.js';
import type { RelayTransport } from '../transport/port.js';
import { backOffMs, pause } from './back-off.js';
import type { RelaySession } from './session.js';
import { Stream } from './stream.js';

export type ConnectionState = 'connecting' | 'online' | 'offline' | 'stopped';

export interface ConnectionOptions {
  readonly session: RelaySession;
  readonly transport: RelayTransport;
  readonly window: number;
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** What must be known before a session can be proved. */
  readonly beforeConnect: () => Promise<void>;
  readonly cursors: () => Readonly<Record<Mailbox, number>>;
  readonly onDelivery: (delivery: Delivery) => Promise<void>;
  readonly onDirectoryHint: (hint: DirectoryHint) => void;
  readonly onAlarm: (error: SdkError) => void;
  readonly onStateChange: (state: ConnectionState, error: SdkError | undefined) => void;
}

export interface RelayConnection {
  readonly state: ConnectionState;
  /** Why it stopped for good. */
  readonly failure: SdkError | undefined;
  /** @throws SdkError `relay.refused`, `relay.unreachable` (fate unknown: send the same bytes again), `aborted` */
  submit(bytes: Uint8Array, options: { readonly signal: AbortSignal }): Promise<Receipt>;
  close(): Promise<void>;
}

export function connect(options: ConnectionOptions): RelayConnection {
  const connection = new Connection(options);
  connection.start();
  return connection;
}

class Connection implements RelayConnection {
  readonly #options: ConnectionOptions;
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  #stream: Stream | undefined;
  #running: Promise<void> = Promise.resolve();
  #attempt = 0;
  state: ConnectionState = 'connecting';
  failure: SdkError | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#signal = AbortSignal.any([options.signal, this.#stop.signal]);
  }

  start(): void {
    // A tick later, so that whoever made the connection has it in hand before the first event.
    this.#running = Promise.resolve().then(() => this.#run());
  }

  submit(bytes: Uint8Array, { signal }: { readonly signal: AbortSignal }): Promise<Receipt> {
    if (this.#stream === undefined || this.state !== 'online') return Promise.reject(new SdkError('relay.unreachable'));
    return this.#stream.submit(bytes, AbortSignal.any([signal, this.#signal]));
  }

  async close(): Promise<void> {
    this.#stop.abort(new SdkError('closed'));
    this.#stream?.close();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#signal.aborted) {
      const error = await this.#once();
      this.#stream = undefined;
      if (this.#signal.aborted) break;
      if (
        isSdkError(error) &&
        (error.code === 'session.fenced' || error.code === 'session.refused' || error.code === 'federation.mismatch')
      ) {
        this.failure = error;
        this.#change('stopped', error);
        return;
      }
      this.#change('offline', error);
      await pause(backOffMs(this.#attempt++, this.#options.random()), this.#signal);
    }
    this.#change('stopped', undefined);
  }

  /** One connection, from sign-in to its end. @returns why it ended */
  async #once(): Promise<SdkError> {
    const { session, transport, window, now, beforeConnect } = this.#options;
    try {
      this.#change('connecting', undefined);
      await beforeConnect();
      const socket = await transport.openStream({ headers: await session.streamHeaders(), signal: this.#signal });
      const stream = new Stream(
        socket,
        session,
        { ...this.#options, onResumed: () => this.#resumed(), onLive: () => undefined },
        now,
      );
      this.#stream = stream;
      const { code } = await stream.run(window);
      if (code === CLOSE_CODES.fenced) return new SdkError('session.fenced');
      if (code === CLOSE_CODES.deviceRefused) return new SdkError('session.refused');
      return stream.problem ?? new SdkError('relay.unreachable', `The stream ended with code ${code}.`);
    } catch (cause) {
      return isSdkError(cause)
        ? cause
        : new SdkError('relay.unreachable', cause instanceof Error ? cause.message : undefined, { cause });
    }
  }

  #resumed(): void {
    this.#attempt = 0;
    this.#change('online', undefined);
  }

  #change(state: ConnectionState, error: SdkError | undefined): void {
    this.state = state;
    this.#options.onStateChange(state, error);
  }
}
