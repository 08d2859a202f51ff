// Reading the public vectors. Paths are relative to the repository's root, from which tests run.
import { readFileSync } from 'node:fs';

export const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));
export const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

export function readVectors<T>(path: string): T {
  return JSON.parse(readFileSync(`test/vectors/${path}`, 'utf8')) as T;
}

/** The tests of a Wycheproof file, each with its group. */
export function wycheproof<Group, Test>(name: string): readonly (readonly [Group, Test & WycheproofTest])[] {
  const file = readVectors<{ numberOfTests: number; testGroups: (Group & { tests: (Test & WycheproofTest)[] })[] }>(
    `wycheproof/${name}_test.json`,
  );
  const all = file.testGroups.flatMap((group) => group.tests.map((test) => [group, test] as const));
  if (all.length !== file.numberOfTests) throw new Error(`${name}: the file does not hold what it says`);
  return all;
}

export interface WycheproofTest {
  readonly tcId: number;
  readonly comment: string;
  readonly flags: readonly string[];
  readonly result: 'valid' | 'invalid' | 'acceptable';
}
