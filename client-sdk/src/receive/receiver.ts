/**
 * Taking deliveries: verified, opened and stored in one transaction with the cursor, so that a crash before it means the relay
 * delivers again and a crash after it means it is here. Only then is the relay told. What cannot be believed is kept, never
 * dropped, and raised.
 */
import { isKeysError, KeysError } from '@holdfast/keys';
import { verifySignature } from '@holdfast/keys/verify';
import { type Delivery, type EnvelopeId, envelopeSigningBytes, type Hash, isProtocolError } from '@holdfast/protocol';
import { ALARMS, type AlarmEvent, alarmEvent, type Finding, isAlarmCode } from '../alarms.js';
import type { StoredMessage } from '../archive/message-table.js';
import { markCloned } from '../clone.js';
import { DirectoryAlarm } from '../directory/alarm.js';
import { type InspectedItem, inspectItem } from '../rewrap/open-item.js';
import { type OpenedMessage, type OpeningDependencies, openDelivered } from './open-delivered.js';
import { assertRunOut, readNotice } from './read-notice.js';
import { type StoreDependencies, type StoredResult, storeOpened } from './store-opened.js';

export type ReceiverEvent =
  | { readonly event: 'inbox.stored'; readonly message: StoredMessage }
  /** Another of our own devices has sent it; it is in the case and not in the inbox. */
  | { readonly event: 'sibling.stored'; readonly message: StoredMessage }
  | {
      readonly event: 'receipt';
      readonly eh: Hash;
      readonly level: 'delivered' | 'opened' | 'acted';
      readonly agency: string;
      readonly atMs: number;
    }
  /** A draft is new, or something was done with it, here or on another device: see `drafts`. */
  | { readonly event: 'draft'; readonly id: EnvelopeId }
  | { readonly event: 'outbox.expired'; readonly eh: string; readonly undelivered: readonly string[] }
  | AlarmEvent;

export interface ReceiverDependencies extends StoreDependencies, OpeningDependencies {
  readonly sync: () => Promise<void>;
  readonly emit: (event: ReceiverEvent) => void;
  /** Something may have begun to wait for what it follows. */
  readonly onStored: () => void;
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
    const { archive } = this.#deps;
    for (const held of archive.arrivals.held()) {
      try {
        const inspected = inspectItem(held.item, held.bytes);
        const opened = await openDelivered(inspected, this.#deps);
        this.#store(inspected, opened, () => archive.arrivals.release(held.position));
      } catch (error) {
        // Still not believed: it stays, and was raised when it came.
        if (codeOf(error) === undefined) throw error;
      }
    }
  }

  async #takeEnvelope(delivery: Delivery): Promise<void> {
    const { archive, identity, onStep } = this.#deps;
    onStep?.('received');
    const advance = (): void => archive.arrivals.advance(delivery.mailbox, delivery.number);
    let inspected: InspectedItem | undefined;
    try {
      inspected = inspectItem(delivery.item, delivery.bytes);
      onStep?.('inspected');
      if (inspected.core.from === identity.device) throw this.#reflected(inspected);
      if (archive.messages.has(inspected.eh)) {
        advance();
        return;
      }
      this.#store(inspected, await this.#openWithSync(inspected), advance);
    } catch (error) {
      this.#keepAside(delivery, inspected, error, advance);
    }
  }

  /** One's own envelope: sent back by the relay, or signed by a copy of this device, which only the key itself can prove. */
  #reflected({ delivered, digests, eh }: InspectedItem): Error {
    const { archive, identity } = this.#deps;
    const isOurs = verifySignature(delivered.sig, envelopeSigningBytes(digests), identity.signingKey.publicKey);
    if (!isOurs) return new KeysError('envelope.signature');
    if (archive.messages.has(eh)) return new KeysError('envelope.reflected');
    return new DirectoryAlarm('device.cloned', { eh });
  }

  async #openWithSync(inspected: InspectedItem): Promise<OpenedMessage> {
    try {
      return await openDelivered(inspected, this.#deps);
    } catch (error) {
      if (!(error instanceof DirectoryAlarm && error.curable)) throw error;
      await this.#deps.sync();
      return openDelivered(inspected, this.#deps);
    }
  }

  #store({ eh }: InspectedItem, opened: OpenedMessage, also: () => void): void {
    const { onStep, onStored } = this.#deps;
    onStep?.('storing');
    const stored = storeOpened(eh, opened, this.#deps, also);
    onStep?.('stored');
    this.tell(stored);
    onStored();
  }

  /** Says what storing has brought, once it is durable. */
  tell({
    released,
    acknowledgement,
    findings,
    draft,
  }: Omit<StoredResult, 'acknowledgement'> & Partial<StoredResult>): void {
    const { emit } = this.#deps;
    for (const { code, detail } of findings) emit(alarmEvent(code, detail));
    if (acknowledgement !== undefined) emit({ event: 'receipt', ...acknowledgement });
    if (draft !== undefined) emit({ event: 'draft', id: draft });
    for (const message of released)
      if (message.direction === 'sibling') emit({ event: 'sibling.stored', message });
      else if (message.direction === 'in' && !message.handled) emit({ event: 'inbox.stored', message });
  }

  #takeNotice(delivery: Delivery): void {
    const { archive, directory, now, emit } = this.#deps;
    const advance = (): void => archive.arrivals.advance(delivery.mailbox, delivery.number);
    try {
      const notice = readNotice(delivery, directory.view);
      const { eh } = notice;
      const known = archive.messages.get(eh);
      if (known === undefined) {
        this.#raise({ code: 'message.missed', detail: { eh } }, now(), advance);
        return;
      }
      assertRunOut(known, now());
      archive.atomically(() => {
        archive.outbox.setExpired(eh);
        advance();
      });
      if (known.direction === 'out') emit({ event: 'outbox.expired', eh, undelivered: notice.undelivered });
    } catch (error) {
      const cause = codeOf(error);
      if (cause === undefined) throw error;
      this.#raise({ code: 'notice.refused', detail: { cause, ...placeOf(delivery) } }, now(), advance);
    }
  }

  #keepAside(delivery: Delivery, inspected: InspectedItem | undefined, error: unknown, advance: () => void): void {
    const code = codeOf(error);
    // Anything else is a fault of this process (a full disk, a bug): the relay keeps the envelope and delivers it again.
    if (code === undefined) throw error;
    const { archive, now } = this.#deps;
    const detail = {
      code,
      ...placeOf(delivery),
      from: inspected?.core.from ?? null,
      eh: inspected?.eh ?? null,
      ...(error instanceof DirectoryAlarm ? error.detail : {}),
    };
    const { item, bytes } = delivery;
    const atMs = now();
    this.#raise({ code: 'envelope.refused', detail }, atMs, () => {
      archive.arrivals.hold({ eh: inspected?.eh ?? null, item, code, bytes, atMs });
      if (code === 'device.cloned') markCloned(archive, atMs);
      advance();
    });
  }

  /** Raises in one transaction with what belongs to it, with the advice of the refusal's own reason where that has any. */
  #raise({ code, detail }: Finding, atMs: number, also: () => void): void {
    const { archive, emit } = this.#deps;
    archive.atomically(() => {
      archive.arrivals.alarm(code, detail, atMs);
      also();
    });
    const reason = detail.code;
    emit({
      ...alarmEvent(code, detail),
      ...(typeof reason === 'string' && isAlarmCode(reason) ? ALARMS[reason] : {}),
    });
  }
}

const placeOf = ({ mailbox, number }: Delivery): Pick<Delivery, 'mailbox' | 'number'> => ({ mailbox, number });

function codeOf(error: unknown): string | undefined {
  if (error instanceof DirectoryAlarm || isKeysError(error) || isProtocolError(error)) return error.code;
  return undefined;
}
