/** What the SDK tells whoever listens: alarms, receipts, progress, connection. Typed, never thrown. */
import type { SdkErrorCode } from './errors.js';
import type { OutboxEvent } from './outbox/outbox.js';
import type { ReceiverEvent } from './receive/receiver.js';

export type ConnectionState = 'connecting' | 'online' | 'offline' | 'stopped';

export type SdkEvent =
  | OutboxEvent
  | ReceiverEvent
  /** What the sender should weigh before the recipient's law applies; it stops nothing. */
  | { readonly event: 'advice'; readonly code: string; readonly field: string; readonly text: string }
  | { readonly event: 'connection'; readonly state: ConnectionState; readonly code?: SdkErrorCode };

/** A listener list whose iterators end with their signal. */
export class EventHub {
  readonly #listeners = new Set<(event: SdkEvent) => void>();

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

  /** Resolves when `check` is true, asked now and after each event; rejects with what it throws, or the signal's reason. */
  async until(check: () => boolean, signal: AbortSignal): Promise<void> {
    if (check()) return;
    signal.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const end = (): void => {
        unsubscribe();
        signal.removeEventListener('abort', onAbort);
      };
      const onAbort = (): void => {
        end();
        reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
      };
      const unsubscribe = this.subscribe(() => {
        try {
          if (!check()) return;
          end();
          resolve();
        } catch (cause) {
          end();
          reject(cause instanceof Error ? cause : new Error('The check failed.', { cause }));
        }
      });
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }
}
