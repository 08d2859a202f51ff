/**
 * Who must sign what (domain, "fired by"): receipts and an agency's own are a device's word, some steps one officer's, and whatever
 * an approver fires needs a drafter and another officer. Exhaustive over the kinds (spec 38-approvals).
 */
import { ROLES, type Role } from '../membership/statement.js';
import { isMessageKind, isOwnKind, type MessageKind } from '../messages/index.js';

/** `approved`: one of these roles drafts, and approvers besides sign too. */
export type Signers =
  | { readonly by: 'device' }
  | { readonly by: 'officer'; readonly roles: readonly Role[] }
  | { readonly by: 'approved'; readonly drafters: readonly Role[] };

const DEVICE: Signers = { by: 'device' };
/** Whoever works on cases; an administrator alone does not. */
const CASE_WORK: readonly Role[] = ['analyst', 'approver', 'liaison', 'duty'];
const ANY_OFFICER: Signers = { by: 'officer', roles: CASE_WORK };
const DUTY_OFFICER: Signers = { by: 'officer', roles: ['duty'] };
const APPROVED: Signers = { by: 'approved', drafters: CASE_WORK };

export const SIGNERS: Readonly<Record<MessageKind, Signers>> = {
  disclosure: APPROVED,
  'disclosure.offer': APPROVED,
  'disclosure.accept': APPROVED,
  'disclosure.decline': APPROVED,
  'disclosure.revise': APPROVED,
  // The offer's approval covers it: it goes out by itself once the terms are accepted.
  'disclosure.release': DEVICE,
  'disclosure.withdraw': APPROVED,
  'disclosure.relax': APPROVED,
  'disclosure.close': APPROVED,
  'freeze.request': APPROVED,
  'freeze.acknowledge': DUTY_OFFICER,
  'freeze.ask': DUTY_OFFICER,
  'freeze.supply': ANY_OFFICER,
  'freeze.redirect': DUTY_OFFICER,
  'freeze.refuse': APPROVED,
  'freeze.no-assets': APPROVED,
  'freeze.impose': APPROVED,
  'freeze.adjust': APPROVED,
  'freeze.extension-request': APPROVED,
  'freeze.extension-decision': APPROVED,
  'freeze.lift-propose': APPROVED,
  'freeze.release-request': APPROVED,
  'freeze.lift-decision': APPROVED,
  'freeze.lift-by-law': APPROVED,
  'freeze.mla-link': ANY_OFFICER,
  'freeze.restraint': APPROVED,
  'freeze.withdraw': APPROVED,
  'consent.request': ANY_OFFICER,
  'consent.answer': APPROVED,
  'consent.shared': ANY_OFFICER,
  'consent.revoke': APPROVED,
  'exculpatory.notice': APPROVED,
  'exculpatory.consult': ANY_OFFICER,
  'exculpatory.disclosed': APPROVED,
  'exculpatory.informed': APPROVED,
  'feedback.report': ANY_OFFICER,
  'receipt.delivered': DEVICE,
  'receipt.opened': DEVICE,
  'receipt.acted': DEVICE,
  note: ANY_OFFICER,
  'own.content-key': DEVICE,
  'own.draft': DEVICE,
  'own.draft-decided': DEVICE,
};

/** An approver signs in this role and no other. */
export const APPROVER_ROLE = 'approver' satisfies Role;

/** Of any kind: one that only a newer version knows is shown and changes nothing, so that an officer suffices. */
export function signersOf(kind: string): Signers {
  if (isMessageKind(kind)) return SIGNERS[kind];
  return kind.startsWith('receipt.') || isOwnKind(kind) ? DEVICE : { by: 'officer', roles: ROLES };
}
