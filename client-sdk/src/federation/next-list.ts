/** What the next trust list may change; everything else stays as the list before it has it. */
import type { AcceptedTrustList } from '@holdfast/keys/verify';
import { type AgencyId, type KeySet, type Member, sameKeySet, type TrustList } from '@holdfast/protocol';
import type { MembershipRequest } from '../enrolment/agency.js';
import { SdkError } from '../errors.js';

export type Change = (before: TrustList, nowMs: number) => Partial<Pick<TrustList, 'members' | 'root'>>;

/** The next list, unsigned. It lives as long as the one before. Dates never go back. */
export function nextList({ list, hash }: AcceptedTrustList, change: Change, nowMs: number): TrustList {
  const issuedAtMs = Math.max(nowMs, list.issuedAtMs);
  const changed = { ...list, ...change(list, issuedAtMs) };
  return {
    ...changed,
    version: list.version + 1,
    prev: hash,
    issuedAtMs,
    expiresAtMs: issuedAtMs + (list.expiresAtMs - list.issuedAtMs),
    members: [...changed.members].sort((a, b) => (a.agency < b.agency ? -1 : 1)),
  };
}

/**
 * A member added, or active again, or under another name.
 * @param replaceRoot the request's root keys take the place of others: the federation vouches for them, which quarantines the agency
 *   unless its own old keys sign too
 */
export const withMember =
  (request: MembershipRequest, { replaceRoot = false } = {}): Change =>
  ({ members }, nowMs) => {
    const before = members.find(({ agency }) => agency === request.agency);
    if (before !== undefined && !replaceRoot && !sameKeySet(before.root, request.root))
      throw new SdkError('message.refused', `${request.agency} is a member under other root keys.`, {
        issues: [{ field: 'root', reason: 'differs from the root keys in the trust list; see --new-root' }],
      });
    const member: Member = { ...request, status: 'active', admittedAtMs: before?.admittedAtMs ?? nowMs };
    return { members: [...members.filter(({ agency }) => agency !== request.agency), member] };
  };

/** A member suspended. */
export const withoutMember =
  (agency: AgencyId): Change =>
  ({ members }) => {
    if (!members.some((member) => member.agency === agency))
      throw new SdkError('directory.unknown-agency', `The federation has no member "${agency}".`);
    return {
      members: members.map((member) => (member.agency === agency ? { ...member, status: 'suspended' } : member)),
    };
  };

/** Other root keys for the federation. */
export const newRoot =
  (root: KeySet): Change =>
  () => ({ root });
