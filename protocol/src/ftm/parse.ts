/**
 * FollowTheMoney as files hold it: a JSON array, or one entity a line. Untrusted: the size is bounded before anything is parsed,
 * unknown schemata and properties are refused field by field, and so is a wallet's private key.
 */
import { Type } from 'typebox';
import { utf8 } from '../encoding/bytes.js';
import { parseStrict } from '../encoding/json.js';
import { parserOf } from '../encoding/schema.js';
import { isProtocolError, ProtocolError } from '../errors.js';
import { LIMITS } from '../limits.js';
import { assertChecked } from '../subjects/checked.js';
import { checkEntities, type Entity, EntitySchema } from '../subjects/entity.js';

/** As many as one disclosure carries. */
export const ENTITIES_MAX = 2000;

/** What exports of FollowTheMoney tools add to an entity and that is no statement about it. */
const BOOKKEEPING: ReadonlySet<string> = new Set([
  'caption',
  'datasets',
  'referents',
  'target',
  'first_seen',
  'last_seen',
  'last_change',
  'created_at',
  'updated_at',
  'role_id',
  'mutable',
  'collection_id',
  'dataset',
]);

const parseShape = parserOf(
  'entities',
  Type.Array(EntitySchema, { minItems: 1, maxItems: ENTITIES_MAX }),
  'message.invalid',
);

/** Checks entities that stand alone. @throws ProtocolError `message.invalid` with the issues */
export function parseEntities(value: unknown): readonly Entity[] {
  const entities = parseShape(value);
  assertChecked('entities', 'message.invalid', entities, checkEntities);
  return entities;
}

/**
 * Reads a file's text: an array, or JSON lines. Bookkeeping members are left behind; a value given alone counts as a list of one.
 * @throws ProtocolError `encoding.too-large`; `encoding.json`, naming the line; `message.invalid` with the issues
 */
export function readEntities(text: string): readonly Entity[] {
  // A UTF-16 unit is at least one byte: what is far too long is not even encoded.
  if (text.length > LIMITS.bodyBytes || utf8(text).length > LIMITS.bodyBytes)
    throw new ProtocolError('encoding.too-large', `The entities are larger than ${LIMITS.bodyBytes} bytes.`, {
      issues: [{ field: '(file)', reason: `is larger than ${LIMITS.bodyBytes} bytes; send less, or attach the file` }],
    });
  const parsed = text.trimStart().startsWith('[') ? parseStrict(text) : parseLines(text);
  return parseEntities(Array.isArray(parsed) ? parsed.map(stripped) : parsed);
}

function parseLines(text: string): unknown[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    if (line.trim() === '') return [];
    try {
      return [parseStrict(line)];
    } catch (cause) {
      if (!isProtocolError(cause, 'encoding.json')) throw cause;
      throw new ProtocolError('encoding.json', `Line ${index + 1}: ${cause.message}`, { cause });
    }
  });
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function stripped(value: unknown): unknown {
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([name]) => !BOOKKEEPING.has(name));
  return Object.fromEntries(kept.map(([name, member]) => [name, name === 'properties' ? listed(member) : member]));
}

function listed(properties: unknown): unknown {
  if (!isObject(properties)) return properties;
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [name, typeof value === 'string' ? [value] : value]),
  );
}
