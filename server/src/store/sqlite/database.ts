/** Opening the relay's SQLite file: settings are set and then asserted, since a silent default would lose acknowledged mail. */
import Database from 'better-sqlite3';
import { type BetterSQLite3Database, drizzle } from 'drizzle-orm/better-sqlite3';
import { MIGRATIONS } from './migrations.js';
import * as schema from './schema.js';

const MIN_SQLITE = [3, 51, 3] as const;

export interface RelayDatabase {
  readonly sql: Database.Database;
  readonly orm: BetterSQLite3Database<typeof schema>;
}

/** @throws Error where the file, its settings or the SQLite version are not as they must be */
export function openRelayDatabase(path: string): RelayDatabase {
  const sql = new Database(path);
  sql.pragma('journal_mode = WAL');
  sql.pragma('synchronous = FULL');
  sql.pragma('foreign_keys = ON');
  sql.pragma('busy_timeout = 5000');
  sql.pragma('journal_size_limit = 67108864');
  assertSettings(sql);
  migrate(sql);
  return { sql, orm: drizzle(sql, { schema }) };
}

function assertSettings(sql: Database.Database): void {
  const version = String(sql.prepare<[], { v: string }>('SELECT sqlite_version() AS v').get()?.v);
  const parts = version.split('.').map(Number);
  const isOld = MIN_SQLITE.reduce((verdict, min, index) => verdict || Math.sign((parts[index] ?? 0) - min), 0) < 0;
  if (isOld) throw new Error(`SQLite ${MIN_SQLITE.join('.')} is needed; this is ${version}.`);
  if (sql.pragma('journal_mode', { simple: true }) !== 'wal')
    throw new Error('The database does not keep a write-ahead log; is it on a network disk?');
  if (sql.pragma('synchronous', { simple: true }) !== 2) throw new Error('The database does not sync every commit.');
}

function migrate(sql: Database.Database): void {
  sql.exec(
    'CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, applied_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP) STRICT',
  );
  const applied = new Set(
    sql
      .prepare<[], { name: string }>('SELECT name FROM migrations')
      .all()
      .map(({ name }) => name),
  );
  const unknown = [...applied].filter((name) => !MIGRATIONS.some((migration) => migration.name === name));
  if (unknown.length > 0) throw new Error(`The database was written by a newer relay (${unknown.join(', ')}).`);
  const apply = sql.transaction((name: string, statements: string) => {
    sql.exec(statements);
    sql.prepare('INSERT INTO migrations (name) VALUES (?)').run(name);
  });
  for (const { name, sql: statements } of MIGRATIONS) if (!applied.has(name)) apply.immediate(name, statements);
}

/** Was this a broken uniqueness or one of our own triggers? Everything else is a fault. */
export function isConstraint(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    error.code.startsWith('SQLITE_CONSTRAINT')
  );
}
