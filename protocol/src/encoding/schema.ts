/**
 * From schema to parser: one TypeBox definition gives the JSON Schema, the TypeScript type and this check.
 * Nothing is coerced, stripped or defaulted; an unknown member is refused.
 */
import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { ProtocolError, type FieldIssue, type ProtocolErrorCode } from '../errors.js';

const MAX_ISSUES = 20;

/**
 * Makes the parser of `schema`.
 * @param what the thing's name in the error ("freeze request")
 * @param code the error code where the value does not fit
 * @returns a function from unknown to the typed value, the very same object
 */
export function parserOf<const S extends TSchema>(what: string, schema: S, code: ProtocolErrorCode): (value: unknown) => Static<S> {
  let compiled: ReturnType<typeof Compile<S>> | undefined;
  return (value) => {
    compiled ??= Compile(schema);
    if (compiled.Check(value)) return value as Static<S>;
    const issues = issuesOf(compiled.Errors(value));
    const first = issues[0];
    throw new ProtocolError(code, `The ${what} is not valid${first === undefined ? '' : `: ${first.field} ${first.reason}`}.`, { issues });
  };
}

interface SchemaError {
  readonly instancePath: string;
  readonly message: string;
  readonly keyword: string;
}

/** Deepest first, since an `anyOf` at the top says less than the field that failed beneath it. */
function issuesOf(errors: readonly SchemaError[]): FieldIssue[] {
  const seen = new Set<string>();
  const issues: FieldIssue[] = [];
  for (const error of errors) {
    if (error.keyword === 'boolean') continue;
    const field = error.instancePath === '' ? '(top)' : error.instancePath.slice(1).replaceAll('/', '.');
    const key = `${field} ${error.message}`;
    if (seen.has(key)) continue;
    seen.add(key);
    issues.push({ field, reason: error.message });
  }
  issues.sort((a, b) => depth(b) - depth(a));
  return issues.slice(0, MAX_ISSUES);
}

const depth = (issue: FieldIssue): number => (issue.field === '(top)' ? 0 : issue.field.split('.').length);
