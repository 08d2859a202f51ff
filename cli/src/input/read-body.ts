/** A message body from an officer's file: what the command knows better than the file is filled in, never overwritten. */
import { CliError } from '../errors.js';
import { readInput } from './read-input.js';

/**
 * Reads a body and completes it with `writtenAtMs` and the members of `filled`.
 * @param nowMs the clock, for `writtenAtMs` and placeholders; a file may give its own `writtenAtMs`
 * @param filled members that only the command knows, such as the ids of attachments
 * @throws CliError `input.*`; `usage` where the file gives a member that the command fills in
 */
export async function readBody(
  path: string,
  nowMs: number,
  filled: Readonly<Record<string, unknown>> = {},
): Promise<unknown> {
  const body = await readInput(path, nowMs);
  // Not an object: the message's own parser says so better.
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  const issues = Object.keys(filled)
    .filter((name) => Object.hasOwn(body, name))
    .map((name) => ({ field: name, reason: 'is filled in by the command; leave it out of the file' }));
  if (issues.length > 0) throw new CliError('usage', `${path} gives what the command fills in.`, { issues });
  return { writtenAtMs: nowMs, ...body, ...filled };
}
