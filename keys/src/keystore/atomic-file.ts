/** Files that are there whole or not at all, after a crash too: temporary file, fsync, rename, fsync of the folder. Owner only. */
import { link, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { randomBytes } from '../primitives/random.js';

/** Temporary files begin like this; what a crash left behind may be deleted. */
export const TEMPORARY_PREFIX = '.tmp-';

/** Writes or replaces `path`. @throws the system's error; then the former content stands */
export async function writeFileAtomic(path: string, bytes: Uint8Array): Promise<void> {
  await throughTemporary(path, bytes, async (temporary) => {
    await rename(temporary, path);
  });
}

/** Writes `path` where nothing is there yet. @throws the system's error, `EEXIST` where there is */
export async function createFileAtomic(path: string, bytes: Uint8Array): Promise<void> {
  await throughTemporary(path, bytes, async (temporary) => {
    await link(temporary, path);
    await rm(temporary);
  });
}

/** Makes renames and deletions in a folder durable. Windows has no such call; there NTFS's journal has to do. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function throughTemporary(
  path: string,
  bytes: Uint8Array,
  place: (temporary: string) => Promise<void>,
): Promise<void> {
  const folder = dirname(path);
  const temporary = join(folder, `${TEMPORARY_PREFIX}${Buffer.from(randomBytes(9)).toString('hex')}`);
  try {
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await place(temporary);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(folder);
}
