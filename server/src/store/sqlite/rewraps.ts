/** Rewraps in SQLite: one more item of a held envelope, which then lives until that item is acknowledged too. */
import type { DeviceId, Mailbox } from '@holdfast/protocol';
import type { NewRewrap, Store } from '../port.js';
import type { RelayDatabase } from './database.js';
import { mailboxNumbers } from './mailbox-numbers.js';

export function rewrapVerbs({ sql }: RelayDatabase): Pick<Store, 'heldEnvelope' | 'rewrapperOf' | 'rewrap'> {
  const held = sql.prepare<[string], { core: Buffer; mailbox: Mailbox; expires_at_ms: number }>(
    'SELECT core, mailbox, expires_at_ms FROM envelopes WHERE eh = ?',
  );
  const find = sql.prepare<[string, string], { rewrapper: DeviceId }>(
    'SELECT rewrapper FROM rewraps WHERE eh = ? AND device = ?',
  );
  const put = sql.prepare<[string, string, string]>(
    'INSERT OR REPLACE INTO rewraps (eh, device, rewrapper) VALUES (?, ?, ?)',
  );
  const insertItem = sql.prepare<[string, string, number, number, string, Uint8Array, Uint8Array]>(
    'INSERT INTO items (device, mailbox, number, accepted_at_ms, eh, stanza, rewrap) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const numberOf = mailboxNumbers(sql);
  const store = sql.transaction((rewrap: NewRewrap, supersedes: DeviceId | undefined) => {
    const { eh, device, by, submitted, stanza, acceptedAtMs } = rewrap;
    const envelope = held.get(eh);
    if (envelope === undefined) return 'gone';
    const before = find.get(eh, device)?.rewrapper;
    if (before !== undefined && before !== supersedes) return 'duplicate';
    put.run(eh, device, by);
    const number = numberOf(device, envelope.mailbox);
    insertItem.run(device, envelope.mailbox, number, acceptedAtMs, eh, stanza, submitted);
    return 'stored';
  });
  return {
    heldEnvelope: async (eh) => {
      const row = held.get(eh);
      return row === undefined ? undefined : { core: row.core, mailbox: row.mailbox, expiresAtMs: row.expires_at_ms };
    },
    rewrapperOf: async (eh, device) => find.get(eh, device)?.rewrapper,
    rewrap: async (rewrap, supersedes) => store.immediate(rewrap, supersedes),
  };
}
