/**
 * Values that a sample file cannot hold because they would age: `{"$now": true}` and `{"$inDays": 365}` become milliseconds,
 * `{"$termsOf": "terms.json"}` becomes the hash of the terms in the file beside it, `{"$dateInDays": 4}` a date (UTC). Pure; files come in as a function.
 */
import type { FieldIssue } from '@holdfast/protocol';
import { CliError } from '../errors.js';

const MS_PER_DAY = 86_400_000;
const MAX_DAYS = 3660;

export interface PlaceholderSources {
  readonly nowMs: number;
  /** The hash of the terms in the file of this name beside the one that is read. */
  readonly termsHashOf: (name: string) => Promise<string>;
}

/** Is `name` a file in the same folder: no path, no hidden file? */
const isPlainName = (name: unknown): name is string =>
  typeof name === 'string' && /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/.test(name);

const isWholeDays = (days: unknown): days is number => Number.isInteger(days) && Math.abs(Number(days)) <= MAX_DAYS;

/**
 * Replaces every placeholder in a JSON value, at any depth; the value itself is left as it is.
 * @throws CliError `input.placeholder`, naming the field of each one that is unknown or malformed
 */
export async function resolvePlaceholders(value: unknown, sources: PlaceholderSources): Promise<unknown> {
  const issues: FieldIssue[] = [];
  const resolved = await resolve(value, '', sources, issues);
  const [first] = issues;
  if (first !== undefined)
    throw new CliError('input.placeholder', `A placeholder cannot be filled in: ${first.field} ${first.reason}.`, {
      issues,
    });
  return resolved;
}

async function resolve(
  value: unknown,
  at: string,
  sources: PlaceholderSources,
  issues: FieldIssue[],
): Promise<unknown> {
  const inside = (name: string | number): string => (at === '' ? String(name) : `${at}.${name}`);
  if (Array.isArray(value)) {
    return Promise.all(value.map((item: unknown, index) => resolve(item, inside(index), sources, issues)));
  }
  if (typeof value !== 'object' || value === null) return value;
  const members: [string, unknown][] = Object.entries(value);
  if (members.some(([name]) => name.startsWith('$'))) return fill(members, at, sources, issues);
  return Object.fromEntries(
    await Promise.all(
      members.map(async ([name, member]) => [name, await resolve(member, inside(name), sources, issues)]),
    ),
  );
}

async function fill(
  members: readonly [string, unknown][],
  at: string,
  sources: PlaceholderSources,
  issues: FieldIssue[],
): Promise<unknown> {
  const [[name, argument] = ['', undefined], ...others] = members;
  const refuse = (reason: string): undefined => void issues.push({ field: at === '' ? '(top)' : at, reason });
  if (others.length > 0) return refuse('has other members beside its placeholder');
  switch (name) {
    case '$now':
      return argument === true ? sources.nowMs : refuse('must be {"$now": true}');
    case '$inDays':
      return isWholeDays(argument)
        ? sources.nowMs + argument * MS_PER_DAY
        : refuse(`must be {"$inDays": a whole number of days, at most ${MAX_DAYS}}`);
    case '$dateInDays':
      return isWholeDays(argument)
        ? new Date(sources.nowMs + argument * MS_PER_DAY).toISOString().slice(0, 10)
        : refuse(`must be {"$dateInDays": a whole number of days, at most ${MAX_DAYS}}`);
    case '$termsOf':
      return isPlainName(argument)
        ? sources.termsHashOf(argument)
        : refuse('must be {"$termsOf": the name of a file in the same folder}');
    default:
      return refuse(`has the unknown placeholder ${name}; there are $now, $inDays, $dateInDays and $termsOf`);
  }
}
