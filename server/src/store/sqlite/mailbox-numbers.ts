/** The next number of a mailbox, without gap; taken within the transaction that puts the item there. */
import type { Mailbox } from '@holdfast/protocol';
import type { RelayDatabase } from './database.js';

export function mailboxNumbers(sql: RelayDatabase['sql']): (device: string, mailbox: Mailbox) => number {
  const number = sql.prepare<[string, string], { highest: number }>(
    `INSERT INTO mailboxes (device, mailbox, highest) VALUES (?, ?, 1)
     ON CONFLICT (device, mailbox) DO UPDATE SET highest = highest + 1 RETURNING highest`,
  );
  return (device, mailbox) => {
    const row = number.get(device, mailbox);
    if (row === undefined) throw new Error('A mailbox gave no number.');
    return row.highest;
  };
}
