/** Making a file's name as durable as its bytes. */
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';

/** After this, a file made or renamed at `path` is there after a power cut. Its bytes are the caller's to sync. */
export async function syncFolderOf(path: string): Promise<void> {
  const folder = await open(dirname(path));
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
