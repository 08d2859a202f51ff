/**
 * Do the officers' signatures of an envelope meet the rule of its kind (spec 38-approvals)? By the sender's chain as of the position
 * that the envelope names, and never by a key revoked since. Holds no secret; part of `@holdfast/keys/verify`.
 */
import {
  type AgencyId,
  APPROVER_ROLE,
  approvalBytes,
  type Delegation,
  type EnvelopeCore,
  fromBase64url,
  LIMITS,
  type Manifest,
  type Role,
  signersOf,
} from '@holdfast/protocol';
import type { AgencyChain, OfficerCertificate } from '../chain/state.js';
import { KeysError, type KeysErrorCode } from '../errors.js';
import { verifySignature } from '../primitives/ed25519-verify.js';
import { sha256 } from '../primitives/sha256.js';

export interface SignedAct {
  readonly core: Pick<EnvelopeCore, 'fed' | 'id' | 'ts'>;
  readonly manifest: Omit<Manifest, 'ch' | 'rosterHash' | 'sq' | 'prev' | 'seen' | 'salt' | 'checkpoints'>;
  /** The conversation's agencies, the sender's included. */
  readonly roster: readonly AgencyId[];
}

export interface ApprovalRule {
  /** The sender's agency, in the newest view. */
  readonly chain: AgencyChain;
  /** The position that the envelope's `dir` names. */
  readonly seq: number;
  /** Approvers besides the drafter, for a kind that needs approval. */
  readonly required: number;
}

/** Who has signed. */
export interface Officers {
  readonly drafter: OfficerCertificate;
  readonly approvers: readonly OfficerCertificate[];
}

/** Has any officer signed, or does the manifest claim so? */
export const hasOfficers = ({ actor, actorSig, approvals, approvedUntil }: SignedAct['manifest']): boolean =>
  actor !== null || actorSig !== null || approvedUntil !== null || approvals.length > 0;

/**
 * Who speaks, once all of it holds: every signature that is there, not only as many as are needed.
 * @throws KeysError `approval.*`
 */
export function verifyApproval(act: SignedAct, rule: ApprovalRule): Officers {
  const { core, manifest } = act;
  const { actor, actorSig, approvedUntil, approvals } = manifest;
  if (actor === null || actorSig === null || approvedUntil === null)
    return refuse('approval.incomplete', 'Nobody has signed as its drafter.');
  if (core.ts > approvedUntil) refuse('approval.expired', 'It was sealed after the end of its approval.');
  if (approvedUntil > core.ts + LIMITS.approvalMs) refuse('approval.expired', 'Its approval would hold too long.');
  const drafter = [...rule.chain.officers.values()].find(({ statement }) => statement === actor);
  if (drafter === undefined) return refuse('approval.officer-unknown', 'The drafter is in no certificate.');
  const bytes = approvalBytes(sha256, {
    ...core,
    ...manifest,
    agencies: act.roster,
    approvedUntil,
    drafter: drafter.officer,
  });
  assertMaySign(drafter, draftersOf(manifest.kind), act, rule);
  assertSignature(drafter, bytes, actorSig);
  const signed = [drafter];
  for (const { officer, role, sig } of approvals) {
    const approver = rule.chain.officers.get(officer);
    if (approver === undefined) return refuse('approval.officer-unknown', 'An approver is in no certificate.');
    if (officer === drafter.officer) refuse('approval.own-draft', 'The drafter is among the approvers.');
    if (signed.some((other) => other.officer === officer || other.key === approver.key))
      refuse('approval.repeated', 'One officer or one key stands twice.');
    if (role !== APPROVER_ROLE) refuse('approval.role', 'An approver signs in another role.');
    assertMaySign(approver, [APPROVER_ROLE], act, rule);
    assertSignature(approver, bytes, sig);
    signed.push(approver);
  }
  const needed = signersOf(manifest.kind).by === 'approved' ? Math.max(rule.required, 1) : 0;
  if (approvals.length < needed)
    refuse('approval.incomplete', `It has ${approvals.length} of ${needed} approvals besides its drafter's signature.`);
  return { drafter, approvers: signed.slice(1) };
}

/** Roles that may draft, or for the simpler kinds say, a message of `kind`. */
export function draftersOf(kind: string): readonly Role[] {
  const signers = signersOf(kind);
  switch (signers.by) {
    case 'device':
      return [];
    case 'officer':
      return signers.roles;
    case 'approved':
      return signers.drafters;
  }
}

/** May this officer sign this act, in one of these roles? @throws KeysError `approval.*` */
export function assertMaySign(
  certificate: OfficerCertificate,
  roles: readonly Role[],
  { core, manifest, roster }: SignedAct,
  { chain, seq }: Pick<ApprovalRule, 'chain' | 'seq'>,
): void {
  if (certificate.seq > seq)
    refuse('approval.officer-unknown', 'An officer is not certified at the position that it names.');
  const { notBeforeMs, notAfterMs, delegation } = certificate;
  if (chain.revoked.has(certificate.key) || core.ts < notBeforeMs || core.ts > notAfterMs)
    refuse('approval.officer-revoked', "An officer's certificate is revoked or not in force.");
  if (!certificate.roles.some((role) => roles.includes(role)))
    refuse('approval.role', `An officer has none of the roles that ${manifest.kind} asks for: ${roles.join(', ')}.`);
  if (delegation !== undefined) assertDelegated(delegation, chain.agency, manifest.kind, roster, core.ts);
}

function assertDelegated(
  { kinds, counterparts, untilMs }: Delegation,
  own: AgencyId,
  kind: string,
  roster: readonly AgencyId[],
  tsMs: number,
): void {
  if (tsMs > untilMs) refuse('approval.delegation', 'The delegation of an officer has ended.');
  if (!kinds.includes(kind)) refuse('approval.delegation', `The delegation of an officer does not cover ${kind}.`);
  const strangers = roster.filter((agency) => agency !== own && counterparts?.includes(agency) === false);
  if (strangers.length > 0)
    refuse('approval.delegation', `The delegation of an officer does not cover ${strangers.join(', ')}.`);
}

function assertSignature({ key }: OfficerCertificate, bytes: Uint8Array, sig: string): void {
  if (!verifySignature(fromBase64url(sig), bytes, fromBase64url(key)))
    refuse('approval.signature', 'A signature of an officer does not verify.');
}

function refuse(code: Extract<KeysErrorCode, `approval.${string}`>, why: string): never {
  throw new KeysError(code, why);
}
