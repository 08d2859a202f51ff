/** Trust lists, agency chains, documents. What is appended carries its own authority: signatures, checked by the registry. */
import { OPERATIONS, ProtocolError } from '@holdfast/protocol';
import type { FastifyInstance } from 'fastify';
import type { Relay } from '../relay.js';
import { register } from './register.js';

const LISTS_PER_PAGE = 64;
const MAX_PAGE_BYTES = 8 * 1024 * 1024;
const STATEMENTS_PER_PAGE = 200;

export function membershipRoutes(app: FastifyInstance, relay: Relay): void {
  const { registry, store, logger } = relay;
  register(app, relay, OPERATIONS.getTrustLists, async ({ query }) => {
    const lists = [...(await store.trustLists(Number(query.from), LISTS_PER_PAGE, MAX_PAGE_BYTES))];
    return { lists, latest: registry.trustListVersion };
  });
  register(app, relay, OPERATIONS.publishTrustList, async ({ body }) => ({
    version: await registry.appendTrustList(body),
  }));
  register(app, relay, OPERATIONS.listAgencies, () => ({
    agencies: registry.heads().flatMap(({ agency, seq, head }) => (head === null ? [] : [{ agency, seq, head }])),
  }));
  register(app, relay, OPERATIONS.getStatements, async ({ params, query }) => {
    if (registry.chain(params.agency) === undefined) throw new ProtocolError('request.not-found');
    const from = Number(query.from);
    const statements = [...(await store.statements(params.agency, from, STATEMENTS_PER_PAGE))];
    return { statements, next: statements.length < STATEMENTS_PER_PAGE ? null : from + statements.length };
  });
  register(app, relay, OPERATIONS.appendStatement, async ({ params, body }) => {
    const { seq, head } = await registry.appendStatement(params.agency, body.statement, body.document);
    if (head === null) throw new Error('A chain with a statement has a head.');
    logger.membershipChanged({ agency: params.agency, seq });
    return { seq, head };
  });
  register(app, relay, OPERATIONS.getDocument, async ({ params }) => {
    const found = await store.document(params.hash);
    if (found === undefined) throw new ProtocolError('request.not-found');
    const document: unknown = JSON.parse(found.json);
    return { salt: found.salt, document };
  });
}
