/**
 * What the federation's operator does, offline: make the root key, sign the first trust list, admit and suspend members by
 * signing the next one. The lists are public files; the relay and every agency verify them against the federation's id.
 */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Argon2idParams,
  FileKeystore,
  federationOf,
  generateSigningKey,
  signTrustList,
  type Unlock,
} from '@holdfast/keys';
import { type AcceptedTrustList, acceptTrustList } from '@holdfast/keys/verify';
import {
  type AgencyId,
  type FederationId,
  fromBase64url,
  fromUtf8,
  type GeneralJws,
  GeneralJwsSchema,
  type Member,
  MS_PER_DAY,
  parserOf,
  parseStrict,
  parseTrustList,
  type TrustList,
  toBase64url,
} from '@holdfast/protocol';
import { type MembershipRequest, readSigningKey, storeSigningKey } from '../enrolment/agency.js';
import { SdkError } from '../errors.js';

const parseJws = parserOf('trust list', GeneralJwsSchema, 'trust-list.invalid');
const MAX_LIST_BYTES = 1_600_000;

export interface FederationInit {
  readonly name: string;
  readonly use: TrustList['use'];
  readonly relay: TrustList['relay'];
  readonly validDays: number;
  readonly nowMs: number;
  readonly params?: Argon2idParams;
}

/** Makes the federation's root key and its first trust list. @throws KeysError `keystore.exists` */
export async function initFederation(home: string, unlock: Unlock, init: FederationInit): Promise<AcceptedTrustList> {
  const root = generateSigningKey();
  const keystore = await FileKeystore.create(join(home, 'root'), {
    unlock,
    ...(init.params ? { params: init.params } : {}),
  });
  await storeSigningKey(keystore, root);
  const list: TrustList = {
    v: 1,
    use: init.use,
    name: init.name,
    version: 1,
    prev: null,
    issuedAtMs: init.nowMs,
    expiresAtMs: init.nowMs + init.validDays * MS_PER_DAY,
    root: { threshold: 1, keys: [toBase64url(root.publicKey)] },
    relay: init.relay,
    members: [],
    witnessPolicy: '',
  };
  const jws = await signTrustList(list, [root]);
  const accepted = acceptTrustList(undefined, jws, federationOf(list));
  await mkdir(listFolder(home), { recursive: true });
  await writeList(home, accepted);
  return accepted;
}

/** Signs the next list with this member added, or active again, or under another name. @throws SdkError `message.refused` where its root differs */
export function admitMember(
  home: string,
  unlock: Unlock,
  request: MembershipRequest,
  nowMs: number,
): Promise<AcceptedTrustList> {
  return nextList(home, unlock, nowMs, (members) => {
    const before = members.find(({ agency }) => agency === request.agency);
    if (before !== undefined && JSON.stringify(before.root) !== JSON.stringify(request.root)) {
      throw new SdkError('message.refused', `${request.agency} is a member under other root keys.`, {
        issues: [{ field: 'root', reason: 'differs from the keys under which the agency was admitted' }],
      });
    }
    const member: Member = { ...request, status: 'active', admittedAtMs: before?.admittedAtMs ?? nowMs };
    return [...members.filter(({ agency }) => agency !== request.agency), member];
  });
}

/** Signs the next list with this member suspended. @throws SdkError `directory.unknown-agency` */
export function suspendMember(
  home: string,
  unlock: Unlock,
  agency: AgencyId,
  nowMs: number,
): Promise<AcceptedTrustList> {
  return nextList(home, unlock, nowMs, (members) => {
    if (!members.some((member) => member.agency === agency))
      throw new SdkError('directory.unknown-agency', `The federation has no member "${agency}".`);
    return members.map((member) => (member.agency === agency ? { ...member, status: 'suspended' } : member));
  });
}

async function nextList(
  home: string,
  unlock: Unlock,
  nowMs: number,
  change: (members: readonly Member[]) => Member[],
): Promise<AcceptedTrustList> {
  const latest = (await readTrustLists(home)).at(-1);
  if (latest === undefined)
    throw new SdkError('home.not-found', `There is no federation at ${home}; run \`holdfast federation init\` first.`);
  const root = await readSigningKey(join(home, 'root'), unlock);
  const { list } = latest;
  const members = change(list.members).sort((a, b) => (a.agency < b.agency ? -1 : 1));
  const life = list.expiresAtMs - list.issuedAtMs;
  const next: TrustList = {
    ...list,
    version: list.version + 1,
    prev: latest.hash,
    issuedAtMs: nowMs,
    expiresAtMs: nowMs + life,
    members,
  };
  const accepted = acceptTrustList(latest, await signTrustList(next, [root]), latest.fed);
  await writeList(home, accepted);
  return accepted;
}

/** Every trust list of the federation's home, verified in order. */
export async function readTrustLists(home: string): Promise<AcceptedTrustList[]> {
  const names = await readdir(listFolder(home)).catch((cause: unknown) => {
    throw new SdkError('home.not-found', `There is no federation at ${home}; run \`holdfast federation init\` first.`, {
      cause,
    });
  });
  const accepted: AcceptedTrustList[] = [];
  for (let version = 1; names.includes(`${version}.json`); version++) {
    const jws = await readTrustListFile(join(listFolder(home), `${version}.json`));
    accepted.push(acceptTrustList(accepted.at(-1), jws, accepted[0]?.fed ?? federationIdOf(jws)));
  }
  return accepted;
}

/** A trust list's file, read but not verified. @throws ProtocolError `encoding.*`, `trust-list.invalid` */
export async function readTrustListFile(path: string): Promise<GeneralJws> {
  const bytes = await readFile(path);
  if (bytes.length > MAX_LIST_BYTES) throw new SdkError('message.refused', `${path} is too large to be a trust list.`);
  return parseJws(parseStrict(fromUtf8(bytes), { depth: 8, members: 100_000 }));
}

/** The id that a first list stands for: trust in it comes from comparing this, by phone. */
export function federationIdOf(first: GeneralJws): FederationId {
  return federationOf(parseTrustList(fromBase64url(first.payload)));
}

const listFolder = (home: string): string => join(home, 'trust-lists');
/** Where a version lies in the federation's home. */
export const trustListPath = (home: string, version: number): string => join(listFolder(home), `${version}.json`);

async function writeList(home: string, { list, jws }: AcceptedTrustList): Promise<void> {
  await writeFile(trustListPath(home, list.version), `${JSON.stringify(jws)}\n`, { flag: 'wx', flush: true });
}
