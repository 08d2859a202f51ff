/** The archive's tables (SQLite, STRICT). One step per version; a step is never edited once released. */
export const ARCHIVE_MIGRATIONS: readonly string[] = [
  `
CREATE TABLE trust_lists (version INTEGER PRIMARY KEY, jws TEXT NOT NULL) STRICT;
CREATE TABLE statements (agency TEXT NOT NULL, seq INTEGER NOT NULL, jws TEXT NOT NULL, PRIMARY KEY (agency, seq)) STRICT, WITHOUT ROWID;
CREATE TABLE documents (hash TEXT PRIMARY KEY, document TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE epoch_keys (device TEXT PRIMARY KEY, day INTEGER NOT NULL, key BLOB NOT NULL) STRICT;

CREATE TABLE conversations (
  id TEXT PRIMARY KEY,
  agencies TEXT NOT NULL,
  sq INTEGER NOT NULL,
  prev TEXT,
  created_at_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE conversation_seen (
  conversation TEXT NOT NULL, device TEXT NOT NULL, sq INTEGER NOT NULL, eh TEXT NOT NULL,
  PRIMARY KEY (conversation, device)
) STRICT, WITHOUT ROWID;

CREATE TABLE messages (
  arrival INTEGER PRIMARY KEY AUTOINCREMENT,
  eh TEXT NOT NULL UNIQUE,
  direction TEXT NOT NULL CHECK (direction IN ('in', 'out', 'sibling')),
  conversation TEXT NOT NULL,
  kind TEXT NOT NULL,
  agency TEXT NOT NULL,
  device TEXT NOT NULL,
  ts_ms INTEGER NOT NULL,
  stored_at_ms INTEGER NOT NULL,
  priority TEXT NOT NULL,
  case_ref TEXT,
  follows TEXT NOT NULL,
  body BLOB NOT NULL,
  jws TEXT NOT NULL,
  handled INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX messages_conversation ON messages (conversation, arrival);
CREATE INDEX messages_unhandled ON messages (arrival) WHERE handled = 0;

CREATE TABLE outbox (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  conversation TEXT NOT NULL,
  kind TEXT NOT NULL,
  recipients TEXT NOT NULL,
  priority TEXT NOT NULL,
  case_ref TEXT,
  terms_hash TEXT,
  follows TEXT NOT NULL,
  body BLOB NOT NULL,
  created_at_ms INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'sealed', 'accepted', 'refused', 'expired')),
  eh TEXT UNIQUE,
  sealed BLOB,
  receipt TEXT,
  problem TEXT
) STRICT;
CREATE INDEX outbox_open ON outbox (position) WHERE state IN ('queued', 'sealed');
CREATE TABLE outbox_attachments (
  id TEXT PRIMARY KEY,
  outbox_id TEXT NOT NULL,
  source TEXT NOT NULL,
  key BLOB NOT NULL,
  size INTEGER,
  sha256 TEXT,
  uploaded INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE acknowledgements (
  eh TEXT NOT NULL, agency TEXT NOT NULL, level TEXT NOT NULL CHECK (level IN ('delivered', 'opened', 'acted')),
  at_ms INTEGER NOT NULL, receipt_eh TEXT NOT NULL,
  PRIMARY KEY (eh, agency, level)
) STRICT, WITHOUT ROWID;

CREATE TABLE cursors (mailbox TEXT PRIMARY KEY, number INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE held (
  position INTEGER PRIMARY KEY AUTOINCREMENT, eh TEXT UNIQUE, code TEXT NOT NULL, bytes BLOB NOT NULL, at_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE alarms (
  position INTEGER PRIMARY KEY AUTOINCREMENT, code TEXT NOT NULL, detail TEXT NOT NULL, at_ms INTEGER NOT NULL
) STRICT;
`,
  // Where a message stands in its sender's sequence, and when it is the application's turn (null: it waits for what it follows).
  `
ALTER TABLE messages ADD COLUMN envelope_id TEXT;
ALTER TABLE messages ADD COLUMN sq INTEGER;
ALTER TABLE messages ADD COLUMN prev TEXT;
ALTER TABLE messages ADD COLUMN flags TEXT NOT NULL DEFAULT '[]';
ALTER TABLE messages ADD COLUMN ready INTEGER;
UPDATE messages SET ready = arrival;
DROP INDEX messages_unhandled;
CREATE INDEX messages_unhandled ON messages (ready) WHERE handled = 0;
CREATE UNIQUE INDEX messages_ready ON messages (ready);
CREATE INDEX messages_waiting ON messages (arrival) WHERE ready IS NULL;
CREATE INDEX messages_sequence ON messages (conversation, device, sq);
CREATE INDEX messages_envelope ON messages (device, envelope_id);

CREATE TABLE missing (
  eh TEXT PRIMARY KEY, conversation TEXT NOT NULL, device TEXT, sq INTEGER, since_ms INTEGER NOT NULL, is_raised INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX missing_conversation ON missing (conversation);
CREATE INDEX missing_awaited ON missing (since_ms) WHERE is_raised = 0;

INSERT OR IGNORE INTO cursors (mailbox, number) VALUES ('alert', 0), ('routine', 0);
-- What is told once, across restarts; and facts about this device that outlive the process.
CREATE TABLE told (name TEXT PRIMARY KEY, at_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
-- Whose confirmation is still awaited.
ALTER TABLE outbox ADD COLUMN watched INTEGER NOT NULL DEFAULT 0;
CREATE INDEX outbox_watched ON outbox (position) WHERE watched = 1;
-- Which batch the newest known day key of a device is from, and the last day that it covers.
ALTER TABLE epoch_keys ADD COLUMN batch INTEGER NOT NULL DEFAULT 0;
ALTER TABLE epoch_keys ADD COLUMN last_day INTEGER NOT NULL DEFAULT 0;
UPDATE epoch_keys SET last_day = day;
`,
  `
CREATE TABLE recovery_position (id INTEGER PRIMARY KEY CHECK (id = 1), arrival INTEGER NOT NULL) STRICT;
CREATE TABLE recovered (eh TEXT PRIMARY KEY, at_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
`,
  `
CREATE TABLE content_keys (
  eh TEXT PRIMARY KEY,
  key BLOB NOT NULL CHECK (length(key) = 32),
  expires_at_ms INTEGER NOT NULL,
  recipients TEXT NOT NULL,
  agencies TEXT NOT NULL
) STRICT;
CREATE INDEX content_keys_expiry ON content_keys (expires_at_ms);
CREATE TABLE rewraps (
  eh TEXT NOT NULL, device TEXT NOT NULL, rewrapper TEXT, at_ms INTEGER NOT NULL,
  PRIMARY KEY (eh, device)
) STRICT, WITHOUT ROWID;
-- Not unique by name: a copy with a broken signature must not keep the true one out.
CREATE TABLE kept_aside (
  position INTEGER PRIMARY KEY AUTOINCREMENT, eh TEXT, code TEXT NOT NULL, bytes BLOB NOT NULL, at_ms INTEGER NOT NULL,
  item TEXT NOT NULL DEFAULT 'envelope' CHECK (item IN ('envelope', 'rewrapped'))
) STRICT;
INSERT INTO kept_aside (eh, code, bytes, at_ms) SELECT eh, code, bytes, at_ms FROM held ORDER BY position;
DROP TABLE held;
ALTER TABLE kept_aside RENAME TO held;
`,
  // What an agency's own devices tell one another may wait until the files that it speaks of are at the relay.
  `
ALTER TABLE outbox ADD COLUMN uploads_first TEXT;
`,
  // Four eyes: what waits for approval, and what officers have signed of what goes out.
  `
ALTER TABLE outbox ADD COLUMN signed TEXT;
CREATE TABLE drafts (
  id TEXT PRIMARY KEY,
  wire BLOB NOT NULL,
  thread TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('draft', 'awaiting-approval', 'sent')),
  decided_by TEXT,
  reason TEXT,
  created_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX messages_act ON messages (agency, envelope_id);
`,
  // Contents of offered disclosures; the files that go with them are encrypted before they are queued, and their keys are not in the offer.
  `
CREATE TABLE contents (
  blob TEXT PRIMARY KEY,
  conversation TEXT NOT NULL,
  terms_hash TEXT NOT NULL,
  key BLOB CHECK (key IS NULL OR length(key) = 32),
  content BLOB,
  shared INTEGER NOT NULL DEFAULT 0,
  at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX contents_conversation ON contents (conversation);
CREATE INDEX contents_keys ON contents (conversation) WHERE key IS NOT NULL;
CREATE INDEX messages_offers ON messages (conversation) WHERE kind = 'disclosure.offer';
CREATE INDEX messages_releases ON messages (conversation) WHERE kind = 'disclosure.release';
CREATE INDEX messages_own_keys ON messages (eh) WHERE kind = 'own.content-key';
CREATE TABLE staged_blobs (id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
ALTER TABLE outbox_attachments ADD COLUMN is_content INTEGER NOT NULL DEFAULT 0;
`,
  // Retention and erasure (spec 57-exports): a tombstone keeps the message's place, never its words.
  `
ALTER TABLE messages ADD COLUMN erased_at_ms INTEGER;
ALTER TABLE messages ADD COLUMN body_hash TEXT;
CREATE TABLE erasures (
  position INTEGER PRIMARY KEY AUTOINCREMENT, conversation TEXT NOT NULL, at_ms INTEGER NOT NULL, reason TEXT NOT NULL,
  actor TEXT NOT NULL, insisted INTEGER NOT NULL, kind TEXT NOT NULL, state TEXT NOT NULL, ehs TEXT NOT NULL, files TEXT NOT NULL
) STRICT;
CREATE TABLE retention_reviews (
  position INTEGER PRIMARY KEY AUTOINCREMENT, conversation TEXT NOT NULL, at_ms INTEGER NOT NULL, until_day TEXT NOT NULL,
  reason TEXT NOT NULL, actor TEXT NOT NULL
) STRICT;
CREATE TABLE legal_holds (
  position INTEGER PRIMARY KEY AUTOINCREMENT, conversation TEXT NOT NULL, at_ms INTEGER NOT NULL, reason TEXT NOT NULL,
  actor TEXT NOT NULL, released_at_ms INTEGER, release_reason TEXT
) STRICT;
CREATE TABLE retention_policy (name TEXT PRIMARY KEY, days INTEGER NOT NULL) STRICT, WITHOUT ROWID;
-- Files outside the archive that hold something of a case: downloads, exports.
CREATE TABLE copies (
  path TEXT PRIMARY KEY, conversation TEXT, blob TEXT, sha256 TEXT NOT NULL, at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE exports (
  position INTEGER PRIMARY KEY AUTOINCREMENT, conversation TEXT NOT NULL, at_ms INTEGER NOT NULL, folder TEXT NOT NULL,
  formats TEXT NOT NULL, sha256 TEXT NOT NULL
) STRICT;
`,
];
