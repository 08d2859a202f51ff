/** How far the archive has been wrapped for recovery, and which messages came back from wraps. */
import type { Hash } from '@holdfast/protocol';
import type { ArchiveDatabase } from './database.js';

export interface RecoveryTable {
  /** The newest message, by arrival, that has been wrapped; 0 before the first. */
  wrappedTo(): number;
  setWrappedTo(arrival: number): void;
  /** The oldest message after `arrival`. */
  nextAfter(arrival: number): { readonly arrival: number; readonly eh: Hash } | undefined;
  /** How many messages wait to be wrapped. */
  waiting(): number;
  markRecovered(eh: Hash, atMs: number): void;
  /** When the message came back from a wrap, or undefined where it arrived here by itself. */
  recoveredAtMs(eh: Hash): number | undefined;
}

/** The key of an offered content must be destroyed where it is not released: nothing that can be recovered holds it. */
const IS_WRAPPED = "kind <> 'own.content-key'";

export function recoveryTable(db: ArchiveDatabase): RecoveryTable {
  const position = db.prepare<[], { arrival: number }>('SELECT arrival FROM recovery_position WHERE id = 1');
  const advance = db.prepare<[number]>(
    'INSERT INTO recovery_position (id, arrival) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET arrival = MAX(arrival, excluded.arrival)',
  );
  const next = db.prepare<[number], { arrival: number; eh: Hash }>(
    `SELECT arrival, eh FROM messages WHERE arrival > ? AND ${IS_WRAPPED} ORDER BY arrival LIMIT 1`,
  );
  const waiting = db.prepare<[number], { count: number }>(
    `SELECT COUNT(*) AS count FROM messages WHERE arrival > ? AND ${IS_WRAPPED}`,
  );
  const mark = db.prepare<[string, number]>('INSERT OR IGNORE INTO recovered (eh, at_ms) VALUES (?, ?)');
  const marked = db.prepare<[string], { atMs: number }>('SELECT at_ms AS atMs FROM recovered WHERE eh = ?');
  const wrappedTo = (): number => position.get()?.arrival ?? 0;
  return {
    wrappedTo,
    setWrappedTo: (arrival) => void advance.run(arrival),
    nextAfter: (arrival) => next.get(arrival),
    waiting: () => waiting.get(wrappedTo())?.count ?? 0,
    markRecovered: (eh, atMs) => void mark.run(eh, atMs),
    recoveredAtMs: (eh) => marked.get(eh)?.atMs,
  };
}
