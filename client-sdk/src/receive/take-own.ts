/**
 * What another device of our agency tells us: a draft, or what became of one. Within the transaction that stores the message; what came
 * first and what came last makes no difference to what stands in the end. Foreign ones were refused before this.
 */
import { type Approval, type EnvelopeId, isMessageKind, type MessageBody, signersOf } from '@holdfast/protocol';
import type { Archive } from '../archive/archive.js';
import type { StoredDraft } from '../archive/draft-table.js';
import type { StoredMessage } from '../archive/message-table.js';
import { storeUploaded } from '../attachments/spooled.js';
import { readMessage } from './read-message.js';

/** @returns the draft that has changed, where one has */
export function takeOwn(archive: Archive, message: StoredMessage): EnvelopeId | undefined {
  const read = readMessage(message);
  if (read.kind === 'own.draft') return takeDraft(archive, read.body, message);
  if (read.kind === 'own.draft-decided') return takeDecision(archive, read.body);
  return takeSent(archive, message);
}

function takeDraft(archive: Archive, draft: Draft, message: StoredMessage): EnvelopeId | undefined {
  const { draft: id, kind } = draft;
  // Of a newer version's kind, or one that no officer approves, nothing can be shown or approved here.
  if (!isMessageKind(kind) || signersOf(kind).by !== 'approved') return undefined;
  const known = archive.drafts.get(id);
  if (known?.state === 'sent') return undefined;
  const merged = known === undefined ? draft : mergeDrafts(known.draft, draft);
  const isSame = known !== undefined && merged.salt === known.draft.salt;
  const isSent = archive.messages.ofAct(message.agency, id).length > 0;
  const open = { state: 'awaiting-approval', decidedBy: null, reason: null } as const;
  archive.drafts.put({
    thread: message.conversation,
    createdAtMs: draft.writtenAtMs,
    ...(isSame ? known : open),
    ...(isSent ? { state: 'sent' } : {}),
    draft: merged,
  });
  storeUploaded(archive, id, merged.attachments);
  return id;
}

type Draft = MessageBody<'own.draft'>;

/** The higher revision; of one edited on two devices at once the later, then the greater salt; of the same one all approvals. */
export function mergeDrafts(one: Draft, other: Draft): Draft {
  if (one.salt === other.salt && one.revision === other.revision) {
    const approvals = new Map<string, Approval>();
    for (const approval of [...one.approvals, ...other.approvals])
      if (!approvals.has(approval.officer)) approvals.set(approval.officer, approval);
    return { ...one, approvals: [...approvals.values()].sort((a, b) => (a.officer < b.officer ? -1 : 1)) };
  }
  const byAge = one.revision - other.revision || one.writtenAtMs - other.writtenAtMs;
  return byAge > 0 || (byAge === 0 && one.salt > other.salt) ? one : other;
}

function takeDecision(
  archive: Archive,
  { draft: id, revision, outcome, officer, reason }: MessageBody<'own.draft-decided'>,
): EnvelopeId | undefined {
  const known = archive.drafts.get(id);
  if (known === undefined || known.state === 'sent') return undefined;
  // Its id is spent, whatever was edited here meanwhile; a return is of the form that its officer saw.
  if (outcome === 'sent') archive.drafts.decide(id, { state: 'sent', decidedBy: officer, reason: null });
  else if (known.draft.revision === revision)
    archive.drafts.decide(id, { state: 'draft', decidedBy: officer, reason: reason ?? null });
  else return undefined;
  return id;
}

/** The envelope itself, sent by another device, says that its draft is spent. */
function takeSent(archive: Archive, { envelopeId }: StoredMessage): EnvelopeId | undefined {
  const known: StoredDraft | undefined = envelopeId === null ? undefined : archive.drafts.get(envelopeId);
  if (envelopeId === null || known === undefined || known.state === 'sent') return undefined;
  archive.drafts.decide(envelopeId, { state: 'sent', decidedBy: null, reason: null });
  return envelopeId;
}
