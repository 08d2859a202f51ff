/** What the SDK tells whoever listens: alarms, receipts, progress, connection. Typed, never thrown. */
import type { AlarmEvent } from './alarms.js';
import type { DeadlineEvent } from './deadlines/watch.js';
import type { DisclosureProgress } from './disclosure/progress.js';
import { SdkError, type SdkErrorCode } from './errors.js';
import type { OutboxEvent } from './outbox/outbox.js';
import type { ReceiverEvent } from './receive/receiver.js';
import type { RewrapEvent } from './rewrap/rewrapper.js';
import { onAbort, reasonOf, underSignals } from './transport/linked-signal.js';

export type ConnectionState = 'connecting' | 'online' | 'offline' | 'stopped';

export type SdkEvent =
  | OutboxEvent
  | ReceiverEvent
  | AlarmEvent
  | RewrapEvent
  /** A deadline of a case: half, a quarter or 48 hours are left, or it is missed. Also told as an alarm. */
  | DeadlineEvent
  | DisclosureProgress
  /** What the sender should weigh before the recipient's law applies; it stops nothing. */
  | { readonly event: 'advice'; readonly code: string; readonly field: string; readonly text: string }
  | { readonly event: 'connection'; readonly state: ConnectionState; readonly code?: SdkErrorCode };

/** A listener list whose waits end with their signal, and with the client. */
export class EventHub {
  readonly #listeners = new Set<(event: SdkEvent) => void>();
  readonly #closed: AbortSignal;

  constructor(closed: AbortSignal) {
    this.#closed = closed;
  }

  /** Tells every listener. One that throws ends neither the others nor the work that told it: its error is the process's. */
  emit(event: SdkEvent): void {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (error) {
        process.nextTick(() => {
          throw error;
        });
      }
    }
  }

  /** @returns a function that ends the subscription */
  subscribe(listener: (event: SdkEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /**
   * Resolves when `check` is true, asked now and after each event; rejects with what it throws.
   * @throws the signal's reason; SdkError `closed`
   */
  async until(check: () => boolean, signal: AbortSignal): Promise<void> {
    if (check()) return;
    await underSignals(
      [signal, this.#closed],
      (either) =>
        new Promise<void>((resolve, reject) => {
          const end = (settle: () => void): void => {
            unsubscribe();
            release();
            settle();
          };
          const unsubscribe = this.subscribe(() => {
            try {
              if (check()) end(resolve);
            } catch (error) {
              end(() => reject(error instanceof Error ? error : new SdkError('aborted', undefined, { cause: error })));
            }
          });
          const abort = (): void => end(() => reject(reasonOf(either)));
          const release = onAbort(either, abort);
          if (either.aborted) abort();
        }),
    );
  }
}
