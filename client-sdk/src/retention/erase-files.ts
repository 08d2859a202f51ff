/**
 * The files of an erased case: what waits in the spool, this device's own recovery wraps, and copies that were downloaded or
 * exported. A copy is removed only while it still is what was written; a file of another content is somebody's own.
 */
import { open, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncFolder } from '@holdfast/keys';
import { sha256Stream } from '@holdfast/keys/verify';
import { type BlobId, type DeviceId, toBase64url } from '@holdfast/protocol';
import type { Copy, ErasedFile } from '../archive/retention-table.js';
import { recoveryFolder, wrapPath } from '../recovery/folder.js';

/** Files beside the archive, by what they belong to. */
export interface DeviceFiles {
  readonly spooled: readonly BlobId[];
  readonly wraps: readonly { readonly arrival: number; readonly storedAtMs: number }[];
}

/** Removes what this device has written of them; what is not there is no fault. */
export async function eraseDeviceFiles(
  { spooled, wraps }: DeviceFiles,
  place: { readonly home: string; readonly spool: string; readonly device: DeviceId },
): Promise<void> {
  for (const id of spooled) await rm(join(place.spool, id), { force: true });
  const folder = recoveryFolder(place.home);
  const months = new Set<string>();
  for (const { arrival, storedAtMs } of wraps) {
    const path = wrapPath(folder, place.device, storedAtMs, arrival);
    await rm(path, { force: true });
    months.add(dirname(path));
  }
  for (const month of months) await syncFolder(month).catch(ifMissing);
}

/** Removes copies that are unchanged, then the folders that this leaves empty. */
export async function eraseCopies(copies: readonly Copy[]): Promise<readonly ErasedFile[]> {
  const files: ErasedFile[] = [];
  for (const { path, sha256 } of copies) {
    const found = await fileHash(path).catch(ifMissing);
    if (found === sha256) await rm(path);
    files.push({ path, outcome: found === undefined ? 'gone' : found === sha256 ? 'removed' : 'left' });
  }
  // The deepest first; one that holds something else stays.
  const folders = new Set(files.flatMap(({ path, outcome }) => (outcome === 'removed' ? [dirname(path)] : [])));
  for (const folder of [...folders].sort((a, b) => b.length - a.length)) await rmdir(folder).catch(ifInUse);
  return files;
}

/** SHA-256 of a file, base64url. */
export async function fileHash(path: string): Promise<string> {
  const hash = sha256Stream();
  const file = await open(path);
  try {
    const buffer = new Uint8Array(READ_BYTES);
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, READ_BYTES);
      if (bytesRead === 0) return toBase64url(hash.digest());
      hash.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}

const READ_BYTES = 256 * 1024;

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);

function ifMissing(error: unknown): undefined {
  if (codeOf(error) !== 'ENOENT') throw error;
}

function ifInUse(error: unknown): void {
  if (!['ENOENT', 'ENOTEMPTY', 'EEXIST', 'EBUSY', 'EACCES', 'EPERM'].includes(String(codeOf(error)))) throw error;
}
