/**
 * Taking deliveries: verified, opened and stored in one transaction with the cursor, so that a crash before it means the relay
 * delivers again and a crash after it means it is here. Only then is the relay told. What cannot be believed is kept, never
 * dropped, and raised.
 */
import { type EpochSecret, isKeysError, type OpenedEnvelope } from '@holdfast/keys';
import { sha256, verifyCompactJws } from '@holdfast/keys/verify';
import {
  type Delivery,
  type EpochKeyName,
  fromBase64url,
  fromUtf8,
  isProtocolError,
  NOTICE_TYP,
  parseCanonical,
  parseNotice,
  rosterHash,
  toBase64url,
} from '@holdfast/protocol';
import type { Archive } from '../archive/archive.js';
import type { StoredMessage } from '../archive/message-table.js';
import { DirectoryAlarm } from '../directory/alarm.js';
import type { Directory } from '../directory/directory.js';
import { checkRecipients, rosterOf, type Sender, senderOf } from '../directory/view.js';
import type { Identity } from '../outbox/seal-item.js';
import { keepContentKey } from '../rewrap/keep-content-key.js';
import { type InspectedItem, inspectItem, openItem } from '../rewrap/open-item.js';
import { readMessage } from './read-message.js';

export type ReceiverEvent =
  | { readonly event: 'inbox.stored'; readonly message: StoredMessage }
  | {
      readonly event: 'receipt';
      readonly eh: string;
      readonly level: 'delivered' | 'opened' | 'acted';
      readonly agency: string;
      readonly atMs: number;
    }
  | { readonly event: 'outbox.expired'; readonly eh: string; readonly undelivered: readonly string[] }
  | { readonly event: 'alarm'; readonly code: string; readonly detail: Readonly<Record<string, unknown>> };

export interface ReceiverDependencies {
  readonly archive: Archive;
  readonly directory: Directory;
  readonly identity: Identity;
  readonly now: () => number;
  readonly sync: () => Promise<void>;
  readonly epochSecret: (name: EpochKeyName) => EpochSecret | undefined;
  /** Queues a receipt within the running transaction. */
  readonly queueReceipt: (message: StoredMessage, level: 'delivered') => void;
  readonly emit: (event: ReceiverEvent) => void;
}

export class Receiver {
  readonly #deps: ReceiverDependencies;

  constructor(deps: ReceiverDependencies) {
    this.#deps = deps;
  }

  /** Resolves when the item is stored (or kept aside); then the relay may be told. */
  async take(delivery: Delivery): Promise<void> {
    if (delivery.item === 'notice') this.#takeNotice(delivery);
    else await this.#takeEnvelope(delivery);
  }

  /** Tries again what was kept aside for a directory we did not have. */
  async retryHeld(): Promise<void> {
    for (const held of this.#deps.archive.arrivals.held()) {
      const inspected = inspectItem(held.item, held.bytes);
      const opened = await this.#open(inspected).catch(() => undefined);
      if (opened === undefined) continue;
      this.#store(inspected, opened, () => this.#deps.archive.arrivals.release(held.position));
    }
  }

  async #takeEnvelope(delivery: Delivery): Promise<void> {
    const { archive } = this.#deps;
    const advance = (): void => archive.arrivals.advance(delivery.mailbox, delivery.number);
    let inspected: InspectedItem | undefined;
    try {
      inspected = inspectItem(delivery.item, delivery.bytes);
      if (archive.messages.has(inspected.eh)) {
        advance();
        return;
      }
      this.#store(inspected, await this.#openWithSync(inspected), advance);
    } catch (error) {
      this.#keepAside(delivery, inspected, error, advance);
    }
  }

  async #openWithSync(inspected: InspectedItem): Promise<OpenedMessage> {
    try {
      return await this.#open(inspected);
    } catch (error) {
      if (!(error instanceof DirectoryAlarm && error.curable)) throw error;
      await this.#deps.sync();
      return this.#open(inspected);
    }
  }

  async #open(inspected: InspectedItem): Promise<OpenedMessage> {
    const { directory, identity, epochSecret } = this.#deps;
    let sender: Sender | undefined;
    const envelope = await openItem(inspected, directory.view, {
      fed: identity.fed,
      self: identity.device,
      nowMs: this.#deps.now(),
      senderKey: (device) => {
        sender = senderOf(directory.view, device, inspected.core.ts);
        return sender.key;
      },
      checkRecipients: (core) => checkRecipients(directory.view, core),
      epochSecret,
    });
    if (sender === undefined) throw new DirectoryAlarm('sender.unknown');
    assertSigned(directory.view.trust.list.use, envelope.manifest);
    const roster = rosterOf(directory.view, envelope.core);
    if (toBase64url(rosterHash(sha256, roster)) !== envelope.manifest.rosterHash)
      throw new DirectoryAlarm('recipient.ghost', { roster });
    return { envelope, sender, roster };
  }

  /** One transaction: the message, the thread of hashes, the cursor, and the receipt that goes back. */
  #store(inspected: InspectedItem, opened: OpenedMessage, also: () => void): void {
    const { archive, directory, identity, now, queueReceipt, emit } = this.#deps;
    const { envelope, sender } = opened;
    const { core, manifest } = envelope;
    const isReceipt = manifest.kind.startsWith('receipt.');
    const direction = sender.agency === identity.agency ? 'sibling' : 'in';
    const stored = archive.atomically(() => {
      also();
      keepContentKey(archive, directory.view, direction, envelope);
      if (archive.messages.has(inspected.eh)) return undefined;
      archive.conversations.create(manifest.conversation, opened.roster, now());
      archive.conversations.see(manifest.conversation, { device: core.from, sq: manifest.sq, eh: inspected.eh });
      archive.messages.insert({
        eh: inspected.eh,
        direction,
        conversation: manifest.conversation,
        kind: manifest.kind,
        agency: sender.agency,
        device: core.from,
        tsMs: core.ts,
        storedAtMs: now(),
        priority: core.prio,
        caseRef: manifest.caseRef,
        follows: manifest.on,
        body: envelope.body,
        jws: envelope.jws,
        handled: isReceipt || direction === 'sibling',
      });
      const message = archive.messages.get(inspected.eh);
      if (message === undefined) return undefined;
      if (direction === 'in' && !isReceipt) queueReceipt(message, 'delivered');
      if (isReceipt) this.#countReceipt(message);
      return message;
    });
    if (stored !== undefined && direction === 'in' && !isReceipt) emit({ event: 'inbox.stored', message: stored });
  }

  #countReceipt(message: StoredMessage): void {
    const parsed = readMessage(message);
    const level =
      parsed.kind === 'receipt.delivered'
        ? 'delivered'
        : parsed.kind === 'receipt.opened'
          ? 'opened'
          : parsed.kind === 'receipt.acted'
            ? 'acted'
            : undefined;
    if (level === undefined || parsed.kind === 'unknown') return;
    const body = parsed.body;
    if (!('eh' in body)) return;
    const ack = { eh: body.eh, agency: message.agency, level, atMs: message.tsMs, receiptEh: message.eh } as const;
    this.#deps.archive.messages.acknowledge(ack);
    this.#deps.emit({ event: 'receipt', ...ack });
  }

  #takeNotice(delivery: Delivery): void {
    const { archive, directory, now, emit, identity } = this.#deps;
    const { relay } = directory.view.trust.list;
    try {
      const notice = parseNotice(
        parseCanonical(verifyCompactJws(fromUtf8(delivery.bytes), { typ: NOTICE_TYP, key: fromBase64url(relay.key) })),
      );
      if (notice.fed !== identity.fed || notice.origin !== relay.origin) throw new DirectoryAlarm('directory.forked');
      archive.atomically(() => {
        archive.outbox.setExpired(notice.eh);
        archive.arrivals.advance(delivery.mailbox, delivery.number);
      });
      emit({ event: 'outbox.expired', eh: notice.eh, undelivered: notice.undelivered });
    } catch (error) {
      archive.atomically(() => {
        archive.arrivals.alarm('notice.refused', { mailbox: delivery.mailbox, number: delivery.number }, now());
        archive.arrivals.advance(delivery.mailbox, delivery.number);
      });
      emit({ event: 'alarm', code: 'notice.refused', detail: { cause: codeOf(error) } });
    }
  }

  #keepAside(delivery: Delivery, inspected: InspectedItem | undefined, error: unknown, advance: () => void): void {
    const code = codeOf(error);
    // Anything else is a fault of this process (a full disk, a bug): the relay keeps the envelope and delivers it again.
    if (code === undefined) throw error;
    const { archive, now, emit } = this.#deps;
    const detail = {
      code,
      mailbox: delivery.mailbox,
      number: delivery.number,
      from: inspected?.core.from ?? null,
      eh: inspected?.eh ?? null,
    };
    archive.atomically(() => {
      archive.arrivals.hold({
        eh: inspected?.eh ?? null,
        item: delivery.item,
        code,
        bytes: delivery.bytes,
        atMs: now(),
      });
      archive.arrivals.alarm('envelope.refused', detail, now());
      advance();
    });
    emit({ event: 'alarm', code: 'envelope.refused', detail });
  }
}

/** A device alone speaks for its agency only in a sandbox; officers' signatures are a later version's. Receipts are a device's own. */
function assertSigned(use: 'sandbox' | 'live', { kind, approvals }: OpenedEnvelope['manifest']): void {
  if (use === 'live' && approvals.length === 0 && !kind.startsWith('receipt.'))
    throw new DirectoryAlarm('officers.missing');
}

interface OpenedMessage {
  readonly envelope: OpenedEnvelope;
  readonly sender: Sender;
  readonly roster: ReturnType<typeof rosterOf>;
}

function codeOf(error: unknown): string | undefined {
  if (error instanceof DirectoryAlarm || isKeysError(error) || isProtocolError(error)) return error.code;
  return undefined;
}
