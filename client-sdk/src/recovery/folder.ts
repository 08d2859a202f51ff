/**
 * The folder of wraps: `<device>/<yyyy-mm>/<number>.wrap`, each written once and never changed. Names say which device stored how
 * much in which month, and nothing else. Safe to copy anywhere; deleting a file is all that erasing takes.
 */
import { mkdir, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncFolder, writeFileAtomic } from '@holdfast/keys';
import { type DeviceId, DeviceIdSchema, isProtocolError, parserOf } from '@holdfast/protocol';

export interface WrapFile {
  readonly path: string;
  readonly device: DeviceId;
  readonly number: number;
}

const parseDeviceId = parserOf('device id', DeviceIdSchema, 'message.invalid');
const NUMBER_DIGITS = 10;
const MONTH = /^\d{4}-\d{2}$/;
const NAME = /^(\d{10})\.wrap$/;

/** Where recovery lies in an agency's home: the public recovery file, and beside it the folders of the devices. */
export const recoveryFolder = (home: string): string => join(home, 'recovery');
export const recoveryFilePath = (folder: string): string => join(folder, 'recovery.json');

/** Where a device's wrap lies. */
export const wrapPath = (folder: string, device: DeviceId, storedAtMs: number, number: number): string =>
  join(
    folder,
    device,
    new Date(storedAtMs).toISOString().slice(0, 7),
    `${String(number).padStart(NUMBER_DIGITS, '0')}.wrap`,
  );

/** Writes a wrap; durable when it resolves. The same name again is the same record: it is written over. */
export async function writeWrap(
  folder: string,
  device: DeviceId,
  storedAtMs: number,
  number: number,
  bytes: Uint8Array,
): Promise<void> {
  const path = wrapPath(folder, device, storedAtMs, number);
  const made = await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  // A new folder's name is durable only once the folders above it are.
  if (made !== undefined) for (const parent of [join(folder, device), folder]) await syncFolder(parent);
  await writeFileAtomic(path, bytes);
}

/** Every wrap in a folder, by device and number; what has another name is not looked at. @throws the system's error */
export async function listWraps(folder: string): Promise<readonly WrapFile[]> {
  const found: WrapFile[] = [];
  for (const name of await subfolders(folder)) {
    const device = deviceIdOf(name);
    if (device === undefined) continue;
    for (const month of await subfolders(join(folder, name))) {
      if (!MONTH.test(month)) continue;
      for (const file of await readdir(join(folder, name, month))) {
        const [, number] = NAME.exec(file) ?? [];
        if (number !== undefined) found.push({ path: join(folder, name, month, file), device, number: Number(number) });
      }
    }
  }
  return found.sort((a, b) => (a.device === b.device ? a.number - b.number : a.device < b.device ? -1 : 1));
}

async function subfolders(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
}

function deviceIdOf(name: string): DeviceId | undefined {
  try {
    return parseDeviceId(name);
  } catch (error) {
    if (isProtocolError(error)) return undefined;
    throw error;
  }
}
