/**
 * Where a JSON text goes wrong, for the person who edits it: line, column, and what was expected there. It only locates;
 * the verdict on the text is `parseStrict`'s, whose parser names no position for half of its faults.
 */
export interface JsonFault {
  readonly line: number;
  readonly column: number;
  readonly reason: string;
}

const MAX_DEPTH = 64;
const SPACE = /[ \t\r\n]*/y;
// All but the quote, the backslash and what is below the space.
const STRING = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const SCALAR = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null/y;

class Fault extends Error {
  readonly offset: number;
  constructor(offset: number, reason: string) {
    super(reason);
    this.offset = offset;
  }
}

/** The first fault of `text`; undefined where it has none that is one of form or of a name given twice. */
export function findJsonFault(text: string): JsonFault | undefined {
  try {
    const end = skip(text, value(text, skip(text, 0), 0));
    if (end < text.length) throw new Fault(end, 'nothing may follow the end of the JSON');
    return undefined;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const before = text.slice(0, error.offset).split('\n');
    return { line: before.length, column: (before.at(-1) ?? '').length + 1, reason: error.message };
  }
}

/** The offset after the match of `pattern` at `offset`, or undefined. */
function match(pattern: RegExp, text: string, offset: number): number | undefined {
  pattern.lastIndex = offset;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

const skip = (text: string, offset: number): number => match(SPACE, text, offset) ?? offset;

function value(text: string, offset: number, depth: number): number {
  const first = text[offset];
  if (depth > MAX_DEPTH) throw new Fault(offset, 'it is nested too deep here');
  if (first === '{') return object(text, offset, depth);
  if (first === '[') return items(text, offset, ']', (at) => value(text, at, depth + 1));
  if (first === '"') return string(text, offset);
  const end = match(SCALAR, text, offset);
  if (end !== undefined) return end;
  throw new Fault(
    offset,
    first === undefined
      ? 'the text ends too early'
      : 'expected a value: text in double quotes, a number, true, false, null, { or [',
  );
}

function string(text: string, offset: number): number {
  if (text[offset] !== '"') throw new Fault(offset, 'expected a name in double quotes');
  const end = match(STRING, text, offset);
  if (end === undefined)
    throw new Fault(offset, 'this text is not closed, or holds a line break or a backslash that JSON does not allow');
  return end;
}

function object(text: string, offset: number, depth: number): number {
  const names = new Set<unknown>();
  return items(text, offset, '}', (at) => {
    const end = string(text, at);
    const name: unknown = JSON.parse(text.slice(at, end));
    if (names.has(name)) throw new Fault(at, `the name ${text.slice(at, end)} stands twice in the same object`);
    names.add(name);
    const colon = skip(text, end);
    if (text[colon] !== ':') throw new Fault(colon, 'expected a colon after the name');
    return value(text, skip(text, colon + 1), depth + 1);
  });
}

/** Members or elements up to `close`. */
function items(text: string, offset: number, close: string, item: (at: number) => number): number {
  let at = skip(text, offset + 1);
  if (text[at] === close) return at + 1;
  for (;;) {
    at = skip(text, item(at));
    if (text[at] === close) return at + 1;
    if (text[at] !== ',')
      throw new Fault(at, text[at] === undefined ? 'the text ends too early' : `expected a comma or ${close}`);
    at = skip(text, at + 1);
    if (text[at] === close) throw new Fault(at, `expected something after the comma, or no comma before ${close}`);
  }
}
