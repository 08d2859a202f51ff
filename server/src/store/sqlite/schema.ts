/** The SQLite tables as drizzle sees them; the reviewed SQL in `migrations.ts` makes them. */
import { blob, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

export const envelopes = sqliteTable('envelopes', {
  eh: text('eh').primaryKey(),
  sender: text('sender').notNull(),
  mailbox: text('mailbox').notNull(),
  expiresAtMs: integer('expires_at_ms').notNull(),
  core: blob('core', { mode: 'buffer' }).notNull(),
  stanzaHashes: blob('stanza_hashes', { mode: 'buffer' }).notNull(),
  sig: blob('sig', { mode: 'buffer' }).notNull(),
  ct: blob('ct', { mode: 'buffer' }).notNull(),
});

export const items = sqliteTable(
  'items',
  {
    device: text('device').notNull(),
    mailbox: text('mailbox').notNull(),
    number: integer('number').notNull(),
    acceptedAtMs: integer('accepted_at_ms').notNull(),
    eh: text('eh'),
    stanza: blob('stanza', { mode: 'buffer' }),
    notice: blob('notice', { mode: 'buffer' }),
    rewrap: blob('rewrap', { mode: 'buffer' }),
  },
  (table) => [primaryKey({ columns: [table.device, table.mailbox, table.number] })],
);

export const mailboxes = sqliteTable(
  'mailboxes',
  {
    device: text('device').notNull(),
    mailbox: text('mailbox').notNull(),
    highest: integer('highest').notNull(),
    acknowledged: integer('acknowledged').notNull(),
    swept: integer('swept').notNull(),
  },
  (table) => [primaryKey({ columns: [table.device, table.mailbox] })],
);

export const rewraps = sqliteTable(
  'rewraps',
  {
    eh: text('eh').notNull(),
    device: text('device').notNull(),
    rewrapper: text('rewrapper').notNull(),
  },
  (table) => [primaryKey({ columns: [table.eh, table.device] })],
);
export const lastSubmissions = sqliteTable('last_submissions', {
  device: text('device').primaryKey(),
  eh: text('eh').notNull(),
  core: blob('core', { mode: 'buffer' }).notNull(),
  stanzasHash: blob('stanzas_hash', { mode: 'buffer' }).notNull(),
  ctHash: blob('ct_hash', { mode: 'buffer' }).notNull(),
  sig: blob('sig', { mode: 'buffer' }).notNull(),
});

export const receipts = sqliteTable(
  'receipts',
  {
    sender: text('sender').notNull(),
    id: text('id').notNull(),
    eh: text('eh').notNull(),
    receipt: text('receipt').notNull(),
  },
  (table) => [primaryKey({ columns: [table.sender, table.id] })],
);

export const receiptBatches = sqliteTable('receipt_batches', {
  n: integer('n').primaryKey(),
  batch: text('batch').notNull(),
});
export const logOutbox = sqliteTable('log_outbox', {
  position: integer('position').primaryKey({ autoIncrement: true }),
  leaf: blob('leaf', { mode: 'buffer' }).notNull(),
  atMs: integer('at_ms').notNull(),
});

export const trustLists = sqliteTable('trust_lists', {
  version: integer('version').primaryKey(),
  jws: text('jws').notNull(),
});
export const statements = sqliteTable(
  'statements',
  {
    agency: text('agency').notNull(),
    seq: integer('seq').notNull(),
    atMs: integer('at_ms').notNull(),
    jws: text('jws').notNull(),
    isCounted: integer('is_counted', { mode: 'boolean' }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.agency, table.seq] })],
);
export const documents = sqliteTable('documents', {
  hash: text('hash').primaryKey(),
  salt: text('salt').notNull(),
  json: text('json').notNull(),
});
export const epochBatches = sqliteTable(
  'epoch_batches',
  {
    device: text('device').notNull(),
    n: integer('n').notNull(),
    agency: text('agency').notNull(),
    jws: text('jws').notNull(),
  },
  (table) => [primaryKey({ columns: [table.device, table.n] })],
);
export const epochKeys = sqliteTable(
  'epoch_keys',
  {
    device: text('device').notNull(),
    day: integer('day').notNull(),
    n: integer('n').notNull(),
    key: blob('key', { mode: 'buffer' }).notNull(),
    path: text('path').notNull(),
  },
  (table) => [primaryKey({ columns: [table.device, table.day] })],
);
export const once = sqliteTable('once', {
  id: text('id').primaryKey(),
  expiresAtMs: integer('expires_at_ms').notNull(),
});
export const sessionEpochs = sqliteTable('session_epochs', {
  device: text('device').primaryKey(),
  epoch: integer('epoch').notNull(),
});
export const blobs = sqliteTable('blobs', {
  id: text('id').primaryKey(),
  agency: text('agency').notNull(),
  size: integer('size').notNull(),
  expiresAtMs: integer('expires_at_ms').notNull(),
});
export const probes = sqliteTable('probes', { id: integer('id').primaryKey(), count: integer('count').notNull() });
