/**
 * What waits to go out. A row holds plaintext until it is first submitted; then its bytes are fixed, and every retry sends
 * those same bytes, so that the relay can tell a repeat from a second message.
 */
import {
  type AgencyId,
  type BlobId,
  type ConversationId,
  type EnvelopeId,
  type Hash,
  isOwnKind,
  type Priority,
  type Problem,
  parseProblem,
  parseReceipt,
  type Receipt,
} from '@holdfast/protocol';
import type { ArchiveDatabase } from './database.js';
import { parseAgencies, parseFollows, parseSigned, type SignedParts } from './json-columns.js';

export type OutboxState = 'queued' | 'sealed' | 'accepted' | 'refused' | 'expired';

export interface NewOutboxItem {
  readonly id: EnvelopeId;
  readonly conversation: ConversationId;
  readonly kind: string;
  readonly recipients: readonly AgencyId[];
  readonly priority: Priority;
  readonly caseRef: string | null;
  readonly termsHash: Hash | null;
  readonly follows: readonly Hash[];
  /** Messages of our own that it follows and that waited before it when it was queued: their `eh` is known once they are sealed. */
  readonly followsQueued?: readonly EnvelopeId[];
  readonly body: Uint8Array;
  readonly createdAtMs: number;
  /** Whose attachments the relay must have before this goes out, beside its own. */
  readonly uploadsFirst?: EnvelopeId | null;
  /** Null where the device speaks alone. */
  readonly signed?: SignedParts | null;
}

export interface OutboxItem extends NewOutboxItem {
  readonly position: number;
  readonly followsQueued: readonly EnvelopeId[];
  readonly state: OutboxState;
  readonly eh: Hash | null;
  readonly sealed: Uint8Array | null;
  readonly receipt: Receipt | null;
  readonly problem: Problem | null;
}

export interface OutboxAttachment {
  readonly id: BlobId;
  readonly outboxId: EnvelopeId;
  readonly source: string;
  readonly key: Uint8Array;
  readonly size: number | null;
  readonly sha256: Hash | null;
  readonly uploaded: boolean;
  /** Of an offered content: its key stands in no manifest, and is not here. */
  readonly isContent: boolean;
}

export interface OutboxTable {
  insert(item: NewOutboxItem): void;
  /** One to be encrypted, under `key`. */
  addAttachment(attachment: Pick<OutboxAttachment, 'id' | 'outboxId' | 'source' | 'key'>): void;
  /** One that lies encrypted in the spool, under a key that is not told here. */
  addSealed(attachment: Pick<OutboxAttachment, 'id' | 'outboxId' | 'source' | 'size' | 'sha256'>): void;
  attachments(id: EnvelopeId): OutboxAttachment[];
  /** Is there an attachment of this id that the relay does not have yet? */
  isToUpload(id: string): boolean;
  setSpooled(id: BlobId, size: number, sha256: Hash): void;
  setUploaded(id: BlobId): void;
  get(id: EnvelopeId): OutboxItem | undefined;
  byEh(eh: Hash): OutboxItem | undefined;
  /** Of the first item that was queued in a conversation. */
  priorityOf(conversation: ConversationId): Priority | undefined;
  /** The oldest item not yet accepted or refused, after `position`. */
  nextOpen(afterPosition: number): OutboxItem | undefined;
  list(): OutboxItem[];
  /** What waits unsealed in a conversation, in the order in which it will go. */
  queuedIn(conversation: ConversationId): OutboxItem[];
  /** What may still be overdue for the other side's confirmation, receipts apart. */
  watched(): OutboxItem[];
  /** It is confirmed: nothing more is to be watched of it. */
  unwatch(id: EnvelopeId): void;
  setSealed(id: EnvelopeId, eh: Hash, sealed: Uint8Array): void;
  setAccepted(id: EnvelopeId, receipt: Receipt): void;
  setRefused(id: EnvelopeId, problem: Problem): void;
  setExpired(eh: Hash): void;
  /** It has nobody to go to and was never sealed. */
  discard(id: EnvelopeId): void;
  /** Erases an item's words, sealed bytes and attachments' keys; what has not left does not leave any more. */
  erase(id: EnvelopeId): void;
}

interface Row {
  position: number;
  id: EnvelopeId;
  conversation: ConversationId;
  kind: string;
  recipients: string;
  priority: Priority;
  case_ref: string | null;
  terms_hash: Hash | null;
  follows: string;
  body: Uint8Array;
  created_at_ms: number;
  uploads_first: EnvelopeId | null;
  signed: string | null;
  state: OutboxState;
  eh: Hash | null;
  sealed: Uint8Array | null;
  receipt: string | null;
  problem: string | null;
}

const fromRow = (row: Row): OutboxItem => ({
  position: row.position,
  id: row.id,
  conversation: row.conversation,
  kind: row.kind,
  recipients: parseAgencies(row.recipients),
  priority: row.priority,
  caseRef: row.case_ref,
  termsHash: row.terms_hash,
  ...parseFollows(row.follows),
  body: row.body,
  createdAtMs: row.created_at_ms,
  uploadsFirst: row.uploads_first,
  signed: row.signed === null ? null : parseSigned(row.signed),
  state: row.state,
  eh: row.eh,
  sealed: row.sealed,
  receipt: row.receipt === null ? null : parseReceipt(JSON.parse(row.receipt)),
  problem: row.problem === null ? null : parseProblem(JSON.parse(row.problem)),
});
const maybe = (row: Row | undefined): OutboxItem | undefined => (row === undefined ? undefined : fromRow(row));

interface AttachmentRow extends Omit<OutboxAttachment, 'uploaded' | 'isContent'> {
  uploaded: number;
  isContent: number;
}

export function outboxTable(db: ArchiveDatabase): OutboxTable {
  const insert = db.prepare(
    `INSERT INTO outbox (id, conversation, kind, recipients, priority, case_ref, terms_hash, follows, body, created_at_ms, uploads_first, signed, state, watched)
     VALUES (@id, @conversation, @kind, @recipients, @priority, @caseRef, @termsHash, @follows, @body, @createdAtMs, @uploadsFirst, @signed, 'queued', @watched)`,
  );
  const addAttachment = db.prepare(
    'INSERT INTO outbox_attachments (id, outbox_id, source, key) VALUES (@id, @outboxId, @source, @key)',
  );
  const addSealed = db.prepare(
    `INSERT INTO outbox_attachments (id, outbox_id, source, key, size, sha256, is_content)
     VALUES (@id, @outboxId, @source, x'', @size, @sha256, 1)`,
  );
  const attachments = db.prepare<[string], AttachmentRow>(
    'SELECT id, outbox_id AS outboxId, source, key, size, sha256, uploaded, is_content AS isContent FROM outbox_attachments WHERE outbox_id = ? ORDER BY rowid',
  );
  const toUpload = db.prepare<[string], { id: string }>(
    'SELECT id FROM outbox_attachments WHERE id = ? AND uploaded = 0',
  );
  const spooled = db.prepare<[number, string, string]>(
    'UPDATE outbox_attachments SET size = ?, sha256 = ? WHERE id = ?',
  );
  const uploaded = db.prepare<[string]>('UPDATE outbox_attachments SET uploaded = 1 WHERE id = ?');
  const get = db.prepare<[string], Row>('SELECT * FROM outbox WHERE id = ?');
  const byEh = db.prepare<[string], Row>('SELECT * FROM outbox WHERE eh = ?');
  const priorityOf = db.prepare<[string], { priority: Priority }>(
    'SELECT priority FROM outbox WHERE conversation = ? ORDER BY position LIMIT 1',
  );
  const nextOpen = db.prepare<[number], Row>(
    "SELECT * FROM outbox WHERE state IN ('queued', 'sealed') AND position > ? ORDER BY position LIMIT 1",
  );
  const watched = db.prepare<[], Row>(
    "SELECT * FROM outbox WHERE watched = 1 AND state IN ('queued', 'sealed', 'accepted') ORDER BY position",
  );
  const unwatch = db.prepare<[string]>('UPDATE outbox SET watched = 0 WHERE id = ?');
  const queuedIn = db.prepare<[string], Row>(
    "SELECT * FROM outbox WHERE state = 'queued' AND conversation = ? ORDER BY position",
  );
  const list = db.prepare<[], Row>('SELECT * FROM outbox ORDER BY position');
  const sealed = db.prepare<[string, Uint8Array, string]>(
    "UPDATE outbox SET state = 'sealed', eh = ?, sealed = ? WHERE id = ? AND state = 'queued'",
  );
  // The sealed bytes have done their work once the relay has them; the message itself stays in `messages`.
  const accepted = db.prepare<[string, string]>(
    "UPDATE outbox SET state = 'accepted', receipt = ?, sealed = NULL WHERE id = ? AND state = 'sealed'",
  );
  const refused = db.prepare<[string, string]>(
    "UPDATE outbox SET state = 'refused', problem = ? WHERE id = ? AND state IN ('queued', 'sealed')",
  );
  const expired = db.prepare<[string]>("UPDATE outbox SET state = 'expired' WHERE eh = ?");
  const discard = db.prepare<[string]>("DELETE FROM outbox WHERE id = ? AND state = 'queued'");
  const erase = db.prepare<[string]>(
    `UPDATE outbox SET body = x'', sealed = NULL, case_ref = NULL, watched = 0,
            state = CASE WHEN state IN ('queued', 'sealed') THEN 'expired' ELSE state END WHERE id = ?`,
  );
  const eraseAttachments = db.prepare<[string]>('DELETE FROM outbox_attachments WHERE outbox_id = ?');
  return {
    insert: ({ followsQueued = [], ...item }) =>
      void insert.run({
        ...item,
        recipients: JSON.stringify(item.recipients),
        follows: JSON.stringify([...item.follows, ...followsQueued]),
        uploadsFirst: item.uploadsFirst ?? null,
        signed: item.signed ? JSON.stringify(item.signed) : null,
        watched: item.kind.startsWith('receipt.') || isOwnKind(item.kind) ? 0 : 1,
      }),
    addAttachment: (attachment) => void addAttachment.run(attachment),
    addSealed: (attachment) => void addSealed.run(attachment),
    attachments: (id) =>
      attachments.all(id).map((row) => ({ ...row, uploaded: row.uploaded === 1, isContent: row.isContent === 1 })),
    isToUpload: (id) => toUpload.get(id) !== undefined,
    setSpooled: (id, size, sha256) => void spooled.run(size, sha256, id),
    setUploaded: (id) => void uploaded.run(id),
    get: (id) => maybe(get.get(id)),
    byEh: (eh) => maybe(byEh.get(eh)),
    priorityOf: (conversation) => priorityOf.get(conversation)?.priority,
    nextOpen: (after) => maybe(nextOpen.get(after)),
    list: () => list.all().map(fromRow),
    queuedIn: (conversation) => queuedIn.all(conversation).map(fromRow),
    watched: () => watched.all().map(fromRow),
    unwatch: (id) => void unwatch.run(id),
    setSealed: (id, eh, bytes) => void sealed.run(eh, bytes, id),
    setAccepted: (id, receipt) => void accepted.run(JSON.stringify(receipt), id),
    setRefused: (id, problem) => void refused.run(JSON.stringify(problem), id),
    setExpired: (eh) => void expired.run(eh),
    discard: (id) => void discard.run(id),
    erase: (id) => {
      erase.run(id);
      eraseAttachments.run(id);
    },
  };
}
