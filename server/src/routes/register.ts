/**
 * How an operation of the contract becomes a route: parsed by its schemas, authorised by its `auth`, in one place. A route
 * without a declared authority cannot be registered; everything is denied until it is declared open.
 */
import { OCTETS, type Operation, ProtocolError, parserOf } from '@holdfast/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Static, TSchema } from 'typebox';
import type { Relay } from '../relay.js';
import type { Session } from '../session/sessions.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may call: set for every route, or the relay does not start. */
    auth?: Operation['auth'] | 'blob' | 'stream';
    operation?: string;
  }
  interface FastifyRequest {
    /** Set by the one authorisation hook. */
    session: Session | null;
  }
}

type StaticOf<S> = S extends TSchema ? Static<S> : undefined;

export interface Call<O extends Operation> {
  readonly params: StaticOf<O['params']>;
  readonly query: StaticOf<O['query']>;
  readonly body: O['body'] extends typeof OCTETS ? Uint8Array : StaticOf<O['body']>;
  /** The signed-in device. @throws ProtocolError `session.required` where the operation asks for none */
  readonly session: () => Session;
}
type Answer<O extends Operation> = O['response'] extends typeof OCTETS ? Uint8Array : StaticOf<O['response']>;

/** Registers `operation`; `handle` sees only what has been parsed. */
export function register<const O extends Operation>(
  app: FastifyInstance,
  {
    config: {
      limits: { signedPerAddress },
    },
  }: Pick<Relay, 'config'>,
  operation: O,
  handle: (call: Call<O>) => Promise<Answer<O>> | Answer<O>,
): void {
  const parse = {
    params: parserFor(operation.params, 'path'),
    query: parserFor(operation.query, 'query'),
    body: operation.body === OCTETS ? asBytes : parserFor(operation.body, 'body'),
  };
  app.route({
    method: operation.method,
    url: operation.path,
    ...(operation.bodyLimit === undefined ? {} : { bodyLimit: operation.bodyLimit }),
    config: {
      auth: operation.auth,
      operation: operation.id,
      ...(operation.auth === 'signed' ? { rateLimit: { max: signedPerAddress, timeWindow: 60_000 } } : {}),
    },
    handler: async (request: FastifyRequest, reply: FastifyReply) => {
      // The schemas are the operation's own: what they let through is what its types say.
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion
      const call = {
        params: parse.params(request.params),
        query: parse.query(request.query),
        body: parse.body(request.body),
        session: () => sessionOf(request),
      } as Call<O>;
      const answer = await handle(call);
      reply.code(operation.status);
      if (operation.response === OCTETS) return reply.type(OCTETS).send(Buffer.from(answer as Uint8Array));
      return reply.type('application/json').send(JSON.stringify(answer));
    },
  });
}

function parserFor(schema: TSchema | undefined, what: string): (value: unknown) => unknown {
  return schema === undefined ? () => undefined : parserOf(`request's ${what}`, schema, 'request.malformed');
}

function asBytes(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw new ProtocolError('request.media-type');
}

export function sessionOf(request: FastifyRequest): Session {
  if (request.session === null) throw new ProtocolError('session.required');
  return request.session;
}
