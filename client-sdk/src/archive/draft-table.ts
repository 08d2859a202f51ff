/** Drafts that wait for approval, and what became of them: each as its devices tell it one another, with the state here beside it. */
import {
  type ConversationId,
  canonicalBytes,
  type DraftState,
  type EnvelopeId,
  MESSAGES,
  type MessageBody,
  type OfficerId,
  type Prose,
  parseCanonical,
} from '@holdfast/protocol';
import type { ArchiveDatabase } from './database.js';
import { parseReason } from './json-columns.js';

export interface StoredDraft {
  readonly draft: MessageBody<'own.draft'>;
  /** The own conversation in which our devices tell it one another. */
  readonly thread: ConversationId;
  readonly state: DraftState;
  /** Who sent or returned it. */
  readonly decidedBy: OfficerId | null;
  /** Why it was returned. */
  readonly reason: Prose | null;
  readonly createdAtMs: number;
}

export type DraftDecision = Pick<StoredDraft, 'state' | 'decidedBy' | 'reason'>;

export interface DraftTable {
  get(id: EnvelopeId): StoredDraft | undefined;
  /** Every draft, oldest first. */
  list(): StoredDraft[];
  /** Stores a draft, or its newer form in the place of the older one. */
  put(stored: StoredDraft): void;
  decide(id: EnvelopeId, decision: DraftDecision): void;
  /** It is gone with its words. */
  forget(id: EnvelopeId): void;
}

interface Row {
  wire: Uint8Array;
  thread: ConversationId;
  state: DraftState;
  decided_by: OfficerId | null;
  reason: string | null;
  created_at_ms: number;
}

const fromRow = ({ wire, thread, state, decided_by, reason, created_at_ms }: Row): StoredDraft => ({
  draft: MESSAGES['own.draft'].parse(parseCanonical(wire)),
  thread,
  state,
  decidedBy: decided_by,
  reason: reason === null ? null : parseReason(reason),
  createdAtMs: created_at_ms,
});

export function draftTable(db: ArchiveDatabase): DraftTable {
  const get = db.prepare<[string], Row>('SELECT * FROM drafts WHERE id = ?');
  const list = db.prepare<[], Row>('SELECT * FROM drafts ORDER BY created_at_ms, id');
  const put = db.prepare(
    `INSERT INTO drafts (id, wire, thread, state, decided_by, reason, created_at_ms)
     VALUES (@id, @wire, @thread, @state, @decidedBy, @reason, @createdAtMs)
     ON CONFLICT (id) DO UPDATE SET wire = excluded.wire, state = excluded.state, decided_by = excluded.decided_by, reason = excluded.reason`,
  );
  const decide = db.prepare<[string, string | null, string | null, string]>(
    'UPDATE drafts SET state = ?, decided_by = ?, reason = ? WHERE id = ?',
  );
  const forget = db.prepare<[string]>('DELETE FROM drafts WHERE id = ?');
  return {
    forget: (id) => void forget.run(id),
    get: (id) => {
      const row = get.get(id);
      return row === undefined ? undefined : fromRow(row);
    },
    list: () => list.all().map(fromRow),
    put: ({ draft, reason, ...rest }) =>
      void put.run({
        ...rest,
        id: draft.draft,
        wire: canonicalBytes(draft),
        reason: reason === null ? null : JSON.stringify(reason),
      }),
    decide: (id, { state, decidedBy, reason }) =>
      void decide.run(state, decidedBy, reason === null ? null : JSON.stringify(reason), id),
  };
}
