/**
 * What a kind of message is: its name, its schema, its parser. One file per kind defines one of these; `index.ts` lists them.
 * A body is untrusted until its parser has returned it, whoever signed the envelope.
 */
import type { Static, TSchema } from 'typebox';
import { parserOf } from '../encoding/schema.js';
import { assertChecked } from '../subjects/checked.js';
import type { Check } from '../subjects/report.js';

export interface KindDefinition<K extends string, S extends TSchema> {
  readonly kind: K;
  /** What people call it. */
  readonly title: string;
  /** JSON Schema of the body. */
  readonly schema: S;
  /** Unknown to typed, the very same object. @throws ProtocolError `message.invalid` with the issues */
  readonly parse: (body: unknown) => Static<S>;
  /** As `parse`, with the kind beside it. @throws ProtocolError `message.invalid` with the issues */
  readonly read: (body: unknown) => { readonly kind: K; readonly body: Static<S> };
}

/**
 * Defines a kind.
 * @param check looks at a body that fits the schema: check digits, references, dates
 */
export function defineKind<const K extends string, const S extends TSchema>(
  kind: K,
  title: string,
  schema: S,
  check?: Check<Static<S>>,
): KindDefinition<K, S> {
  const parseShape = parserOf(title, schema, 'message.invalid');
  const parse = (body: unknown): Static<S> => {
    const typed = parseShape(body);
    assertChecked(title, 'message.invalid', typed, check);
    return typed;
  };
  return { kind, title, schema, parse, read: (body) => ({ kind, body: parse(body) }) };
}
