/**
 * What an agency's administrator does once: make the root and the directory key, ask to be admitted, publish the chain's
 * first statements, the directory entry and the capability record. Root and directory key stay in keystores of their own.
 */
import {
  type Argon2idParams,
  FileKeystore,
  generateSigningKey,
  randomBytes,
  type SigningKey,
  type StatementContent,
  signingKeyFromSeed,
  signStatement,
  type Unlock,
} from '@holdfast/keys';
import { type AgencyChain, sha256 } from '@holdfast/keys/verify';
import {
  type AgencyId,
  type AppendStatement,
  documentHash,
  MS_PER_DAY,
  OPERATIONS,
  parseCapabilityRecord,
  parseDirectoryEntry,
  type SaltedDocument,
  toBase64url,
  toHash,
} from '@holdfast/protocol';
import { SdkError } from '../errors.js';
import { type AgencyFile, agencyPaths, writeAgencyFile } from '../home/home.js';
import type { OpenSession } from '../session/open-session.js';

/** What the federation needs to admit the agency; carried to it by hand and compared by phone. */
export interface MembershipRequest {
  readonly agency: AgencyId;
  readonly name: string;
  readonly root: AgencyFile['root'];
}

/** Makes the agency's home with its root and directory keys. @throws KeysError where the home exists already */
export async function initAgency(
  home: string,
  agency: AgencyId,
  name: string,
  unlock: Unlock,
  params?: Argon2idParams,
): Promise<MembershipRequest> {
  const paths = agencyPaths(home);
  const root = generateSigningKey();
  for (const [folder, key] of [
    [paths.root, root],
    [paths.directory, generateSigningKey()],
  ] as const) {
    await storeSigningKey(await FileKeystore.create(folder, { unlock, ...(params ? { params } : {}) }), key);
  }
  const request = { agency, name, root: { threshold: 1, keys: [toBase64url(root.publicKey)] } };
  await writeAgencyFile(home, { v: 1, ...request, federation: null });
  return request;
}

/** Stores the key in a keystore just made, and closes it. */
export async function storeSigningKey(keystore: FileKeystore, key: SigningKey): Promise<void> {
  try {
    await keystore.put('signing-key', 'main', key.seed);
  } finally {
    await keystore.close();
  }
}

/** The signing key of an open keystore. @throws SdkError `home.not-found` */
export async function signingKeyIn(keystore: FileKeystore): Promise<SigningKey> {
  const seed = await keystore.get('signing-key', 'main');
  if (seed === undefined) throw new SdkError('home.not-found', 'The keystore holds no signing key.');
  return signingKeyFromSeed(seed);
}

/** The signing key of the keystore in `folder`. @throws KeysError `keystore.*` */
export async function readSigningKey(folder: string, unlock: Unlock): Promise<SigningKey> {
  const keystore = await FileKeystore.open(folder, { unlock });
  try {
    return await signingKeyIn(keystore);
  } finally {
    await keystore.close();
  }
}

/** Signs and publishes one statement (with the document it names); returns the chain after it. */
export async function publishStatement(
  session: OpenSession,
  chain: AgencyChain,
  content: StatementContent,
  keys: readonly SigningKey[],
  nowMs: number,
  document: SaltedDocument | null = null,
): Promise<AgencyChain> {
  const signed = await signStatement(chain, content, nowMs, keys);
  const body: AppendStatement = { statement: signed.jws, document };
  await session.openCall(OPERATIONS.appendStatement, { params: { agency: chain.agency }, body });
  return signed.chain;
}

export interface Registration {
  /** Directory entry, as read from the administrator's file. */
  readonly entry: unknown;
  readonly capability: unknown;
}

/** Certifies the directory key where the chain has none, then signs and publishes entry and capability record. */
export async function registerAgency(
  home: string,
  unlock: Unlock,
  session: OpenSession,
  chain: AgencyChain,
  registration: Registration,
  nowMs: number,
): Promise<AgencyChain> {
  const paths = agencyPaths(home);
  const entry = parseDirectoryEntry(registration.entry);
  const capability = parseCapabilityRecord(registration.capability);
  if (entry.agency !== chain.agency)
    throw new SdkError('message.refused', 'The directory entry is for another agency.', {
      issues: [{ field: 'agency', reason: `must be ${chain.agency}` }],
    });
  if (capability.agency !== chain.agency)
    throw new SdkError('message.refused', 'The capability record is for another agency.', {
      issues: [{ field: 'agency', reason: `must be ${chain.agency}` }],
    });
  const directoryKey = await readSigningKey(paths.directory, unlock);
  let current = chain;
  if (current.directoryKeys.size === 0) {
    const root = await readSigningKey(paths.root, unlock);
    const validity = { notBeforeMs: nowMs - 60_000, notAfterMs: nowMs + 365 * MS_PER_DAY };
    const content = { kind: 'directory-key', key: toBase64url(directoryKey.publicKey), ...validity } as const;
    current = await publishStatement(session, current, content, [root, directoryKey], nowMs);
  }
  for (const [kind, document] of [
    ['entry', entry],
    ['capability', capability],
  ] as const) {
    const salt = randomBytes(32);
    const hash = toHash(documentHash(sha256, salt, document));
    const content = { kind, documentHash: hash, expiresAtMs: document.expiresAtMs };
    current = await publishStatement(session, current, content, [directoryKey], nowMs, {
      salt: toBase64url(salt),
      document,
    });
  }
  return current;
}
