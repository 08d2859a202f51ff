/** Submissions that wait for the relay's answer, by the number of their frame. */
import type { Receipt } from '@holdfast/protocol';
import { SdkError } from '../errors.js';
import { onAbort } from '../transport/linked-signal.js';

/** From the last byte sent. Receipts come with the next commit: milliseconds, under load a second. */
const RECEIPT_WITHIN_MS = 10_000;

/** A relay that takes and does not answer must not hold up what comes after: then the stream ends, and begins anew. */
export function expectInTime(receipt: Promise<Receipt>, onLate: (error: SdkError) => void): void {
  const late = setTimeout(
    () => onLate(new SdkError('relay.unreachable', 'The relay gave no receipt in time.')),
    RECEIPT_WITHIN_MS,
  );
  late.unref();
  const end = (): void => clearTimeout(late);
  receipt.then(end, end);
}

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
