/** The SQLite store against the conformance suite, and what only SQLite can get wrong. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256 } from '@holdfast/keys/verify';
import { openSqliteStore } from '@holdfast/server';
import Database from 'better-sqlite3';
import t from 'tap';
import { type StoreUnderTest, storeConformance } from './store-conformance.js';

async function openIn(folder: string): Promise<StoreUnderTest> {
  const store = openSqliteStore(join(folder, 'relay.db'), sha256);
  return {
    store,
    reopen: async () => {
      await store.close();
      return openIn(folder);
    },
    dispose: () => rm(folder, { recursive: true, force: true }),
  };
}

storeConformance('sqlite', async () => openIn(await mkdtemp(join(tmpdir(), 'holdfast-store-'))));

t.test('what was promised cannot be changed or taken back, even by our own SQL', async (t) => {
  const folder = t.testdir();
  const path = join(folder, 'relay.db');
  const store = openSqliteStore(path, sha256);
  await store.appendTrustList(1, { payload: 'e30', signatures: [{ protected: 'e30', signature: 'AA' }] });
  await store.close();
  const raw = new Database(path);
  raw.exec(
    `INSERT INTO receipt_batches (n, batch) VALUES (0, '{}'); INSERT INTO log_outbox (leaf, at_ms) VALUES (zeroblob(34), 1);`,
  );
  for (const table of ['receipt_batches', 'log_outbox', 'trust_lists']) {
    t.throws(() => raw.exec(`DELETE FROM ${table}`), /append-only/, `DELETE ${table}`);
  }
  t.throws(() => raw.exec(`UPDATE receipt_batches SET batch = '[]'`), /append-only/);
  t.throws(() => raw.exec(`UPDATE log_outbox SET at_ms = 2`), /append-only/);
  t.throws(() => raw.exec(`INSERT INTO receipt_batches (n, batch) VALUES (5, '{}')`), /gap/);
  raw.close();
});

t.test('a database of a newer relay is not touched', async (t) => {
  const path = join(t.testdir(), 'relay.db');
  await openSqliteStore(path, sha256).close();
  const raw = new Database(path);
  raw.exec(`INSERT INTO migrations (name) VALUES ('9999-from-the-future')`);
  raw.close();
  t.throws(() => openSqliteStore(path, sha256), /newer relay/);
});

t.test('a database that cannot keep a write-ahead log is refused', async (t) => {
  t.throws(() => openSqliteStore(':memory:', sha256), /write-ahead log/);
});
