/**
 * What is remembered of keeping and erasing: reviews, legal holds, the agency's policy, files outside the archive that hold
 * something of a case, exports, and each erasure. Nothing here is erased with the case; none of it holds its words.
 */
import { type BlobId, type ConversationId, type Hash, parserOf } from '@holdfast/protocol';
import { Type } from 'typebox';
import type { ArchiveDatabase } from './database.js';
import { parseHashes } from './json-columns.js';

export interface Review {
  readonly conversation: ConversationId;
  readonly atMs: number;
  /** The day on which it is looked at next, YYYY-MM-DD. */
  readonly until: string;
  readonly reason: string;
  /** Who decided: an officer's name, or the device. */
  readonly by: string;
}

export interface LegalHold {
  readonly conversation: ConversationId;
  readonly atMs: number;
  readonly reason: string;
  readonly by: string;
}

export interface Erasure {
  readonly conversation: ConversationId;
  readonly atMs: number;
  readonly reason: string;
  readonly by: string;
  /** Erased although a measure was in force or something was on its way. */
  readonly insisted: boolean;
  /** What the case was, and the state that it was in. */
  readonly kind: string;
  readonly state: string;
  /** The envelopes whose words are gone. */
  readonly ehs: readonly Hash[];
  /** Files outside the archive: removed, gone already, or changed since and therefore left alone. */
  readonly files: readonly ErasedFile[];
}
export interface ErasedFile {
  readonly path: string;
  readonly outcome: 'removed' | 'gone' | 'left';
}

/** A file outside the archive that holds something of a case. */
export interface Copy {
  readonly path: string;
  readonly conversation: ConversationId | null;
  readonly blob: BlobId | null;
  readonly sha256: string;
  readonly atMs: number;
}

export interface ExportRecord {
  readonly conversation: ConversationId;
  readonly atMs: number;
  readonly folder: string;
  readonly formats: readonly string[];
  /** Of its `manifest.json`. */
  readonly sha256: string;
}

export interface RetentionTable {
  review(review: Review): void;
  /** The newest first. */
  reviews(conversation: ConversationId): readonly Review[];
  hold(hold: LegalHold): void;
  /** @returns false where there was none */
  release(conversation: ConversationId, reason: string, atMs: number): boolean;
  holdOn(conversation: ConversationId): LegalHold | undefined;
  policy(): ReadonlyMap<string, number>;
  setPolicy(name: string, days: number): void;
  note(copy: Copy): void;
  copies(conversation: ConversationId, blobs: readonly BlobId[]): readonly Copy[];
  forgetCopy(path: string): void;
  noteExport(record: ExportRecord): void;
  exports(conversation: ConversationId): readonly ExportRecord[];
  erased(erasure: Erasure): void;
  /** The last one. */
  erasureOf(conversation: ConversationId): Erasure | undefined;
  /** All, oldest first. */
  erasures(): readonly Erasure[];
}

const parseFiles = parserOf(
  'stored files',
  Type.Array(
    Type.Object({
      path: Type.String(),
      outcome: Type.Union([Type.Literal('removed'), Type.Literal('gone'), Type.Literal('left')]),
    }),
  ),
  'encoding.malformed',
);
const parseFormats = parserOf('stored formats', Type.Array(Type.String()), 'encoding.malformed');

interface ErasureRow extends Omit<Erasure, 'insisted' | 'ehs' | 'files'> {
  readonly insisted: number;
  readonly ehs: string;
  readonly files: string;
}
const fromRow = (row: ErasureRow): Erasure => ({
  ...row,
  insisted: row.insisted === 1,
  ehs: parseHashes(row.ehs),
  files: parseFiles(JSON.parse(row.files)),
});

const ERASURE = 'conversation, at_ms AS atMs, reason, actor AS "by", insisted, kind, state, ehs, files';

export function retentionTable(db: ArchiveDatabase): RetentionTable {
  const review = db.prepare(
    'INSERT INTO retention_reviews (conversation, at_ms, until_day, reason, actor) VALUES (@conversation, @atMs, @until, @reason, @by)',
  );
  const reviews = db.prepare<[string], Review>(
    'SELECT conversation, at_ms AS atMs, until_day AS until, reason, actor AS "by" FROM retention_reviews WHERE conversation = ? ORDER BY position DESC',
  );
  const hold = db.prepare(
    'INSERT INTO legal_holds (conversation, at_ms, reason, actor) VALUES (@conversation, @atMs, @reason, @by)',
  );
  const release = db.prepare<[number, string, string]>(
    'UPDATE legal_holds SET released_at_ms = ?, release_reason = ? WHERE conversation = ? AND released_at_ms IS NULL',
  );
  const holdOn = db.prepare<[string], LegalHold>(
    'SELECT conversation, at_ms AS atMs, reason, actor AS "by" FROM legal_holds WHERE conversation = ? AND released_at_ms IS NULL ORDER BY position LIMIT 1',
  );
  const policy = db.prepare<[], { name: string; days: number }>('SELECT name, days FROM retention_policy');
  const setPolicy = db.prepare<[string, number]>('INSERT OR REPLACE INTO retention_policy (name, days) VALUES (?, ?)');
  const note = db.prepare(
    'INSERT OR REPLACE INTO copies (path, conversation, blob, sha256, at_ms) VALUES (@path, @conversation, @blob, @sha256, @atMs)',
  );
  const copies = db.prepare<[string, string], Copy>(
    `SELECT path, conversation, blob, sha256, at_ms AS atMs FROM copies
     WHERE conversation = ? OR blob IN (SELECT value FROM json_each(?)) ORDER BY path`,
  );
  const forget = db.prepare<[string]>('DELETE FROM copies WHERE path = ?');
  const noteExport = db.prepare(
    'INSERT INTO exports (conversation, at_ms, folder, formats, sha256) VALUES (@conversation, @atMs, @folder, @formats, @sha256)',
  );
  const exports = db.prepare<[string], Omit<ExportRecord, 'formats'> & { readonly formats: string }>(
    'SELECT conversation, at_ms AS atMs, folder, formats, sha256 FROM exports WHERE conversation = ? ORDER BY position',
  );
  const erased = db.prepare(
    `INSERT INTO erasures (conversation, at_ms, reason, actor, insisted, kind, state, ehs, files)
     VALUES (@conversation, @atMs, @reason, @by, @insisted, @kind, @state, @ehs, @files)`,
  );
  const erasureOf = db.prepare<[string], ErasureRow>(
    `SELECT ${ERASURE} FROM erasures WHERE conversation = ? ORDER BY position DESC LIMIT 1`,
  );
  const erasures = db.prepare<[], ErasureRow>(`SELECT ${ERASURE} FROM erasures ORDER BY position`);
  return {
    review: (made) => void review.run(made),
    reviews: (conversation) => reviews.all(conversation),
    hold: (made) => void hold.run(made),
    release: (conversation, reason, atMs) => release.run(atMs, reason, conversation).changes > 0,
    holdOn: (conversation) => holdOn.get(conversation),
    policy: () => new Map(policy.all().map(({ name, days }) => [name, days])),
    setPolicy: (name, days) => void setPolicy.run(name, days),
    note: (copy) => void note.run(copy),
    copies: (conversation, blobs) => copies.all(conversation, JSON.stringify(blobs)),
    forgetCopy: (path) => void forget.run(path),
    noteExport: (record) => void noteExport.run({ ...record, formats: JSON.stringify(record.formats) }),
    exports: (conversation) =>
      exports.all(conversation).map((row) => ({ ...row, formats: parseFormats(JSON.parse(row.formats)) })),
    erased: (erasure) =>
      void erased.run({
        ...erasure,
        insisted: erasure.insisted ? 1 : 0,
        ehs: JSON.stringify(erasure.ehs),
        files: JSON.stringify(erasure.files),
      }),
    erasureOf: (conversation) => {
      const row = erasureOf.get(conversation);
      return row === undefined ? undefined : fromRow(row);
    },
    erasures: () => erasures.all().map(fromRow),
  };
}
