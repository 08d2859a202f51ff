/** Devices' day keys: published by the device, handed out with the proof that it did. */
import { acceptEpochBatch, epochLeaves, isKeysError, sha256, verifyEpochBatch } from '@holdfast/keys/verify';
import { treeOf } from '@holdfast/log';
import { fromBase64url, OPERATIONS, ProtocolError, toBase64url, toHash } from '@holdfast/protocol';
import type { FastifyInstance } from 'fastify';
import type { Relay } from '../relay.js';
import { register } from './register.js';

const KEYS_PER_PAGE = 500;

export function epochKeyRoutes(app: FastifyInstance, relay: Relay): void {
  const { gateway, registry, store } = relay;
  register(app, relay, OPERATIONS.getEpochBatchHead, async ({ session }) => ({
    batch: (await store.epochBatchHead(session().device)) ?? null,
  }));

  register(app, relay, OPERATIONS.publishEpochBatch, async ({ body, session }) => {
    const { agency, device, key } = session();
    const owner = { fed: registry.fed, agency, device, key: fromBase64url(key) };
    const keys = body.keys.map(fromBase64url);
    const head = await store.epochBatchHead(device);
    const accepted = orRefusal(() =>
      acceptEpochBatch(head === undefined ? undefined : verifyEpochBatch(head, owner), body.batch, owner, keys),
    );
    const { n, firstDay } = accepted.batch;
    const tree = treeOf(sha256, epochLeaves(firstDay, keys));
    const rows = keys.map((bytes, index) => ({
      day: firstDay + index,
      key: bytes,
      path: tree.inclusionPath(index).map(toHash),
    }));
    if ((await store.publishEpochBatch({ agency, device, n, jws: body.batch, keys: rows })) === 'conflict')
      throw new ProtocolError('epoch-batch.conflict');
    // From now on a new device can be sealed to: whoever has waited to rewrap for it may begin.
    if (n === 0) gateway.hint({ agency });
    return { n };
  });

  register(app, relay, OPERATIONS.getEpochKeys, async ({ query }) => {
    const devices = registry
      .devices(query.agency)
      .filter((device) => query.after === undefined || device > query.after);
    const page = devices.slice(0, KEYS_PER_PAGE);
    const keys = await store.epochKeys(Number(query.day), page);
    return {
      keys: keys.map(({ device, batch, day, key, path }) => ({
        device,
        batch,
        day,
        key: toBase64url(key),
        path: [...path],
      })),
      next: devices.length > page.length ? (page.at(-1) ?? null) : null,
    };
  });
}

function orRefusal<T>(verify: () => T): T {
  try {
    return verify();
  } catch (cause) {
    if (isKeysError(cause, 'epoch.out-of-order')) throw new ProtocolError('epoch-batch.conflict', undefined, { cause });
    if (isKeysError(cause)) throw new ProtocolError('epoch-batch.invalid', undefined, { cause });
    throw cause;
  }
}
