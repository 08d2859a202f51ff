/**
 * Speaking as an officer: what one officer may say goes out under that signature; what needs approval is stored as a draft, signed by
 * its drafter, and shown to the agency's other devices (spec 38-approvals).
 */
import { randomBytes } from '@holdfast/keys';
import { assertMaySign, draftersOf } from '@holdfast/keys/verify';
import { type AttachmentRef, MS_PER_DAY, signersOf, toBase64url } from '@holdfast/protocol';
import { actOf, certificateOf, type Draft, signAct } from '../approval/act.js';
import type { OfficerSigner } from '../approval/officer-signer.js';
import type { StoredDraft } from '../archive/draft-table.js';
import { storeSpooled } from '../attachments/spooled.js';
import { headsOfCase } from '../cases/case.js';
import { assertNotCloned } from '../clone.js';
import type { DeskRuntime } from '../desk-runtime.js';
import { type Dispatch, type SpokenMessage, speakAlone } from '../send/dispatch.js';
import { newConversationId, newEnvelopeId } from '../send/enqueue.js';
import { handleOf } from '../send/handle.js';
import { storeContent } from '../send/outgoing-attachments.js';
import { type Spoken, viewOf } from './message-draft.js';
import { queueDraft } from './send-draft.js';
import { shareDraft } from './share-draft.js';
import { spoolAll } from './spool-attachments.js';

/** Long enough for a weekend and a holiday, short enough that nobody sends next month what was right this week. */
export const APPROVAL_LIFE_MS = 7 * MS_PER_DAY;

/** The voice of an officer. @throws (from each message) KeysError `approval.*`; SdkError `officer.not-certified`, `attachment.*` */
export const speakAs =
  (runtime: DeskRuntime, signer: OfficerSigner): Dispatch<Spoken> =>
  async (message) => {
    const { archive, events, now, onStep, outbox } = runtime;
    if (signersOf(message.kind).by === 'device') return { kind: 'sent', handle: await speakAlone(runtime)(message) };
    const files = await spoolAll(runtime, message.attachments);
    const contents = message.attachments.filter(({ sealed }) => sealed !== undefined);
    const spoken = archive.atomically((): Spoken => {
      assertNotCloned(archive);
      message.assertAllowed?.();
      const draft = signedDraft(runtime, signer, {
        ...unsigned(
          message,
          files.map(({ ref }) => ref),
        ),
        on: [...headsOfCase(archive, message.conversation)],
      });
      for (const file of files) storeSpooled(archive, draft.draft, file);
      for (const content of contents) storeContent(archive, draft.draft, content);
      if (signersOf(message.kind).by === 'officer') {
        queueDraft(runtime, draft);
        return { kind: 'sent', handle: handleOf(archive, events, draft.draft) };
      }
      const stored: StoredDraft = {
        draft,
        thread: newConversationId(),
        state: 'awaiting-approval',
        decidedBy: null,
        reason: null,
        createdAtMs: now(),
      };
      shareDraft(runtime, stored);
      return { kind: 'draft', draft: viewOf(runtime, stored) };
    });
    onStep?.(spoken.kind === 'draft' ? 'draft-stored' : 'enqueued');
    if (spoken.kind === 'draft') events.emit({ event: 'draft', id: spoken.draft.id });
    outbox.wake();
    return spoken;
  };

type Unsigned = Omit<Draft, 'writtenAtMs' | 'salt' | 'approvedUntil' | 'drafter' | 'actor' | 'actorSig' | 'approvals'>;

function unsigned(
  { kind, body, conversation, recipients, priority, caseRef, termsHash }: SpokenMessage,
  attachments: AttachmentRef[],
): Omit<Unsigned, 'on'> {
  return {
    draft: newEnvelopeId(),
    revision: 0,
    kind,
    body,
    conversation,
    recipients: [...recipients],
    priority,
    attachments,
    ...(caseRef === null ? {} : { caseRef }),
    ...(termsHash === null ? {} : { termsHash }),
  };
}

/**
 * The draft under a fresh salt and a fresh end, signed by `signer`, who must be allowed to draft it. Whatever approvals it had are void.
 * @throws KeysError `approval.*`; SdkError `officer.not-certified`
 */
export function signedDraft(runtime: DeskRuntime, signer: OfficerSigner, content: Unsigned): Draft {
  const { identity, now, officers } = runtime;
  const certificate = certificateOf(runtime, signer);
  const atMs = now();
  const draft: Draft = {
    ...content,
    writtenAtMs: atMs,
    salt: toBase64url(randomBytes(32)),
    approvedUntil: atMs + APPROVAL_LIFE_MS,
    drafter: signer.officer,
    actor: certificate.statement,
    actorSig: toBase64url(new Uint8Array(64)),
    approvals: [],
  };
  const { chain } = officers;
  assertMaySign(certificate, draftersOf(draft.kind), actOf(identity, draft, atMs), { chain, seq: chain.seq });
  return { ...draft, actorSig: signAct(identity, draft, signer) };
}
