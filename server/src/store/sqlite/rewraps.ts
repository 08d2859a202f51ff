/** Rewraps in SQLite: one more item of a held envelope, which then lives until that item is acknowledged too. */
import type { Mailbox } from '@holdfast/protocol';
import type { NewRewrap, Store } from '../port.js';
import type { RelayDatabase } from './database.js';
import { mailboxNumbers } from './mailbox-numbers.js';

export function rewrapVerbs({ sql }: RelayDatabase): Pick<Store, 'heldEnvelope' | 'isRewrapped' | 'rewrap'> {
  const held = sql.prepare<[string], { core: Buffer; mailbox: Mailbox; expires_at_ms: number }>(
    'SELECT core, mailbox, expires_at_ms FROM envelopes WHERE eh = ?',
  );
  const find = sql.prepare<[string, string], { eh: string }>('SELECT eh FROM rewraps WHERE eh = ? AND device = ?');
  const insert = sql.prepare<[string, string, Uint8Array, Uint8Array]>(
    'INSERT INTO rewraps (eh, device, rewrap, sig) VALUES (?, ?, ?, ?)',
  );
  const insertItem = sql.prepare<[string, string, number, number, string, Uint8Array]>(
    'INSERT INTO items (device, mailbox, number, accepted_at_ms, eh, stanza) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const numberOf = mailboxNumbers(sql);
  const store = sql.transaction(({ eh, device, rewrap, sig, stanza, acceptedAtMs }: NewRewrap) => {
    const envelope = held.get(eh);
    if (envelope === undefined) return 'gone';
    if (find.get(eh, device) !== undefined) return 'duplicate';
    insert.run(eh, device, rewrap, sig);
    insertItem.run(device, envelope.mailbox, numberOf(device, envelope.mailbox), acceptedAtMs, eh, stanza);
    return 'stored';
  });
  return {
    heldEnvelope: async (eh) => {
      const row = held.get(eh);
      return row === undefined ? undefined : { core: row.core, mailbox: row.mailbox, expiresAtMs: row.expires_at_ms };
    },
    isRewrapped: async (eh, device) => find.get(eh, device) !== undefined,
    rewrap: async (rewrap) => store.immediate(rewrap),
  };
}
