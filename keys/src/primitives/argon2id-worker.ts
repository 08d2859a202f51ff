/** The worker of argon2id.ts: one computation, one message, the end. An error goes to the parent as the worker's `error`. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Argon2idJob } from './argon2id.js';
import { sodium } from './sodium.js';

const KEY_BYTES = 32;

function isJob(value: unknown): value is Argon2idJob {
  return (
    typeof value === 'object' &&
    value !== null &&
    'password' in value &&
    value.password instanceof Uint8Array &&
    'salt' in value &&
    value.salt instanceof Uint8Array &&
    't' in value &&
    typeof value.t === 'number' &&
    'memoryBytes' in value &&
    typeof value.memoryBytes === 'number'
  );
}

const job: unknown = workerData;
if (!isJob(job)) throw new TypeError('argon2id-worker runs only as the worker of argon2id');
const key = sodium.crypto_pwhash(
  KEY_BYTES,
  job.password,
  job.salt,
  job.t,
  job.memoryBytes,
  sodium.crypto_pwhash_ALG_ARGON2ID13,
);
job.password.fill(0);
parentPort?.postMessage(key);
