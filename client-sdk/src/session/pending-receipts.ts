/** Submissions that wait for the relay's answer, by the number of their frame. */
import type { Receipt } from '@holdfast/protocol';
import { SdkError } from '../errors.js';
import { onAbort } from '../transport/linked-signal.js';

interface Pending {
  readonly resolve: (receipt: Receipt) => void;
  readonly reject: (error: unknown) => void;
}

export class PendingReceipts {
  readonly #pending = new Map<number, Pending>();

  /** The answer to frame `request`. @throws SdkError `aborted`, or what `reject` is given */
  wait(request: number, signal: AbortSignal): Promise<Receipt> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        this.#pending.delete(request);
        release();
      };
      const release = onAbort(signal, () => {
        end();
        reject(new SdkError('aborted'));
      });
      this.#pending.set(request, {
        resolve: (receipt) => {
          end();
          resolve(receipt);
        },
        reject: (error) => {
          end();
          reject(error instanceof Error ? error : new SdkError('relay.unreachable', undefined, { cause: error }));
        },
      });
    });
  }

  /** Nobody may be waiting any more: an aborted call's receipt comes to nothing. */
  resolve(request: number, receipt: Receipt): void {
    this.#pending.get(request)?.resolve(receipt);
  }

  reject(request: number, error: unknown): void {
    this.#pending.get(request)?.reject(error);
  }

  rejectAll(error: () => SdkError): void {
    for (const { reject } of this.#pending.values()) reject(error());
  }
}
