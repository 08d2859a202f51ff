/**
 * One abort signal out of several, for as long as one call takes. `AbortSignal.any` is not used for this: in Node 20 a signal
 * that lives as long as the client keeps a trace of every signal ever derived from it, one per request.
 */
import { setMaxListeners } from 'node:events';
import { SdkError } from '../errors.js';

export interface LinkedSignal {
  readonly signal: AbortSignal;
  /** Lets go of the sources; call it when the work is over. */
  release(): void;
}

/** Calls `listener` once when `signal` aborts. @returns a function that lets go */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
  // Many calls under one signal are the rule here and no leak, which node warns of from the eleventh on.
  setMaxListeners(0, signal);
  signal.addEventListener('abort', listener, { once: true });
  return () => signal.removeEventListener('abort', listener);
}

/** Why `signal` aborted, as an error: the reason itself where it is one. */
export const reasonOf = ({ reason }: AbortSignal): Error =>
  reason instanceof Error ? reason : new SdkError('aborted', undefined, { cause: reason });

/** A signal that aborts, with the same reason, as soon as one of `sources` does. */
export function linkSignals(...sources: readonly (AbortSignal | undefined)[]): LinkedSignal {
  const controller = new AbortController();
  const releases: (() => void)[] = [];
  for (const source of sources) {
    if (source === undefined) continue;
    const abort = (): void => controller.abort(source.reason);
    if (source.aborted) abort();
    else releases.push(onAbort(source, abort));
  }
  return {
    signal: controller.signal,
    release: () => {
      for (const release of releases) release();
    },
  };
}

/** Runs `work` under a signal that aborts when one of `sources` does. */
export async function underSignals<T>(
  sources: readonly (AbortSignal | undefined)[],
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const link = linkSignals(...sources);
  try {
    return await work(link.signal);
  } finally {
    link.release();
  }
}

/** What `promise` gives, unless `signal` aborts first; the work itself goes on for others. @throws SdkError `aborted` */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) {
    // Nobody waits for it any more, whichever way it ends.
    promise.catch(() => undefined);
    return Promise.reject(new SdkError('aborted'));
  }
  return new Promise((resolve, reject) => {
    const release = onAbort(signal, () => reject(new SdkError('aborted')));
    void promise.then(resolve, reject).finally(release);
  });
}
