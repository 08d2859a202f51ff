/**
 * From schema to parser: one TypeBox definition gives the JSON Schema, the TypeScript type and this check.
 * Nothing is coerced, stripped or defaulted; an unknown member is refused.
 */
import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { ProtocolError, type ProtocolErrorCode } from '../errors.js';
import { fieldIssues } from './field-issues.js';

/**
 * Makes the parser of `schema`.
 * @param what the thing's name in the error ("freeze request")
 * @param code the error code where the value does not fit
 * @returns a function from unknown to the typed value, the very same object
 */
export function parserOf<const S extends TSchema>(
  what: string,
  schema: S,
  code: ProtocolErrorCode,
): (value: unknown) => Static<S> {
  let compiled: ReturnType<typeof Compile<S>> | undefined;
  return (value) => {
    compiled ??= Compile(schema);
    if (compiled.Check(value)) return value;
    const issues = fieldIssues(schema, compiled.Errors(value));
    const first = issues[0];
    throw new ProtocolError(
      code,
      `The ${what} is not valid${first === undefined ? '' : `: ${first.field} ${first.reason}`}.`,
      { issues },
    );
  };
}
