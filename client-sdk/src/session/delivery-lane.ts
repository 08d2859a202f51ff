/**
 * One mailbox's deliveries on one stream, handed on one after another. What is stored is acknowledged, the newest number standing
 * for all before it. A slow mailbox does not hold up the other one, nor receipts.
 */
import type { Delivery, Mailbox } from '@holdfast/protocol';
import { SdkError } from '../errors.js';

export interface LaneOptions {
  readonly mailbox: Mailbox;
  /** Last number that is stored here. */
  readonly cursor: number;
  /** Deliveries that may be under way unacknowledged; an acknowledgement goes out at the latest after a quarter of them. */
  readonly window: number;
  /** Resolves when the item is stored. */
  readonly onDelivery: (delivery: Delivery) => Promise<void>;
  readonly acknowledge: (number: number) => Promise<void>;
  /** The relay says that the backlog is drained, and all of it is stored. */
  readonly onLive: () => void;
  readonly onAlarm: (error: SdkError) => void;
  /** An item could not be stored: the lane has stopped. */
  readonly onFailure: (error: unknown) => void;
  /** The item is off the queue. */
  readonly onTaken: (delivery: Delivery) => void;
}

export class DeliveryLane {
  readonly #options: LaneOptions;
  readonly #queue: (Delivery | 'live')[] = [];
  #expected: number;
  #stored = 0;
  #unacknowledged = 0;
  #isLive = false;
  #isStopped = false;
  #isWorking = false;
  #working: Promise<void> = Promise.resolve();

  constructor(options: LaneOptions) {
    this.#options = options;
    this.#expected = options.cursor + 1;
  }

  /** What the relay holds as acknowledged. More than is stored here: this archive was restored, or the relay let things go. */
  resumed(acknowledged: number): void {
    if (acknowledged < this.#expected) return;
    this.#alarm(
      `The relay holds mailbox ${this.#options.mailbox} as read up to ${acknowledged}, here it ends at ${this.#expected - 1}`,
    );
    this.#expected = acknowledged + 1;
  }

  push(delivery: Delivery): void {
    const { number } = delivery;
    if (number !== this.#expected)
      this.#alarm(`Mailbox ${this.#options.mailbox} goes from ${this.#expected - 1} to ${number}`);
    // Handed on all the same: a message is never dropped for its number. One further ahead than the relay may go says nothing of where it is.
    if (number - this.#expected < this.#options.window) this.#expected = number + 1;
    this.#enqueue(delivery);
  }

  live(): void {
    if (this.#isLive) return;
    this.#isLive = true;
    this.#enqueue('live');
  }

  /** Takes nothing more; resolves when the item in hand is dealt with. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#working;
  }

  #alarm(message: string): void {
    this.#options.onAlarm(new SdkError('relay.misbehaved', `${message}: something is missing or repeated.`));
  }

  #enqueue(entry: Delivery | 'live'): void {
    this.#queue.push(entry);
    if (!this.#isWorking) this.#working = this.#work();
  }

  async #work(): Promise<void> {
    const { onLive, onFailure, window } = this.#options;
    const acknowledgeEvery = Math.ceil(window / 4);
    this.#isWorking = true;
    try {
      for (;;) {
        const entry = this.#next();
        if (entry === 'live') {
          onLive();
        } else if (entry !== undefined) {
          await this.#store(entry);
          // What was too far ahead is stored, and the relay is not told: it would claim everything before it.
          if (entry.number >= this.#expected) continue;
          this.#stored = entry.number;
          this.#unacknowledged += 1;
        }
        if (this.#unacknowledged >= (this.#queue.length === 0 ? 1 : acknowledgeEvery)) await this.#acknowledge();
        else if (entry === undefined) return;
      }
    } catch (error) {
      this.#isStopped = true;
      onFailure(error);
    } finally {
      this.#isWorking = false;
    }
  }

  async #store(delivery: Delivery): Promise<void> {
    try {
      await this.#options.onDelivery(delivery);
    } finally {
      this.#options.onTaken(delivery);
    }
  }

  #next(): Delivery | 'live' | undefined {
    return this.#isStopped ? undefined : this.#queue.shift();
  }

  async #acknowledge(): Promise<void> {
    this.#unacknowledged = 0;
    if (this.#isStopped) return;
    await this.#options.acknowledge(this.#stored);
  }
}
