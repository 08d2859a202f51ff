/**
 * Holdfast for an agency's own tools: one object, typed events, no ceremony. A facade: each verb's work is in its own room.
 */
import type { AgencyId, DeviceId, EnvelopeId, FederationId, Prose } from '@holdfast/protocol';
import type { OfficerSigner } from './approval/officer-signer.js';
import { DeskRecords, type WaitOptions } from './desk-records.js';
import { type DeskRuntime, deskRuntime } from './desk-runtime.js';
import type { NamedFingerprint } from './directory/fingerprints.js';
import type { DisclosureFlow } from './disclosure/flow.js';
import { DisclosureKeeper } from './disclosure/keeper.js';
import { approveDraft, editDraft, returnDraft, sendComplete } from './drafts/approve.js';
import { type MessageDraft, type Spoken, viewOf } from './drafts/message-draft.js';
import { speakAs } from './drafts/propose.js';
import type { ConsentFlow, ExculpatoryFlow, FeedbackFlow } from './duties/duty-flow.js';
import type { SdkEvent } from './events.js';
import type { OpenOptions } from './open-device.js';
import { type InboxItem, readInbox } from './receive/inbox.js';
import { Runtime } from './runtime.js';
import type { Disclosure } from './send/disclosure.js';
import { speakAlone } from './send/dispatch.js';
import type { FreezeFlow } from './send/freeze.js';
import type { SendHandle } from './send/handle.js';
import type { Note } from './send/note.js';
import { queueReceipt } from './send/receipts.js';
import { Speaker } from './speaker.js';
import { untilAborted } from './transport/linked-signal.js';

/** One device of one agency, open: sends, receives, and knows every case. Made by `Holdfast.open`, ended by `close`. */
export class Holdfast extends DeskRecords {
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

  /** Use `open`. @internal */
  constructor(runtime: DeskRuntime) {
    super(runtime);
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

  /** Resolves when nothing is on its way out any more: sent, or waiting for the relay. */
  settled(options: WaitOptions): Promise<void> {
    return untilAborted(this.#runtime.outbox.settled(), options.signal);
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
