/**
 * The relay as a Fastify application: plugins in the order in which a request meets them. Defaults that are not good enough on the
 * internet are set here (relay design, "Hardening").
 */
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import websocket from '@fastify/websocket';
import {
  fromUtf8,
  isProtocolError,
  LIMITS,
  OCTETS,
  PROBLEM_MEDIA_TYPE,
  ProtocolError,
  parseStrict,
  problemOf,
  STREAM_PATH,
} from '@holdfast/protocol';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { blobRoutes } from './blobs/routes.js';
import type { Relay } from './relay.js';
import { envelopeRoutes } from './routes/envelopes.js';
import { epochKeyRoutes } from './routes/epoch-keys.js';
import { membershipRoutes } from './routes/membership.js';
import { operationRoutes } from './routes/operations.js';
import { sessionOf } from './routes/register.js';
import { sessionRoutes } from './routes/session.js';

const REQUEST_TIMEOUT_MS = 60_000;
const HEADERS_TIMEOUT_MS = 10_000;
const IDLE_TIMEOUT_MS = 65_000;
const MAX_HEADER_BYTES = 16 * 1024;
const CLOSE_WITHIN_MS = 2000;

export async function buildApp(relay: Relay, random: () => string): Promise<FastifyInstance> {
  const { config, logger } = relay;
  // No route has a schema for Ajv, which would coerce and strip: our own parsers read params, query and body.
  const app: FastifyInstance = Fastify({
    logger: false,
    bodyLimit: LIMITS.jsonBodyBytes,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: IDLE_TIMEOUT_MS,
    forceCloseConnections: 'idle',
    genReqId: random,
    exposeHeadRoutes: false,
    trustProxy: false,
    http: { headersTimeout: HEADERS_TIMEOUT_MS, maxHeaderSize: MAX_HEADER_BYTES },
    // A path that cannot be decoded meets no hook and no error handler.
    frameworkErrors: (error, request, reply) => void refuse(relay, error, request, reply),
  });

  app.decorateRequest('session', null);
  app.setErrorHandler((error, request, reply) => refuse(relay, error, request, reply));
  const routes: { readonly method: string; readonly path: RegExp }[] = [];
  app.addHook('onRoute', ({ config: route, url, method }) => {
    if (route?.auth === undefined) throw new Error(`The route ${url} does not say who may call it.`);
    for (const one of [method].flat())
      routes.push({ method: one, path: new RegExp(`^${url.replace(/:[a-z]+/gi, '[^/]+')}$`) });
  });
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] ?? '';
    const allowed = routes.filter((route) => route.path.test(path)).map(({ method }) => method);
    if (allowed.length > 0) reply.header('allow', allowed.join(', '));
    return refuse(
      relay,
      new ProtocolError(allowed.length > 0 ? 'request.method' : 'request.not-found'),
      request,
      reply,
    );
  });

  // First, so that it also closes the socket of an upgrade that a later hook refuses.
  await app.register(websocket, {
    options: { maxPayload: LIMITS.frameBytes, perMessageDeflate: false, clientTracking: false },
    // ws is closing it with the code that fits; it has a moment to say so.
    errorHandler: (_error, socket) => void setTimeout(() => socket.terminate(), CLOSE_WITHIN_MS).unref(),
  });
  app.addHook('onRequest', async (request) => assertOrigin(config.allowedOrigins, request.headers.origin));
  await app.register(helmet, {
    contentSecurityPolicy: { directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] }, useDefaults: false },
  });
  await app.register(rateLimit, {
    max: config.limits.requestsPerAddress,
    timeWindow: 60_000,
    errorResponseBuilder: () => new ProtocolError('request.rate-limited'),
  });
  const limitDevice = app.createRateLimit({
    max: config.limits.requestsPerMinute,
    timeWindow: 60_000,
    keyGenerator: (request) => `device ${request.session?.device ?? ''}`,
  });
  app.addHook('onRequest', async (request, reply) => {
    await authorise(relay, request);
    if (request.session === null) return;
    const verdict = await limitDevice(request);
    if (verdict.isAllowed || !verdict.isExceeded) return;
    reply.header('retry-after', verdict.ttlInSeconds);
    throw new ProtocolError('request.rate-limited');
  });

  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      done(null, parseStrict(fromUtf8(typeof body === 'string' ? Buffer.from(body) : body)));
    } catch (error) {
      done(error instanceof Error ? error : new Error('unreadable'));
    }
  });
  app.addContentTypeParser(OCTETS, { parseAs: 'buffer' }, (_request, body, done) => done(null, body));

  operationRoutes(app, relay);
  sessionRoutes(app, relay);
  membershipRoutes(app, relay);
  epochKeyRoutes(app, relay);
  envelopeRoutes(app, relay);
  await app.register(async (scope) => {
    scope.get(STREAM_PATH, { websocket: true, config: { auth: 'stream' } }, (socket, request) => {
      relay.gateway.open(socket, sessionOf(request)).catch((error: unknown) => {
        logger.failed({ where: 'stream', requestId: request.id, error });
        socket.close(1011);
      });
    });
  });
  // A scope of its own: tus reads bodies itself.
  await app.register((scope) => blobRoutes(scope, relay));
  return app;
}

function assertOrigin(allowed: readonly string[], origin: string | undefined): void {
  if (origin !== undefined && !allowed.includes(origin)) throw new ProtocolError('request.origin');
}

/** The one place where a request is authorised; what does not say otherwise is denied. */
async function authorise(relay: Relay, request: FastifyRequest): Promise<void> {
  const { auth } = request.routeOptions.config;
  // No route: the not-found handler answers, the same to everyone.
  if (request.is404 || auth === 'open' || auth === 'signed') return;
  const { baseUrl, streamUrl } = relay.urls();
  const url = auth === 'stream' ? streamUrl : `${baseUrl}${request.url.split('?')[0] ?? ''}`;
  const { authorization, dpop } = request.headers;
  request.session = await relay.sessions.authenticate({
    authorization,
    proof: typeof dpop === 'string' ? dpop : undefined,
    method: request.method,
    url,
  });
}

/** Every refusal as problem details: the table's words, a request id, never the exception's. */
function refuse(relay: Relay, error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const known = isProtocolError(error) ? error : fromFastify(error);
  if (known.code === 'relay.internal')
    relay.logger.failed({ where: request.routeOptions.config.operation ?? 'http', requestId: request.id, error });
  else
    relay.logger.refused({
      requestId: request.id,
      code: known.code,
      operation: request.routeOptions.config.operation ?? 'http',
    });
  const problem = problemOf(known, request.id);
  return reply.code(problem.status).type(PROBLEM_MEDIA_TYPE).send(JSON.stringify(problem));
}

function fromFastify(error: unknown): ProtocolError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new ProtocolError('request.too-large');
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new ProtocolError('request.media-type');
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
    case 'FST_ERR_BAD_URL':
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return new ProtocolError('request.malformed');
    default:
      return new ProtocolError('relay.internal');
  }
}
