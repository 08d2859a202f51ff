/**
 * The outbox: a durable queue that empties itself. Items of one conversation go out in order; flash before urgent before
 * routine; nothing waits behind another conversation's attachment. What the relay has taken it has proved by a receipt.
 */
import { isKeysError, type KeysError, verifyReceipt } from '@holdfast/keys/verify';
import {
  type ConversationId,
  type EnvelopeId,
  fromBase64url,
  type Hash,
  PRIORITIES,
  type Problem,
  type Receipt,
} from '@holdfast/protocol';
import type { Archive } from '../archive/archive.js';
import type { OutboxItem } from '../archive/outbox-table.js';
import { assertNotCloned } from '../clone.js';
import type { Directory } from '../directory/directory.js';
import { mayPass } from '../directory/view.js';
import { isSdkError, SdkError } from '../errors.js';
import type { RelaySession } from '../session/session.js';
import type { StepHook } from '../steps.js';
import { type AttachmentProgress, attachmentsReady, prepareAttachments } from './attachment-queue.js';
import { type Identity, sealItem } from './seal-item.js';

export type OutboxEvent =
  | { readonly event: 'outbox.accepted'; readonly id: EnvelopeId; readonly eh: Hash; readonly receipt: Receipt }
  | { readonly event: 'outbox.refused'; readonly id: EnvelopeId; readonly problem: Problem }
  | { readonly event: 'outbox.waiting'; readonly id: EnvelopeId; readonly code: string; readonly advice: string }
  | ({ readonly event: 'outbox.uploading' } & AttachmentProgress);

export interface OutboxDependencies {
  readonly archive: Archive;
  readonly directory: Directory;
  readonly session: RelaySession;
  readonly identity: Identity;
  readonly spool: string;
  readonly now: () => number;
  readonly submit: (bytes: Uint8Array, signal: AbortSignal) => Promise<Receipt>;
  readonly isOnline: () => boolean;
  readonly emit: (event: OutboxEvent) => void;
  readonly onStep?: StepHook | undefined;
}

export class Outbox {
  readonly #deps: OutboxDependencies;
  readonly #signal: AbortSignal;
  readonly #preparing = new Map<EnvelopeId, Promise<void>>();
  readonly #waiting = new Map<EnvelopeId, string>();
  #running: Promise<void> | undefined;
  #again = false;

  constructor(deps: OutboxDependencies, signal: AbortSignal) {
    this.#deps = deps;
    this.#signal = signal;
  }

  /** Where files lie encrypted until they are uploaded. */
  get spool(): string {
    return this.#deps.spool;
  }

  /** Something may be ready to go: a new item, a connection, a newer directory. Never throws; one run at a time. */
  wake(): void {
    this.#again = true;
    if (this.#running !== undefined) return;
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
      if (this.#again && !this.#signal.aborted && this.#deps.isOnline()) this.wake();
    });
  }

  /** Resolves when nothing is under way any more. */
  async settled(): Promise<void> {
    while (this.#running !== undefined || this.#preparing.size > 0) {
      await Promise.allSettled([this.#running, ...this.#preparing.values()]);
    }
  }

  async #run(): Promise<void> {
    while (this.#again && !this.#signal.aborted && this.#deps.isOnline()) {
      this.#again = false;
      const blocked = new Set<ConversationId>();
      for (const item of this.#open()) {
        if (this.#signal.aborted || !this.#deps.isOnline()) return;
        if (blocked.has(item.conversation)) continue;
        if (!(await this.#advance(item))) blocked.add(item.conversation);
        // A more urgent item may have been queued meanwhile: look again from the top.
        if (this.#again) break;
      }
    }
  }

  #open(): OutboxItem[] {
    const items: OutboxItem[] = [];
    for (
      let item = this.#deps.archive.outbox.nextOpen(0);
      item !== undefined;
      item = this.#deps.archive.outbox.nextOpen(item.position)
    )
      items.push(item);
    return items.sort(
      (a, b) => PRIORITIES.indexOf(a.priority) - PRIORITIES.indexOf(b.priority) || a.position - b.position,
    );
  }

  /** @returns true where the item is done with (accepted or refused), false where it must wait */
  async #advance(item: OutboxItem): Promise<boolean> {
    try {
      assertNotCloned(this.#deps.archive);
      if (!mayPass(this.#deps.directory.view, item.kind, this.#deps.now()))
        return this.#wait(item, new SdkError('trust-list.expired'));
      if (item.state === 'queued') {
        await this.#refreshRecipients(item);
        if (this.#hasNobody(item)) return this.#discard(item);
        for (const id of [item.id, item.uploadsFirst ?? item.id])
          if (!attachmentsReady(this.#deps.archive, id)) return this.#prepare(id, item);
      }
      const sealed = item.state === 'sealed' ? this.#sealedBytes(item) : await sealItem(item, this.#deps);
      await this.#submit(item.id, sealed.eh, sealed.bytes);
      return true;
    } catch (error) {
      return this.#failed(item, error);
    }
  }

  /** What only our own other devices are told, where there are none that could be. */
  #hasNobody({ recipients }: OutboxItem): boolean {
    const { directory, identity } = this.#deps;
    const siblings = directory.recipientKeys(identity.agency).filter(({ device }) => device !== identity.device);
    return recipients.length === 0 && siblings.length === 0;
  }

  #discard({ id }: OutboxItem): true {
    this.#deps.archive.outbox.discard(id);
    return true;
  }

  #sealedBytes(item: OutboxItem): { eh: Hash; bytes: Uint8Array } {
    if (item.eh === null || item.sealed === null) throw new Error('A sealed outbox item has no bytes.');
    return { eh: item.eh, bytes: item.sealed };
  }

  /** Seals to a directory as fresh as can be had; offline, the one at hand is good for days. */
  async #refreshRecipients(item: OutboxItem): Promise<void> {
    const { directory, session, identity } = this.#deps;
    for (const agency of new Set([...item.recipients, identity.agency])) {
      if (directory.needsKeys(agency)) await directory.refreshEpochKeys(session, agency, this.#signal);
    }
  }

  async #submit(id: EnvelopeId, eh: Hash, bytes: Uint8Array): Promise<void> {
    const { archive, directory, submit, emit, onStep } = this.#deps;
    const receipt = await submit(bytes, this.#signal);
    onStep?.('receipt-received');
    const { origin, key } = directory.view.trust.list.relay;
    verifyReceipt(receipt, { eh, origin, relayKey: fromBase64url(key) });
    onStep?.('receipt-verified');
    archive.outbox.setAccepted(id, receipt);
    onStep?.('accepted');
    this.#waiting.delete(id);
    emit({ event: 'outbox.accepted', id, eh, receipt });
  }

  /** Uploads the attachments of `id`, for which `item` waits. */
  #prepare(id: EnvelopeId, item: OutboxItem): false {
    if (!this.#preparing.has(id)) {
      const { archive, session, spool, emit, onStep } = this.#deps;
      const onProgress = (progress: AttachmentProgress): void => emit({ event: 'outbox.uploading', ...progress });
      const task = prepareAttachments(id, { archive, session, spool, onProgress, onStep }, this.#signal)
        .catch((error: unknown) => void this.#failed(item, error))
        .finally(() => {
          this.#preparing.delete(id);
          if (attachmentsReady(archive, id)) this.wake();
        });
      this.#preparing.set(id, task);
    }
    return false;
  }

  /** Refused for good is said; everything else stays in the queue, its fate unknown until the relay answers. */
  #failed(item: OutboxItem, error: unknown): boolean {
    if (isSdkError(error, 'relay.refused') && error.problem !== undefined && !error.retryable) {
      this.#deps.archive.outbox.setRefused(item.id, error.problem);
      this.#deps.emit({ event: 'outbox.refused', id: item.id, problem: error.problem });
      return true;
    }
    if (isKeysError(error) && error.code.startsWith('approval.')) return this.#unapproved(item, error);
    return this.#wait(item, error);
  }

  /** While it waited its approval ended, or an officer of ours was revoked: every recipient would refuse it. */
  #unapproved({ id }: OutboxItem, { code, message }: KeysError): true {
    const problem = { type: `urn:holdfast:error:${code}`, title: message, status: 403, code, retryable: false };
    this.#deps.archive.outbox.setRefused(id, problem);
    this.#deps.emit({ event: 'outbox.refused', id, problem });
    return true;
  }

  #wait(item: OutboxItem, error: unknown): false {
    const code = isSdkError(error)
      ? error.code
      : error instanceof Error && 'code' in error
        ? String(error.code)
        : 'internal';
    const advice = isSdkError(error) ? error.advice : error instanceof Error ? error.message : String(error);
    if (this.#waiting.get(item.id) !== code && !this.#signal.aborted) {
      this.#waiting.set(item.id, code);
      this.#deps.emit({ event: 'outbox.waiting', id: item.id, code, advice });
    }
    return false;
  }
}
