/** Lengths are checked here rather than by libsodium, whose errors carry no code. */
import { KeysError } from '../errors.js';

/** @throws KeysError `keys.input-invalid` where `bytes` is not exactly `length` bytes long */
export function assertLength(what: string, bytes: Uint8Array, length: number): void {
  if (bytes.length !== length)
    throw new KeysError('keys.input-invalid', `The ${what} has ${bytes.length} bytes instead of ${length}.`);
}
