/** What the SDK tells whoever listens: alarms, receipts, progress, connection. Typed, never thrown. */
import type { SdkErrorCode } from './errors.js';
import type { OutboxEvent } from './outbox/outbox.js';
import type { ReceiverEvent } from './receive/receiver.js';
import type { RewrapEvent } from './rewrap/rewrapper.js';

export type ConnectionState = 'connecting' | 'online' | 'offline' | 'stopped';

export type SdkEvent =
  | OutboxEvent
  | ReceiverEvent
  | RewrapEvent
  /** What the sender should weigh before the recipient's law applies; it stops nothing. */
  | { readonly event: 'advice'; readonly code: string; readonly field: string; readonly text: string }
  | { readonly event: 'connection'; readonly state: ConnectionState; readonly code?: SdkErrorCode };

/** A listener list whose iterators end with their signal. */
export class EventHub {
  readonly #listeners = new Set<(event: SdkEvent) => void>();

  emit(event: SdkEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  /** @returns a function that ends the subscription */
  subscribe(listener: (event: SdkEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Resolves when `check` is true, asked now and after each event; rejects with the signal's reason. */
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
        if (!check()) return;
        end();
        resolve();
      });
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }
}
