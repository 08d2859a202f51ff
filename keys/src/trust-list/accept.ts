/**
 * Accepting a trust list after the one before it, by TUF's rules for roots (spec 21-trust-list): the first is pinned by its
 * hash, each next has the next version, names its predecessor, and is signed by the old threshold and by its own.
 * Holds no secret; part of `@holdfast/keys/verify`.
 */
import {
  type AgencyId,
  type FederationId,
  federationHash,
  type GeneralJws,
  type Hash,
  type KeySet,
  type Member,
  parseTrustList,
  sameKeySet,
  TRUST_LIST_TYP,
  type TrustList,
  toBase64url,
  toHash,
  trustListHash,
} from '@holdfast/protocol';
import { type AgencyChain, startChain } from '../chain/state.js';
import { KeysError } from '../errors.js';
import { verifyGeneralJws } from '../jws/verify.js';
import { sha256 } from '../primitives/sha256.js';

export interface AcceptedTrustList {
  readonly fed: FederationId;
  readonly list: TrustList;
  readonly hash: Hash;
  readonly jws: GeneralJws;
  /** Every root set that any list so far has named for an agency, in order; the first is the one it was admitted under. */
  readonly roots: ReadonlyMap<AgencyId, readonly KeySet[]>;
}

/**
 * @param previous the newest accepted list, or undefined for the first
 * @param jws the candidate, from anywhere
 * @param pinned the federation the caller means to join; the first list must hash to it
 * @throws KeysError `trust-list.refused`, `jws.invalid`
 */
export function acceptTrustList(
  previous: AcceptedTrustList | undefined,
  jws: GeneralJws,
  pinned: FederationId,
): AcceptedTrustList {
  const { payload, signers } = verifyGeneralJws(jws, { typ: TRUST_LIST_TYP });
  const list = parseTrustList(payload);
  if (!hasThreshold(list.root, signers)) refuse('It is not signed by its own root threshold.');
  const hash = toHash(trustListHash(sha256, payload));
  if (previous === undefined) {
    if (list.version !== 1) refuse('The first list must be version 1.');
    if (toBase64url(federationHash(sha256, payload)) !== pinned) refuse('It belongs to another federation.');
    return { fed: pinned, list, hash, jws, roots: withRoots(new Map(), list) };
  }
  if (list.version !== previous.list.version + 1)
    refuse(`Version ${previous.list.version + 1} is next, not ${list.version}.`);
  if (list.prev !== previous.hash) refuse('It does not follow the list before it.');
  if (!hasThreshold(previous.list.root, signers)) refuse('It is not signed by the threshold of the list before it.');
  if (list.issuedAtMs < previous.list.issuedAtMs) refuse('It is dated before the list that it follows.');
  const agencies = new Set(list.members.map(({ agency }) => agency));
  // A member may be given other root keys: its chain says whether its own keys agreed to that.
  for (const { agency } of previous.list.members)
    if (!agencies.has(agency)) refuse(`${agency} is missing; a member is suspended, never removed.`);
  if (list.use !== previous.list.use) refuse('A sandbox and a live federation do not turn into each other.');
  return { fed: previous.fed, list, hash, jws, roots: withRoots(previous.roots, list) };
}

/** Have at least the threshold of these keys signed? */
export function hasThreshold(set: KeySet, signers: ReadonlySet<string>): boolean {
  return set.keys.filter((key) => signers.has(key)).length >= set.threshold;
}

/** A set is added where it is not the one named last; nothing is ever taken out, since chains are replayed along it. */
function withRoots(before: AcceptedTrustList['roots'], { members }: TrustList): AcceptedTrustList['roots'] {
  const roots = new Map(before);
  for (const { agency, root } of members) {
    const named = roots.get(agency) ?? [];
    const last = named.at(-1);
    if (last === undefined || !sameKeySet(last, root)) roots.set(agency, [...named, root]);
  }
  return roots;
}

/** Every root set that the lists have named for an agency, for `extendChain`. */
export const rootsOf = (accepted: AcceptedTrustList, agency: AgencyId): readonly KeySet[] =>
  accepted.roots.get(agency) ?? [];

/** The empty chain of a member, under the keys of its admission; undefined where the agency is none. */
export function startMemberChain(accepted: AcceptedTrustList, agency: AgencyId): AgencyChain | undefined {
  const [admitted] = rootsOf(accepted, agency);
  return admitted === undefined ? undefined : startChain(agency, admitted, accepted.fed);
}

/** An agency's line in the list, whatever its status. */
export const memberOf = (accepted: AcceptedTrustList, agency: AgencyId): Member | undefined =>
  accepted.list.members.find((member) => member.agency === agency);

function refuse(why: string): never {
  throw new KeysError('trust-list.refused', `The trust list is refused. ${why}`);
}
