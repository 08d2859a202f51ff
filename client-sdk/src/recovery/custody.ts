/**
 * The agency's side of custody: a keystore for each custodian, which is theirs to keep, and the public recovery file. The private
 * half of the archive key is in memory only while two custodians are present.
 */
import {
  type ArchiveKeyPair,
  type Argon2idParams,
  addCustodian,
  archiveKeyHash,
  type Custodian,
  FileKeystore,
  generateArchiveKey,
  generateXwingKeyPair,
  KeysError,
  openByCustodians,
  type RecoveryFile,
  randomBytes,
  removeCustodian,
  sealToCustodians,
  type Unlock,
  type UnlockedCustodian,
  xwingKeyPairFromSeed,
  zeroize,
} from '@holdfast/keys';
import { fromBase64url, type Hash, type OfficerId, OfficerIdSchema, parserOf, toOfficerId } from '@holdfast/protocol';
import { SdkError } from '../errors.js';
import { readJoinedAgency } from '../home/home.js';
import { recoveryFolder } from './folder.js';
import { readRecoveryFile, writeRecoveryFile } from './recovery-file.js';

/** One record, whose id is the custodian's number. */
const TABLE = 'custodian-key';
const parseNumber = parserOf('custodian number', OfficerIdSchema, 'message.invalid');

/** Makes a custodian's keystore in `folder`, under the custodian's own password. @throws KeysError `keystore.exists` */
export async function makeCustodian(
  folder: string,
  unlock: Unlock,
  {
    number = toOfficerId(randomBytes(16)),
    params,
  }: { readonly number?: OfficerId; readonly params?: Argon2idParams } = {},
): Promise<Custodian> {
  const { publicKey, secretKey } = generateXwingKeyPair();
  const keystore = await FileKeystore.create(folder, { unlock, ...(params === undefined ? {} : { params }) });
  try {
    await keystore.put(TABLE, number, secretKey);
  } finally {
    await keystore.close();
    zeroize(secretKey);
  }
  return { number, publicKey };
}

/** Unlocks a custodian's keystore. @throws KeysError `keystore.*`, `recovery.not-custodian` where it is no custodian's */
export async function unlockCustodian(folder: string, unlock: Unlock): Promise<UnlockedCustodian & Custodian> {
  const keystore = await FileKeystore.open(folder, { unlock });
  try {
    const [id] = await keystore.list(TABLE);
    const secretKey = id === undefined ? undefined : await keystore.get(TABLE, id);
    if (id === undefined || secretKey === undefined) throw new KeysError('recovery.not-custodian');
    return { number: parseNumber(id), secretKey, publicKey: xwingKeyPairFromSeed(secretKey).publicKey };
  } finally {
    await keystore.close();
  }
}

export interface ArchiveStatus {
  readonly archive: Hash;
  /** X-Wing public key, base64url. */
  readonly archiveKey: string;
  readonly custodians: readonly OfficerId[];
}

const statusOf = ({ archiveKey, custodians }: RecoveryFile): ArchiveStatus => ({
  archive: archiveKeyHash(fromBase64url(archiveKey)),
  archiveKey,
  custodians: custodians.map(({ number }) => number),
});

/** Makes the agency's archive key and seals it to every pair. @throws SdkError `home.*`, `recovery.exists`; KeysError `recovery.custodians` */
export async function initArchive(home: string, custodians: readonly Custodian[]): Promise<ArchiveStatus> {
  const { folder, scope } = await placeOf(home);
  if ((await readRecoveryFile(folder, scope)) !== undefined) throw new SdkError('recovery.exists');
  const archive = generateArchiveKey();
  try {
    const file = await sealToCustodians(scope, archive, custodians);
    await writeRecoveryFile(folder, file);
    return statusOf(file);
  } finally {
    zeroize(archive.secretKey);
  }
}

/** @throws SdkError `home.*`, `recovery.none` */
export async function archiveStatus(home: string): Promise<ArchiveStatus> {
  const { folder, scope } = await placeOf(home);
  return statusOf(await existing(folder, scope));
}

export type Present = readonly [UnlockedCustodian, UnlockedCustodian];

/** Seals the archive key to one custodian more. @throws SdkError `recovery.none`; KeysError `recovery.*` */
export const addArchiveCustodian = (home: string, present: Present, added: Custodian): Promise<ArchiveStatus> =>
  reseal(home, present, (file, archive) => addCustodian(file, archive, added));

/** Seals the archive key anew without one. @throws SdkError `recovery.none`; KeysError `recovery.*` */
export const removeArchiveCustodian = (home: string, present: Present, removed: OfficerId): Promise<ArchiveStatus> =>
  reseal(home, present, (file, archive) => removeCustodian(file, archive, removed));

/**
 * The archive key, out of the recovery file in `folder` (of a backup, say) and two custodians. The caller zeroizes it.
 * @throws SdkError `recovery.none`; KeysError `recovery.*`
 */
export async function openArchiveKey(home: string, folder: string, [one, other]: Present): Promise<ArchiveKeyPair> {
  const { scope } = await placeOf(home);
  return await openByCustodians(await existing(folder, scope), scope, one, other);
}

async function reseal(
  home: string,
  [one, other]: Present,
  change: (file: RecoveryFile, archive: ArchiveKeyPair) => Promise<RecoveryFile>,
): Promise<ArchiveStatus> {
  const { folder, scope } = await placeOf(home);
  const file = await existing(folder, scope);
  const archive = await openByCustodians(file, scope, one, other);
  try {
    const changed = await change(file, archive);
    await writeRecoveryFile(folder, changed);
    return statusOf(changed);
  } finally {
    zeroize(archive.secretKey);
  }
}

async function placeOf(home: string) {
  const { agency, federation } = await readJoinedAgency(home);
  return { folder: recoveryFolder(home), scope: { fed: federation.fed, agency } } as const;
}

async function existing(folder: string, scope: Parameters<typeof readRecoveryFile>[1]): Promise<RecoveryFile> {
  const file = await readRecoveryFile(folder, scope);
  if (file === undefined) throw new SdkError('recovery.none');
  return file;
}
