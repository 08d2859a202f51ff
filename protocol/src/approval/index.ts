/** Four eyes: what officers sign, who must, and what becomes of a draft. */
export { type ApprovedAct, approvalBytes, attachmentsHash, isSameAct } from './approval-bytes.js';
export * from './draft-table.js';
export { APPROVER_ROLE, SIGNERS, type Signers, signersOf } from './signers.js';
