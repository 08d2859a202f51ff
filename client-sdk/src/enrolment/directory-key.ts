/**
 * The directory key: certified by the threshold of the root, for a year; renewed by making the next one beside it, having it certified,
 * and revoking the one before as superseded. Each step finds what the one before has left, so that all may be run again.
 */
import { rename, rm } from 'node:fs/promises';
import { type Argon2idParams, FileKeystore, generateSigningKey, type SigningKey, type Unlock } from '@holdfast/keys';
import type { AgencyChain } from '@holdfast/keys/verify';
import { MS_PER_DAY, toBase64url } from '@holdfast/protocol';
import { exists, loneRootKey } from '../ceremony/holders.js';
import { SdkError } from '../errors.js';
import { agencyPaths } from '../home/home.js';
import { readSigningKey, storeSigningKey } from '../home/signing-key.js';
import { publishStatement } from './publish.js';
import { type ChainWork, draftStatement } from './root.js';

const DIRECTORY_LIFE_DAYS = 365;

export interface DirectoryWork extends ChainWork {
  /** Opens the directory key, and the root's where it is one key and at hand. */
  readonly unlock: Unlock;
}

/**
 * Certifies a directory key where one holder's root key is enough and at hand; else makes a draft for the holders.
 * @throws SdkError `signatures.missing`, naming the draft
 */
export async function certifyDirectoryKey(work: DirectoryWork, key: SigningKey): Promise<AgencyChain> {
  const { home, unlock, session, chain, nowMs } = work;
  const content = {
    kind: 'directory-key',
    key: toBase64url(key.publicKey),
    notBeforeMs: nowMs - 60_000,
    notAfterMs: nowMs + DIRECTORY_LIFE_DAYS * MS_PER_DAY,
  } as const;
  const root = await loneRootKey(agencyPaths(home).root, chain.root, unlock);
  if (root !== undefined) return await publishStatement(session, chain, content, [root, key], nowMs);
  const path = await draftStatement(work, content, key);
  throw new SdkError(
    'signatures.missing',
    `${chain.root.threshold} holders of the root have to certify the directory key. The draft for them is ${path}: sign it with \`holdfast agency root sign\`, publish it with \`holdfast agency root publish\`, and run this command again.`,
    { issues: [{ field: 'draft', reason: path }] },
  );
}

/**
 * Renews the directory key. @returns the new key, and the chain in which it is in force and the old one revoked
 * @throws SdkError `signatures.missing`, naming the draft: run this again once it is published
 */
export async function rotateDirectoryKey(
  work: DirectoryWork,
  params?: Argon2idParams,
): Promise<{ readonly chain: AgencyChain; readonly key: string }> {
  const { home, unlock, chain, session, nowMs } = work;
  const { directory, nextDirectory } = agencyPaths(home);
  if (!(await exists(nextDirectory))) {
    const keystore = await FileKeystore.create(nextDirectory, { unlock, ...(params ? { params } : {}) });
    await storeSigningKey(keystore, generateSigningKey());
  }
  const next = await readSigningKey(nextDirectory, unlock);
  const key = toBase64url(next.publicKey);
  const isCertified = chain.directoryKeys.has(key);
  let current = isCertified ? chain : await certifyDirectoryKey(work, next);
  if (await exists(directory)) {
    const old = toBase64url((await readSigningKey(directory, unlock)).publicKey);
    if (current.directoryKeys.has(old) && !current.revoked.has(old)) {
      const content = { kind: 'revoke', target: old, reason: 'superseded' } as const;
      current = await publishStatement(session, current, content, [next], nowMs);
    }
    // It signs nothing more; what is not there cannot be stolen.
    await rm(directory, { recursive: true });
  }
  await rename(nextDirectory, directory);
  return { chain: current, key };
}
