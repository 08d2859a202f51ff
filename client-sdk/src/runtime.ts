/**
 * The SDK's moving parts put together: keystore, archive, directory, session, connection, outbox, receiver. Everything here
 * ends with one signal; nothing outlives `stop`.
 */
import { mkdir } from 'node:fs/promises';
import { FileKeystore, type Unlock } from '@holdfast/keys';
import type { Receipt } from '@holdfast/protocol';
import { type Archive, openArchive } from './archive/archive.js';
import type { DirectoryAlarm } from './directory/alarm.js';
import { Directory } from './directory/directory.js';
import { signingKeyIn } from './enrolment/agency.js';
import { OwnEpochKeys } from './enrolment/own-epoch-keys.js';
import { isSdkError, SdkError } from './errors.js';
import { EventHub } from './events.js';
import { devicePaths, readDeviceId, readJoinedAgency } from './home/home.js';
import { Outbox } from './outbox/outbox.js';
import type { Identity } from './outbox/seal-item.js';
import { Receiver } from './receive/receiver.js';
import { queueReceipt } from './send/receipts.js';
import { connect, type RelayConnection } from './session/connection.js';
import { createSession, type RelaySession } from './session/session.js';
import { httpTransport } from './transport/http.js';
import type { RelayTransport } from './transport/port.js';

export interface OpenOptions {
  /** The agency's home folder. */
  readonly home: string;
  /** The device's name within the home; one process per device. */
  readonly device?: string;
  readonly unlock: Unlock;
  /** The relay's address where it differs from the one that the agency registered with. */
  readonly relayUrl?: string;
  readonly now?: () => number;
  readonly random?: () => number;
  /** For tests and for networks that need a tunnel. */
  readonly transport?: RelayTransport;
}

const DELIVERY_WINDOW = 256;

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
  #ready = false;
  #drained = false;
  #syncing: Promise<void> | undefined;
  #afterConnect: Promise<void> | undefined;
  #purging: Promise<void> | undefined;

  /** Opens keystore and archive, then connects in the background: an agency that is offline can still read and queue. */
  static async start(options: OpenOptions): Promise<Runtime> {
    const agency = await readJoinedAgency(options.home);
    const name = options.device ?? 'gateway';
    const device = await readDeviceId(options.home, name);
    const paths = devicePaths(options.home, name);
    const keystore = await FileKeystore.open(paths.keystore, { unlock: options.unlock, fed: agency.federation.fed });
    try {
      const signingKey = await signingKeyIn(keystore);
      const epochKeys = await OwnEpochKeys.load(keystore);
      await mkdir(paths.spool, { recursive: true, mode: 0o700 });
      const archive = openArchive(paths.archive, keystore.deriveKey('archive'));
      const identity = { fed: agency.federation.fed, agency: agency.agency, device, signingKey };
      return new Runtime(
        { ...options, relayUrl: options.relayUrl ?? agency.federation.relayUrl },
        { identity, archive, keystore, epochKeys, spool: paths.spool },
      );
    } catch (error) {
      await keystore.close();
      throw error;
    }
  }

  private constructor(options: OpenOptions & { readonly relayUrl: string }, parts: Parts) {
    const { identity, archive } = parts;
    const signal = this.#stop.signal;
    const now = options.now ?? Date.now;
    const transport = options.transport ?? httpTransport(options.relayUrl);
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
      baseUrl: options.relayUrl,
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
        this.#purging = this.#epochKeys.purge(now()).catch((error: unknown) => this.#report(error));
      },
      onDirectoryHint: () => void this.sync().catch((error: unknown) => this.#report(error)),
      onAlarm: (error) => this.events.emit({ event: 'alarm', code: error.code, detail: { message: error.message } }),
      onStateChange: (state, error) => this.#stateChanged(state, error),
    });
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
    await this.directory.refreshDocuments(this.session, this.signal);
    this.#ready = true;
    await this.receiver.retryHeld();
    this.events.emit({ event: 'connection', state: 'online' });
    this.outbox.wake();
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
    await Promise.allSettled([this.#syncing, this.#afterConnect, this.#purging]);
    this.archive.close();
    await this.#keystore.close();
  }
}

interface Parts {
  readonly identity: Identity;
  readonly archive: Archive;
  readonly keystore: FileKeystore;
  readonly epochKeys: OwnEpochKeys;
  readonly spool: string;
}
