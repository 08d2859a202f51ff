/**
 * One life of the stream: from `resume` to its close. Submissions wait for their receipts; deliveries go to their mailbox's lane,
 * and are acknowledged once they are stored; a token is renewed before it ends.
 */
import {
  controlJson,
  type Delivery,
  type DirectoryHint,
  decodeCursor,
  decodeDelivery,
  decodeFrame,
  decodeMailbox,
  encodeCursor,
  encodeFrame,
  type Frame,
  type FrameType,
  isProtocolError,
  type Mailbox,
  parseDirectoryHint,
  parseProblem,
  parseReauthed,
  parseReceipt,
  parseResumed,
  type Receipt,
  utf8,
} from '@holdfast/protocol';
import { isSdkError, SdkError } from '../errors.js';
import type { FrameSocket } from '../transport/port.js';
import { DeliveryLane } from './delivery-lane.js';
import { expectInTime, PendingReceipts } from './pending-receipts.js';
import type { RelaySession } from './session.js';

/** Deliveries not yet stored, beyond which nothing more is read. */
const MAX_QUEUED_BYTES = 16 * 1024 * 1024;
/** What an item costs beside its bytes. */
const ITEM_BYTES = 1024;
const RENEW_AGAIN_MS = 15_000;
const MIN_RENEW_MS = 1000;
/** A longer timer would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export interface StreamHandlers {
  readonly cursors: () => Readonly<Record<Mailbox, number>>;
  /** Resolves when the item is stored. One at a time for each mailbox. */
  readonly onDelivery: (delivery: Delivery) => Promise<void>;
  readonly onDirectoryHint: (hint: DirectoryHint) => void;
  readonly onAlarm: (error: SdkError) => void;
  readonly onResumed: () => void;
  /** The mailbox's backlog is drained and stored. */
  readonly onLive: (mailbox: Mailbox) => void;
  readonly onSent?: (type: FrameType) => void;
}

export class Stream {
  readonly #socket: FrameSocket;
  readonly #session: RelaySession;
  readonly #handlers: StreamHandlers;
  readonly #now: () => number;
  readonly #receipts = new PendingReceipts();
  #queuedBytes = 0;
  #wake: (() => void) | undefined;
  #isEnded = false;
  #failure: { readonly error: unknown } | undefined;
  #request = 0;
  #renewal: NodeJS.Timeout | undefined;
  /** The relay's last word before it closed, or why the token could not be renewed. */
  problem: SdkError | undefined;

  constructor(socket: FrameSocket, session: RelaySession, handlers: StreamHandlers, now: () => number) {
    this.#socket = socket;
    this.#session = session;
    this.#handlers = handlers;
    this.#now = now;
    void socket.closed.then(() => this.#end());
  }

  /**
   * Runs until the socket closes and the items in hand are stored; every submission still waiting is then of unknown fate.
   * @param window deliveries that the relay may have under way, unacknowledged, per mailbox
   * @throws SdkError `relay.misbehaved`, `archive.not-written` and what `onDelivery` throws of it, `session.refused`
   */
  async run(window: number): Promise<{ readonly code: number }> {
    const cursors = this.#handlers.cursors();
    const lanes = { alert: this.#lane('alert', cursors, window), routine: this.#lane('routine', cursors, window) };
    try {
      const { alert, routine } = cursors;
      await this.#tell('resume', utf8(JSON.stringify({ alert, routine, window })));
      this.#renewAt(this.#session.renewAtMs);
      for await (const bytes of this.#socket.frames) {
        this.#take(decodeFrame(bytes), lanes);
        while (this.#queuedBytes > MAX_QUEUED_BYTES && !this.#isEnded) await this.#room();
      }
      if (this.#failure !== undefined) throw this.#failure.error;
      return await this.#socket.closed;
    } catch (cause) {
      throw isProtocolError(cause)
        ? new SdkError('relay.misbehaved', `The relay sent what does not fit the contract: ${cause.message}`, { cause })
        : cause;
    } finally {
      this.#end();
      this.#socket.close();
      await Promise.all([lanes.alert.stop(), lanes.routine.stop()]);
    }
  }

  close(): void {
    this.#socket.close();
  }

  /** @throws SdkError `relay.refused`, `aborted`; `relay.unreachable` where the fate is unknown: send the same bytes again */
  submit(bytes: Uint8Array, signal: AbortSignal): Promise<Receipt> {
    if (signal.aborted) return Promise.reject(new SdkError('aborted'));
    if (this.#isEnded) return Promise.reject(new SdkError('relay.unreachable'));
    const request = this.#nextRequest();
    const receipt = this.#receipts.wait(request, signal);
    const fail = (error: unknown): void => this.#receipts.reject(request, error);
    this.#send('submit', request, bytes).then(() => expectInTime(receipt, (late) => this.#fail(late)), fail);
    return receipt;
  }

  #end(): void {
    this.#isEnded = true;
    clearTimeout(this.#renewal);
    this.#wake?.();
    this.#receipts.rejectAll(() => new SdkError('relay.unreachable', 'The connection ended before the receipt came.'));
  }

  /** Ends the stream for a reason of this side's. */
  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#wake?.();
    this.#socket.close();
  }

  #lane(mailbox: Mailbox, cursors: Readonly<Record<Mailbox, number>>, window: number): DeliveryLane {
    const { onDelivery, onLive, onAlarm } = this.#handlers;
    return new DeliveryLane({
      mailbox,
      cursor: cursors[mailbox],
      window,
      onDelivery: async (delivery) => {
        try {
          await onDelivery(delivery);
        } catch (cause) {
          throw isSdkError(cause) ? cause : new SdkError('archive.not-written', undefined, { cause });
        }
      },
      acknowledge: (cursor) => this.#tell('acknowledge', encodeCursor({ mailbox, cursor })),
      onLive: () => onLive(mailbox),
      onAlarm,
      onFailure: (error) => this.#fail(error),
      onTaken: ({ bytes }) => {
        this.#queuedBytes -= bytes.length + ITEM_BYTES;
        this.#wake?.();
      },
    });
  }

  #room(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  /** 1 … 2^32-1, round and round; 0 is the relay's own. */
  #nextRequest(): number {
    this.#request = (this.#request % 0xffff_ffff) + 1;
    return this.#request;
  }

  /** A socket that takes nothing more closes, and its close says why: fenced, refused, or only gone. */
  async #tell(type: FrameType, payload: Uint8Array): Promise<void> {
    await this.#send(type, this.#nextRequest(), payload).catch((error: unknown) => {
      this.problem ??= isSdkError(error) ? error : new SdkError('relay.unreachable', undefined, { cause: error });
    });
  }

  async #send(type: FrameType, request: number, payload: Uint8Array): Promise<void> {
    await this.#socket.send(encodeFrame({ type, request, payload }));
    this.#handlers.onSent?.(type);
  }

  #take({ type, request, payload }: Frame, lanes: Readonly<Record<Mailbox, DeliveryLane>>): void {
    switch (type) {
      case 'resumed': {
        const { alert, routine } = parseResumed(controlJson(payload));
        lanes.alert.resumed(alert);
        lanes.routine.resumed(routine);
        this.#handlers.onResumed();
        return;
      }
      case 'receipt':
        this.#receipts.resolve(request, parseReceipt(controlJson(payload)));
        return;
      case 'delivery': {
        const delivery = decodeDelivery(payload);
        this.#queuedBytes += delivery.bytes.length + ITEM_BYTES;
        lanes[delivery.mailbox].push(delivery);
        return;
      }
      case 'acknowledged':
        decodeCursor(payload);
        return;
      case 'live':
        lanes[decodeMailbox(payload)].live();
        return;
      case 'problem': {
        const problem = parseProblem(controlJson(payload));
        const error = new SdkError('relay.refused', problem.title, { problem });
        if (request === 0) this.problem = error;
        else this.#receipts.reject(request, error);
        return;
      }
      case 'reauthed':
        parseReauthed(controlJson(payload));
        return;
      case 'directory':
        this.#handlers.onDirectoryHint(parseDirectoryHint(controlJson(payload)));
        return;
      case 'resume':
      case 'submit':
      case 'acknowledge':
      case 'reauth':
        throw new SdkError('relay.misbehaved', `The relay sent a client's frame (${type}).`);
    }
  }

  #renewAt(atMs: number): void {
    if (this.#isEnded) return;
    const inMs = Math.min(Math.max(atMs - this.#now(), MIN_RENEW_MS), MAX_TIMER_MS);
    this.#renewal = setTimeout(() => void this.#renew(), inMs);
    this.#renewal.unref();
  }

  /** Where it keeps failing, the relay closes the stream at the token's end, and the connection begins anew. */
  async #renew(): Promise<void> {
    try {
      const { accessToken, proof } = await this.#session.renew();
      await this.#send('reauth', this.#nextRequest(), utf8(JSON.stringify({ accessToken, proof })));
      this.problem = undefined;
      this.#renewAt(this.#session.renewAtMs);
    } catch (cause) {
      if (this.#isEnded) return;
      const error = isSdkError(cause) ? cause : new SdkError('relay.unreachable', undefined, { cause });
      if (error.code === 'session.refused' || error.code === 'federation.mismatch') this.#fail(error);
      this.problem = error;
      this.#renewAt(this.#now() + RENEW_AGAIN_MS);
    }
  }
}
