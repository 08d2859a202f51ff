/**
 * One mailbox on one stream, in three phases: *backfill*, pages read from the store after the client's cursor; *cut-over*, the
 * first empty page, told to the client as `live`; *live*, woken by each commit. There is no second path for live items: a wake
 * only means "read on", so nothing can be missed or overtaken between the phases.
 */
import type { DeviceId, Mailbox } from '@holdfast/protocol';
import type { MailboxItem, Store } from '../store/port.js';

const PAGE_ITEMS = 64;
const PAGE_BYTES = 1024 * 1024;

export interface FeedOptions {
  readonly store: Store;
  readonly device: DeviceId;
  readonly mailbox: Mailbox;
  /** Deliveries that may be under way, unacknowledged. */
  readonly window: number;
  /** Number from which the client has everything. */
  readonly from: number;
  readonly onItem: (item: MailboxItem) => void;
  /** Resolves when the client has taken what was sent, so that a page is read only for a client that reads. */
  readonly drained: () => Promise<void>;
  readonly onLive: () => void;
  readonly onFailure: (error: unknown) => void;
  readonly isClosed: () => boolean;
}

export class MailboxFeed {
  readonly #options: FeedOptions;
  #sent: number;
  #acknowledged: number;
  #isLive = false;
  #isReading = false;
  #isAwake = false;

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#sent = options.from;
    this.#acknowledged = options.from;
  }

  /** Highest number handed to the client. */
  get sent(): number {
    return this.#sent;
  }

  /** Makes room in the window. @returns the highest number acknowledged so far */
  acknowledge(cursor: number): number {
    this.#acknowledged = Math.max(this.#acknowledged, cursor);
    this.wake();
    return this.#acknowledged;
  }

  /** Something may have come, or there is room again: read on. */
  wake(): void {
    this.#isAwake = true;
    if (this.#isReading) return;
    this.#isReading = true;
    this.#readOn()
      .catch(this.#options.onFailure)
      .finally(() => {
        this.#isReading = false;
        // Woken after the last look and before this: look again.
        if (this.#isAwake && !this.#options.isClosed()) this.wake();
      });
  }

  async #readOn(): Promise<void> {
    const { store, device, mailbox, window, onItem, onLive, drained, isClosed } = this.#options;
    while (this.#isAwake && !isClosed()) {
      this.#isAwake = false;
      const room = Math.min(PAGE_ITEMS, window - (this.#sent - this.#acknowledged));
      if (room <= 0) return; // The next acknowledgement reads on.
      const items = await store.nextFor(device, mailbox, this.#sent, room, PAGE_BYTES);
      for (const item of items) {
        this.#sent = item.number;
        onItem(item);
      }
      await drained();
      if (items.length > 0) this.#isAwake = true;
      else if (!this.#isLive && !isClosed()) {
        this.#isLive = true;
        onLive();
      }
    }
  }
}
