/** Signing in, and what a client may know before it does. */
import { OPERATIONS } from '@holdfast/protocol';
import type { FastifyInstance } from 'fastify';
import type { Relay } from '../relay.js';
import { RELAY_VERSION } from '../version.js';
import { register } from './register.js';

export function sessionRoutes(app: FastifyInstance, relay: Relay): void {
  const { sessions, config, registry, now } = relay;
  register(app, relay, OPERATIONS.relayInfo, () => ({
    origin: config.origin,
    fed: registry.fed,
    ...relay.urls(),
    version: RELAY_VERSION,
    nowMs: now(),
  }));
  register(app, relay, OPERATIONS.sessionChallenge, () => sessions.challenge());
  register(app, relay, OPERATIONS.sessionToken, ({ body }) => sessions.signIn(body.device, body.assertion));
}
