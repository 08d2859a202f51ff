/** The agency's `recovery.json` on disk: public, replaced as a whole. */
import { mkdir } from 'node:fs/promises';
import {
  encodeRecoveryFile,
  KeysError,
  parseRecoveryFile,
  RECOVERY_FILE_MAX_BYTES,
  type RecoveryFile,
  type RecoveryScope,
  writeFileAtomic,
} from '@holdfast/keys';
import { readFileBounded } from '../home/read-file-bounded.js';
import { recoveryFilePath } from './folder.js';

/** The file in `folder`, or undefined where there is none. @throws KeysError `recovery.file-invalid`, `recovery.other-agency` */
export async function readRecoveryFile(folder: string, scope: RecoveryScope): Promise<RecoveryFile | undefined> {
  let bytes: Uint8Array;
  try {
    bytes = await readFileBounded(recoveryFilePath(folder), RECOVERY_FILE_MAX_BYTES);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  const file = parseRecoveryFile(bytes);
  if (file.fed !== scope.fed || file.agency !== scope.agency) throw new KeysError('recovery.other-agency');
  return file;
}

export async function writeRecoveryFile(folder: string, file: RecoveryFile): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFileAtomic(recoveryFilePath(folder), encodeRecoveryFile(file));
}
