/** Calls that need no device: what is public, and what carries its own authority. */
import {
  canonicalBytes,
  fromUtf8,
  OCTETS,
  OPERATIONS,
  type Operation,
  parserOf,
  parseStrict,
} from '@holdfast/protocol';
import type { Static, TSchema } from 'typebox';
import { SdkError } from '../errors.js';
import { httpTransport } from '../transport/http.js';
import { underSignals } from '../transport/linked-signal.js';
import type { HttpResponse, RelayTransport } from '../transport/port.js';
import { refusalOf } from '../transport/refusal.js';

/** The largest page of the contract (500 epoch keys with their proofs) is about half of this. */
const RESPONSE_BYTES = 8 * 1024 * 1024;
/** A page of 64 trust lists, which may be 1 MiB each. */
const TRUST_LISTS_BYTES = 96 * 1024 * 1024;
const RESPONSE_BOUNDS = { depth: 32, members: 2_000_000 } as const;

type StaticOf<S> = S extends TSchema ? Static<S> : undefined;
export type BodyOf<O extends Operation> = O['body'] extends typeof OCTETS ? Uint8Array : StaticOf<O['body']>;
export type ResponseOf<O extends Operation> = O['response'] extends typeof OCTETS
  ? Uint8Array
  : StaticOf<O['response']>;

export interface CallArguments<O extends Operation> {
  readonly params?: StaticOf<O['params']>;
  readonly query?: StaticOf<O['query']>;
  readonly body?: BodyOf<O>;
  readonly signal?: AbortSignal;
}

export interface OpenSession {
  /** Calls an operation that asks for no session. @throws SdkError `relay.*`, `aborted` */
  openCall<O extends Operation>(operation: O, args?: CallArguments<O>): Promise<ResponseOf<O>>;
}

/** A session for the administrator's first steps. */
export function openSession(baseUrl: string, signal: AbortSignal): OpenSession {
  const transport = httpTransport(baseUrl);
  signal.addEventListener('abort', () => transport.close(), { once: true });
  return { openCall: (operation, args) => callRelay(transport, operation, args ?? {}, {}, signal) };
}

/** One call, with the headers that authorise it. @throws SdkError `relay.unreachable`, `relay.refused`, `relay.misbehaved`, `aborted` */
export async function callRelay<O extends Operation>(
  transport: RelayTransport,
  operation: O,
  args: CallArguments<O>,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<ResponseOf<O>> {
  const isJson = operation.body !== undefined && operation.body !== OCTETS;
  const body = bodyBytes(operation, args.body);
  const response = await underSignals([signal, args.signal], (either) =>
    transport.request({
      method: operation.method,
      path: pathOf(operation, args),
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': isJson ? 'application/json' : OCTETS }) },
      ...(body === undefined ? {} : { body }),
      maxResponseBytes: operation.id === OPERATIONS.getTrustLists.id ? TRUST_LISTS_BYTES : RESPONSE_BYTES,
      signal: either,
    }),
  );
  if (response.status !== operation.status) throw refusalOf(response);
  return readResponse(operation, response);
}

/** Path and query of a call. */
export function pathOf(operation: Operation, args: { readonly params?: unknown; readonly query?: unknown }): string {
  const params = entriesOf(args.params);
  let { path } = operation as { path: string };
  for (const [name, value] of params) path = path.replace(`:${name}`, encodeURIComponent(value));
  const query = new URLSearchParams(entriesOf(args.query)).toString();
  return query === '' ? path : `${path}?${query}`;
}

function entriesOf(value: unknown): [string, string][] {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).map(([name, entry]) => [name, String(entry)])
    : [];
}

function bodyBytes(operation: Operation, body: unknown): Uint8Array | undefined {
  if (operation.body === undefined) return operation.method === 'POST' ? new Uint8Array() : undefined;
  if (operation.body === OCTETS) return body instanceof Uint8Array ? body : new Uint8Array();
  return canonicalBytes(body);
}

const parsers = new WeakMap<TSchema, (value: unknown) => unknown>();

function readResponse<O extends Operation>(operation: O, response: HttpResponse): ResponseOf<O> {
  const schema: TSchema | typeof OCTETS = operation.response;
  // TypeScript cannot tie the schema's value to the operation's type; the two casts here are the only ones that do.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  if (schema === OCTETS) return response.body as ResponseOf<O>;
  let parse = parsers.get(schema);
  if (parse === undefined) {
    parse = parserOf(`answer to ${operation.id}`, schema, 'encoding.malformed');
    parsers.set(schema, parse);
  }
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    return parse(parseStrict(fromUtf8(response.body), RESPONSE_BOUNDS)) as ResponseOf<O>;
  } catch (cause) {
    throw new SdkError('relay.misbehaved', `The relay's answer to ${operation.id} does not fit the contract.`, {
      cause,
    });
  }
}
