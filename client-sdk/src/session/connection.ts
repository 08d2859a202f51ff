/**
 * Keeping a stream: connects, resumes where the archive stands, and connects again with back-off until it is told to stop. A
 * fenced or refused device stops for good; two processes of one device must not fight.
 */
import {
  CLOSE_CODES,
  type Delivery,
  type DirectoryHint,
  type FrameType,
  MAILBOXES,
  type Mailbox,
  type Receipt,
} from '@holdfast/protocol';
import { isSdkError, SdkError } from '../errors.js';
import type { StepHook } from '../steps.js';
import { type LinkedSignal, linkSignals, underSignals } from '../transport/linked-signal.js';
import { backOffMs, pause } from './back-off.js';
import type { RelaySession } from './session.js';
import { Stream } from './stream.js';

/** A connection that lasted this long was a good one: the next attempt does not wait long. */
const STEADY_MS = 10_000;

export type ConnectionState = 'connecting' | 'online' | 'offline' | 'stopped';

export interface ConnectionOptions {
  readonly session: RelaySession;
  /** Deliveries that the relay may have under way, unacknowledged, per mailbox. */
  readonly window: number;
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** What must be known before a session can be proved. */
  readonly beforeConnect: () => Promise<void>;
  readonly cursors: () => Readonly<Record<Mailbox, number>>;
  /** Resolves when the item is stored; one at a time for each mailbox. Where it throws, the relay delivers again. */
  readonly onDelivery: (delivery: Delivery) => Promise<void>;
  /** Everything that waited at the relay has been stored. */
  readonly onDrained?: () => void;
  readonly onDirectoryHint: (hint: DirectoryHint) => void;
  readonly onAlarm: (error: SdkError) => void;
  readonly onStateChange: (state: ConnectionState, error: SdkError | undefined) => void;
  readonly onStep?: StepHook | undefined;
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
  readonly #link: LinkedSignal;
  #stream: Stream | undefined;
  #running: Promise<void> = Promise.resolve();
  #attempt = 0;
  state: ConnectionState = 'connecting';
  failure: SdkError | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#link = linkSignals(options.signal, this.#stop.signal);
  }

  start(): void {
    // A tick later, so that whoever made the connection has it in hand before the first event.
    this.#running = Promise.resolve()
      .then(() => this.#run())
      .finally(() => this.#link.release());
  }

  submit(bytes: Uint8Array, { signal }: { readonly signal: AbortSignal }): Promise<Receipt> {
    const stream = this.#stream;
    if (stream === undefined || this.state !== 'online') return Promise.reject(new SdkError('relay.unreachable'));
    return underSignals([signal, this.#link.signal], (either) => stream.submit(bytes, either));
  }

  async close(): Promise<void> {
    this.#stop.abort(new SdkError('closed'));
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#link;
    while (!signal.aborted) {
      const error = await this.#once();
      this.#stream = undefined;
      if (signal.aborted) break;
      if (isFinal(error)) {
        this.failure = error;
        this.#change('stopped', error);
        return;
      }
      if (error.code === 'relay.misbehaved' || error.code === 'archive.not-written') this.#options.onAlarm(error);
      this.#change('offline', error);
      const backOff = backOffMs(this.#attempt++, this.#options.random());
      await pause(backOff + (error.retryAfterMs ?? 0), signal);
    }
    this.#change('stopped', undefined);
  }

  /** One connection, from sign-in to its end. @returns why it ended */
  async #once(): Promise<SdkError> {
    const { session, window, now, beforeConnect, onDrained, onStep } = this.#options;
    let onlineAtMs: number | undefined;
    const live = new Set<Mailbox>();
    try {
      this.#change('connecting', undefined);
      await beforeConnect();
      const socket = await session.openStream(this.#link.signal);
      const onResumed = (): void => {
        onlineAtMs = now();
        this.#change('online', undefined);
      };
      const onLive = (mailbox: Mailbox): void => {
        live.add(mailbox);
        if (live.size === MAILBOXES.length) onDrained?.();
      };
      const onSent = (type: FrameType): void => {
        if (type === 'submit') onStep?.('submitted');
        else if (type === 'acknowledge') onStep?.('acknowledged');
      };
      this.#stream = new Stream(socket, session, { ...this.#options, onResumed, onLive, onSent }, now);
      const { code } = await this.#stream.run(window);
      if (code === CLOSE_CODES.fenced) return new SdkError('session.fenced');
      if (code === CLOSE_CODES.deviceRefused) return new SdkError('session.refused');
      return this.#stream.problem ?? new SdkError('relay.unreachable', `The stream ended with code ${code}.`);
    } catch (cause) {
      return isSdkError(cause)
        ? cause
        : new SdkError('relay.unreachable', cause instanceof Error ? cause.message : undefined, { cause });
    } finally {
      // One that breaks again and again right after it was resumed must not be tried again without a wait.
      if (onlineAtMs !== undefined && now() - onlineAtMs >= STEADY_MS) this.#attempt = 0;
    }
  }

  #change(state: ConnectionState, error: SdkError | undefined): void {
    this.state = state;
    this.#options.onStateChange(state, error);
  }
}

/** Trying again would only fight another process, or ask again what has been denied. A proof refused for a wrong clock may pass later. */
const isFinal = ({ code, problem }: SdkError): boolean =>
  code === 'session.fenced' ||
  code === 'federation.mismatch' ||
  (code === 'session.refused' && (problem === undefined || problem.code === 'session.device-refused'));
