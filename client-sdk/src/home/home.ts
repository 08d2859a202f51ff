/**
 * Where an agency's files lie: `agency.json` (public), `root/1`, `root/2`, … (a keystore for each holder
 * of a root key), `directory/` (the administrator's), and one
 * folder per device with its keystore, archive and attachment spool. Nothing here is secret but the keystores.
 */
import { join } from 'node:path';
import {
  AgencyIdSchema,
  type DeviceId,
  DeviceIdSchema,
  type FederationId,
  FederationIdSchema,
  KeySetSchema,
  parserOf,
} from '@holdfast/protocol';
import { type Static, Type } from 'typebox';
import { SdkError } from '../errors.js';
import { readJson, writeJson } from './json-file.js';

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
  /** The next directory key, while it is not certified yet. */
  readonly nextDirectory: string;
  readonly drafts: string;
}
export const agencyPaths = (home: string): AgencyPaths => ({
  home,
  agencyFile: join(home, 'agency.json'),
  root: join(home, 'root'),
  directory: join(home, 'directory'),
  nextDirectory: join(home, 'directory.next'),
  drafts: join(home, 'drafts'),
});

export interface DevicePaths {
  readonly folder: string;
  readonly deviceFile: string;
  readonly keystore: string;
  readonly archive: string;
  readonly spool: string;
}
export function devicePaths(home: string, name: string): DevicePaths {
  assertName('device', name);
  const folder = join(home, 'devices', name);
  return {
    folder,
    deviceFile: join(folder, 'device.json'),
    keystore: join(folder, 'keystore'),
    archive: join(folder, 'archive.db'),
    spool: join(folder, 'spool'),
  };
}

/** Names are folder names too. @throws SdkError `message.refused` */
export function assertName(what: 'device' | 'officer', name: string): void {
  if (!/^[a-z0-9][a-z0-9-]{0,31}$/.test(name))
    throw new SdkError(
      'message.refused',
      `The name of a ${what} has lower-case letters, digits and hyphens; "${name}" does not fit.`,
    );
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
