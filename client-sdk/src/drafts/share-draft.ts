/** Storing a draft and telling the agency's other devices, in one transaction: none knows of it alone for longer than the outbox needs. */
import type { EnvelopeId, OfficerId, Prose } from '@holdfast/protocol';
import type { StoredDraft } from '../archive/draft-table.js';
import type { DeskRuntime } from '../desk-runtime.js';
import { queueOwn } from '../send/queue-own.js';

type Sharing = Pick<DeskRuntime, 'archive' | 'now'> & { readonly identity: Pick<DeskRuntime['identity'], 'agency'> };

/** Within a running transaction; the caller wakes the outbox. @throws SdkError `message.too-large`, `device.cloned` */
export function shareDraft({ archive, identity, now }: Sharing, stored: StoredDraft): void {
  archive.drafts.put(stored);
  const { draft, thread } = stored;
  queueOwn(
    archive,
    identity.agency,
    {
      kind: 'own.draft',
      body: draft,
      conversation: thread,
      priority: draft.priority,
      ...(draft.attachments.length === 0 ? {} : { uploadsFirst: draft.draft }),
    },
    now(),
  );
}

export interface Decision {
  readonly outcome: 'sent' | 'returned';
  readonly officer: OfficerId;
  readonly reason?: Prose;
}

/** As `shareDraft`, of what became of it. @throws SdkError `message.refused`, `device.cloned` */
export function shareDecision(
  { archive, identity, now }: Sharing,
  { draft, thread }: StoredDraft,
  { outcome, officer, reason }: Decision,
): void {
  const id: EnvelopeId = draft.draft;
  archive.drafts.decide(id, {
    state: outcome === 'sent' ? 'sent' : 'draft',
    decidedBy: officer,
    reason: reason ?? null,
  });
  const body = { draft: id, revision: draft.revision, outcome, officer, writtenAtMs: now() };
  queueOwn(
    archive,
    identity.agency,
    {
      kind: 'own.draft-decided',
      body: reason === undefined ? body : { ...body, reason },
      conversation: thread,
      priority: draft.priority,
    },
    now(),
  );
}
