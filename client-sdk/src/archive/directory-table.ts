/** What the directory keeps: trust lists and statements as they came (signed), the documents they name, the day's epoch keys. */
import {
  type AgencyId,
  type DeviceId,
  type GeneralJws,
  GeneralJwsSchema,
  type Hash,
  parserOf,
} from '@holdfast/protocol';
import type { ArchiveDatabase } from './database.js';

const parseJws = parserOf('stored JWS', GeneralJwsSchema, 'encoding.malformed');

export interface StoredEpochKey {
  readonly device: DeviceId;
  readonly day: number;
  readonly key: Uint8Array;
  /** Number of the batch that it is from, and the last day that the batch covers. */
  readonly batch: number;
  readonly lastDay: number;
}

export interface DirectoryTable {
  trustLists(): GeneralJws[];
  addTrustList(version: number, jws: GeneralJws): void;
  statements(): { readonly agency: AgencyId; readonly jws: GeneralJws }[];
  addStatement(agency: AgencyId, seq: number, jws: GeneralJws): void;
  document(hash: Hash): unknown;
  putDocument(hash: Hash, document: unknown): void;
  epochKeys(): StoredEpochKey[];
  putEpochKeys(keys: readonly StoredEpochKey[]): void;
}

export function directoryTable(db: ArchiveDatabase): DirectoryTable {
  const lists = db.prepare<[], { jws: string }>('SELECT jws FROM trust_lists ORDER BY version');
  const addList = db.prepare<[number, string]>('INSERT INTO trust_lists (version, jws) VALUES (?, ?)');
  const all = db.prepare<[], { agency: AgencyId; jws: string }>(
    'SELECT agency, jws FROM statements ORDER BY agency, seq',
  );
  const add = db.prepare<[string, number, string]>('INSERT INTO statements (agency, seq, jws) VALUES (?, ?, ?)');
  const doc = db.prepare<[string], { document: string }>('SELECT document FROM documents WHERE hash = ?');
  const putDoc = db.prepare<[string, string]>('INSERT OR IGNORE INTO documents (hash, document) VALUES (?, ?)');
  const keys = db.prepare<[], StoredEpochKey>('SELECT device, day, key, batch, last_day AS lastDay FROM epoch_keys');
  const putKey = db.prepare<[string, number, Uint8Array, number, number]>(
    `INSERT INTO epoch_keys (device, day, key, batch, last_day) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (device) DO UPDATE SET day = excluded.day, key = excluded.key, batch = excluded.batch, last_day = excluded.last_day
     WHERE excluded.day >= day`,
  );
  const putKeys = db.transaction((rows: readonly StoredEpochKey[]) => {
    for (const { device, day, key, batch, lastDay } of rows) putKey.run(device, day, key, batch, lastDay);
  });
  return {
    trustLists: () => lists.all().map(({ jws }) => parseJws(JSON.parse(jws))),
    addTrustList: (version, jws) => void addList.run(version, JSON.stringify(jws)),
    statements: () => all.all().map(({ agency, jws }) => ({ agency, jws: parseJws(JSON.parse(jws)) })),
    addStatement: (agency, seq, jws) => void add.run(agency, seq, JSON.stringify(jws)),
    document: (hash) => {
      const row = doc.get(hash);
      if (row === undefined) return undefined;
      const document: unknown = JSON.parse(row.document);
      return document;
    },
    putDocument: (hash, document) => void putDoc.run(hash, JSON.stringify(document)),
    epochKeys: () => keys.all(),
    putEpochKeys: (rows) => putKeys(rows),
  };
}
