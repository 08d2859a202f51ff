/**
 * Looking for plaintext where none may be: every file of a folder is searched for words of the case in every encoding that a
 * careless program might have used. Finding one is a failure of the end-to-end claim.
 */
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

export interface Finding {
  readonly file: string;
  readonly encoding: string;
  readonly canary: string;
}

export interface Search {
  readonly files: number;
  readonly bytes: number;
  readonly patterns: number;
  readonly findings: readonly Finding[];
}

interface Pattern {
  readonly bytes: Buffer;
  readonly encoding: string;
  readonly canary: string;
}

/** Searches every file under `folders`. A canary needs at least 9 bytes, so that its base64 has a part free of its surroundings. */
export async function searchCanaries(folders: readonly string[], canaries: readonly string[]): Promise<Search> {
  const patterns = canaries.flatMap(patternsOf);
  const longest = Math.max(...patterns.map(({ bytes }) => bytes.length));
  const findings: Finding[] = [];
  let files = 0;
  let total = 0;
  for (const folder of folders) {
    for (const file of await filesUnder(folder)) {
      files++;
      let tail = Buffer.alloc(0);
      for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) {
        const piece = Buffer.concat([tail, chunk]);
        total += piece.length - tail.length;
        for (const { bytes, encoding, canary } of patterns) {
          if (piece.includes(bytes)) findings.push({ file, encoding, canary });
        }
        tail = piece.subarray(Math.max(0, piece.length - longest + 1));
      }
    }
  }
  return { files, bytes: total, patterns: patterns.length, findings };
}

/** A canary in each encoding; in base64 at each of the three alignments, cut to what its neighbours cannot change. */
export function patternsOf(canary: string): Pattern[] {
  const raw = Buffer.from(canary, 'utf8');
  const patterns: Pattern[] = [
    { encoding: 'raw', bytes: raw, canary },
    { encoding: 'hex', bytes: Buffer.from(raw.toString('hex')), canary },
    { encoding: 'HEX', bytes: Buffer.from(raw.toString('hex').toUpperCase()), canary },
    { encoding: 'utf16le', bytes: Buffer.from(canary, 'utf16le'), canary },
    { encoding: 'utf16be', bytes: Buffer.from(canary, 'utf16le').swap16(), canary },
  ];
  for (const encoding of ['base64', 'base64url'] as const) {
    for (const shift of [0, 1, 2]) {
      const text = Buffer.concat([Buffer.alloc(shift), raw])
        .toString(encoding)
        .replace(/=+$/, '');
      const free = text.slice(shift === 0 ? 0 : shift + 1, text.length - 2);
      patterns.push({ encoding: `${encoding}+${shift}`, bytes: Buffer.from(free), canary });
    }
  }
  return patterns;
}

async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** Every longer text of a body: names, facts, account numbers. Short codes and enumerations would be found by chance. */
export function canariesOf(body: unknown): string[] {
  const found = new Set<string>();
  const walk = (value: unknown): void => {
    if (typeof value === 'string') {
      if (value.length >= 12 && (value.includes(' ') || /\d{6}/.test(value))) found.add(value.slice(0, 120));
    } else if (Array.isArray(value)) value.forEach(walk);
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(walk);
  };
  walk(body);
  return [...found];
}
