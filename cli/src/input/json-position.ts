/** Where in a text JSON goes wrong, as line and column, from what the JSON parser says. */
import { isProtocolError } from '@holdfast/protocol';

/** `line 3, column 14`, or undefined where the parser does not say. */
export function positionOf(text: string, error: unknown): string | undefined {
  const cause = isProtocolError(error) ? error.cause : error;
  if (!(cause instanceof SyntaxError)) return undefined;
  const given = / at position (\d+)/.exec(cause.message)?.[1];
  // The parser names no position where the text ends too early.
  const offset = given === undefined ? (/end of JSON input/.test(cause.message) ? text.length : undefined) : Number(given);
  return offset === undefined ? undefined : lineAndColumn(text, offset);
}

export function lineAndColumn(text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n');
  return `line ${before.length}, column ${(before.at(-1) ?? '').length + 1}`;
}
