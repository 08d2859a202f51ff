/**
 * JSON in and out. Canonical bytes are JCS (RFC 8785). Untrusted JSON is read strictly: bounded depth and member count,
 * no duplicate names, no lone surrogates, no `__proto__`, no integer that a double cannot hold (RFC 7493, I-JSON).
 */
import canonicalizeJson from 'canonicalize';
import { ProtocolError } from '../errors.js';
import { fromUtf8, utf8 } from './bytes.js';

export interface JsonBounds {
  readonly depth: number;
  readonly members: number;
}
export const JSON_BOUNDS: JsonBounds = { depth: 32, members: 20_000 };

/** JCS text of a JSON value. @throws ProtocolError `encoding.json` where the value is not JSON (RFC 8785 §3.2) */
export function canonicalText(value: unknown): string {
  let text: string | undefined;
  try {
    text = canonicalizeJson(value);
  } catch (cause) {
    throw new ProtocolError('encoding.json', 'The value cannot be written as JSON.', { cause });
  }
  if (text === undefined || LONE_SURROGATE.test(text))
    throw new ProtocolError('encoding.json', 'The value cannot be written as JSON.');
  return text;
}

/** JCS bytes of a JSON value. @throws ProtocolError `encoding.json` */
export const canonicalBytes = (value: unknown): Uint8Array => utf8(canonicalText(value));

/** Reads JSON that must already be canonical: the only reading of bytes that are hashed or signed. @throws ProtocolError `encoding.json` */
export function parseCanonical(bytes: Uint8Array, bounds: JsonBounds = JSON_BOUNDS): unknown {
  const text = fromUtf8(bytes);
  const value = parseStrict(text, bounds);
  if (canonicalText(value) !== text)
    throw new ProtocolError('encoding.json', 'The JSON is not in canonical form (RFC 8785).');
  return value;
}

/** Reads JSON from an untrusted source. @throws ProtocolError `encoding.json` */
export function parseStrict(text: string, bounds: JsonBounds = JSON_BOUNDS): unknown {
  scan(text, bounds);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ProtocolError('encoding.json', 'The text is not JSON.', { cause });
  }
}

const LONE_SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*|[{}[\]:,]/gs;

/** Walks the tokens before anything is built; syntax itself is left to JSON.parse. */
function scan(text: string, bounds: JsonBounds): void {
  const names: (Set<string> | undefined)[] = [];
  let members = 0;
  let previous = '';
  for (const [token] of text.matchAll(TOKEN)) {
    const first = token.charCodeAt(0);
    if (token === '{' || token === '[') {
      names.push(token === '{' ? new Set() : undefined);
      if (names.length > bounds.depth) refuse(`The JSON is nested more than ${bounds.depth} deep.`);
    } else if (token === '}' || token === ']') {
      names.pop();
    } else if (token === ',') {
      if (++members > bounds.members) refuse(`The JSON has more than ${bounds.members} members.`);
    } else if (first === 0x22) {
      const open = names.at(-1);
      const isName = open !== undefined && (previous === '{' || previous === ',');
      checkString(token, isName ? open : undefined);
    } else if (token !== ':' && !token.includes('.') && !/[eE]/.test(token) && !Number.isSafeInteger(Number(token))) {
      refuse('The JSON has an integer beyond 2^53.');
    }
    previous = token;
  }
}

function checkString(token: string, names: Set<string> | undefined): void {
  let value: unknown;
  try {
    value = JSON.parse(token);
  } catch (cause) {
    throw new ProtocolError('encoding.json', 'The text is not JSON.', { cause });
  }
  if (typeof value !== 'string' || LONE_SURROGATE.test(value)) refuse('The JSON has a lone surrogate.');
  else if (names !== undefined) {
    if (value === '__proto__') refuse('The JSON has a member named __proto__.');
    if (names.has(value)) refuse('The JSON has the same name twice.');
    names.add(value);
  }
}

function refuse(why: string): never {
  throw new ProtocolError('encoding.json', why);
}
