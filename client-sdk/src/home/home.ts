/**
 * Where an agency's files lie: `agency.json` (public), `root/` and `directory/` (keystores of the administrator), and one
 * folder per device with its keystore, archive and attachment spool. Nothing here is secret but the keystores.
 */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  AgencyIdSchema,
  type DeviceId,
  DeviceIdSchema,
  type FederationId,
  FederationIdSchema,
  fromUtf8,
  KeySetSchema,
  parserOf,
  parseStrict,
} from '@holdfast/protocol';
import { type Static, Type } from 'typebox';
import { SdkError } from '../errors.js';

const closed = { additionalProperties: false } as const;

export const AgencyFileSchema = Type.Object(
  {
    v: Type.Literal(1),
    agency: AgencyIdSchema,
    name: Type.String({ minLength: 1, maxLength: 200 }),
    root: KeySetSchema,
    /** Set once the agency has joined. */
    federation: Type.Union([
      Type.Object({ fed: FederationIdSchema, relayUrl: Type.String({ maxLength: 512 }) }, closed),
      Type.Null(),
    ]),
  },
  closed,
);
export type AgencyFile = Static<typeof AgencyFileSchema>;
const parseAgencyFile = parserOf('agency.json', AgencyFileSchema, 'message.invalid');

const DeviceFileSchema = Type.Object({ v: Type.Literal(1), device: DeviceIdSchema }, closed);
const parseDeviceFile = parserOf('device.json', DeviceFileSchema, 'message.invalid');

export interface AgencyPaths {
  readonly home: string;
  readonly agencyFile: string;
  readonly root: string;
  readonly directory: string;
}
export const agencyPaths = (home: string): AgencyPaths => ({
  home,
  agencyFile: join(home, 'agency.json'),
  root: join(home, 'root'),
  directory: join(home, 'directory'),
});

export interface DevicePaths {
  readonly folder: string;
  readonly deviceFile: string;
  readonly keystore: string;
  readonly archive: string;
  readonly spool: string;
}
export function devicePaths(home: string, name: string): DevicePaths {
  if (!/^[a-z0-9][a-z0-9-]{0,31}$/.test(name))
    throw new SdkError(
      'message.refused',
      `A device name has lower-case letters, digits and hyphens; "${name}" does not fit.`,
    );
  const folder = join(home, 'devices', name);
  return {
    folder,
    deviceFile: join(folder, 'device.json'),
    keystore: join(folder, 'keystore'),
    archive: join(folder, 'archive.db'),
    spool: join(folder, 'spool'),
  };
}

/** @throws SdkError `home.not-found`; ProtocolError `message.invalid` */
export async function readAgencyFile(home: string): Promise<AgencyFile> {
  return parseAgencyFile(await readJson(agencyPaths(home).agencyFile));
}
export const writeAgencyFile = (home: string, file: AgencyFile): Promise<void> =>
  writeJson(agencyPaths(home).agencyFile, file);

export async function readDeviceId(home: string, name: string): Promise<DeviceId> {
  return parseDeviceFile(await readJson(devicePaths(home, name).deviceFile)).device;
}
export const writeDeviceId = (home: string, name: string, device: DeviceId): Promise<void> =>
  writeJson(devicePaths(home, name).deviceFile, { v: 1, device });

/** The agency file, which must say which federation it joined. @throws SdkError `home.not-found` */
export async function readJoinedAgency(
  home: string,
): Promise<AgencyFile & { readonly federation: { readonly fed: FederationId; readonly relayUrl: string } }> {
  const file = await readAgencyFile(home);
  const { federation } = file;
  if (federation === null)
    throw new SdkError(
      'home.not-found',
      `${file.agency} has not joined a federation; run \`holdfast agency register\`.`,
    );
  return { ...file, federation };
}

async function readJson(path: string): Promise<unknown> {
  try {
    return parseStrict(fromUtf8(await readFile(path)));
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT')
      throw new SdkError('home.not-found', `There is no ${path}.`, { cause });
    throw cause;
  }
}

async function writeJson(path: string, value: unknown): Promise<void> {
  await mkdir(join(path, '..'), { recursive: true, mode: 0o700 });
  await writeFile(`${path}.new`, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600, flush: true });
  await rename(`${path}.new`, path);
}
