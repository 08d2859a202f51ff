/**
 * Looks after every disclosure that is under way: on each message of one, on each connection, each minute. Releases and destroys keys
 * (`settle`), and fetches what was released to us: shown only once it is what was offered, under the terms that we accepted.
 */
import { isKeysError, openContent } from '@holdfast/keys';
import { type ConversationId, canonicalBytes, fromBase64url, type Hash, isProtocolError } from '@holdfast/protocol';
import { alarmEvent, errorEvent, type Finding } from '../alarms.js';
import { type FoldedDisclosure, foldDisclosure } from '../cases/fold-disclosure.js';
import type { DeskRuntime } from '../desk-runtime.js';
import { isSdkError } from '../errors.js';
import type { SdkEvent } from '../events.js';
import { readMessage } from '../receive/read-message.js';
import { isPassing } from '../transport/refusal.js';
import { everyMinute } from '../upkeep.js';
import { settle } from './settle.js';

/** After the relay had no such content. */
const RETRY_MS = 3_600_000;

export class DisclosureKeeper {
  readonly #runtime: DeskRuntime;
  readonly #touched: Set<ConversationId>;
  readonly #states = new Map<ConversationId, string>();
  readonly #retryAtMs = new Map<ConversationId, number>();
  #running: Promise<void> | undefined;
  #again = false;

  constructor(runtime: DeskRuntime) {
    this.#runtime = runtime;
    // What came in while no keeper ran is looked at once.
    this.#touched = new Set(runtime.archive.contents.offered());
    runtime.events.subscribe((event) => this.#heard(event));
    everyMinute(() => this.wake(), runtime.signal);
    this.wake();
  }

  /** Something may have to be done. Never throws; one run at a time. */
  wake(): void {
    this.#again = true;
    if (this.#running !== undefined) return;
    this.#running = this.#run()
      .catch((error: unknown) => this.#report(error))
      .finally(() => {
        this.#running = undefined;
        if (this.#again && !this.#runtime.signal.aborted) this.wake();
      });
  }

  /** Resolves when nothing is under way any more. */
  async settled(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  #heard(event: SdkEvent): void {
    if (event.event === 'inbox.stored' || event.event === 'sibling.stored') {
      const { kind, conversation } = event.message;
      if (!kind.startsWith('disclosure') && kind !== 'own.content-key') return;
      if (kind !== 'own.content-key') this.#touched.add(conversation);
    } else if (event.event === 'outbox.accepted' || event.event === 'receipt') {
      const sent = this.#runtime.archive.messages.get(event.eh);
      if (sent?.kind.startsWith('disclosure') !== true) return;
      this.#touched.add(sent.conversation);
    } else if (event.event !== 'connection') return;
    this.wake();
  }

  async #run(): Promise<void> {
    const { archive, signal } = this.#runtime;
    // Whoever wakes it goes on first: a sender has its handle before anything moves.
    await Promise.resolve();
    while (this.#again && !signal.aborted) {
      this.#again = false;
      const conversations = new Set([...this.#touched, ...archive.contents.unsettled()]);
      this.#touched.clear();
      for (const conversation of conversations) {
        if (signal.aborted) return;
        this.#raise(settle(this.#runtime, conversation));
        await this.#fetch(conversation);
        this.#tellState(conversation);
      }
    }
  }

  #folded(conversation: ConversationId): FoldedDisclosure | undefined {
    const { archive, identity, now } = this.#runtime;
    return foldDisclosure(archive, identity.agency, conversation, now());
  }

  async #fetch(conversation: ConversationId): Promise<void> {
    const { archive, now, isOnline } = this.#runtime;
    const folded = this.#folded(conversation);
    if (folded === undefined || folded.offer === null || folded.content !== null || !isOnline) return;
    const by = folded.released[0] ?? folded.offer.eh;
    if (archive.told.has(refusedOf(by)) || now() < (this.#retryAtMs.get(conversation) ?? 0)) return;
    try {
      await this.#fetchContent(conversation, folded.offer, by);
    } catch (error) {
      this.#failed(conversation, by, error);
    }
  }

  /** Under the key that was released, or that another of our devices has told us. */
  async #fetchContent(
    conversation: ConversationId,
    { eh, termsHash }: NonNullable<FoldedDisclosure['offer']>,
    by: Hash,
  ): Promise<void> {
    const { archive, events, signal, now } = this.#runtime;
    const offered = this.#read(eh);
    if (offered?.kind !== 'disclosure.offer' && offered?.kind !== 'disclosure.revise') return;
    const { blobId, size, ctHash } = offered.body.content;
    const released = this.#read(by);
    const key =
      released?.kind === 'disclosure.release' ? fromBase64url(released.body.key) : archive.contents.get(blobId)?.key;
    if (key === undefined || key === null) return;
    const ciphertext = await this.#runtime.fetchBlob({ id: blobId, size, sha256: ctHash }, signal);
    const bytes = canonicalBytes(openContent({ ciphertext, ctHash, key, conversation, termsHash }));
    archive.atomically(() => {
      archive.contents.keep({ blob: blobId, conversation, termsHash, key: null, content: bytes, atMs: now() });
      archive.contents.setContent(blobId, bytes);
    });
    events.emit({ event: 'disclosure.content', conversation, offer: eh });
  }

  #read(eh: Hash): ReturnType<typeof readMessage> | undefined {
    const stored = this.#runtime.archive.messages.get(eh);
    return stored === undefined ? undefined : readMessage(stored);
  }

  /** The sender's fault is final, the relay's is tried again later, and what passes by itself with the next connection. */
  #failed(conversation: ConversationId, release: Hash, error: unknown): void {
    const { archive, now } = this.#runtime;
    if (isKeysError(error) || isProtocolError(error)) {
      const detail = {
        conversation,
        release,
        agency: archive.messages.get(release)?.agency ?? null,
        cause: error.code,
      };
      if (archive.told.once(refusedOf(release), now())) this.#store({ code: 'disclosure.content-refused', detail });
      return;
    }
    if (isSdkError(error, 'attachment.gone') || isSdkError(error, 'attachment.corrupt')) {
      this.#retryAtMs.set(conversation, now() + RETRY_MS);
      const detail = { conversation, release, cause: error.code };
      if (archive.told.once(`disclosure.unavailable ${release}`, now()))
        this.#store({ code: 'disclosure.content-unavailable', detail });
      return;
    }
    if (!isPassing(error)) throw error;
  }

  #tellState(conversation: ConversationId): void {
    const state = this.#folded(conversation)?.state;
    if (state === undefined || this.#states.get(conversation) === state) return;
    this.#states.set(conversation, state);
    this.#runtime.events.emit({ event: 'disclosure.state', conversation, state });
  }

  #store(finding: Finding): void {
    const { archive, now } = this.#runtime;
    archive.arrivals.alarm(finding.code, finding.detail, now());
    this.#raise([finding]);
  }

  #raise(findings: readonly Finding[]): void {
    for (const { code, detail } of findings) this.#runtime.events.emit(alarmEvent(code, detail));
  }

  #report(error: unknown): void {
    if (!this.#runtime.signal.aborted) this.#runtime.events.emit(errorEvent(error));
  }
}

const refusedOf = (release: Hash): string => `disclosure.content-refused ${release}`;
