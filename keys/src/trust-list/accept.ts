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
  TRUST_LIST_TYP,
  type TrustList,
  toBase64url,
  toHash,
  trustListHash,
} from '@holdfast/protocol';
import { KeysError } from '../errors.js';
import { verifyGeneralJws } from '../jws/verify.js';
import { sha256 } from '../primitives/sha256.js';

export interface AcceptedTrustList {
  readonly fed: FederationId;
  readonly list: TrustList;
  readonly hash: Hash;
  readonly jws: GeneralJws;
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
    return { fed: pinned, list, hash, jws };
  }
  if (list.version !== previous.list.version + 1)
    refuse(`Version ${previous.list.version + 1} is next, not ${list.version}.`);
  if (list.prev !== previous.hash) refuse('It does not follow the list before it.');
  if (!hasThreshold(previous.list.root, signers)) refuse('It is not signed by the threshold of the list before it.');
  for (const { agency, root } of previous.list.members) {
    const member = list.members.find((candidate) => candidate.agency === agency);
    // Chains are replayed from the member's root: neither may change under them in this version.
    if (member === undefined) refuse(`${agency} is missing; a member is suspended, never removed.`);
    else if (!sameKeys(member.root, root)) refuse(`The root keys of ${agency} changed.`);
  }
  if (list.use !== previous.list.use) refuse('A sandbox and a live federation do not turn into each other.');
  return { fed: previous.fed, list, hash, jws };
}

/** Have at least the threshold of these keys signed? */
export function hasThreshold(set: KeySet, signers: ReadonlySet<string>): boolean {
  return set.keys.filter((key) => signers.has(key)).length >= set.threshold;
}

const sameKeys = (a: KeySet, b: KeySet): boolean => a.threshold === b.threshold && a.keys.join() === b.keys.join();

/** An agency's line in the list, whatever its status. */
export const memberOf = (accepted: AcceptedTrustList, agency: AgencyId): Member | undefined =>
  accepted.list.members.find((member) => member.agency === agency);

function refuse(why: string): never {
  throw new KeysError('trust-list.refused', `The trust list is refused. ${why}`);
}
