/** Envelopes, mailboxes and receipts in SQLite: the hot path, on prepared statements. */
import {
  concat,
  type DeviceId,
  encodeDelivered,
  fromBase64url,
  type Hash,
  MAILBOXES,
  type Mailbox,
  parseReceipt,
  parserOf,
  type Receipt,
  type ReceiptBatch,
  ReceiptBatchSchema,
} from '@holdfast/protocol';
import type { ExpiredEnvelope, MailboxItem, NewEnvelope, Store } from '../port.js';
import { isConstraint, type RelayDatabase } from './database.js';
import { lastSubmissionWriter } from './last-submission.js';
import { mailboxNumbers } from './mailbox-numbers.js';

type EnvelopeVerbs = Pick<
  Store,
  'receiptOf' | 'acceptEnvelopes' | 'lastBatch' | 'nextFor' | 'cursors' | 'acknowledge' | 'sweep' | 'expired' | 'expire'
>;

const HASH_BYTES = 32;
const parseBatch = parserOf('stored batch', ReceiptBatchSchema, 'encoding.malformed');

interface ItemRow {
  number: number;
  accepted_at_ms: number;
  stanza: Buffer | null;
  notice: Buffer | null;
  core: Buffer | null;
  stanza_hashes: Buffer | null;
  sig: Buffer | null;
  ct: Buffer | null;
  rewrap: Buffer | null;
}

export function envelopeVerbs({ sql }: RelayDatabase, sha256: (bytes: Uint8Array) => Uint8Array): EnvelopeVerbs {
  const receipt = sql.prepare<[string, string], { receipt: string }>(
    'SELECT receipt FROM receipts WHERE sender = ? AND id = ?',
  );
  const insertEnvelope = sql.prepare<[string, string, string, number, Uint8Array, Uint8Array, Uint8Array, Uint8Array]>(
    'INSERT INTO envelopes (eh, sender, mailbox, expires_at_ms, core, stanza_hashes, sig, ct) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const insertItem = sql.prepare<[string, string, number, number, string, Uint8Array]>(
    'INSERT INTO items (device, mailbox, number, accepted_at_ms, eh, stanza) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const insertNotice = sql.prepare<[string, string, number, number, Uint8Array]>(
    'INSERT INTO items (device, mailbox, number, accepted_at_ms, notice) VALUES (?, ?, ?, ?, ?)',
  );
  const insertReceipt = sql.prepare<[string, string, string, string]>(
    'INSERT INTO receipts (sender, id, eh, receipt) VALUES (?, ?, ?, ?)',
  );
  const insertBatch = sql.prepare<[number, string]>('INSERT INTO receipt_batches (n, batch) VALUES (?, ?)');
  const insertLeaf = sql.prepare<[Uint8Array, number]>('INSERT INTO log_outbox (leaf, at_ms) VALUES (?, ?)');
  const lastBatch = sql.prepare<[], { batch: string }>('SELECT batch FROM receipt_batches ORDER BY n DESC LIMIT 1');
  const next = sql.prepare<[string, string, number, number], ItemRow>(
    `SELECT i.number, i.accepted_at_ms, i.stanza, i.notice, i.rewrap, e.core, e.stanza_hashes, e.sig, e.ct
     FROM items i LEFT JOIN envelopes e ON e.eh = i.eh
     WHERE i.device = ? AND i.mailbox = ? AND i.number > ? ORDER BY i.number LIMIT ?`,
  );
  const cursorRow = sql.prepare<[string], { mailbox: Mailbox; highest: number; acknowledged: number }>(
    'SELECT mailbox, highest, acknowledged FROM mailboxes WHERE device = ?',
  );
  const acknowledge = sql.prepare<[number, string, string]>(
    'UPDATE mailboxes SET acknowledged = MAX(acknowledged, MIN(highest, ?)) WHERE device = ? AND mailbox = ?',
  );
  const sweepable = sql.prepare<[], { device: string; mailbox: string; acknowledged: number }>(
    'SELECT device, mailbox, acknowledged FROM mailboxes WHERE acknowledged > swept',
  );
  const deleteItems = sql.prepare<[string, string, number, number], { eh: string | null; number: number }>(
    `DELETE FROM items WHERE rowid IN (SELECT rowid FROM items WHERE device = ? AND mailbox = ? AND number <= ? ORDER BY number LIMIT ?) RETURNING eh, number`,
  );
  const swept = sql.prepare<[number, string, string]>(
    'UPDATE mailboxes SET swept = ? WHERE device = ? AND mailbox = ?',
  );
  const deleteOrphan = sql.prepare<[string, string]>(
    'DELETE FROM envelopes WHERE eh = ? AND NOT EXISTS (SELECT 1 FROM items WHERE items.eh = ?)',
  );
  const expired = sql.prepare<[number, number], { eh: Hash; sender: DeviceId; mailbox: Mailbox }>(
    'SELECT eh, sender, mailbox FROM envelopes WHERE expires_at_ms <= ? ORDER BY expires_at_ms LIMIT ?',
  );
  const undelivered = sql.prepare<[string], { device: DeviceId }>(
    `SELECT i.device FROM items i JOIN mailboxes m ON m.device = i.device AND m.mailbox = i.mailbox
     WHERE i.eh = ? AND i.number > m.acknowledged ORDER BY i.device`,
  );
  const toNotice = sql.prepare<[Uint8Array, string]>(
    'UPDATE items SET eh = NULL, stanza = NULL, rewrap = NULL, notice = ? WHERE eh = ?',
  );
  const deleteEnvelope = sql.prepare<[string]>('DELETE FROM envelopes WHERE eh = ?');

  const numberOf = mailboxNumbers(sql);
  const keepLast = lastSubmissionWriter(sql);
  const accept = sql.transaction((envelopes: readonly NewEnvelope[], batch: ReceiptBatch) => {
    insertBatch.run(batch.n, JSON.stringify(batch));
    for (const {
      eh,
      from,
      id,
      mailbox,
      expiresAtMs,
      acceptedAtMs,
      core,
      sig,
      ct,
      recipients,
      receipt: given,
    } of envelopes) {
      insertReceipt.run(from, id, eh, JSON.stringify(given));
      insertLeaf.run(fromBase64url(given.leaf), acceptedAtMs);
      insertEnvelope.run(
        eh,
        from,
        mailbox,
        expiresAtMs,
        core,
        Buffer.concat(recipients.map(({ stanza }) => sha256(stanza))),
        sig,
        ct,
      );
      for (const { device, stanza } of recipients)
        insertItem.run(device, mailbox, numberOf(device, mailbox), acceptedAtMs, eh, stanza);
    }
    keepLast(envelopes);
  });
  const acknowledgeAll = sql.transaction((cursors: Parameters<Store['acknowledge']>[0]) => {
    for (const { device, mailbox, cursor } of cursors) acknowledge.run(cursor, device, mailbox);
  });
  const sweep = sql.transaction((limit: number) => {
    let left = limit;
    for (const { device, mailbox, acknowledged } of sweepable.all()) {
      if (left <= 0) break;
      const gone = deleteItems.all(device, mailbox, acknowledged, left);
      left -= gone.length;
      for (const { eh } of gone) if (eh !== null) deleteOrphan.run(eh, eh);
      const highest = gone.reduce((most, row) => Math.max(most, row.number), 0);
      swept.run(left > 0 ? acknowledged : highest, device, mailbox);
    }
    return limit - left;
  });
  const expire = sql.transaction((envelope: ExpiredEnvelope, notice: Uint8Array, nowMs: number) => {
    if (envelope.undelivered.length > 0)
      insertNotice.run(envelope.from, envelope.mailbox, numberOf(envelope.from, envelope.mailbox), nowMs, notice);
    // The number stays taken, so that a mailbox has no gap: the device learns what it missed.
    toNotice.run(notice, envelope.eh);
    deleteEnvelope.run(envelope.eh);
  });

  return {
    receiptOf: async (from, id): Promise<Receipt | undefined> => {
      const row = receipt.get(from, id);
      return row === undefined ? undefined : parseReceipt(JSON.parse(row.receipt));
    },
    acceptEnvelopes: async (envelopes, batch) => {
      try {
        accept.immediate(envelopes, batch);
        return 'stored';
      } catch (error) {
        if (isConstraint(error)) return 'raced';
        throw error;
      }
    },
    lastBatch: async () => {
      const row = lastBatch.get();
      return row === undefined ? undefined : parseBatch(JSON.parse(row.batch));
    },
    nextFor: async (device, mailbox, after, limit, maxBytes) => {
      const items: MailboxItem[] = [];
      let bytes = 0;
      // Row by row: a page of large envelopes must not be read whole before it is cut.
      for (const row of next.iterate(device, mailbox, after, limit)) {
        const item = itemOf(row);
        bytes += item.bytes.length;
        if (items.length > 0 && bytes > maxBytes) break;
        items.push(item);
      }
      return items;
    },
    cursors: async (device) => {
      const rows = cursorRow.all(device);
      const of = (mailbox: Mailbox) => {
        const row = rows.find((candidate) => candidate.mailbox === mailbox);
        return { acknowledged: row?.acknowledged ?? 0, highest: row?.highest ?? 0 };
      };
      return { alert: of(MAILBOXES[0]), routine: of(MAILBOXES[1]) };
    },
    acknowledge: async (cursors) => acknowledgeAll.immediate(cursors),
    sweep: async (limit) => sweep.immediate(limit),
    expired: async (nowMs, limit) =>
      expired.all(nowMs, limit).map(({ eh, sender, mailbox }) => ({
        eh,
        from: sender,
        mailbox,
        undelivered: undelivered.all(eh).map(({ device }) => device),
      })),
    expire: async (envelope, notice, nowMs) => expire.immediate(envelope, notice, nowMs),
  };
}

function itemOf(row: ItemRow): MailboxItem {
  const { number, accepted_at_ms: acceptedAtMs, notice, stanza, core, stanza_hashes: hashes, sig, ct } = row;
  if (notice !== null) return { number, acceptedAtMs, item: 'notice', bytes: notice };
  if (stanza === null || core === null || hashes === null || sig === null || ct === null)
    throw new Error('A mailbox item has lost its envelope.');
  const stanzaHashes: Uint8Array[] = [];
  for (let offset = 0; offset < hashes.length; offset += HASH_BYTES)
    stanzaHashes.push(hashes.subarray(offset, offset + HASH_BYTES));
  const envelope = encodeDelivered({ core, stanzaHashes, stanza, sig, ct });
  if (row.rewrap === null) return { number, acceptedAtMs, item: 'envelope', bytes: envelope };
  return { number, acceptedAtMs, item: 'rewrapped', bytes: concat(row.rewrap, envelope) };
}
