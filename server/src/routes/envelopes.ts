/** Submit, fetch and acknowledge over HTTP, for clients that cannot hold a stream; rewraps, for all. */
import { concat, encodeDelivery, OPERATIONS, ProtocolError, prefixed } from '@holdfast/protocol';
import type { FastifyInstance } from 'fastify';
import { acceptRewrap } from '../mailbox/rewrap.js';
import type { Relay } from '../relay.js';
import { register } from './register.js';

const DEFAULT_ITEMS = 100;
const MAX_BYTES = 4 * 1024 * 1024;

export function envelopeRoutes(app: FastifyInstance, relay: Relay): void {
  const { acceptor, store, registry, config, gateway, now } = relay;
  register(app, relay, OPERATIONS.submitEnvelope, ({ body, session }) => acceptor.submit(body, session().device));
  register(app, relay, OPERATIONS.rewrapEnvelope, ({ body, session }) =>
    acceptRewrap(body, session().device, {
      store,
      registry,
      now,
      mailboxItems: config.limits.mailboxItems,
      onStored: (devices) => gateway.wake(devices),
    }),
  );
  register(app, relay, OPERATIONS.getLastSubmission, async ({ session }) => ({
    submission: (await store.lastSubmission(session().device)) ?? null,
  }));
  register(app, relay, OPERATIONS.fetchMailbox, async ({ params, query, session }) => {
    const items = await store.nextFor(
      session().device,
      params.mailbox,
      Number(query.after),
      Number(query.limit ?? DEFAULT_ITEMS),
      MAX_BYTES,
    );
    return concat(...items.map((item) => prefixed(encodeDelivery({ mailbox: params.mailbox, ...item }))));
  });
  register(app, relay, OPERATIONS.acknowledgeMailbox, async ({ params, body, session }) => {
    const { device } = session();
    const { highest } = (await store.cursors(device))[params.mailbox];
    if (body.cursor > highest) throw new ProtocolError('mailbox.cursor-ahead');
    await store.acknowledge([{ device, mailbox: params.mailbox, cursor: body.cursor }]);
    return { cursor: body.cursor };
  });
}
