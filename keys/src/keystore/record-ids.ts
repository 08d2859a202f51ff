/** Which records a keystore has: names are not secret, so that nothing has to be opened for it. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** The ids in a table of the keystore in `folder`, sorted; none where there is no such table. */
export async function listRecordIds(folder: string, table: string): Promise<readonly string[]> {
  try {
    return (await readdir(join(folder, 'records', table))).filter((name) => /^[A-Za-z0-9_-]+$/.test(name)).sort();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
