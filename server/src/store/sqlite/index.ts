/** The SQLite store: one node, one file, every acknowledged write synced. */
import type { Store } from '../port.js';
import { openRelayDatabase } from './database.js';
import { envelopeVerbs } from './envelopes.js';
import { lastSubmissionVerb } from './last-submission.js';
import { recordVerbs } from './records.js';
import { rewrapVerbs } from './rewraps.js';

/** @param path the database file; made where there is none */
export function openSqliteStore(path: string, sha256: (bytes: Uint8Array) => Uint8Array): Store {
  const database = openRelayDatabase(path);
  return {
    ...envelopeVerbs(database, sha256),
    ...lastSubmissionVerb(database),
    ...rewrapVerbs(database),
    ...recordVerbs(database),
    close: async () => {
      database.sql.close();
    },
  };
}
