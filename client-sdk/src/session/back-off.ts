/** Waiting between attempts: exponential, with full jitter, so that a relay that comes back is not stormed by all at once. */
import { onAbort } from '../transport/linked-signal.js';

const BASE_MS = 250;
const CAP_MS = 30_000;

/** @param attempt 0 for the first wait. @param random in [0, 1). @returns milliseconds */
export const backOffMs = (attempt: number, random: number): number =>
  Math.floor(Math.min(CAP_MS, BASE_MS * 2 ** Math.min(attempt, 16)) * random);

/** Resolves after `ms`, or at once when `signal` aborts. Leaves no timer behind. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      release();
      resolve();
    };
    const timer = setTimeout(end, ms);
    const release = onAbort(signal, end);
  });
}
