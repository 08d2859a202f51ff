/**
 * Argon2id (RFC 9106, one lane) by libsodium, in a worker that exits afterwards: wasm memory never shrinks, and 256 MiB are
 * wanted only while unlocking. One at a time, so that two unlocks never need twice the memory. No mode below the floor exists.
 */
import { Worker } from 'node:worker_threads';
import { KeysError } from '../errors.js';
import { assertLength } from './length.js';

export const ARGON2ID_SALT_BYTES = 16;

/** Cost: `t` passes over `mKiB` kibibytes. */
export interface Argon2idParams {
  readonly t: number;
  readonly mKiB: number;
}

export const ARGON2ID_DEFAULT: Argon2idParams = { t: 3, mKiB: 256 * 1024 };
export const ARGON2ID_FLOOR: Argon2idParams = { t: 3, mKiB: 64 * 1024 };
/** So that a changed header cannot make a process swap or hang. */
export const ARGON2ID_CEILING: Argon2idParams = { t: 12, mKiB: 1024 * 1024 };

export interface Argon2idRequest {
  readonly password: Uint8Array;
  readonly salt: Uint8Array;
  readonly params: Argon2idParams;
  readonly signal?: AbortSignal | undefined;
}

/** What the worker is given; see argon2id-worker.ts. */
export interface Argon2idJob {
  readonly password: Uint8Array;
  readonly salt: Uint8Array;
  readonly t: number;
  readonly memoryBytes: number;
}

let tail: Promise<unknown> = Promise.resolve();

/**
 * Stretches a password into 32 bytes; the caller keeps and zeroizes `password`.
 * @throws KeysError `keystore.parameters-refused`, `keys.input-invalid`, `keys.aborted`, `keys.argon2id-failed`
 */
export async function argon2id(request: Argon2idRequest): Promise<Uint8Array> {
  assertArgon2idParams(request.params);
  assertLength('Argon2id salt', request.salt, ARGON2ID_SALT_BYTES);
  const run = tail.then(async () => await runWorker(request));
  // The next in line waits for this one's end, whichever it is; the failure itself goes to this one's caller.
  tail = run.catch(() => undefined);
  return await run;
}

/** @throws KeysError `keystore.parameters-refused` below the floor, above the ceiling, or where a number is not an integer */
export function assertArgon2idParams({ t, mKiB }: Argon2idParams): void {
  const within = (value: number, key: keyof Argon2idParams): boolean =>
    Number.isSafeInteger(value) && value >= ARGON2ID_FLOOR[key] && value <= ARGON2ID_CEILING[key];
  if (!within(t, 't') || !within(mKiB, 'mKiB')) throw new KeysError('keystore.parameters-refused');
}

async function runWorker({ password, salt, params, signal }: Argon2idRequest): Promise<Uint8Array> {
  if (signal?.aborted === true) throw aborted(signal);
  const workerData: Argon2idJob = { password, salt, t: params.t, memoryBytes: params.mKiB * 1024 };
  const worker = new Worker(new URL('./argon2id-worker.js', import.meta.url), { workerData, execArgv: [] });
  return await new Promise<Uint8Array>((resolve, reject) => {
    let key: Uint8Array | undefined;
    let failure: unknown;
    const abort = (): void => {
      void worker.terminate();
    };
    signal?.addEventListener('abort', abort, { once: true });
    worker.once('message', (message: unknown) => {
      if (message instanceof Uint8Array) key = message;
    });
    worker.once('error', (error) => {
      failure = error;
    });
    // Settled only at exit: by then the memory is free again.
    worker.once('exit', () => {
      signal?.removeEventListener('abort', abort);
      if (signal?.aborted === true) {
        key?.fill(0);
        reject(aborted(signal));
      } else if (key === undefined) {
        reject(new KeysError('keys.argon2id-failed', undefined, { cause: failure }));
      } else {
        resolve(key);
      }
    });
  });
}

function aborted(signal: AbortSignal): KeysError {
  const cause: unknown = signal.reason;
  return new KeysError('keys.aborted', undefined, { cause });
}
