/**
 * OpenAPI 3.1 of the relay, made from the operations themselves: the same schemas that check requests and give the types.
 */
import type { TSchema } from 'typebox';
import { ERRORS, type ProtocolErrorCode } from '../errors.js';
import { OPERATIONS } from './index.js';
import { OCTETS, type Operation } from './operation.js';
import { PROBLEM_MEDIA_TYPE, ProblemSchema } from './problem.js';

/** Codes that any operation may answer with. */
const COMMON: readonly ProtocolErrorCode[] = [
  'request.malformed',
  'request.too-large',
  'request.rate-limited',
  'relay.unavailable',
  'relay.internal',
];
const SIGNED_IN: readonly ProtocolErrorCode[] = [
  'session.required',
  'session.expired',
  'session.proof-invalid',
  'session.device-refused',
];

/** The document, as plain JSON. @param version the relay's version */
export function openApi(version: string): Readonly<Record<string, unknown>> {
  const operations: readonly Operation[] = Object.values(OPERATIONS);
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of operations) {
    const path = operation.path.replace(/:([a-z]+)/g, '{$1}');
    paths[path] = { ...paths[path], [operation.method.toLowerCase()]: operationObject(operation) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Holdfast relay', version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    paths,
    components: {
      schemas: { Problem: ProblemSchema },
      securitySchemes: {
        dpop: {
          type: 'http',
          scheme: 'DPoP',
          description: 'RFC 9449: access token and a proof for each request (specification 73)',
        },
      },
    },
  };
}

function operationObject(operation: Operation): object {
  const { id, summary, auth, body, response, status } = operation;
  return {
    operationId: id,
    summary,
    ...(auth === 'device' ? { security: [{ dpop: [] }] } : { security: [] }),
    parameters: [...parametersOf(operation.params, 'path'), ...parametersOf(operation.query, 'query')],
    ...(body === undefined ? {} : { requestBody: { required: true, content: contentOf(body) } }),
    responses: { [status]: { description: 'Done', content: contentOf(response) }, ...refusalsOf(operation) },
  };
}

const contentOf = (schema: TSchema | typeof OCTETS): object =>
  schema === OCTETS
    ? { [OCTETS]: { schema: { type: 'string', format: 'binary' } } }
    : { 'application/json': { schema } };

function parametersOf(schema: TSchema | undefined, place: 'path' | 'query'): object[] {
  if (schema === undefined || !('properties' in schema)) return [];
  const required: readonly unknown[] = 'required' in schema && Array.isArray(schema.required) ? schema.required : [];
  const properties: readonly (readonly [string, unknown])[] = Object.entries(schema.properties ?? {});
  return properties.map(([name, property]) => ({
    name,
    in: place,
    required: required.includes(name),
    schema: property,
  }));
}

/** One entry a status, naming the codes behind it. */
function refusalsOf({ auth, codes }: Operation): Record<string, object> {
  const byStatus = new Map<number, ProtocolErrorCode[]>();
  for (const code of new Set([...COMMON, ...(auth === 'device' ? SIGNED_IN : []), ...codes])) {
    const { status } = ERRORS[code];
    if (status !== null) byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const content = { [PROBLEM_MEDIA_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } };
  return Object.fromEntries(
    [...byStatus].map(([status, named]) => [String(status), { description: named.join(', '), content }]),
  );
}
