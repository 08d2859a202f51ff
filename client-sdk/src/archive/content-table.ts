/**
 * Contents of offered disclosures (spec 53-disclosure): at the sender, the key until it is released or destroyed, and what it opens; at
 * the recipient, what was released. What is destroyed is overwritten (`secure_delete`), not only unlinked.
 */
import type { BlobId, ConversationId, Hash } from '@holdfast/protocol';
import type { ArchiveDatabase } from './database.js';

export interface StoredContent {
  readonly blob: BlobId;
  readonly conversation: ConversationId;
  readonly termsHash: Hash;
  /** Ours to release; null at the recipient, and once it is out. */
  readonly key: Uint8Array | null;
  /** Canonical JSON; null on a device that has only been told the key. */
  readonly content: Uint8Array | null;
  readonly atMs: number;
}

export interface ContentTable {
  /** Stores it, unless the blob is known. */
  keep(content: StoredContent): void;
  get(blob: BlobId): StoredContent | undefined;
  ofConversation(conversation: ConversationId): StoredContent[];
  setContent(blob: BlobId, content: Uint8Array): void;
  /** The key has gone out: the message that carried it has it. */
  forgetKey(blob: BlobId): void;
  /** Key and content are gone for good; so is what told our other devices the key. */
  destroy(blob: BlobId): void;
  /** Says that our other devices are told of the key. @returns true the first time */
  share(blob: BlobId): boolean;
  /** Cases with a key that may have to be released or destroyed, or with a release whose content is not here. */
  unsettled(): ConversationId[];
  /** Every case that began with an offer. */
  offered(): ConversationId[];
  /** Encrypted into the spool, and not yet in the outbox. */
  stage(blob: BlobId): void;
  isStaged(name: string): boolean;
  unstage(blob: BlobId): void;
}

export function contentTable(db: ArchiveDatabase): ContentTable {
  const columns = 'blob, conversation, terms_hash AS termsHash, key, content, at_ms AS atMs';
  const keep = db.prepare(
    `INSERT OR IGNORE INTO contents (blob, conversation, terms_hash, key, content, at_ms)
     VALUES (@blob, @conversation, @termsHash, @key, @content, @atMs)`,
  );
  const get = db.prepare<[string], StoredContent>(`SELECT ${columns} FROM contents WHERE blob = ?`);
  const ofConversation = db.prepare<[string], StoredContent>(
    `SELECT ${columns} FROM contents WHERE conversation = ? ORDER BY at_ms, blob`,
  );
  const setContent = db.prepare<[Uint8Array, string]>('UPDATE contents SET content = ? WHERE blob = ?');
  const forgetKey = db.prepare<[string]>('UPDATE contents SET key = NULL WHERE blob = ?');
  const destroy = db.prepare<[string]>('DELETE FROM contents WHERE blob = ?');
  const told = db.prepare<[string], { eh: string }>(
    "SELECT eh FROM messages WHERE kind = 'own.content-key' AND json_extract(CAST(body AS TEXT), '$.blobId') = ?",
  );
  const wipeMessage = db.prepare<[string]>("UPDATE messages SET body = CAST('{}' AS BLOB) WHERE eh = ?");
  const wipeOutbox = db.prepare<[string]>("UPDATE outbox SET body = CAST('{}' AS BLOB) WHERE eh = ?");
  const wipeContentKey = db.prepare<[string]>('DELETE FROM content_keys WHERE eh = ?');
  const unqueue = db.prepare<[string]>(
    "DELETE FROM outbox WHERE kind = 'own.content-key' AND state = 'queued' AND json_extract(CAST(body AS TEXT), '$.blobId') = ?",
  );
  const wipe = (blob: BlobId): void => {
    unqueue.run(blob);
    for (const { eh } of told.all(blob))
      for (const statement of [wipeMessage, wipeOutbox, wipeContentKey]) statement.run(eh);
  };
  const share = db.prepare<[string]>('UPDATE contents SET shared = 1 WHERE blob = ? AND shared = 0');
  const unsettled = db.prepare<[], { conversation: ConversationId }>(
    `SELECT conversation FROM contents WHERE key IS NOT NULL
     UNION SELECT conversation FROM messages m WHERE kind = 'disclosure.release'
       AND NOT EXISTS (SELECT 1 FROM contents c WHERE c.conversation = m.conversation AND c.content IS NOT NULL)
     ORDER BY conversation`,
  );
  const offered = db.prepare<[], { conversation: ConversationId }>(
    "SELECT DISTINCT conversation FROM messages WHERE kind = 'disclosure.offer' ORDER BY conversation",
  );
  const stage = db.prepare<[string]>('INSERT OR IGNORE INTO staged_blobs (id) VALUES (?)');
  const isStaged = db.prepare<[string], { id: string }>('SELECT id FROM staged_blobs WHERE id = ?');
  const unstage = db.prepare<[string]>('DELETE FROM staged_blobs WHERE id = ?');
  return {
    keep: (content) => void keep.run(content),
    get: (blob) => get.get(blob),
    ofConversation: (conversation) => ofConversation.all(conversation),
    setContent: (blob, content) => void setContent.run(content, blob),
    forgetKey: (blob) => void forgetKey.run(blob),
    destroy: (blob) => {
      wipe(blob);
      destroy.run(blob);
    },
    share: (blob) => share.run(blob).changes === 1,
    unsettled: () => unsettled.all().map(({ conversation }) => conversation),
    offered: () => offered.all().map(({ conversation }) => conversation),
    stage: (blob) => void stage.run(blob),
    isStaged: (name) => isStaged.get(name) !== undefined,
    unstage: (blob) => void unstage.run(blob),
  };
}
