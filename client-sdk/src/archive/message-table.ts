/** Messages sent and received, as evidence: the body, and the signed manifest that proves who said it. */
import type { AgencyId, ConversationId, DeviceId, Hash, Priority } from '@holdfast/protocol';
import type { ArchiveDatabase } from './database.js';
import { parseHashes } from './json-columns.js';

export interface StoredMessage {
  readonly arrival: number;
  readonly eh: Hash;
  /** `sibling`: sent by another device of our own agency. */
  readonly direction: 'in' | 'out' | 'sibling';
  readonly conversation: ConversationId;
  readonly kind: string;
  readonly agency: AgencyId;
  readonly device: DeviceId;
  readonly tsMs: number;
  readonly storedAtMs: number;
  readonly priority: Priority;
  readonly caseRef: string | null;
  /** Envelopes that this one follows (`on`). */
  readonly follows: readonly Hash[];
  /** Canonical JSON. */
  readonly body: Uint8Array;
  readonly jws: string;
  readonly handled: boolean;
}
export type NewMessage = Omit<StoredMessage, 'arrival' | 'handled'> & { readonly handled: boolean };

export type AcknowledgementLevel = 'delivered' | 'opened' | 'acted';
export interface Acknowledgement {
  readonly eh: Hash;
  readonly agency: AgencyId;
  readonly level: AcknowledgementLevel;
  readonly atMs: number;
  readonly receiptEh: Hash;
}

export interface MessageTable {
  has(eh: Hash): boolean;
  get(eh: Hash): StoredMessage | undefined;
  insert(message: NewMessage): void;
  /** Oldest message of others that the application has not finished with, after `arrival`. */
  nextUnhandled(afterArrival: number): StoredMessage | undefined;
  markHandled(eh: Hash): void;
  ofConversation(conversation: ConversationId): StoredMessage[];
  conversations(): ConversationId[];
  acknowledge(ack: Acknowledgement): void;
  acknowledgements(eh: Hash): Acknowledgement[];
}

interface Row {
  arrival: number;
  eh: Hash;
  direction: StoredMessage['direction'];
  conversation: ConversationId;
  kind: string;
  agency: AgencyId;
  device: DeviceId;
  ts_ms: number;
  stored_at_ms: number;
  priority: Priority;
  case_ref: string | null;
  follows: string;
  body: Uint8Array;
  jws: string;
  handled: number;
}

const fromRow = (row: Row): StoredMessage => ({
  arrival: row.arrival,
  eh: row.eh,
  direction: row.direction,
  conversation: row.conversation,
  kind: row.kind,
  agency: row.agency,
  device: row.device,
  tsMs: row.ts_ms,
  storedAtMs: row.stored_at_ms,
  priority: row.priority,
  caseRef: row.case_ref,
  follows: parseHashes(row.follows),
  body: row.body,
  jws: row.jws,
  handled: row.handled === 1,
});

export function messageTable(db: ArchiveDatabase): MessageTable {
  const has = db.prepare<[string], { eh: string }>('SELECT eh FROM messages WHERE eh = ?');
  const get = db.prepare<[string], Row>('SELECT * FROM messages WHERE eh = ?');
  const insert = db.prepare(
    `INSERT INTO messages (eh, direction, conversation, kind, agency, device, ts_ms, stored_at_ms, priority, case_ref, follows, body, jws, handled)
     VALUES (@eh, @direction, @conversation, @kind, @agency, @device, @tsMs, @storedAtMs, @priority, @caseRef, @follows, @body, @jws, @handled)`,
  );
  const next = db.prepare<[number], Row>(
    'SELECT * FROM messages WHERE handled = 0 AND arrival > ? ORDER BY arrival LIMIT 1',
  );
  const handled = db.prepare<[string]>('UPDATE messages SET handled = 1 WHERE eh = ?');
  const ofConversation = db.prepare<[string], Row>('SELECT * FROM messages WHERE conversation = ? ORDER BY arrival');
  const conversations = db.prepare<[], { conversation: ConversationId }>(
    'SELECT conversation, MIN(arrival) AS first FROM messages GROUP BY conversation ORDER BY first',
  );
  const acknowledge = db.prepare(
    'INSERT OR IGNORE INTO acknowledgements (eh, agency, level, at_ms, receipt_eh) VALUES (@eh, @agency, @level, @atMs, @receiptEh)',
  );
  const acks = db.prepare<[string], Acknowledgement>(
    'SELECT eh, agency, level, at_ms AS atMs, receipt_eh AS receiptEh FROM acknowledgements WHERE eh = ? ORDER BY at_ms',
  );
  return {
    has: (eh) => has.get(eh) !== undefined,
    get: (eh) => {
      const row = get.get(eh);
      return row === undefined ? undefined : fromRow(row);
    },
    insert: (message) =>
      void insert.run({ ...message, follows: JSON.stringify(message.follows), handled: message.handled ? 1 : 0 }),
    nextUnhandled: (after) => {
      const row = next.get(after);
      return row === undefined ? undefined : fromRow(row);
    },
    markHandled: (eh) => void handled.run(eh),
    ofConversation: (conversation) => ofConversation.all(conversation).map(fromRow),
    conversations: () => conversations.all().map((row) => row.conversation),
    acknowledge: (ack) => void acknowledge.run(ack),
    acknowledgements: (eh) => acks.all(eh),
  };
}
