/** The small JSON files of a home: read whole and strictly, written whole or not at all. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fromUtf8, parseStrict } from '@holdfast/protocol';
import { SdkError } from '../errors.js';

/** @throws SdkError `home.not-found`; ProtocolError `encoding.*` */
export async function readJson(path: string): Promise<unknown> {
  try {
    return parseStrict(fromUtf8(await readFile(path)));
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT')
      throw new SdkError('home.not-found', `There is no ${path}.`, { cause });
    throw cause;
  }
}

export async function writeJson(path: string, value: unknown): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFile(`${path}.new`, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600, flush: true });
  await rename(`${path}.new`, path);
}
