/**
 * Holdfast for an agency's own tools: one object, typed events, no ceremony. A facade: each verb's work is in its own room.
 */
import type { AgencyId, AttachmentRef, ConversationId, DeviceId, EnvelopeId, FederationId } from '@holdfast/protocol';
import { type AlarmEvent, storedAlarm } from './alarms.js';
import { type Case, caseOf, listCases } from './cases/case.js';
import { type DeskRuntime, deskRuntime } from './desk-runtime.js';
import { type DirectoryQuery, findAgencies } from './directory/find.js';
import type { NamedFingerprint } from './directory/fingerprints.js';
import type { PublishedAgency } from './directory/published.js';
import type { SdkEvent } from './events.js';
import { type ExportedCase, type ExportRequest, exportCase } from './export/case-files.js';
import type { OpenOptions } from './open-device.js';
import { type InboxItem, readInbox } from './receive/inbox.js';
import { noteDownload } from './retention/note-copy.js';
import { type Retention, retentionOf } from './retention/retention.js';
import { Runtime } from './runtime.js';
import type { Disclosure } from './send/disclosure.js';
import { speakAlone } from './send/dispatch.js';
import type { FreezeFlow } from './send/freeze.js';
import { handleOf, type SendHandle } from './send/handle.js';
import type { Note } from './send/note.js';
import { queueReceipt } from './send/receipts.js';
import { Speaker } from './speaker.js';
import { underSignals } from './transport/linked-signal.js';

/** Every wait has an end of the caller's choosing. */
export interface WaitOptions {
  /** Ends the wait; the call rejects with its reason (`inbox` just ends). */
  readonly signal: AbortSignal;
}

/** One device of one agency, open: sends, receives, and knows every case. Made by `Holdfast.open`, ended by `close`. */
export class Holdfast {
  readonly #runtime: DeskRuntime;
  readonly #device: Speaker<SendHandle>;
  /** The temporary-freeze alert, step by step. */
  readonly freeze: FreezeFlow<SendHandle>;
  /** What is kept, for what and how long; and erasing it. */
  readonly retention: Retention;

  /** Use `open`. @internal */
  constructor(runtime: DeskRuntime) {
    this.#runtime = runtime;
    this.#device = new Speaker(runtime, speakAlone(runtime));
    this.freeze = this.#device.freeze;
    this.retention = retentionOf(runtime);
  }

  /**
   * Opens a device of an agency and connects in the background; offline, what is sent is queued.
   * @throws SdkError `home.*`, `archive.unreadable`; KeysError `keystore.*`
   */
  static async open(options: OpenOptions): Promise<Holdfast> {
    return new Holdfast(deskRuntime(await Runtime.start(options), options));
  }

  /** Who this is: agency, device, federation. */
  get self(): { readonly agency: AgencyId; readonly device: DeviceId; readonly fed: FederationId } {
    const { agency, device, fed } = this.#runtime.identity;
    return { agency, device, fed };
  }

  /** Connected and able to send and receive at this moment. */
  get isOnline(): boolean {
    return this.#runtime.isOnline;
  }

  /** Resolves when connected, in step and able to receive. */
  online(options: WaitOptions): Promise<void> {
    return this.#runtime.online(options.signal);
  }

  /** Resolves when connected and everything that waited at the relay is stored here. */
  caughtUp(options: WaitOptions): Promise<void> {
    return this.#runtime.caughtUp(options.signal);
  }

  /** Tells `listener` of receipts, alarms, progress and connection. @returns a function that ends it */
  on(listener: (event: SdkEvent) => void): () => void {
    return this.#runtime.events.subscribe(listener);
  }

  /** Each message once, in order of arrival; asking for the next says that the one before is dealt with. */
  inbox(options: WaitOptions): AsyncGenerator<InboxItem, void, undefined> {
    const { archive, events, identity, now, signal, outbox, onStep } = this.#runtime;
    const queueOpened: Parameters<typeof readInbox>[0]['queueOpened'] = (message) => {
      queueReceipt(archive, message, 'opened', identity.agency, now());
      outbox.wake();
    };
    return readInbox({ archive, events, queueOpened, closed: signal, onStep }, options.signal);
  }

  /** Sends a spontaneous disclosure (article 46(4), 56). */
  disclose(disclosure: Disclosure, options: Partial<WaitOptions> = {}): Promise<SendHandle> {
    return this.#device.disclose(disclosure, options);
  }

  /** Replies within a case. */
  note(note: Note): Promise<SendHandle> {
    return this.#device.note(note);
  }

  /** How far a message has come. @throws SdkError `case.unknown` */
  sent(id: EnvelopeId): SendHandle {
    const handle = handleOf(this.#runtime.archive, this.#runtime.events, id);
    void handle.state;
    return handle;
  }

  /** Everything that was put into the outbox, oldest first. */
  outbox(): readonly SendHandle[] {
    const { archive, events } = this.#runtime;
    return archive.outbox.list().map(({ id }) => handleOf(archive, events, id));
  }

  /** One matter with all its messages and where it stands. @throws SdkError `case.unknown` */
  case(conversation: ConversationId): Case {
    return caseOf(this.#runtime.archive, this.#runtime.identity.agency, conversation, this.#runtime.now());
  }

  /** Every alarm, warning and notice raised so far on this device, oldest first. */
  alarms(): readonly (AlarmEvent & { readonly atMs: number })[] {
    return this.#runtime.archive.arrivals
      .alarms()
      .map(({ code, detail, atMs }) => ({ ...storedAlarm(code, detail), atMs }));
  }

  /** Every case, what runs out first on top. */
  cases(): readonly Case[] {
    return listCases(this.#runtime.archive, this.#runtime.identity.agency, this.#runtime.now());
  }

  /** Fetches an attachment into `targetPath`; nothing is there before all of it has verified. @throws SdkError `attachment.*` */
  async download(
    ref: AttachmentRef,
    targetPath: string,
    options: WaitOptions & { readonly onProgress?: (receivedBytes: number) => void },
  ): Promise<void> {
    const { signal } = this.#runtime;
    const { onProgress } = options;
    await underSignals([options.signal, signal], (either) =>
      this.#runtime.download({ ref, targetPath, signal: either, ...(onProgress ? { onProgress } : {}) }),
    );
    await noteDownload(this.#runtime, ref.id, targetPath);
  }

  /** Writes a case into a new folder: data, evidence, attachments, a readable page. It is recorded here. @throws SdkError `export.exists`, `attachment.corrupt`, `relay.*` */
  exportCase(request: ExportRequest): Promise<ExportedCase> {
    const { signal } = this.#runtime;
    return underSignals([request.signal, signal], (either) =>
      exportCase(this.#runtime, { ...request, signal: either }),
    );
  }

  /** Agencies by State, type, network or text. */
  async find(query: DirectoryQuery, options: WaitOptions): Promise<readonly PublishedAgency[]> {
    return findAgencies(this.#runtime, query, options.signal);
  }

  /** What to compare by telephone: of an agency's root keys, or (null) of the federation's. @throws SdkError `directory.unknown-agency`, `relay.*` */
  fingerprint(agency: AgencyId | null, options: WaitOptions): Promise<NamedFingerprint> {
    return this.#runtime.fingerprint(agency, options.signal);
  }

  /**
   * Says that a person has compared an agency's root: what was kept aside for it is opened, what waited for it goes out.
   * @param typed the digits or the words, as the other side read them out
   * @returns false where they are not the ones that the directory has. @throws SdkError `directory.unknown-agency`
   */
  confirmRoot(agency: AgencyId, typed: string): Promise<boolean> {
    return this.#runtime.confirmRoot(agency, typed);
  }

  /** Stops sending and receiving, keeps what is queued, and frees everything. */
  async close(): Promise<void> {
    await this.#runtime.stop();
  }

  /** As `close`, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
