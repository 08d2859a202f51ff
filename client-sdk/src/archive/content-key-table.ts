/**
 * Content keys of envelopes that the relay may still hold, so that one more device of a party can be given them (spec 36-rewrap), and
 * what has come of it for each device. They lie beside the messages that they open, under the same encryption at rest.
 */
import { type AgencyId, type DeviceId, DeviceIdSchema, type Hash, parserOf } from '@holdfast/protocol';
import { Type } from 'typebox';
import type { ArchiveDatabase } from './database.js';

const parseDevices = parserOf('stored devices', Type.Array(DeviceIdSchema), 'encoding.malformed');

export interface NewContentKey {
  readonly eh: Hash;
  readonly key: Uint8Array;
  readonly expiresAtMs: number;
  /** The devices in `to`, and the agencies that they are of. */
  readonly recipients: readonly DeviceId[];
  readonly agencies: readonly AgencyId[];
}

/** One more device that may be given envelopes. */
export interface RewrapTarget {
  readonly agency: AgencyId;
  readonly device: DeviceId;
  /** Of another agency: only what we have sent ourselves, and what that agency has not confirmed. */
  readonly isForeign: boolean;
}

export interface RewrapCandidate {
  readonly eh: Hash;
  readonly key: Uint8Array;
  /** The signed manifest of the message. */
  readonly jws: string;
  /** Who sent it, and when. */
  readonly from: DeviceId;
  readonly tsMs: number;
}

export interface ContentKeyTable {
  /** Keeps the key, unless one is there for the envelope. */
  keep(contentKey: NewContentKey): void;
  has(eh: Hash): boolean;
  /** Other agencies with envelopes of ours that they have not confirmed as delivered. */
  unconfirmed(nowMs: number): AgencyId[];
  /** What `target` may be given and has not been; alerts first, oldest first. */
  candidates(target: RewrapTarget, nowMs: number, limit: number): RewrapCandidate[];
  /** It is settled: by whose rewrap, or null where the relay has none to give or the recipient could believe none. */
  settle(eh: Hash, device: DeviceId, by: DeviceId | null, atMs: number): void;
  /** Whose rewraps are counted on. */
  rewrappers(): DeviceId[];
  /** What only this device has rewrapped is to be done again. */
  unsettle(by: DeviceId): void;
  /** Forgets the key of an envelope, and what came of it. */
  forget(eh: Hash): void;
  /** Forgets keys past their expiry, and those of sent envelopes that every device of another agency has confirmed. */
  prune(own: AgencyId, agencyOf: (device: DeviceId) => AgencyId | undefined, nowMs: number): void;
}

const IS_UNCONFIRMED = `NOT EXISTS (SELECT 1 FROM acknowledgements a WHERE a.eh = k.eh AND a.agency = @agency)`;

export function contentKeyTable(db: ArchiveDatabase): ContentKeyTable {
  const keep = db.prepare(
    'INSERT OR IGNORE INTO content_keys (eh, key, expires_at_ms, recipients, agencies) VALUES (@eh, @key, @expiresAtMs, @recipients, @agencies)',
  );
  const has = db.prepare<[string], { eh: string }>('SELECT eh FROM content_keys WHERE eh = ?');
  const unconfirmed = db.prepare<[number], { agency: AgencyId }>(
    `SELECT DISTINCT d.value AS agency FROM content_keys k JOIN outbox o ON o.eh = k.eh, json_each(k.agencies) d
     WHERE o.state = 'accepted' AND k.expires_at_ms > ?
       AND NOT EXISTS (SELECT 1 FROM acknowledgements a WHERE a.eh = k.eh AND a.agency = d.value) ORDER BY agency`,
  );
  const candidates = db.prepare<[object], RewrapCandidate>(
    `SELECT k.eh, k.key, m.jws, m.device AS "from", m.ts_ms AS tsMs
     FROM content_keys k JOIN messages m ON m.eh = k.eh LEFT JOIN outbox o ON o.eh = k.eh
     WHERE k.expires_at_ms > @nowMs AND m.device <> @device
       AND instr(k.agencies, '"' || @agency || '"') > 0 AND instr(k.recipients, '"' || @device || '"') = 0
       AND (m.direction <> 'out' OR o.state = 'accepted')
       AND (@isForeign = 0 OR (m.direction = 'out' AND ${IS_UNCONFIRMED}))
       AND NOT EXISTS (SELECT 1 FROM rewraps w WHERE w.eh = k.eh AND w.device = @device)
     ORDER BY m.priority = 'routine', m.arrival LIMIT @limit`,
  );
  const settle = db.prepare<[string, string, string | null, number]>(
    'INSERT OR REPLACE INTO rewraps (eh, device, rewrapper, at_ms) VALUES (?, ?, ?, ?)',
  );
  const rewrappers = db.prepare<[], { device: DeviceId }>(
    'SELECT DISTINCT rewrapper AS device FROM rewraps WHERE rewrapper IS NOT NULL',
  );
  const unsettle = db.prepare<[string]>('DELETE FROM rewraps WHERE rewrapper = ?');
  const expired = db.prepare<[number]>('DELETE FROM content_keys WHERE expires_at_ms <= ?');
  const forget = db.prepare<[string]>('DELETE FROM content_keys WHERE eh = ?');
  const forgetNotes = db.prepare('DELETE FROM rewraps WHERE eh NOT IN (SELECT eh FROM content_keys)');
  const acknowledged = db.prepare<[], { eh: Hash; recipients: string }>(
    `SELECT k.eh, k.recipients FROM content_keys k JOIN outbox o ON o.eh = k.eh
     WHERE EXISTS (SELECT 1 FROM acknowledgements a WHERE a.eh = k.eh)`,
  );
  const confirming = db.prepare<[string], { device: DeviceId }>(
    `SELECT DISTINCT r.device FROM messages m JOIN messages r ON r.conversation = m.conversation
     WHERE m.eh = ? AND r.kind = 'receipt.delivered' AND json_extract(CAST(r.body AS TEXT), '$.eh') = m.eh`,
  );
  return {
    keep: (contentKey) =>
      void keep.run({
        ...contentKey,
        recipients: JSON.stringify(contentKey.recipients),
        agencies: JSON.stringify(contentKey.agencies),
      }),
    has: (eh) => has.get(eh) !== undefined,
    unconfirmed: (nowMs) => unconfirmed.all(nowMs).map(({ agency }) => agency),
    candidates: (target, nowMs, limit) =>
      candidates.all({ ...target, isForeign: target.isForeign ? 1 : 0, nowMs, limit }),
    settle: (eh, device, by, atMs) => void settle.run(eh, device, by, atMs),
    rewrappers: () => rewrappers.all().map(({ device }) => device),
    unsettle: (by) => void unsettle.run(by),
    forget: (eh) => {
      forget.run(eh);
      forgetNotes.run();
    },
    prune: (own, agencyOf, nowMs) => {
      expired.run(nowMs);
      for (const { eh, recipients } of acknowledged.all()) {
        const confirmed = new Set(confirming.all(eh).map(({ device }) => device));
        const isDone = (device: DeviceId): boolean => confirmed.has(device) || agencyOf(device) === own;
        if (parseDevices(JSON.parse(recipients)).every(isDone)) forget.run(eh);
      }
      forgetNotes.run();
    },
  };
}
