/** Facts that are told once and outlive the process, by name. */
import type { ArchiveDatabase } from './database.js';

export interface ToldTable {
  has(name: string): boolean;
  /** @returns true the first time */
  once(name: string, atMs: number): boolean;
}

export function toldTable(db: ArchiveDatabase): ToldTable {
  const has = db.prepare<[string], { name: string }>('SELECT name FROM told WHERE name = ?');
  const once = db.prepare<[string, number]>('INSERT OR IGNORE INTO told (name, at_ms) VALUES (?, ?)');
  return {
    has: (name) => has.get(name) !== undefined,
    once: (name, atMs) => once.run(name, atMs).changes === 1,
  };
}
