/**
 * The device's archive: everything it has sent and received, encrypted page by page (better-sqlite3-multiple-ciphers). One
 * process at a time holds it; a committed write survives power loss (WAL, synchronous=FULL).
 */
import Database from 'better-sqlite3-multiple-ciphers';
import { SdkError } from '../errors.js';
import { ARCHIVE_MIGRATIONS } from './schema.js';

export type ArchiveDatabase = Database.Database;

/**
 * Opens (or makes) the archive file.
 * @param key 32 bytes; derived from the keystore, never a password
 * @throws SdkError `home.locked`, `archive.unreadable`
 */
export function openDatabase(path: string, key: Uint8Array): ArchiveDatabase {
  const db = new Database(path, { timeout: 0 });
  try {
    db.pragma("cipher = 'chacha20'");
    db.pragma(`key = "x'${Buffer.from(key).toString('hex')}'"`);
    db.pragma('locking_mode = EXCLUSIVE');
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.pragma('temp_store = MEMORY');
    // What is erased is overwritten in its page, not only unlinked from it.
    db.pragma('secure_delete = ON');
    db.pragma('foreign_keys = ON');
    // What is deleted is overwritten: a destroyed content key must not lie on in a free page.
    db.pragma('secure_delete = ON');
    migrate(db);
    return db;
  } catch (cause) {
    db.close();
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED'))
      throw new SdkError('home.locked', undefined, { cause });
    throw new SdkError('archive.unreadable', undefined, { cause });
  }
}

function migrate(db: ArchiveDatabase): void {
  const advance = db.transaction(() => {
    const from = Number(db.pragma('user_version', { simple: true }));
    for (const step of ARCHIVE_MIGRATIONS.slice(from)) db.exec(step);
    db.pragma(`user_version = ${ARCHIVE_MIGRATIONS.length}`);
  });
  advance.immediate();
}
