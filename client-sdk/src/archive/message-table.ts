/** Messages sent and received, as evidence: the body, and the signed manifest that proves who said it. */
import type { AgencyId, ConversationId, DeviceId, EnvelopeId, Hash, Priority } from '@holdfast/protocol';
import type { ArchiveDatabase } from './database.js';
import { type MessageFlag, parseFlags, parseHashes } from './json-columns.js';

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
  readonly envelopeId: EnvelopeId | null;
  /** Its number among what the device sent in the conversation; null in archives older than the column. */
  readonly sq: number | null;
  readonly prev: Hash | null;
  /** What an officer should know of how it came. */
  readonly flags: readonly MessageFlag[];
  /** The application's order; null while the message waits for what it follows. */
  readonly ready: number | null;
  /** When its words were erased; `body` and `jws` are empty from then on, `bodyHash` is what is left of them. */
  readonly erasedAtMs: number | null;
  readonly bodyHash: Hash | null;
}
export type NewMessage = Omit<StoredMessage, 'arrival' | 'flags' | 'ready' | 'erasedAtMs' | 'bodyHash'> & {
  readonly isReady: boolean;
};

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
  /** The next message of others that the application has not finished with, in the application's order. */
  nextUnhandled(afterReady: number): StoredMessage | undefined;
  /** It is the application's turn for a message that waited. */
  release(eh: Hash): void;
  /** Messages that wait for what they follow, in order of arrival. */
  waiting(): StoredMessage[];
  flag(eh: Hash, flag: MessageFlag): void;
  /** Everything that a device sent under one number of a conversation; more than one is a fork. */
  under(conversation: ConversationId, device: DeviceId, sq: number): StoredMessage[];
  /** Everything that a device sent under one envelope id; more than one is a fault. */
  underId(device: DeviceId, id: EnvelopeId): StoredMessage[];
  /** Everything that an agency has sent under one envelope id, by any of its devices. */
  ofAct(agency: AgencyId, id: EnvelopeId): StoredMessage[];
  markHandled(eh: Hash): void;
  /** Leaves a tombstone: the words, the signed manifest with its salt and its keys, and the case reference go. */
  erase(eh: Hash, bodyHash: Hash | null, atMs: number): void;
  ofConversation(conversation: ConversationId): StoredMessage[];
  /** Those with others, oldest first: what an agency's devices tell one another is no case. */
  conversations(): ConversationId[];
  /** Conversations that hold one of these kinds, each with its newest arrival. */
  conversationsWith(kinds: readonly string[]): { readonly conversation: ConversationId; readonly latest: number }[];
  /** Each conversation with the number of what was stored last in it, receipts too. */
  latest(): { readonly conversation: ConversationId; readonly arrival: number }[];
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
  envelope_id: EnvelopeId | null;
  sq: number | null;
  prev: Hash | null;
  flags: string;
  ready: number | null;
  erased_at_ms: number | null;
  body_hash: Hash | null;
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
  envelopeId: row.envelope_id,
  sq: row.sq,
  prev: row.prev,
  flags: parseFlags(row.flags),
  ready: row.ready,
  erasedAtMs: row.erased_at_ms,
  bodyHash: row.body_hash,
});

/** One more than the highest; read from the index's end. */
const NEXT_READY = '(SELECT COALESCE(MAX(ready), 0) + 1 FROM messages)';

export function messageTable(db: ArchiveDatabase): MessageTable {
  const has = db.prepare<[string], { eh: string }>('SELECT eh FROM messages WHERE eh = ?');
  const get = db.prepare<[string], Row>('SELECT * FROM messages WHERE eh = ?');
  const insert = db.prepare(
    `INSERT INTO messages (eh, direction, conversation, kind, agency, device, ts_ms, stored_at_ms, priority, case_ref, follows, body, jws, handled, envelope_id, sq, prev, ready)
     VALUES (@eh, @direction, @conversation, @kind, @agency, @device, @tsMs, @storedAtMs, @priority, @caseRef, @follows, @body, @jws, @handled, @envelopeId, @sq, @prev,
             CASE WHEN @isReady = 1 THEN ${NEXT_READY} END)`,
  );
  const next = db.prepare<[number], Row>(
    'SELECT * FROM messages WHERE handled = 0 AND ready > ? ORDER BY ready LIMIT 1',
  );
  const handled = db.prepare<[string]>('UPDATE messages SET handled = 1 WHERE eh = ?');
  const release = db.prepare<[string]>(`UPDATE messages SET ready = ${NEXT_READY} WHERE eh = ? AND ready IS NULL`);
  const waiting = db.prepare<[], Row>('SELECT * FROM messages WHERE ready IS NULL ORDER BY arrival');
  const setFlags = db.prepare<[string, string]>('UPDATE messages SET flags = ? WHERE eh = ?');
  const under = db.prepare<[string, string, number], Row>(
    'SELECT * FROM messages WHERE conversation = ? AND device = ? AND sq = ? ORDER BY arrival',
  );
  const underId = db.prepare<[string, string], Row>(
    'SELECT * FROM messages WHERE device = ? AND envelope_id = ? ORDER BY arrival',
  );
  const ofAct = db.prepare<[string, string], Row>(
    'SELECT * FROM messages WHERE agency = ? AND envelope_id = ? ORDER BY arrival',
  );
  const ofConversation = db.prepare<[string], Row>('SELECT * FROM messages WHERE conversation = ? ORDER BY arrival');
  const conversations = db.prepare<[], { conversation: ConversationId }>(
    "SELECT conversation, MIN(arrival) AS first FROM messages WHERE kind NOT LIKE 'own.%' GROUP BY conversation ORDER BY first",
  );
  const withKinds = db.prepare<[string], { conversation: ConversationId; latest: number }>(
    `SELECT conversation, MAX(arrival) AS latest FROM messages
     WHERE conversation IN (SELECT conversation FROM messages WHERE kind IN (SELECT value FROM json_each(?)))
     GROUP BY conversation ORDER BY latest DESC`,
  );
  const latest = db.prepare<[], { conversation: ConversationId; arrival: number }>(
    'SELECT conversation, MAX(arrival) AS arrival FROM messages GROUP BY conversation',
  );
  const erase = db.prepare<[string | null, number, string]>(
    `UPDATE messages SET body = x'', jws = '', case_ref = NULL, handled = 1, body_hash = ?, erased_at_ms = ?,
            ready = COALESCE(ready, ${NEXT_READY}) WHERE eh = ? AND erased_at_ms IS NULL`,
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
      void insert.run({
        ...message,
        follows: JSON.stringify(message.follows),
        handled: message.handled ? 1 : 0,
        isReady: message.isReady ? 1 : 0,
      }),
    nextUnhandled: (after) => {
      const row = next.get(after);
      return row === undefined ? undefined : fromRow(row);
    },
    erase: (eh, bodyHash, atMs) => void erase.run(bodyHash, atMs, eh),
    markHandled: (eh) => void handled.run(eh),
    release: (eh) => void release.run(eh),
    waiting: () => waiting.all().map(fromRow),
    flag: (eh, flag) => {
      const row = get.get(eh);
      if (row === undefined) return;
      const flags = new Set(parseFlags(row.flags)).add(flag);
      setFlags.run(JSON.stringify([...flags].sort()), eh);
    },
    under: (conversation, device, sq) => under.all(conversation, device, sq).map(fromRow),
    underId: (device, id) => underId.all(device, id).map(fromRow),
    ofAct: (agency, id) => ofAct.all(agency, id).map(fromRow),
    ofConversation: (conversation) => ofConversation.all(conversation).map(fromRow),
    conversations: () => conversations.all().map((row) => row.conversation),
    conversationsWith: (kinds) => withKinds.all(JSON.stringify(kinds)),
    latest: () => latest.all(),
    acknowledge: (ack) => void acknowledge.run(ack),
    acknowledgements: (eh) => acks.all(eh),
  };
}
