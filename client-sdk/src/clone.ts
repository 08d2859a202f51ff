/**
 * A device that finds something under its own valid signature that it does not know was restored from a backup, or copied: it
 * sends nothing any more, so that no number is used twice (crypto, "Order, replay, loss"). The archive remembers.
 */
import type { Archive } from './archive/archive.js';
import { SdkError } from './errors.js';

const FACT = 'device.cloned';

/** @returns true the first time */
export const markCloned = (archive: Archive, atMs: number): boolean => archive.told.once(FACT, atMs);

export const isCloned = (archive: Archive): boolean => archive.told.has(FACT);

/** @throws SdkError `device.cloned` */
export function assertNotCloned(archive: Archive): void {
  if (isCloned(archive)) throw new SdkError('device.cloned');
}
