/** The archive as one object: its tables, and transactions over them. Every method is synchronous and durable on return. */
import { type ArrivalTable, arrivalTable } from './arrival-table.js';
import { type ContentKeyTable, contentKeyTable } from './content-key-table.js';
import { type ConversationTable, conversationTable } from './conversation-table.js';
import { openDatabase } from './database.js';
import { type DirectoryTable, directoryTable } from './directory-table.js';
import { type MessageTable, messageTable } from './message-table.js';
import { type OutboxTable, outboxTable } from './outbox-table.js';

export interface Archive {
  readonly directory: DirectoryTable;
  readonly messages: MessageTable;
  readonly outbox: OutboxTable;
  readonly conversations: ConversationTable;
  readonly arrivals: ArrivalTable;
  readonly contentKeys: ContentKeyTable;
  /** Runs `work` as one transaction: all of it is stored, or none. */
  atomically<T>(work: () => T): T;
  close(): void;
}

/** @throws SdkError `home.locked`, `archive.unreadable` */
export function openArchive(path: string, key: Uint8Array): Archive {
  const db = openDatabase(path, key);
  return {
    directory: directoryTable(db),
    messages: messageTable(db),
    outbox: outboxTable(db),
    conversations: conversationTable(db),
    arrivals: arrivalTable(db),
    contentKeys: contentKeyTable(db),
    atomically: (work) => db.transaction(work).immediate(),
    close: () => void db.close(),
  };
}
