/**
 * An agency's keystores as files to keep elsewhere, and back (spec 41-keystore, "Export"). The file says whose keystore it is and where
 * it belongs; an import believes that only as far as it agrees with what is here.
 */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Argon2idParams,
  exportKeystore,
  FileKeystore,
  importKeystore,
  KeysError,
  openKeystoreExport,
  type Unlock,
} from '@holdfast/keys';
import { canonicalBytes, DeviceIdSchema, isProtocolError, parseCanonical, parserOf } from '@holdfast/protocol';
import { type Static, Type } from 'typebox';
import { SdkError } from '../errors.js';
import {
  type AgencyFile,
  AgencyFileSchema,
  agencyPaths,
  devicePaths,
  readAgencyFile,
  readDeviceId,
  writeAgencyFile,
  writeDeviceId,
} from '../home/home.js';

const closed = { additionalProperties: false } as const;

const AboutSchema = Type.Object(
  {
    v: Type.Literal(1),
    /** The folder within the agency's home: `root` or `root/<number>`, `directory`, `device`. */
    keystore: Type.String({ pattern: '^(?:root(?:/[1-9][0-9]?)?|directory|device)$' }),
    agency: AgencyFileSchema,
    device: Type.Union([
      Type.Object({ name: Type.String({ maxLength: 32 }), device: DeviceIdSchema }, closed),
      Type.Null(),
    ]),
  },
  closed,
);
type About = Static<typeof AboutSchema>;
const check = parserOf('export', AboutSchema, 'message.invalid');

export interface BackUpRequest {
  readonly home: string;
  /** `root`, `root/<number>`, `directory` or `device`. */
  readonly keystore: string;
  /** Which device, where the keystore is a device's. */
  readonly device?: string;
  /** What opens the keystore. */
  readonly unlock: Unlock;
  /** What shall open the file. */
  readonly exportUnlock: Unlock;
  readonly params?: Argon2idParams;
}

/** @returns the bytes of the file. @throws SdkError `home.not-found`; KeysError `keystore.*`; ProtocolError `message.invalid` */
export async function backUpKeystore(request: BackUpRequest): Promise<Uint8Array> {
  const { home, keystore, device: name = 'gateway', unlock, exportUnlock, params } = request;
  const agency = await readAgencyFile(home);
  const device = keystore === 'device' ? { name, device: await readDeviceId(home, name) } : null;
  const about = check({ v: 1, keystore, agency, device });
  const source = await FileKeystore.open(folderOf(home, about), { unlock });
  try {
    const creation = { unlock: exportUnlock, ...(params === undefined ? {} : { params }) };
    return await exportKeystore(source, { ...creation, about: canonicalBytes(about) });
  } finally {
    await source.close();
  }
}

export interface RestoreKeystoreRequest {
  readonly file: Uint8Array;
  readonly exportUnlock: Unlock;
  /** What shall open the keystore that is made. */
  readonly unlock: Unlock;
  /** Where the home of an agency is, or shall be. */
  readonly homeOf: (agency: AgencyFile['agency']) => string;
  readonly params?: Argon2idParams;
}

export interface RestoredKeystore {
  readonly home: string;
  readonly keystore: string;
  readonly agency: AgencyFile['agency'];
  /** The device's name and id, where it is a device's keystore. */
  readonly device: About['device'];
}

/**
 * Makes the keystore that the file holds; never over one that is here.
 * @throws SdkError `keystore.not-this-agency`; KeysError `keystore.*`
 */
export async function restoreKeystore(request: RestoreKeystoreRequest): Promise<RestoredKeystore> {
  const { file, exportUnlock, unlock, homeOf, params } = request;
  const opened = await openKeystoreExport(file, { unlock: exportUnlock });
  const about = aboutOf(opened.about);
  const { agency, device, keystore } = about;
  if (opened.fed !== null && opened.fed !== agency.federation?.fed) throw new KeysError('keystore.export-invalid');
  const home = homeOf(agency.agency);
  const isNew = !existsSync(agencyPaths(home).agencyFile);
  if (!isNew) assertSameAgency(await readAgencyFile(home), agency);
  const folder = folderOf(home, about);
  if (existsSync(folder)) throw new KeysError('keystore.exists');
  await mkdir(home, { recursive: true, mode: 0o700 });
  await importKeystore(opened, folder, { unlock, ...(params === undefined ? {} : { params }) });
  if (isNew) await writeAgencyFile(home, agency);
  if (device !== null) await writeDeviceId(home, device.name, device.device);
  return { home, keystore, agency: agency.agency, device };
}

function aboutOf(bytes: Uint8Array): About {
  try {
    return check(parseCanonical(bytes));
  } catch (cause) {
    if (!isProtocolError(cause)) throw cause;
    throw new KeysError('keystore.export-invalid', undefined, { cause });
  }
}

function folderOf(home: string, { keystore, device }: About): string {
  if ((keystore === 'device') !== (device !== null)) throw new KeysError('keystore.export-invalid');
  return device === null ? join(home, keystore) : devicePaths(home, device.name).keystore;
}

/** The same agency under the same root keys, in the same federation where both have joined one. */
function assertSameAgency(here: AgencyFile, there: AgencyFile): void {
  const rootOf = ({ root }: AgencyFile): string => `${root.threshold} ${[...root.keys].sort().join()}`;
  const feds = [here.federation?.fed, there.federation?.fed].filter((fed) => fed !== undefined);
  if (here.agency !== there.agency || rootOf(here) !== rootOf(there) || new Set(feds).size > 1)
    throw new SdkError('keystore.not-this-agency');
}
