/** One line for one key: what it is, how long it is good for, what has to be done. */
import type { KeyStatus } from '@holdfast/client-sdk';
import { shortKey } from '@holdfast/client-sdk';

const DAY = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

export function renderKey(row: KeyStatus): string {
  const name = row.name ?? row.id ?? '';
  const parts = [`${row.what.padEnd(13)} ${name.padEnd(22)} ${shortKey(row.key)}`];
  if (row.roles.length > 0) parts.push(row.roles.join(', '));
  if (row.revoked !== null) parts.push(`REVOKED ${DAY(row.revoked.atMs)} (${row.revoked.reason})`);
  else if (row.notAfterMs !== null) parts.push(`until ${DAY(row.notAfterMs)}, ${row.daysLeft} days left`);
  if (row.epochKeys !== null && row.revoked === null)
    parts.push(`day keys: ${row.epochKeys.daysAhead} days ahead, ${row.epochKeys.held} held`);
  if (row.warning !== null) parts.push(WARNINGS[row.warning]);
  return parts.join('; ');
}

const WARNINGS: Readonly<Record<NonNullable<KeyStatus['warning']>, string>> = {
  expired: 'EXPIRED',
  'expires-soon': 'RENEW IT NOW',
  'day-keys-run-out': 'DAY KEYS RUN OUT: connect this device',
};
