/**
 * What an agency's administrator does once: make the root and the directory key, ask to be admitted, publish the chain's
 * first statements, the directory entry and the capability record. Each holder's root key and the directory key lie in keystores of their own.
 */
import { type Argon2idParams, FileKeystore, generateSigningKey, type Unlock } from '@holdfast/keys';
import type { AgencyChain } from '@holdfast/keys/verify';
import type { AgencyId } from '@holdfast/protocol';
import { makeRoot, type RootPlan } from '../ceremony/holders.js';
import { type AgencyFile, agencyPaths, writeAgencyFile } from '../home/home.js';
import { readSigningKey, storeSigningKey } from '../home/signing-key.js';
import type { OpenSession } from '../session/open-session.js';
import { certifyDirectoryKey } from './directory-key.js';
import { ownDocument, publishWith } from './documents.js';

/** What the federation needs to admit the agency; carried to it by hand and compared by phone. */
export interface MembershipRequest {
  readonly agency: AgencyId;
  readonly name: string;
  readonly root: AgencyFile['root'];
}

/**
 * Makes the agency's home with its root and directory keys.
 * @param plan the holders of the root; without it there is one, whose key opens as the directory key does
 * @throws KeysError `keystore.exists` where the home exists already; SdkError `message.refused`
 */
export async function initAgency(
  home: string,
  agency: AgencyId,
  name: string,
  unlock: Unlock,
  params?: Argon2idParams,
  plan: RootPlan = { threshold: 1, unlocks: [unlock] },
): Promise<MembershipRequest> {
  const paths = agencyPaths(home);
  const directory = await FileKeystore.create(paths.directory, { unlock, ...(params ? { params } : {}) });
  await storeSigningKey(directory, generateSigningKey());
  const { root } = await makeRoot(paths.root, plan, params);
  const request = { agency, name, root };
  await writeAgencyFile(home, { v: 1, ...request, federation: null });
  return request;
}

export interface Registration {
  /** Directory entry, as read from the administrator's file. */
  readonly entry: unknown;
  readonly capability: unknown;
}

/**
 * Certifies the directory key where the chain has none, then signs and publishes entry and capability record.
 * @throws SdkError `signatures.missing` where several holders of the root have to certify the directory key: a draft is made for them
 */
export async function registerAgency(
  home: string,
  unlock: Unlock,
  session: OpenSession,
  chain: AgencyChain,
  registration: Registration,
  nowMs: number,
): Promise<AgencyChain> {
  const paths = agencyPaths(home);
  const entry = ownDocument('entry', registration.entry, chain.agency);
  const capability = ownDocument('capability', registration.capability, chain.agency);
  const directoryKey = await readSigningKey(paths.directory, unlock);
  let current = chain;
  if (current.directoryKeys.size === 0)
    current = await certifyDirectoryKey({ home, unlock, session, chain, nowMs }, directoryKey);
  for (const document of [entry, capability])
    current = await publishWith(session, current, directoryKey, document, nowMs);
  return current;
}
