/** A drafted message as its officers sign it and as its recipients check it: one form for both (spec 38-approvals). */
import { type OfficerCertificate, type SignedAct, sha256 } from '@holdfast/keys/verify';
import {
  approvalBytes,
  bodyHash,
  canonicalBytes,
  fromBase64url,
  type MessageBody,
  toBase64url,
  toHash,
} from '@holdfast/protocol';
import type { SignedParts } from '../archive/json-columns.js';
import type { DeskRuntime } from '../desk-runtime.js';
import { SdkError } from '../errors.js';
import type { OfficerSigner } from './officer-signer.js';

/** A draft in the form in which devices tell it one another. */
export type Draft = MessageBody<'own.draft'>;

/** What recipients will check, if the envelope were sealed at `tsMs`. */
export function actOf({ fed, agency }: DeskRuntime['identity'], draft: Draft, tsMs: number): SignedAct {
  const { caseRef = null, termsHash = null, conversation, kind, on, attachments } = draft;
  return {
    core: { fed, id: draft.draft, ts: tsMs },
    manifest: {
      conversation,
      on,
      kind,
      caseRef,
      termsHash,
      attachments,
      bodyHash: toHash(bodyHash(sha256, fromBase64url(draft.salt), canonicalBytes(draft.body))),
      ...signedParts(draft),
    },
    roster: [...new Set([...draft.recipients, agency])].sort(),
  };
}

/** What the manifest carries of its officers. */
export function signedParts({ salt, actor, actorSig, approvedUntil, approvals }: Draft): SignedParts {
  return { salt, actor, actorSig, approvedUntil, approvals };
}

/** The officer's signature over the draft, base64url. */
export function signAct(identity: DeskRuntime['identity'], draft: Draft, signer: OfficerSigner): string {
  const { core, manifest, roster } = actOf(identity, draft, 0);
  const { drafter, approvedUntil } = draft;
  return toBase64url(
    signer.sign(approvalBytes(sha256, { ...core, ...manifest, agencies: roster, approvedUntil, drafter })),
  );
}

/**
 * The certificate under which the officer signs now, in the newest directory that is here.
 * @throws SdkError `officer.not-certified`, `relay.unreachable`
 */
export function certificateOf(
  { officers }: DeskRuntime,
  { officer, publicKey, name }: OfficerSigner,
): OfficerCertificate {
  const found = officers.certificate(officer);
  if (found === undefined || found.key !== toBase64url(publicKey))
    throw new SdkError('officer.not-certified', `The directory does not certify officer "${name}" (any more, or yet).`);
  return found;
}
