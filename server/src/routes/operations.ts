/** For whoever runs the relay: is it alive, can it take a write, which version is it. No secrets, no counts of anybody's mail. */
import { statfs } from 'node:fs/promises';
import { openApi } from '@holdfast/protocol';
import type { FastifyInstance } from 'fastify';
import type { Relay } from '../relay.js';
import { RELAY_VERSION } from '../version.js';

const MIN_FREE_BYTES = 64 * 1024 * 1024;
/** Before this instant the clock is certainly wrong. */
const EARLIEST_MS = Date.UTC(2026, 0, 1);

export function operationRoutes(app: FastifyInstance, { store, config, registry, now, logger }: Relay): void {
  const open = { config: { auth: 'open' as const } };
  const contract = openApi(RELAY_VERSION);
  app.get('/openapi.json', open, () => contract);
  app.get('/livez', open, () => ({ ok: true }));
  app.get('/version', open, () => ({ version: RELAY_VERSION, node: process.version }));
  app.get('/readyz', open, async (_request, reply) => {
    const checks = {
      writes: await writes(),
      disk: await disk(),
      clock: now() > EARLIEST_MS,
      trustList: registry.isServing,
    };
    const ok = Object.values(checks).every(Boolean);
    return reply.code(ok ? 200 : 503).send({ ok, checks });
  });

  async function writes(): Promise<boolean> {
    try {
      await store.probe();
      return true;
    } catch (error) {
      logger.failed({ where: 'readyz', error });
      return false;
    }
  }
  async function disk(): Promise<boolean> {
    const { bavail, bsize } = await statfs(config.dataDir);
    return bavail * bsize > MIN_FREE_BYTES;
  }
}
