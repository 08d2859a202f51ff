/** What keys an agency has, how long each is good for, and how far ahead its devices can be written to. */
import { listRecordIds } from '@holdfast/keys';
import type { AgencyChain } from '@holdfast/keys/verify';
import { dayOf, MS_PER_DAY } from '@holdfast/protocol';
import { holdersOf } from '../ceremony/holders.js';
import { agencyPaths, devicePaths } from '../home/home.js';
import { type CertifiedKey, certifiedKeys } from './revoke.js';

/** Renewal takes holders who have to travel. */
export const WARN_DAYS = 30;

export interface KeyStatus {
  readonly what: 'root' | 'archive' | CertifiedKey['what'];
  readonly key: string;
  readonly id: string | null;
  readonly name: string | null;
  readonly roles: readonly string[];
  /** Null for root keys, which are replaced and do not run out. */
  readonly notAfterMs: number | null;
  readonly daysLeft: number | null;
  readonly revoked: { readonly reason: string; readonly atMs: number } | null;
  /** Of a device whose keystore is here: days ahead of today for which it has made and published a key, and day keys held. */
  readonly epochKeys: { readonly daysAhead: number; readonly held: number } | null;
  /** Something to be done soon; null where there is nothing. */
  readonly warning: 'expired' | 'expires-soon' | 'day-keys-run-out' | null;
}

export async function keyStatus(home: string, chain: AgencyChain, nowMs: number): Promise<readonly KeyStatus[]> {
  const holders = await holdersOf(agencyPaths(home).root);
  const rows: KeyStatus[] = chain.root.keys.map((key) => ({
    ...({ what: 'root', key, id: null, roles: [], notAfterMs: null, daysLeft: null } as const),
    ...({ revoked: null, epochKeys: null, warning: null } as const),
    name: holders.find((holder) => holder.key === key)?.number.toString() ?? null,
  }));
  for (const certified of await certifiedKeys(home, chain)) rows.push(await statusOf(home, chain, certified, nowMs));
  if (chain.archive !== null) {
    const { key, notAfterMs } = chain.archive;
    const row = { what: 'archive', key, id: null, name: null, roles: [], revoked: null, epochKeys: null } as const;
    rows.push({ ...row, notAfterMs, daysLeft: daysTo(notAfterMs, nowMs), warning: warningOf(notAfterMs, nowMs) });
  }
  return rows;
}

async function statusOf(
  home: string,
  chain: AgencyChain,
  { what, key, id, name, roles, notAfterMs }: CertifiedKey,
  nowMs: number,
): Promise<KeyStatus> {
  const revocation = chain.revoked.get(key);
  const revoked = revocation === undefined ? null : { reason: revocation.reason, atMs: revocation.atMs };
  const epochKeys = what === 'device' && name !== null ? await epochKeysOf(home, name, nowMs) : null;
  const runsOut = epochKeys !== null && epochKeys.daysAhead < WARN_DAYS ? 'day-keys-run-out' : null;
  const warning = revoked === null ? (warningOf(notAfterMs, nowMs) ?? runsOut) : null;
  return { what, key, id, name, roles, notAfterMs, daysLeft: daysTo(notAfterMs, nowMs), revoked, epochKeys, warning };
}

async function epochKeysOf(home: string, name: string, nowMs: number): Promise<KeyStatus['epochKeys']> {
  const { keystore } = devicePaths(home, name);
  const days = (await listRecordIds(keystore, 'day-wrap')).map(Number);
  return { daysAhead: Math.max(0, ...days.map((day) => day - dayOf(nowMs))), held: days.length };
}

const daysTo = (atMs: number, nowMs: number): number => Math.floor((atMs - nowMs) / MS_PER_DAY);

function warningOf(notAfterMs: number, nowMs: number): KeyStatus['warning'] {
  if (notAfterMs < nowMs) return 'expired';
  return notAfterMs - nowMs < WARN_DAYS * MS_PER_DAY ? 'expires-soon' : null;
}
