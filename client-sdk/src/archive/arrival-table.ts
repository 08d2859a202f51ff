/** How far each mailbox is stored, what could not be believed yet, and the alarms that were raised. */
import { type Hash, type ItemKind, MAILBOXES, type Mailbox } from '@holdfast/protocol';
import type { ArchiveDatabase } from './database.js';
import { parseDetail } from './json-columns.js';

/** Deliveries that the relay may have under way, unacknowledged, for each mailbox. */
export const DELIVERY_WINDOW = 256;

export interface HeldEnvelope {
  readonly position: number;
  readonly eh: Hash | null;
  readonly item: ItemKind;
  readonly code: string;
  readonly bytes: Uint8Array;
  readonly atMs: number;
}

export interface StoredAlarm {
  readonly position: number;
  readonly code: string;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly atMs: number;
}

export interface ArrivalTable {
  cursors(): Readonly<Record<Mailbox, number>>;
  /** The item is dealt with. A number further ahead than the relay may go moves nothing: it would claim all that it passes over. */
  advance(mailbox: Mailbox, number: number): void;
  hold(held: Omit<HeldEnvelope, 'position'>): void;
  held(): HeldEnvelope[];
  release(position: number): void;
  alarm(code: string, detail: Readonly<Record<string, unknown>>, atMs: number): void;
  alarms(): StoredAlarm[];
}

export function arrivalTable(db: ArchiveDatabase): ArrivalTable {
  const cursors = db.prepare<[], { mailbox: Mailbox; number: number }>('SELECT mailbox, number FROM cursors');
  const advance = db.prepare<[{ mailbox: string; number: number }]>(
    `UPDATE cursors SET number = MAX(number, @number) WHERE mailbox = @mailbox AND @number - number <= ${DELIVERY_WINDOW}`,
  );
  const hold = db.prepare('INSERT INTO held (eh, item, code, bytes, at_ms) VALUES (@eh, @item, @code, @bytes, @atMs)');
  const held = db.prepare<[], HeldEnvelope>(
    'SELECT position, eh, item, code, bytes, at_ms AS atMs FROM held ORDER BY position',
  );
  const release = db.prepare<[number]>('DELETE FROM held WHERE position = ?');
  const alarm = db.prepare<[string, string, number]>('INSERT INTO alarms (code, detail, at_ms) VALUES (?, ?, ?)');
  const alarms = db.prepare<[], { position: number; code: string; detail: string; atMs: number }>(
    'SELECT position, code, detail, at_ms AS atMs FROM alarms ORDER BY position',
  );
  return {
    cursors: () => {
      const found = new Map(cursors.all().map(({ mailbox, number }) => [mailbox, number]));
      const [alert, routine] = MAILBOXES.map((mailbox) => found.get(mailbox) ?? 0);
      return { alert: alert ?? 0, routine: routine ?? 0 };
    },
    advance: (mailbox, number) => void advance.run({ mailbox, number }),
    hold: (envelope) => void hold.run(envelope),
    held: () => held.all(),
    release: (position) => void release.run(position),
    alarm: (code, detail, atMs) => void alarm.run(code, JSON.stringify(detail), atMs),
    alarms: () => alarms.all().map((row) => ({ ...row, detail: parseDetail(row.detail) })),
  };
}
