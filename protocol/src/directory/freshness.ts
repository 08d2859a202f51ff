/** How far an entry or a record may be relied on: it expires unless its agency confirms it again (CAC/COSP/EG.1/2020 ¶91). */
import type { CapabilityRecord } from './capability.js';
import type { DirectoryEntry } from './entry.js';

/** After half a year without a word, somebody should ask, even where the agency let it stand for longer. */
export const CONFIRM_AFTER_DAYS = 180;
/** A telephone number that nobody has rung for three months is a hope. */
export const LIVE_TEST_AFTER_DAYS = 90;

const MS_PER_DAY = 86_400_000;

export type Freshness =
  | { readonly kind: 'missing' }
  | { readonly kind: 'fresh' | 'old' | 'expired'; readonly confirmedOnMs: number; readonly expiresAtMs: number };

export const freshnessOfEntry = (entry: DirectoryEntry | null, nowMs: number): Freshness =>
  entry === null ? { kind: 'missing' } : freshness(entry.verifiedOnMs, entry.expiresAtMs, nowMs);

export const freshnessOfCapability = (record: CapabilityRecord | null, nowMs: number): Freshness =>
  record === null ? { kind: 'missing' } : freshness(record.selfDeclaredAtMs, record.expiresAtMs, nowMs);

function freshness(confirmedOnMs: number, expiresAtMs: number, nowMs: number): Freshness {
  const isOld = nowMs - confirmedOnMs > CONFIRM_AFTER_DAYS * MS_PER_DAY;
  return { kind: nowMs >= expiresAtMs ? 'expired' : isOld ? 'old' : 'fresh', confirmedOnMs, expiresAtMs };
}

/** Days since the last live test; null where there was none. */
export const liveTestAgeDays = (lastLiveTestOn: string | undefined, nowMs: number): number | null =>
  lastLiveTestOn === undefined ? null : Math.max(0, Math.floor((nowMs - Date.parse(lastLiveTestOn)) / MS_PER_DAY));
