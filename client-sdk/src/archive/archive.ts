/**
 * The archive as one object: its tables, and transactions over them. Every method is synchronous and durable on return; once it
 * is closed, each throws SdkError `closed`.
 */

import { SdkError } from '../errors.js';
import { type ArrivalTable, arrivalTable } from './arrival-table.js';
import { type ContentKeyTable, contentKeyTable } from './content-key-table.js';
import { type ContentTable, contentTable } from './content-table.js';
import { type ConversationTable, conversationTable } from './conversation-table.js';
import { openDatabase } from './database.js';
import { type DirectoryTable, directoryTable } from './directory-table.js';
import { type DraftTable, draftTable } from './draft-table.js';
import { type MessageTable, messageTable } from './message-table.js';
import { type MissingTable, missingTable } from './missing-table.js';
import { type OutboxTable, outboxTable } from './outbox-table.js';
import { type RecoveryTable, recoveryTable } from './recovery-table.js';
import { type RetentionTable, retentionTable } from './retention-table.js';
import { type ToldTable, toldTable } from './told-table.js';

export interface Archive {
  readonly directory: DirectoryTable;
  readonly messages: MessageTable;
  readonly outbox: OutboxTable;
  readonly drafts: DraftTable;
  readonly conversations: ConversationTable;
  readonly arrivals: ArrivalTable;
  readonly missing: MissingTable;
  readonly told: ToldTable;
  readonly recovery: RecoveryTable;
  readonly contentKeys: ContentKeyTable;
  readonly contents: ContentTable;
  readonly retention: RetentionTable;
  /** Writes what the log still holds into the file and empties the log: what was erased is in neither. */
  checkpoint(): void;
  /** Runs `work` as one transaction: all of it is stored, or none. */
  atomically<T>(work: () => T): T;
  close(): void;
}

/** @throws SdkError `home.locked`, `archive.unreadable` */
export function openArchive(path: string, key: Uint8Array): Archive {
  const db = openDatabase(path, key);
  const tables = {
    directory: directoryTable(db),
    messages: messageTable(db),
    outbox: outboxTable(db),
    drafts: draftTable(db),
    conversations: conversationTable(db),
    arrivals: arrivalTable(db),
    missing: missingTable(db),
    told: toldTable(db),
    recovery: recoveryTable(db),
    contentKeys: contentKeyTable(db),
    contents: contentTable(db),
    retention: retentionTable(db),
  };
  const opened = (): typeof tables => {
    if (!db.open) throw new SdkError('closed');
    return tables;
  };
  return {
    get directory() {
      return opened().directory;
    },
    get messages() {
      return opened().messages;
    },
    get outbox() {
      return opened().outbox;
    },
    get drafts() {
      return opened().drafts;
    },
    get conversations() {
      return opened().conversations;
    },
    get arrivals() {
      return opened().arrivals;
    },
    get missing() {
      return opened().missing;
    },
    get told() {
      return opened().told;
    },
    get recovery() {
      return opened().recovery;
    },
    get contentKeys() {
      return opened().contentKeys;
    },
    get contents() {
      return opened().contents;
    },
    get retention() {
      return opened().retention;
    },
    checkpoint: () => {
      opened();
      db.pragma('wal_checkpoint(TRUNCATE)');
    },
    atomically: (work) => {
      opened();
      return db.transaction(work).immediate();
    },
    close: () => void db.close(),
  };
}
