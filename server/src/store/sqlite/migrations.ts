/** The SQLite schema, step by step; a released step is never edited. Names are the same in every dialect. */
export interface Migration {
  readonly name: string;
  readonly sql: string;
}

export const MIGRATIONS: readonly Migration[] = [
  {
    name: '0001-backbone',
    sql: `
CREATE TABLE envelopes (
  eh TEXT PRIMARY KEY,
  sender TEXT NOT NULL,
  mailbox TEXT NOT NULL CHECK (mailbox IN ('alert', 'routine')),
  expires_at_ms INTEGER NOT NULL,
  core BLOB NOT NULL,
  stanza_hashes BLOB NOT NULL,
  sig BLOB NOT NULL,
  ct BLOB NOT NULL
) STRICT;
CREATE INDEX envelopes_expiry ON envelopes (expires_at_ms);

CREATE TABLE items (
  device TEXT NOT NULL,
  mailbox TEXT NOT NULL CHECK (mailbox IN ('alert', 'routine')),
  number INTEGER NOT NULL,
  accepted_at_ms INTEGER NOT NULL,
  eh TEXT,
  stanza BLOB,
  notice BLOB,
  PRIMARY KEY (device, mailbox, number),
  CHECK ((eh IS NULL) = (stanza IS NULL) AND (eh IS NULL) <> (notice IS NULL))
) STRICT;
CREATE INDEX items_envelope ON items (eh) WHERE eh IS NOT NULL;

CREATE TABLE mailboxes (
  device TEXT NOT NULL,
  mailbox TEXT NOT NULL CHECK (mailbox IN ('alert', 'routine')),
  highest INTEGER NOT NULL,
  acknowledged INTEGER NOT NULL DEFAULT 0,
  swept INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (device, mailbox),
  CHECK (swept <= acknowledged AND acknowledged <= highest)
) STRICT, WITHOUT ROWID;

CREATE TABLE receipts (
  sender TEXT NOT NULL, id TEXT NOT NULL, eh TEXT NOT NULL UNIQUE, receipt TEXT NOT NULL,
  PRIMARY KEY (sender, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE receipt_batches (n INTEGER PRIMARY KEY, batch TEXT NOT NULL) STRICT;
CREATE TABLE log_outbox (position INTEGER PRIMARY KEY AUTOINCREMENT, leaf BLOB NOT NULL CHECK (length(leaf) = 34), at_ms INTEGER NOT NULL) STRICT;

CREATE TABLE trust_lists (version INTEGER PRIMARY KEY, jws TEXT NOT NULL) STRICT;
CREATE TABLE statements (
  agency TEXT NOT NULL, seq INTEGER NOT NULL, at_ms INTEGER NOT NULL, jws TEXT NOT NULL,
  is_counted INTEGER NOT NULL CHECK (is_counted IN (0, 1)),
  PRIMARY KEY (agency, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE documents (hash TEXT PRIMARY KEY, salt TEXT NOT NULL, json TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE epoch_batches (
  device TEXT NOT NULL, n INTEGER NOT NULL, agency TEXT NOT NULL, jws TEXT NOT NULL,
  PRIMARY KEY (device, n)
) STRICT, WITHOUT ROWID;
CREATE TABLE epoch_keys (
  device TEXT NOT NULL, day INTEGER NOT NULL, n INTEGER NOT NULL, key BLOB NOT NULL CHECK (length(key) = 1216), path TEXT NOT NULL,
  PRIMARY KEY (device, day)
) STRICT;

CREATE TABLE once (id TEXT PRIMARY KEY, expires_at_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX once_expiry ON once (expires_at_ms);
CREATE TABLE session_epochs (device TEXT PRIMARY KEY, epoch INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE blobs (id TEXT PRIMARY KEY, agency TEXT NOT NULL, size INTEGER NOT NULL, expires_at_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX blobs_agency ON blobs (agency);
CREATE TABLE probes (id INTEGER PRIMARY KEY CHECK (id = 1), count INTEGER NOT NULL) STRICT;

-- Append-only: what was promised or published is never changed, only added to.
CREATE TRIGGER receipt_batches_no_update BEFORE UPDATE ON receipt_batches BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER receipt_batches_no_delete BEFORE DELETE ON receipt_batches BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER receipt_batches_no_gap BEFORE INSERT ON receipt_batches
  WHEN NEW.n <> (SELECT COALESCE(MAX(n) + 1, 0) FROM receipt_batches) BEGIN SELECT RAISE(ABORT, 'gap'); END;
CREATE TRIGGER log_outbox_no_update BEFORE UPDATE ON log_outbox BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER log_outbox_no_delete BEFORE DELETE ON log_outbox BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER statements_no_update BEFORE UPDATE ON statements BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER statements_no_delete BEFORE DELETE ON statements BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER statements_no_gap BEFORE INSERT ON statements
  WHEN NEW.seq <> (SELECT COALESCE(MAX(seq) + 1, 0) FROM statements WHERE agency = NEW.agency) BEGIN SELECT RAISE(ABORT, 'gap'); END;
CREATE TRIGGER trust_lists_no_update BEFORE UPDATE ON trust_lists BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER trust_lists_no_delete BEFORE DELETE ON trust_lists BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER trust_lists_no_gap BEFORE INSERT ON trust_lists
  WHEN NEW.version <> (SELECT COALESCE(MAX(version) + 1, 1) FROM trust_lists) BEGIN SELECT RAISE(ABORT, 'gap'); END;
`,
  },
  {
    name: '0002-rewrap',
    sql: `
CREATE TABLE rewraps (
  eh TEXT NOT NULL REFERENCES envelopes (eh) ON DELETE CASCADE,
  device TEXT NOT NULL,
  rewrapper TEXT NOT NULL,
  PRIMARY KEY (eh, device)
) STRICT, WITHOUT ROWID;
-- Rewrap, signature and stanza as submitted, where the item is a rewrapped envelope.
ALTER TABLE items ADD COLUMN rewrap BLOB CHECK (rewrap IS NULL OR eh IS NOT NULL);
CREATE TABLE last_submissions (
  device TEXT PRIMARY KEY,
  eh TEXT NOT NULL,
  core BLOB NOT NULL,
  stanzas_hash BLOB NOT NULL CHECK (length(stanzas_hash) = 32),
  ct_hash BLOB NOT NULL CHECK (length(ct_hash) = 32),
  sig BLOB NOT NULL
) STRICT;
`,
  },
];
