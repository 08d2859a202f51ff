/**
 * What an officer signs (spec 38-approvals): one message as it was drafted, in bytes that drafter and approvers share. Everything in
 * them is fixed before the envelope is sealed; `exp` is the approval's own end (ADR 0027).
 */
import { fromBase64url, toBase64url } from '../encoding/base64url.js';
import { concat, context } from '../encoding/bytes.js';
import { canonicalBytes } from '../encoding/json.js';
import type { EnvelopeCore, Sha256 } from '../envelope/core.js';
import type { AttachmentRef, Manifest } from '../envelope/manifest.js';
import type { AgencyId, OfficerId } from '../ids.js';

/** The parts of core and manifest that officers answer for. */
export interface ApprovedAct
  extends Pick<EnvelopeCore, 'fed' | 'id'>,
    Pick<Manifest, 'conversation' | 'on' | 'kind' | 'caseRef' | 'bodyHash' | 'termsHash' | 'attachments'> {
  /** The conversation's agencies, the sender's included. */
  readonly agencies: readonly AgencyId[];
  /** Until when the envelope may be sealed, milliseconds since 1970. */
  readonly approvedUntil: number;
  /** Number of the officer who drafted it. */
  readonly drafter: OfficerId;
}

/** SHA-256("holdfast/attachments/v1\0" ‖ JCS([{id, keyHash, size, sha256}…])): which files, without giving their keys away. */
export const attachmentsHash = (sha256: Sha256, attachments: readonly AttachmentRef[]): Uint8Array =>
  sha256(
    concat(
      context('attachments'),
      canonicalBytes(
        attachments.map(({ key, ...rest }) => ({ ...rest, keyHash: toBase64url(sha256(fromBase64url(key))) })),
      ),
    ),
  );

/** "holdfast/approval/v1\0" ‖ JCS{…}: what drafter and approvers all sign. */
export function approvalBytes(sha256: Sha256, act: ApprovedAct): Uint8Array {
  const { fed, id, conversation, on, kind, caseRef, bodyHash, termsHash, attachments, approvedUntil, drafter } = act;
  return concat(
    context('approval'),
    canonicalBytes({
      fed,
      id,
      conversation,
      on,
      kind,
      caseRef,
      agencies: [...new Set(act.agencies)].sort(),
      bodyHash,
      attachmentsHash: toBase64url(attachmentsHash(sha256, attachments)),
      termsHash,
      exp: approvedUntil,
      drafter,
    }),
  );
}

/** Are two envelopes of one id the same act? By bodies, bindings and files; not by who signed, nor by when it ends. */
export const isSameAct = (one: Manifest, other: Manifest): boolean => actOf(one) === actOf(other);

function actOf({ conversation, on, kind, caseRef, bodyHash, termsHash, attachments }: Manifest): string {
  const parts: readonly (string | null)[] = [conversation, on.join(), kind, caseRef, bodyHash, termsHash];
  return JSON.stringify([...parts, ...attachments.map(({ id, sha256 }) => `${id} ${sha256}`)]);
}
