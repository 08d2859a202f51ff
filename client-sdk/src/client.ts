/**
 * Holdfast for an agency's own tools: one object, typed events, no ceremony. A facade: each verb's work is in its own room.
 */
import {
  type AgencyId,
  type AttachmentRef,
  type ConversationId,
  type DeviceId,
  type EnvelopeId,
  type FederationId,
  isOwnKind,
  type Observed,
  type Preflight,
  type Prose,
} from '@holdfast/protocol';
import { type AlarmEvent, storedAlarm } from './alarms.js';
import type { OfficerSigner } from './approval/officer-signer.js';
import { type Case, type CaseQuery, caseOf, listCases } from './cases/case.js';
import { type QueueItem, queueOf } from './deadlines/queue.js';
import { type DeskRuntime, deskRuntime } from './desk-runtime.js';
import { type DirectoryQuery, findAgencies } from './directory/find.js';
import type { NamedFingerprint } from './directory/fingerprints.js';
import type { PublishedAgency } from './directory/published.js';
import type { DisclosureFlow } from './disclosure/flow.js';
import { DisclosureKeeper } from './disclosure/keeper.js';
import { approveDraft, editDraft, returnDraft, sendComplete } from './drafts/approve.js';
import { type MessageDraft, type Spoken, viewOf } from './drafts/message-draft.js';
import { speakAs } from './drafts/propose.js';
import type { ConsentFlow, ExculpatoryFlow, FeedbackFlow } from './duties/duty-flow.js';
import type { SdkEvent } from './events.js';
import { type ExportedCase, type ExportRequest, exportCase } from './export/case-files.js';
import type { OpenOptions } from './open-device.js';
import { observedBy, type PreflightRequest, preflightFor } from './preflight/preflight.js';
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
import { archivedCases, countYear, type Statistics, type StatisticsQuery } from './statistics/index.js';
import { underSignals, untilAborted } from './transport/linked-signal.js';

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
  /** Consent to share onward. */
  readonly consent: ConsentFlow<SendHandle>;
  /** Exculpatory disclosure (article 46(5)). */
  readonly exculpatory: ExculpatoryFlow<SendHandle>;
  /** What came of an alert or a disclosure. */
  readonly feedback: FeedbackFlow<SendHandle>;
  /** The disclosure with terms before content, step by step; what is released comes as the event `disclosure.content`. */
  readonly disclosures: DisclosureFlow<SendHandle>;
  readonly #keeper: DisclosureKeeper;
  /** What is kept, for what and how long; and erasing it. */
  readonly retention: Retention;

  /** Use `open`. @internal */
  constructor(runtime: DeskRuntime) {
    this.#runtime = runtime;
    this.#device = new Speaker(runtime, speakAlone(runtime));
    this.freeze = this.#device.freeze;
    this.consent = this.#device.consent;
    this.exculpatory = this.#device.exculpatory;
    this.feedback = this.#device.feedback;
    runtime.events.subscribe((event) => {
      if (event.event === 'draft') sendComplete(runtime, event.id);
    });
    this.disclosures = this.#device.disclosures;
    this.#keeper = new DisclosureKeeper(runtime);
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
      // The key is nothing that a person opens: `disclosures.open` opens what it releases.
      if (message.kind === 'disclosure.release') return;
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

  /** The voice of an officer: what needs another's approval becomes a draft. @throws (on speaking) KeysError `approval.*` */
  as(officer: OfficerSigner): Speaker<Spoken> {
    return new Speaker(this.#runtime, speakAs(this.#runtime, officer));
  }

  /** Every draft of the agency that this device knows, oldest first. */
  drafts(): readonly MessageDraft[] {
    return this.#runtime.archive.drafts.list().map((stored) => viewOf(this.#runtime, stored));
  }

  /** Approves a draft; with enough approvals it is sent. @throws SdkError `approval.*`, `officer.*`, `case.event-not-allowed`; KeysError `approval.*` */
  async approve(draft: EnvelopeId, officer: OfficerSigner): Promise<Spoken> {
    return await Promise.resolve().then(() => approveDraft(this.#runtime, draft, officer));
  }

  /** Sends a draft back to its drafter, with the reason. @throws SdkError `approval.*`, `officer.*`; KeysError `approval.*` */
  async returnDraft(draft: EnvelopeId, officer: OfficerSigner, reason: Prose): Promise<MessageDraft> {
    return await Promise.resolve().then(() => returnDraft(this.#runtime, draft, officer, reason));
  }

  /** Gives a draft another body: its approvals are void, and `officer` becomes its drafter. @throws as `approve`; SdkError `message.refused` */
  async editDraft(draft: EnvelopeId, officer: OfficerSigner, body: unknown): Promise<MessageDraft> {
    return await Promise.resolve().then(() => editDraft(this.#runtime, draft, officer, body));
  }

  /** How far a message has come. @throws SdkError `case.unknown` */
  sent(id: EnvelopeId): SendHandle {
    const handle = handleOf(this.#runtime.archive, this.#runtime.events, id);
    void handle.state;
    return handle;
  }

  /** Everything that was put into the outbox for others, oldest first. */
  outbox(): readonly SendHandle[] {
    const { archive, events } = this.#runtime;
    const items = archive.outbox.list().filter(({ kind }) => !isOwnKind(kind));
    return items.map(({ id }) => handleOf(archive, events, id));
  }

  /** Resolves when nothing is on its way out any more: sent, or waiting for the relay. */
  settled(options: WaitOptions): Promise<void> {
    return untilAborted(this.#runtime.outbox.settled(), options.signal);
  }

  /** One matter with all its messages and where it stands. @throws SdkError `case.unknown` */
  case(conversation: ConversationId): Case {
    const { archive, identity, now, recordsOf } = this.#runtime;
    return caseOf(archive, identity.agency, conversation, now(), recordsOf);
  }

  /** Every alarm, warning and notice raised so far on this device, oldest first. */
  alarms(): readonly (AlarmEvent & { readonly atMs: number })[] {
    return this.#runtime.archive.arrivals
      .alarms()
      .map(({ code, detail, atMs }) => ({ ...storedAlarm(code, detail), atMs }));
  }

  /** The cases asked for (all, where nothing is), what runs out first on top. */
  cases(query: CaseQuery = {}): readonly Case[] {
    const { archive, identity, now, recordsOf } = this.#runtime;
    return listCases(archive, identity.agency, now(), recordsOf, query);
  }

  /**
   * The tables of a year, counted anew from the events, whole: for the agency's own eyes. `suppressSmallCells` makes them fit
   * for others. A large archive takes a while; other work goes on meanwhile.
   * @throws ProtocolError `duration.invalid` where year or time zone is none; the signal's reason
   */
  statistics(query: StatisticsQuery, options: Partial<WaitOptions> = {}): Promise<Statistics> {
    const { archive, identity, now, recordsOf, signal } = this.#runtime;
    const asAtMs = now();
    return underSignals([options.signal, signal], (either) =>
      countYear(archivedCases(archive, identity.agency, asAtMs, recordsOf, either), identity.agency, query, asAtMs),
    );
  }

  /** Every deadline that is still wanted, over all cases: overdue first, then what runs out first. */
  queue(): readonly QueueItem[] {
    return queueOf(this.cases(), this.#runtime.identity.agency);
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

  /**
   * Before sending an alert: what the recipient has published and what its past answers show, held against it. Sends nothing.
   * @throws SdkError `directory.unknown-agency`, `relay.*`
   */
  preflight(request: PreflightRequest, options: WaitOptions): Promise<Preflight> {
    return preflightFor(this.#runtime, request, options.signal);
  }

  /** What our own archive shows of an agency's past answers, in the newest 50 cases with it; null where we have sent it no alert. */
  observed(agency: AgencyId): Observed | null {
    return observedBy(this.#runtime, agency);
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
    await this.#keeper.settled();
  }

  /** As `close`, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
