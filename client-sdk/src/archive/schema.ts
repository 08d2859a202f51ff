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
ALTER TABLE held ADD COLUMN item TEXT NOT NULL DEFAULT 'envelope' CHECK (item IN ('envelope', 'rewrapped'));
`,
];
