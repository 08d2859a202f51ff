/** The SDK's moving parts put together: everything here ends with one signal, nothing outlives `stop`. */
import type { FileKeystore } from '@holdfast/keys';
import type { Receipt } from '@holdfast/protocol';
import type { Archive } from './archive/archive.js';
import type { DirectoryAlarm } from './directory/alarm.js';
import { Directory } from './directory/directory.js';
import { fetchDocuments, type PublishedDependencies } from './directory/published.js';
import type { OwnEpochKeys } from './enrolment/own-epoch-keys.js';
import { isSdkError, SdkError } from './errors.js';
import { EventHub } from './events.js';
import { type OpenedDevice, type OpenOptions, openDevice } from './open-device.js';
import { Outbox } from './outbox/outbox.js';
import type { Identity } from './outbox/seal-item.js';
import { Receiver } from './receive/receiver.js';
import { Rewrapper } from './rewrap/rewrapper.js';
import { queueReceipt } from './send/receipts.js';
import { connect, type RelayConnection } from './session/connection.js';
import { createSession, type RelaySession } from './session/session.js';
import { httpTransport } from './transport/http.js';
import { everyMinute } from './upkeep.js';

const DELIVERY_WINDOW = 256;
const RENEW_EVERY_MS = 6 * 3_600_000;

export class Runtime {
  readonly identity: Identity;
  readonly archive: Archive;
  readonly directory: Directory;
  readonly session: RelaySession;
  readonly outbox: Outbox;
  readonly receiver: Receiver;
  readonly events = new EventHub();
  readonly now: () => number;
  readonly #keystore: FileKeystore;
  readonly #epochKeys: OwnEpochKeys;
  readonly #stop = new AbortController();
  readonly #connection: RelayConnection;
  readonly #rewrapper: Rewrapper;
  #ready = false;
  #drained = false;
  #syncing: Promise<void> | undefined;
  #afterConnect: Promise<void> | undefined;
  #purging: Promise<void> | undefined;
  #renewedAtMs = 0;

  /** Opens keystore and archive, then connects in the background: an agency that is offline can still read and queue. */
  static async start(options: OpenOptions): Promise<Runtime> {
    return new Runtime(options, await openDevice(options));
  }

  private constructor(options: OpenOptions, parts: OpenedDevice) {
    const { identity, archive } = parts;
    const signal = this.#stop.signal;
    const now = options.now ?? Date.now;
    const transport = options.transport ?? httpTransport(parts.relayUrl);
    if (options.transport === undefined) signal.addEventListener('abort', () => transport.close(), { once: true });
    this.now = now;
    this.identity = identity;
    this.archive = archive;
    this.#keystore = parts.keystore;
    this.#epochKeys = parts.epochKeys;
    this.directory = new Directory({
      archive,
      fed: identity.fed,
      now,
      onAlarm: (alarm) => this.#directoryAlarm(alarm),
    });
    const { fed, device, signingKey } = identity;
    this.session = createSession({
      transport,
      baseUrl: parts.relayUrl,
      device,
      signingKey,
      fed,
      origin: () => this.directory.view.trust.list.relay.origin,
      now,
      signal,
    });
    this.receiver = new Receiver({
      archive,
      directory: this.directory,
      identity,
      now,
      sync: () => this.sync(),
      epochSecret: this.#epochKeys.secret,
      queueReceipt: (message, level) => queueReceipt(archive, message, level, now()),
      emit: (event) => {
        this.events.emit(event);
        this.outbox.wake();
      },
    });
    this.#connection = connect({
      session: this.session,
      window: DELIVERY_WINDOW,
      now,
      random: options.random ?? Math.random,
      signal,
      beforeConnect: () => this.#beforeConnect(),
      cursors: () => archive.arrivals.cursors(),
      onDelivery: (delivery) => this.receiver.take(delivery),
      // Not before: what waited for weeks is sealed to day keys that are past their time.
      onDrained: () => {
        this.#drained = true;
        this.events.emit({ event: 'connection', state: 'online' });
        this.#purge();
      },
      onDirectoryHint: () => void this.sync().catch((error: unknown) => this.#report(error)),
      onAlarm: (error) => this.events.emit({ event: 'alarm', code: error.code, detail: { message: error.message } }),
      onStateChange: (state, error) => this.#stateChanged(state, error),
    });
    everyMinute(() => this.#keepUp(), signal);
    const submit = (bytes: Uint8Array, abort: AbortSignal): Promise<Receipt> =>
      this.#connection.submit(bytes, { signal: abort });
    this.outbox = new Outbox(
      {
        archive,
        directory: this.directory,
        session: this.session,
        identity,
        spool: parts.spool,
        now,
        submit,
        isOnline: () => this.#ready,
        emit: (event) => this.events.emit(event),
      },
      signal,
    );
    this.#rewrapper = new Rewrapper(this);
  }

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  get isOnline(): boolean {
    return this.#ready;
  }

  /** Resolves when connected, with a directory in step and day keys published. @throws SdkError where the relay refuses this device */
  async online(signal: AbortSignal): Promise<void> {
    await this.events.until(
      () => this.#ready || this.#connection.state === 'stopped',
      AbortSignal.any([signal, this.signal]),
    );
    if (!this.#ready) throw this.#connection.failure ?? new SdkError('closed');
  }

  /** As `online`, and everything that waited at the relay is stored here. */
  async caughtUp(signal: AbortSignal): Promise<void> {
    await this.online(signal);
    await this.events.until(() => this.#drained || !this.#ready, AbortSignal.any([signal, this.signal]));
    if (!this.#drained) throw this.#connection.failure ?? new SdkError('relay.unreachable');
  }

  /** What reading published documents needs; offline, what is at hand. */
  publishedWith(signal: AbortSignal): PublishedDependencies {
    const { archive } = this;
    return {
      view: this.directory.view,
      archive,
      session: this.#connection.state === 'online' ? this.session : undefined,
      nowMs: this.now(),
      signal,
    };
  }

  /** Brings the directory in step; calls at the same time share one run. */
  sync(): Promise<void> {
    this.#syncing ??= this.#syncOnce().finally(() => {
      this.#syncing = undefined;
    });
    return this.#syncing;
  }

  async #syncOnce(): Promise<void> {
    await this.directory.sync(this.session, this.signal);
    if (!this.#ready) return;
    await this.receiver.retryHeld();
    this.outbox.wake();
    this.#rewrapper.wake();
  }

  /** The trust list names the relay's origin, which the session's proof must name: it comes first. */
  async #beforeConnect(): Promise<void> {
    await this.directory.sync(this.session, this.signal);
  }

  #stateChanged(state: RelayConnection['state'], error: SdkError | undefined): void {
    if (state === 'online') {
      this.#afterConnect = this.#connected().catch((cause: unknown) => this.#report(cause));
    } else {
      this.#ready = false;
      this.#drained = false;
    }
    this.events.emit({ event: 'connection', state, ...(error === undefined ? {} : { code: error.code }) });
  }

  async #connected(): Promise<void> {
    await this.#epochKeys.topUp(this.session, this.identity, this.now(), this.signal);
    await this.directory.refreshEpochKeys(this.session, undefined, this.signal);
    await fetchDocuments(this.publishedWith(this.signal));
    this.#renewedAtMs = this.now();
    this.#ready = true;
    await this.receiver.retryHeld();
    this.events.emit({ event: 'connection', state: 'online' });
    this.outbox.wake();
    this.#rewrapper.wake();
  }

  /** Tries again what failed; renews day keys and the directory a few times a day. */
  #keepUp(): void {
    if (this.#connection.state !== 'online') return;
    this.outbox.wake();
    if (this.#ready && this.now() - this.#renewedAtMs < RENEW_EVERY_MS) return;
    this.#afterConnect = this.#connected().catch((error: unknown) => this.#report(error));
    if (this.#drained) this.#purge();
  }

  #purge(): void {
    this.#purging = this.#epochKeys.purge(this.now()).catch((error: unknown) => this.#report(error));
  }

  #directoryAlarm(alarm: DirectoryAlarm): void {
    this.archive.arrivals.alarm(alarm.code, alarm.detail, this.now());
    this.events.emit({ event: 'alarm', code: alarm.code, detail: alarm.detail });
  }

  #report(error: unknown): void {
    if (this.signal.aborted) return;
    const code = isSdkError(error) ? error.code : 'internal';
    this.events.emit({
      event: 'alarm',
      code,
      detail: { message: error instanceof Error ? error.message : String(error) },
    });
  }

  /** Ends connection, uploads and timers, then closes archive and keystore. What is queued stays queued. */
  async stop(): Promise<void> {
    if (this.signal.aborted) return;
    this.#stop.abort(new SdkError('closed'));
    this.#ready = false;
    await this.#connection.close();
    await this.outbox.settled();
    await Promise.allSettled([this.#syncing, this.#afterConnect, this.#purging, this.#rewrapper.settled()]);
    this.archive.close();
    await this.#keystore.close();
  }
}
