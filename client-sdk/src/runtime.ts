/** The SDK's moving parts put together: everything here ends with one signal, nothing outlives `stop`. */
import type { FileKeystore } from '@holdfast/keys';
import { AlarmBell } from './alarm-bell.js';
import type { Archive } from './archive/archive.js';
import { DELIVERY_WINDOW } from './archive/arrival-table.js';
import { Directory } from './directory/directory.js';
import { fetchDocuments, type PublishedDependencies } from './directory/published.js';
import type { OwnEpochKeys } from './enrolment/own-epoch-keys.js';
import { signedElsewhere } from './enrolment/signed-elsewhere.js';
import { SdkError } from './errors.js';
import { EventHub } from './events.js';
import { handOver, type OpenedDevice, type OpenOptions, openDevice } from './open-device.js';
import { Outbox } from './outbox/outbox.js';
import type { Identity } from './outbox/seal-item.js';
import type { Receiver } from './receive/receiver.js';
import { startReceiving } from './receive/receiving.js';
import { followForRecovery } from './recovery/follow.js';
import type { RecoveryWriter } from './recovery/writer.js';
import { Rewrapper } from './rewrap/rewrapper.js';
import { connect, type RelayConnection } from './session/connection.js';
import { createSession, type RelaySession } from './session/session.js';
import { type StepHook, type StepOptions, stepHookOf } from './steps.js';
import { httpTransport } from './transport/http.js';
import { everyMinute } from './upkeep.js';

const RENEW_EVERY_MS = 6 * 3_600_000;

export class Runtime {
  readonly identity: Identity;
  readonly archive: Archive;
  readonly spool: string;
  readonly directory: Directory;
  readonly session: RelaySession;
  readonly outbox: Outbox;
  readonly receiver: Receiver;
  readonly #stop = new AbortController();
  readonly events = new EventHub(this.#stop.signal);
  readonly now: () => number;
  readonly #bell: AlarmBell;
  readonly #recovery: RecoveryWriter;
  readonly onStep: StepHook | undefined;
  readonly #keystore: FileKeystore;
  readonly #epochKeys: OwnEpochKeys;
  readonly #connection: RelayConnection;
  readonly #rewrapper: Rewrapper;
  #ready = false;
  /** Since when everything that the relay has is here at once. */
  #drainedAtMs: number | undefined;
  #syncing: Promise<void> | undefined;
  #afterConnect: Promise<void> | undefined;
  #purging: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;
  #renewedAtMs = 0;

  /** Opens keystore and archive, then connects in the background: an agency that is offline can still read and queue. */
  static async start(options: OpenOptions & StepOptions): Promise<Runtime> {
    return handOver(await openDevice(options), (parts) => new Runtime(options, parts));
  }

  private constructor(options: OpenOptions & StepOptions, parts: OpenedDevice) {
    const { identity, archive } = parts;
    const signal = this.#stop.signal;
    const now = options.now ?? Date.now;
    const transport = options.transport ?? httpTransport(parts.relayUrl);
    if (options.transport === undefined) signal.addEventListener('abort', () => transport.close(), { once: true });
    this.now = now;
    this.onStep = stepHookOf(options);
    ({ identity: this.identity, archive: this.archive, spool: this.spool } = parts);
    this.#bell = new AlarmBell(archive, this.events, now, this);
    this.#keystore = parts.keystore;
    this.#epochKeys = parts.epochKeys;
    this.directory = new Directory({
      archive,
      self: identity,
      now,
      onAlarm: (alarm) => this.#bell.raise(alarm),
    });
    this.session = createSession({
      ...identity,
      transport,
      baseUrl: parts.relayUrl,
      origin: () => this.directory.view.trust.list.relay.origin,
      now,
      signal,
    });
    this.receiver = startReceiving({
      archive,
      directory: this.directory,
      identity,
      now,
      signal,
      sync: () => this.sync(),
      epochSecret: this.#epochKeys.secret,
      liveSinceMs: () => this.#drainedAtMs,
      emit: (event) => {
        this.events.emit(event);
        this.outbox.wake();
      },
      onStep: this.onStep,
    });
    this.#connection = connect({
      session: this.session,
      window: DELIVERY_WINDOW,
      now,
      random: options.random ?? Math.random,
      signal,
      // The trust list names the relay's origin, which the session's proof must name: it comes first.
      beforeConnect: () => this.directory.sync(this.session, signal),
      cursors: () => archive.arrivals.cursors(),
      onDelivery: (delivery) => this.receiver.take(delivery),
      // Not before: what waited for weeks is sealed to day keys that are past their time.
      onDrained: () => {
        this.#drainedAtMs = now();
        this.#bell.tellTime();
        this.events.emit({ event: 'connection', state: 'online' });
        this.#purge();
      },
      onDirectoryHint: () => void this.sync().catch((error: unknown) => this.#report(error)),
      onAlarm: this.#bell.report,
      onStateChange: (state, error) => this.#stateChanged(state, error),
      onStep: this.onStep,
    });
    everyMinute(() => this.#keepUp(), signal);
    const { directory, events } = this;
    this.#recovery = followForRecovery({ home: options.home, archive, directory, identity, events, signal });
    this.outbox = new Outbox(
      {
        archive,
        directory: this.directory,
        session: this.session,
        identity,
        spool: parts.spool,
        now,
        submit: (bytes, abort) => this.#connection.submit(bytes, { signal: abort }),
        isOnline: () => this.#ready,
        emit: (event) => this.events.emit(event),
        onStep: this.onStep,
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
    await this.events.until(() => this.#ready || this.#connection.state === 'stopped', signal);
    if (!this.#ready) throw this.#connection.failure ?? new SdkError('closed');
  }

  /** As `online`, and everything that waited at the relay is stored here. */
  async caughtUp(signal: AbortSignal): Promise<void> {
    await this.online(signal);
    await this.events.until(() => this.#drainedAtMs !== undefined || !this.#ready, signal);
    if (this.#drainedAtMs === undefined) throw this.#connection.failure ?? new SdkError('relay.unreachable');
  }

  /** What reading published documents needs; offline, what is at hand. */
  publishedWith(signal: AbortSignal): PublishedDependencies {
    const { archive } = this;
    return {
      view: this.directory.view,
      archive,
      session: this.#connection.state === 'online' ? this.session : undefined,
      keyStates: (agency) => this.directory.devicesOf(agency).map(({ keys }) => keys),
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

  #stateChanged(state: RelayConnection['state'], error: SdkError | undefined): void {
    if (state === 'online') {
      this.#afterConnect = this.#connected().catch((cause: unknown) => this.#report(cause));
    } else {
      this.#ready = false;
      this.#drainedAtMs = undefined;
    }
    this.events.emit({ event: 'connection', state, ...(error === undefined ? {} : { code: error.code }) });
  }

  async #connected(): Promise<void> {
    const signed = await signedElsewhere(this.#epochKeys, this);
    if (signed !== undefined) this.#bell.cloned({ signed });
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
    this.#bell.tellTime();
    if (this.#connection.state !== 'online') return;
    this.outbox.wake();
    if (this.#ready && this.now() - this.#renewedAtMs < RENEW_EVERY_MS) return;
    this.#afterConnect = this.#connected().catch((error: unknown) => this.#report(error));
    if (this.#drainedAtMs !== undefined) this.#purge();
  }

  #purge(): void {
    this.#purging = this.#epochKeys.purge(this.now()).catch((error: unknown) => this.#report(error));
  }

  #report(error: unknown): void {
    if (!this.signal.aborted) this.#bell.report(error);
  }

  /** Ends connection, uploads and timers, then closes archive and keystore. What is queued stays queued. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopOnce();
    return this.#stopping;
  }

  async #stopOnce(): Promise<void> {
    this.#stop.abort(new SdkError('closed'));
    this.#ready = false;
    await this.#connection.close();
    await this.outbox.settled();
    await Promise.allSettled([this.#syncing, this.#afterConnect, this.#purging, this.#rewrapper.settled()]);
    await this.#recovery.finish();
    this.archive.close();
    await this.#keystore.close();
  }
}
