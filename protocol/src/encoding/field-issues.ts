/**
 * From a validator's errors to what a person can act on: the field that is wrong, with its path, and the reason in words.
 * Works over the errors that TypeBox gives for JSON Schema keywords; holds no knowledge of any message.
 */
import type { FieldIssue } from '../errors.js';

const MAX_ISSUES = 20;

export interface SchemaError {
  readonly keyword: string;
  /** JSON Pointer into the schema, as a URI fragment. */
  readonly schemaPath: string;
  /** JSON Pointer into the value. */
  readonly instancePath: string;
  readonly params: object;
  readonly message: string;
}

/** The issues of `errors`, deepest field first: what failed beneath says more than the "no branch fits" above it. */
export function fieldIssues(schema: object, errors: readonly SchemaError[]): FieldIssue[] {
  const issues = new Map<string, FieldIssue>();
  for (const error of errors) {
    for (const issue of issuesOf(schema, error)) issues.set(`${issue.field}\0${issue.reason}`, issue);
  }
  return [...issues.values()].sort((a, b) => depth(b) - depth(a)).slice(0, MAX_ISSUES);
}

function issuesOf(schema: object, { keyword, schemaPath, instancePath, params, message }: SchemaError): FieldIssue[] {
  switch (keyword) {
    case 'required':
      return listOf(params, 'requiredProperties').map((name) => ({
        field: fieldOf(`${instancePath}/${name}`),
        reason: 'is missing',
      }));
    case 'additionalProperties':
      return listOf(params, 'additionalProperties').map((name) => ({
        field: fieldOf(`${instancePath}/${name}`),
        reason: 'is not a field here',
      }));
    case 'enum':
      return [
        { field: fieldOf(instancePath), reason: `must be one of: ${listOf(params, 'allowedValues').join(', ')}` },
      ];
    case 'pattern':
      return [{ field: fieldOf(instancePath), reason: formOf(schema, schemaPath) ?? message }];
    // Both only repeat what the errors beside them say.
    case 'boolean':
    case 'if':
      return [];
    default:
      return [{ field: fieldOf(instancePath), reason: message }];
  }
}

/** Says the form in words where the schema has them. */
function formOf(schema: object, schemaPath: string): string | undefined {
  let node: unknown = schema;
  for (const name of schemaPath.split('/').slice(1)) node = member(node, unescapePointer(name));
  const description = member(node, 'description');
  return typeof description === 'string' ? `does not have the form of: ${description}` : undefined;
}

function member(node: unknown, name: string): unknown {
  return typeof node === 'object' && node !== null && Object.hasOwn(node, name) ? Reflect.get(node, name) : undefined;
}

function listOf(params: object, name: string): string[] {
  const list = member(params, name);
  return Array.isArray(list) ? list.map(String) : [];
}

const unescapePointer = (name: string): string => name.replaceAll('~1', '/').replaceAll('~0', '~');
const fieldOf = (instancePath: string): string =>
  instancePath === '' ? '(top)' : instancePath.slice(1).replaceAll('/', '.');
const depth = (issue: FieldIssue): number => (issue.field === '(top)' ? 0 : issue.field.split('.').length);
