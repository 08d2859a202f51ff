/**
 * The few shapes that every message schema is built from: closed objects, closed choices, objects told apart by a tag, and
 * lines of text. What a schema cannot say (check digits, references) is said by the checks beside each schema.
 */
import { type Static, type TObject, type TString, type TUnsafe, Type } from 'typebox';

/** Object options: an unknown member is refused. */
export const closed = { additionalProperties: false } as const;

/** One of a closed list of strings. */
export function choice<const V extends readonly string[]>(values: V, description?: string): TUnsafe<V[number]> {
  return Type.Unsafe<V[number]>({
    type: 'string',
    enum: [...values],
    ...(description === undefined ? {} : { description }),
  });
}

/**
 * An object whose `tag` says which of `branches` it must be. Written as if/else in JSON Schema, so that a fault is named in
 * the branch that was meant and not once for every branch that was not.
 */
export function tagged<const Tag extends string, const B extends Readonly<Record<string, TObject>>>(
  tag: Tag,
  branches: B,
): TUnsafe<{ [K in keyof B]: Static<B[K]> }[keyof B]> {
  const values = Object.keys(branches);
  return Type.Unsafe<{ [K in keyof B]: Static<B[K]> }[keyof B]>({
    type: 'object',
    required: [tag],
    properties: { [tag]: { type: 'string', enum: values } },
    allOf: values.map((value) => ({
      if: { not: { type: 'object', required: [tag], properties: { [tag]: { const: value } } } },
      else: branches[value],
    })),
  });
}

/** One line of text of at most `maxLength` UTF-16 units. */
export function line(maxLength: number, description = 'one line of text, no line breaks or tabs'): TString {
  return Type.String({ minLength: 1, maxLength, pattern: '^[^\\n\\r\\t]*$', description });
}

/** A short id that later kinds refer to: `a1`, `account-2`. */
export function shortId(description: string): TString {
  return Type.String({
    pattern: '^[a-z0-9][a-z0-9-]{0,31}$',
    description: `${description}: lower-case letters, digits, hyphens, at most 32`,
  });
}
