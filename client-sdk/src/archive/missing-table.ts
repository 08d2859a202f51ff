/** Messages that others name and that have not arrived: waited for a little, then raised, and shown in the case until they come. */
import type { ConversationId, DeviceId, Hash } from '@holdfast/protocol';
import type { ArchiveDatabase } from './database.js';

export interface MissingMessage {
  readonly eh: Hash;
  readonly conversation: ConversationId;
  /** Who sent it, and its number among that device's messages in the conversation; null where only its name is known. */
  readonly device: DeviceId | null;
  readonly sq: number | null;
  readonly sinceMs: number;
  /** True once it was waited for long enough and an alarm was raised. */
  readonly isRaised: boolean;
}

export interface MissingTable {
  get(eh: Hash): MissingMessage | undefined;
  /** Notes a name that is not known yet; the first note stands. */
  note(missing: Omit<MissingMessage, 'isRaised'>): void;
  forget(eh: Hash): void;
  raise(eh: Hash): void;
  /** Not yet raised, oldest first. */
  awaited(): MissingMessage[];
  ofConversation(conversation: ConversationId): MissingMessage[];
}

type Row = Omit<MissingMessage, 'isRaised'> & { readonly isRaised: number };
const COLUMNS = 'eh, conversation, device, sq, since_ms AS sinceMs, is_raised AS isRaised';
const fromRow = (row: Row): MissingMessage => ({ ...row, isRaised: row.isRaised === 1 });

export function missingTable(db: ArchiveDatabase): MissingTable {
  const get = db.prepare<[string], Row>(`SELECT ${COLUMNS} FROM missing WHERE eh = ?`);
  const note = db.prepare(
    'INSERT OR IGNORE INTO missing (eh, conversation, device, sq, since_ms, is_raised) VALUES (@eh, @conversation, @device, @sq, @sinceMs, 0)',
  );
  const forget = db.prepare<[string]>('DELETE FROM missing WHERE eh = ?');
  const raise = db.prepare<[string]>('UPDATE missing SET is_raised = 1 WHERE eh = ?');
  const awaited = db.prepare<[], Row>(`SELECT ${COLUMNS} FROM missing WHERE is_raised = 0 ORDER BY since_ms, eh`);
  const ofConversation = db.prepare<[string], Row>(
    `SELECT ${COLUMNS} FROM missing WHERE conversation = ? ORDER BY since_ms, eh`,
  );
  return {
    get: (eh) => {
      const row = get.get(eh);
      return row === undefined ? undefined : fromRow(row);
    },
    note: (missing) => void note.run(missing),
    forget: (eh) => void forget.run(eh),
    raise: (eh) => void raise.run(eh),
    awaited: () => awaited.all().map(fromRow),
    ofConversation: (conversation) => ofConversation.all(conversation).map(fromRow),
  };
}
