/** A conversation's thread of hashes: our own sequence, and the last head seen from every other device. */
import type { AgencyId, ConversationId, DeviceId, Hash } from '@holdfast/protocol';
import type { ArchiveDatabase } from './database.js';
import { parseAgencies } from './json-columns.js';

export interface Conversation {
  readonly id: ConversationId;
  readonly agencies: readonly AgencyId[];
  /** Our next sequence number, from 0. */
  readonly sq: number;
  readonly prev: Hash | null;
}

export interface SeenHead {
  readonly device: DeviceId;
  readonly sq: number;
  readonly eh: Hash;
}

export interface ConversationTable {
  get(id: ConversationId): Conversation | undefined;
  create(id: ConversationId, agencies: readonly AgencyId[], nowMs: number): void;
  advance(id: ConversationId, eh: Hash): void;
  seen(id: ConversationId): SeenHead[];
  see(id: ConversationId, head: SeenHead): void;
}

export function conversationTable(db: ArchiveDatabase): ConversationTable {
  const get = db.prepare<[string], { id: ConversationId; agencies: string; sq: number; prev: Hash | null }>(
    'SELECT id, agencies, sq, prev FROM conversations WHERE id = ?',
  );
  const create = db.prepare<[string, string, number]>(
    'INSERT OR IGNORE INTO conversations (id, agencies, sq, prev, created_at_ms) VALUES (?, ?, 0, NULL, ?)',
  );
  const advance = db.prepare<[string, string]>('UPDATE conversations SET sq = sq + 1, prev = ? WHERE id = ?');
  const seen = db.prepare<[string], SeenHead>(
    'SELECT device, sq, eh FROM conversation_seen WHERE conversation = ? ORDER BY device',
  );
  const see = db.prepare<[string, string, number, string]>(
    `INSERT INTO conversation_seen (conversation, device, sq, eh) VALUES (?, ?, ?, ?)
     ON CONFLICT (conversation, device) DO UPDATE SET sq = excluded.sq, eh = excluded.eh WHERE excluded.sq > sq`,
  );
  return {
    get: (id) => {
      const row = get.get(id);
      return row === undefined ? undefined : { ...row, agencies: parseAgencies(row.agencies) };
    },
    create: (id, agencies, nowMs) => void create.run(id, JSON.stringify([...agencies].sort()), nowMs),
    advance: (id, eh) => void advance.run(eh, id),
    seen: (id) => seen.all(id),
    see: (id, head) => void see.run(id, head.device, head.sq, head.eh),
  };
}
