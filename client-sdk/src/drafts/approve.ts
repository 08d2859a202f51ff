/**
 * What officers do with a draft: approve it, which sends it as soon as it has as many approvals as the agency asks for; return it with a
 * reason; edit it, which voids every approval and makes the editor its drafter (spec 38-approvals).
 */
import { assertMaySign, isKeysError, KeysError, verifyApproval } from '@holdfast/keys/verify';
import {
  APPROVER_ROLE,
  type DraftEvent,
  draftNext,
  type EnvelopeId,
  isProtocolError,
  type Prose,
  parseMessage,
} from '@holdfast/protocol';
import { actOf, certificateOf, type Draft, signAct } from '../approval/act.js';
import type { OfficerSigner } from '../approval/officer-signer.js';
import type { StoredDraft } from '../archive/draft-table.js';
import { headsOfCase } from '../cases/case.js';
import { assertNotCloned } from '../clone.js';
import type { DeskRuntime } from '../desk-runtime.js';
import { isSdkError, SdkError } from '../errors.js';
import { handleOf } from '../send/handle.js';
import { type MessageDraft, type Spoken, storedDraft, viewOf } from './message-draft.js';
import { signedDraft } from './propose.js';
import { queueDraft } from './send-draft.js';
import { shareDecision, shareDraft } from './share-draft.js';
import { assertStillAllowed } from './still-allowed.js';

/**
 * Signs the draft as an approver; with enough approvals it goes out, else it stays a draft.
 * @throws SdkError `approval.no-draft`, `approval.closed`, `officer.not-certified`, `case.event-not-allowed`; KeysError `approval.*`
 */
export function approveDraft(runtime: DeskRuntime, id: EnvelopeId, signer: OfficerSigner): Spoken {
  const { archive, events } = runtime;
  const spoken = archive.atomically((): Spoken => {
    const stored = openDraft(runtime, id, 'send');
    const required = runtime.officers.required();
    const draft = stored.draft.approvals.length < required ? withApproval(runtime, stored.draft, signer) : stored.draft;
    assertStillAllowed(runtime, draft);
    if (draft.approvals.length < required) {
      shareDraft(runtime, { ...stored, draft });
      return { kind: 'draft', draft: viewOf(runtime, { ...stored, draft }) };
    }
    sendApproved(runtime, { ...stored, draft }, signer.officer);
    return { kind: 'sent', handle: handleOf(archive, events, id) };
  });
  tell(runtime, id, spoken.kind === 'sent');
  return spoken;
}

/**
 * Two approvers on two devices may each have given one of the two approvals that the agency asks for: whichever device sees both sends.
 * @returns false where the draft is not complete, or the case does not allow it any more
 */
export function sendComplete(runtime: DeskRuntime, id: EnvelopeId): boolean {
  const { archive, officers } = runtime;
  const stored = archive.drafts.get(id);
  const last = stored?.draft.approvals.at(-1);
  if (stored?.state !== 'awaiting-approval' || last === undefined) return false;
  if (stored.draft.approvals.length < officers.required()) return false;
  try {
    archive.atomically(() => {
      assertNotCloned(archive);
      assertStillAllowed(runtime, stored.draft);
      sendApproved(runtime, stored, last.officer);
    });
  } catch (error) {
    if (isKeysError(error) || isSdkError(error)) return false;
    throw error;
  }
  tell(runtime, id, true);
  return true;
}

/** Within a running transaction: whatever a recipient would refuse is refused here. @throws KeysError `approval.*`; SdkError */
function sendApproved(runtime: DeskRuntime, stored: StoredDraft, officer: Draft['drafter']): void {
  const { archive, identity, now, officers } = runtime;
  const { chain } = officers;
  verifyApproval(actOf(identity, stored.draft, now()), { chain, seq: chain.seq, required: officers.required() });
  archive.drafts.put(stored);
  queueDraft(runtime, stored.draft);
  shareDecision(runtime, stored, { outcome: 'sent', officer });
}

function withApproval(runtime: DeskRuntime, draft: Draft, signer: OfficerSigner): Draft {
  const { identity, now, officers } = runtime;
  const { officer } = signer;
  const certificate = certificateOf(runtime, signer);
  if (now() > draft.approvedUntil)
    throw new KeysError(
      'approval.expired',
      `Approval of this draft ended at ${new Date(draft.approvedUntil).toISOString()}. Edit it, to have it approved anew.`,
    );
  if (draft.drafter === officer)
    throw new KeysError(
      'approval.own-draft',
      'Whoever drafted or edited it last cannot approve it: another approver must.',
    );
  if (draft.approvals.some((approval) => approval.officer === officer))
    throw new KeysError('approval.repeated', 'This officer has approved it already: another approver must too.');
  const { chain } = officers;
  assertMaySign(certificate, [APPROVER_ROLE], actOf(identity, draft, now()), { chain, seq: chain.seq });
  const approval = { officer, role: APPROVER_ROLE, sig: signAct(identity, draft, signer) };
  return { ...draft, approvals: [...draft.approvals, approval] };
}

/**
 * Sends the draft back to its drafter. @throws SdkError `approval.no-draft`, `approval.closed`, `officer.not-certified`, `message.refused`;
 * KeysError `approval.role`, `approval.delegation`
 */
export function returnDraft(runtime: DeskRuntime, id: EnvelopeId, signer: OfficerSigner, reason: Prose): MessageDraft {
  const { archive, identity, now, officers } = runtime;
  archive.atomically(() => {
    const stored = openDraft(runtime, id, 'return');
    const { chain } = officers;
    const act = actOf(identity, stored.draft, now());
    assertMaySign(certificateOf(runtime, signer), [APPROVER_ROLE], act, { chain, seq: chain.seq });
    shareDecision(runtime, stored, { outcome: 'returned', officer: signer.officer, reason });
  });
  tell(runtime, id, false);
  return viewOf(runtime, storedDraft(runtime, id));
}

/**
 * Gives the draft another body. Every approval is void, and whoever edits it becomes its drafter; what it follows is fixed anew.
 * @throws SdkError `approval.no-draft`, `approval.closed`, `officer.not-certified`, `message.refused`, `case.event-not-allowed`; KeysError `approval.*`
 */
export function editDraft(runtime: DeskRuntime, id: EnvelopeId, signer: OfficerSigner, body: unknown): MessageDraft {
  const { archive } = runtime;
  archive.atomically(() => {
    const stored = openDraft(runtime, id, 'submit');
    const { draft } = stored;
    const on = [...headsOfCase(archive, draft.conversation)];
    const content = { ...draft, body: checkedBody(draft, body), on, revision: draft.revision + 1 };
    assertStillAllowed(runtime, content);
    const edited = signedDraft(runtime, signer, content);
    shareDraft(runtime, { ...stored, draft: edited, state: 'awaiting-approval', decidedBy: null, reason: null });
  });
  tell(runtime, id, false);
  return viewOf(runtime, storedDraft(runtime, id));
}

/** A body of the draft's kind that names the files which it has: they were encrypted when it was drafted. */
function checkedBody({ kind, attachments }: Draft, body: unknown): object {
  try {
    const { body: parsed } = parseMessage(kind, body);
    const named = 'attachments' in parsed ? (parsed.attachments ?? []).map((file) => file.id) : [];
    if (named.length === attachments.length && attachments.every((file) => named.includes(file.id))) return parsed;
  } catch (cause) {
    if (!isProtocolError(cause)) throw cause;
    throw new SdkError('message.refused', cause.message, { cause, issues: cause.issues });
  }
  throw new SdkError('message.refused', 'An edit keeps the attachments of the draft; for other files draft it anew.');
}

/** The draft, where its table allows `event`. @throws SdkError `approval.no-draft`, `approval.closed`, `device.cloned` */
function openDraft(runtime: DeskRuntime, id: EnvelopeId, event: DraftEvent): StoredDraft {
  assertNotCloned(runtime.archive);
  const stored = storedDraft(runtime, id);
  if (draftNext(stored.state, event) === undefined)
    throw new SdkError(
      'approval.closed',
      `A draft that is ${stored.state} does not allow ${event}: ${ADVICE[stored.state]}`,
    );
  return stored;
}

const ADVICE: Readonly<Record<StoredDraft['state'], string>> = {
  draft: 'it was returned; edit it, and it awaits approval again.',
  'awaiting-approval': 'an approver approves or returns it.',
  sent: 'it is on its way; write a further message.',
};

function tell({ events, onStep, outbox }: DeskRuntime, id: EnvelopeId, isSent: boolean): void {
  onStep?.(isSent ? 'draft-sent' : 'draft-stored');
  events.emit({ event: 'draft', id });
  outbox.wake();
}
