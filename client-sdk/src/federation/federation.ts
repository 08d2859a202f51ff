/**
 * What the federation's secretariat does, offline: make the root keys and the first trust list, and sign each next one. Where one
 * holder is enough and at hand that is one step; else the list goes from holder to holder as a draft.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Argon2idParams, federationOf, signTrustList, type Unlock } from '@holdfast/keys';
import { type AcceptedTrustList, acceptTrustList } from '@holdfast/keys/verify';
import {
  type AgencyId,
  encodeTrustList,
  type KeySet,
  MS_PER_DAY,
  sameKeySet,
  type TrustList,
} from '@holdfast/protocol';
import { type Ask, assertSigned, type Draft, draftJws, makeDraft, writeDraft } from '../ceremony/draft.js';
import { exists, type Holder, loneRootKey, makeRoot, type RootPlan } from '../ceremony/holders.js';
import type { MembershipRequest } from '../enrolment/agency.js';
import { SdkError } from '../errors.js';
import { type Change, newRoot, nextList, withMember, withoutMember } from './next-list.js';
import { latestTrustList, listFolder, trustListPath, writeList } from './trust-list-files.js';

export interface FederationInit {
  readonly name: string;
  readonly use: TrustList['use'];
  readonly relay: TrustList['relay'];
  readonly validDays: number;
  readonly nowMs: number;
  readonly params?: Argon2idParams;
  /** The holders of the root; without it there is one, under the unlock that `initFederation` is given. */
  readonly root?: RootPlan;
}

export const rootFolder = (home: string): string => join(home, 'root');
const draftPath = (home: string, version: number): string => join(home, 'drafts', `trust-list-${version}.json`);

/**
 * Makes the federation's root keys and its first trust list.
 * @param unlock of the one holder; null where `init.root` names the holders
 * @throws SdkError `message.refused`; KeysError `keystore.exists`
 */
export async function initFederation(
  home: string,
  unlock: Unlock | null,
  init: FederationInit,
): Promise<AcceptedTrustList> {
  if (await exists(trustListPath(home, 1)))
    throw new SdkError('message.refused', `There is a federation at ${home} already.`);
  const { root, keys } = await makeRoot(
    rootFolder(home),
    init.root ?? { threshold: 1, unlocks: unlock === null ? [] : [unlock] },
    init.params,
  );
  const list: TrustList = {
    v: 1,
    use: init.use,
    name: init.name,
    version: 1,
    prev: null,
    issuedAtMs: init.nowMs,
    expiresAtMs: init.nowMs + init.validDays * MS_PER_DAY,
    root,
    relay: init.relay,
    members: [],
    witnessPolicy: '',
  };
  // All holders are in the room at this one moment.
  const accepted = acceptTrustList(undefined, await signTrustList(list, keys), federationOf(list));
  await mkdir(listFolder(home), { recursive: true });
  await writeList(home, accepted);
  return accepted;
}

/**
 * Signs the next list with this member added, or active again, or under another name.
 * @throws SdkError `message.refused` where its root differs, `signatures.missing` where one holder is not enough
 */
export const admitMember = (
  home: string,
  unlock: Unlock,
  request: MembershipRequest,
  nowMs: number,
): Promise<AcceptedTrustList> => signNext(home, unlock, withMember(request), nowMs);

/** Signs the next list with this member suspended. @throws SdkError `directory.unknown-agency`, `signatures.missing` */
export const suspendMember = (
  home: string,
  unlock: Unlock,
  agency: AgencyId,
  nowMs: number,
): Promise<AcceptedTrustList> => signNext(home, unlock, withoutMember(agency), nowMs);

/** Changes and signs in one step. @throws SdkError `signatures.missing` where one holder is not enough, or not at hand */
export async function signNext(
  home: string,
  unlock: Unlock,
  change: Change,
  nowMs: number,
): Promise<AcceptedTrustList> {
  const latest = await latestTrustList(home);
  const next = nextList(latest, change, nowMs);
  const key = await loneRootKey(rootFolder(home), latest.list.root, unlock);
  if (key === undefined) {
    assertSigned(asksOf(latest.list.root, next), new Set());
    throw new SdkError('signatures.missing');
  }
  const accepted = acceptTrustList(latest, await signTrustList(next, [key]), latest.fed);
  await writeList(home, accepted);
  return accepted;
}

/** The draft of the next list, for several holders. @returns its path */
export async function draftNext(
  home: string,
  change: Change,
  nowMs: number,
): Promise<{ readonly path: string; readonly draft: Draft; readonly previous: TrustList }> {
  const { list, ...latest } = await latestTrustList(home);
  const next = nextList({ list, ...latest }, change, nowMs);
  const draft = makeDraft('trust-list', encodeTrustList(next), asksOf(list.root, next));
  const path = draftPath(home, next.version);
  await writeDraft(path, draft);
  return { path, draft, previous: list };
}

/** Makes the new holders' keys of the federation, and the draft of the list that puts them in the old ones' place. */
export async function draftFederationRoot(
  home: string,
  plan: RootPlan,
  nowMs: number,
  params?: Argon2idParams,
): Promise<{ readonly path: string; readonly draft: Draft; readonly holders: readonly Holder[] }> {
  const { list } = await latestTrustList(home);
  const stranger = plan.keep?.find((key) => !list.root.keys.includes(key));
  if (stranger !== undefined)
    throw new SdkError('message.refused', `The key ${stranger} is none of the federation's root keys.`);
  const { root, holders } = await makeRoot(rootFolder(home), plan, params);
  return { ...(await draftNext(home, newRoot(root), nowMs)), holders };
}

function asksOf(before: KeySet, { root }: TrustList): readonly Ask[] {
  if (sameKeySet(before, root)) return [{ what: 'root', set: before }];
  return [
    { what: 'old-root', set: before },
    { what: 'new-root', set: root },
  ];
}

/**
 * Makes a draft that has all its signatures the next list of the home; again it does nothing.
 * @throws SdkError `signatures.missing`, naming whose, `draft.outdated`, `draft.refused`; KeysError `trust-list.refused`
 */
export async function finishTrustList(home: string, draft: Draft): Promise<AcceptedTrustList> {
  if (draft.kind !== 'trust-list') throw new SdkError('draft.refused', 'The draft is a statement, not a trust list.');
  const latest = await latestTrustList(home);
  const jws = draftJws(draft);
  if (draft.list.version === latest.list.version && latest.jws.payload === jws.payload) return latest;
  if (draft.list.version !== latest.list.version + 1 || draft.list.prev !== latest.hash)
    throw new SdkError(
      'draft.outdated',
      `The draft is version ${draft.list.version}; the newest list here is ${latest.list.version}, and the draft does not follow it. Make it anew.`,
    );
  assertSigned(asksOf(latest.list.root, draft.list), draft.signers);
  const accepted = acceptTrustList(latest, jws, latest.fed);
  await writeList(home, accepted);
  return accepted;
}

/** The list that a draft follows, where it is in this home, so that what changes can be told. */
export async function listBefore(home: string, draft: Draft): Promise<TrustList | undefined> {
  if (draft.kind !== 'trust-list' || !(await exists(trustListPath(home, 1)))) return undefined;
  const latest = await latestTrustList(home);
  return latest.hash === draft.list.prev ? latest.list : undefined;
}
