/** An application's own record: one line for each message that it has dealt with, on the disk before it asks for the next. */
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';

export interface LedgerLine {
  readonly eh: string;
  readonly kind: string;
  readonly ref: string | null;
  readonly writtenAtMs: number;
  /** Of each attachment's plaintext, in hexadecimal. */
  readonly attachments: readonly string[];
  /** True where `eh` had a line before: handed over again, and not dealt with twice. */
  readonly again: boolean;
}

export function readLedger(path: string): LedgerLine[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as LedgerLine);
}

export function appendLedger(path: string, line: LedgerLine): void {
  const file = openSync(path, 'a', 0o600);
  try {
    writeSync(file, `${JSON.stringify(line)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
