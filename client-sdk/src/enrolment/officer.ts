/**
 * Officers: a random number and roles in the agency's chain, and a key that opens with the officer's own password or key, never with
 * the gateway's. The name stays in the officer's folder, here.
 */
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Argon2idParams,
  FileKeystore,
  generateSigningKey,
  randomBytes,
  type SigningKey,
  type StatementContent,
  type Unlock,
} from '@holdfast/keys';
import { type AgencyChain, isKeysError } from '@holdfast/keys/verify';
import {
  type Delegation,
  MS_PER_DAY,
  type OfficerId,
  OfficerIdSchema,
  parserOf,
  ROLES,
  type Role,
  toBase64url,
  toOfficerId,
} from '@holdfast/protocol';
import { Type } from 'typebox';
import { isSdkError, SdkError } from '../errors.js';
import { agencyPaths, assertName, devicePaths } from '../home/home.js';
import { readJson, writeJson } from '../home/json-file.js';
import { readSigningKey, storeSigningKey } from '../home/signing-key.js';
import type { DirectoryWork } from './directory-key.js';
import { publishStatement } from './publish.js';

const OFFICER_LIFE_DAYS = 365;

const parseOfficerFile = parserOf(
  'officer.json',
  Type.Object(
    {
      v: Type.Literal(1),
      officer: OfficerIdSchema,
      name: Type.String({ minLength: 1, maxLength: 32 }),
      roles: Type.Array(Type.Unsafe<Role>({ type: 'string', enum: [...ROLES] }), { minItems: 1, uniqueItems: true }),
    },
    { additionalProperties: false },
  ),
  'message.invalid',
);
export type OfficerFile = ReturnType<typeof parseOfficerFile>;

export interface OfficerPaths {
  readonly folder: string;
  readonly officerFile: string;
  readonly keystore: string;
}
export function officerPaths(home: string, name: string): OfficerPaths {
  assertName('officer', name);
  const folder = join(home, 'officers', name);
  return { folder, officerFile: join(folder, 'officer.json'), keystore: join(folder, 'keystore') };
}

/** @throws SdkError `home.not-found` */
export const readOfficer = async (home: string, name: string): Promise<OfficerFile> =>
  parseOfficerFile(await readJson(officerPaths(home, name).officerFile));

/** The names of the officers whose folders are here. */
export const officerNames = async (home: string): Promise<readonly string[]> => await namesIn(join(home, 'officers'));
/** The names of the devices whose folders are here. */
export const deviceNames = async (home: string): Promise<readonly string[]> => await namesIn(join(home, 'devices'));

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).filter((name) => /^[a-z0-9][a-z0-9-]*$/.test(name)).sort();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

export interface NewOfficer {
  readonly name: string;
  readonly roles: readonly Role[];
  /** Bounds within which alone the officer may sign; none where nothing is said. */
  readonly delegation?: Delegation;
  /** The officer's own. */
  readonly unlock: Unlock;
}

/**
 * Makes and certifies an officer's key; run again after an interruption it goes on with the same key.
 * @throws SdkError `officer.exists`, `officer.unlock-shared`, `message.refused`, `relay.*`
 */
export async function addOfficer(
  work: DirectoryWork,
  { name, roles, unlock, delegation }: NewOfficer,
  params?: Argon2idParams,
): Promise<{ readonly officer: OfficerId; readonly chain: AgencyChain }> {
  const { home, chain, session, nowMs } = work;
  const paths = officerPaths(home, name);
  if (sameUnlock(unlock, work.unlock) || (await opensDevice(home, unlock))) throw new SdkError('officer.unlock-shared');
  const begun = await begunOfficer(home, name);
  if (begun !== undefined && chain.officers.has(begun.officer))
    throw new SdkError('officer.exists', `There is an officer "${name}" already; choose another name.`);
  const directoryKey = await readSigningKey(agencyPaths(home).directory, work.unlock);
  const officer = begun?.officer ?? toOfficerId(randomBytes(16));
  await mkdir(paths.folder, { recursive: true, mode: 0o700 });
  await writeJson(paths.officerFile, { v: 1, officer, name, roles });
  const key = await keyOf(paths.keystore, unlock, chain, params);
  const content = {
    kind: 'officer' as const,
    officer,
    roles: [...roles],
    ...(delegation === undefined ? {} : { delegation }),
    key: toBase64url(key.publicKey),
    notBeforeMs: nowMs - 60_000,
    notAfterMs: nowMs + OFFICER_LIFE_DAYS * MS_PER_DAY,
  } satisfies StatementContent;
  return { officer, chain: await publishStatement(session, chain, content, [directoryKey, key], nowMs) };
}

async function begunOfficer(home: string, name: string): Promise<OfficerFile | undefined> {
  try {
    return await readOfficer(home, name);
  } catch (error) {
    if (isSdkError(error, 'home.not-found')) return undefined;
    throw error;
  }
}

async function keyOf(
  folder: string,
  unlock: Unlock,
  { fed }: AgencyChain,
  params: Argon2idParams | undefined,
): Promise<SigningKey> {
  try {
    const keystore = await FileKeystore.create(folder, { unlock, fed, ...(params ? { params } : {}) });
    const key = generateSigningKey();
    await storeSigningKey(keystore, key);
    return key;
  } catch (error) {
    if (isKeysError(error, 'keystore.exists')) return await readSigningKey(folder, unlock);
    throw error;
  }
}

function sameUnlock(a: Unlock, b: Unlock): boolean {
  if (a.kind === 'password')
    return b.kind === 'password' && a.password.normalize('NFC') === b.password.normalize('NFC');
  return b.kind === 'key' && toBase64url(a.key) === toBase64url(b.key);
}

/** Would it open one of the gateway's keystores? Then whoever runs the gateway could sign as the officer. */
async function opensDevice(home: string, unlock: Unlock): Promise<boolean> {
  for (const name of await deviceNames(home)) {
    try {
      await (await FileKeystore.open(devicePaths(home, name).keystore, { unlock })).close();
      return true;
    } catch (error) {
      if (!isKeysError(error)) throw error;
    }
  }
  return false;
}
