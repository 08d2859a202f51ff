/** Everything that is not on the hot path: membership, epoch keys, nonces, attachments. Through drizzle. */

import {
  AgencyIdSchema,
  BlobIdSchema,
  type DeviceId,
  DeviceIdSchema,
  type GeneralJws,
  GeneralJwsSchema,
  HashSchema,
  parserOf,
} from '@holdfast/protocol';
import { and, asc, count, desc, eq, sql as expression, gte, inArray, lte, sum } from 'drizzle-orm';
import { Type } from 'typebox';
import type { Store, StoredEpochKey } from '../port.js';
import { isConstraint, type RelayDatabase } from './database.js';
import type { lastSubmissionVerb } from './last-submission.js';
import type { rewrapVerbs } from './rewraps.js';
import {
  blobs,
  documents,
  epochBatches,
  epochKeys,
  once,
  probes,
  sessionEpochs,
  statements,
  trustLists,
} from './schema.js';

type RecordVerbs = Omit<
  Store,
  | 'receiptOf'
  | 'acceptEnvelopes'
  | 'lastBatch'
  | 'nextFor'
  | 'cursors'
  | 'acknowledge'
  | 'sweep'
  | 'expired'
  | 'expire'
  | keyof ReturnType<typeof rewrapVerbs>
  | keyof ReturnType<typeof lastSubmissionVerb>
  | 'close'
>;

const parseJws = parserOf('stored JWS', GeneralJwsSchema, 'encoding.malformed');
const parsePath = parserOf('stored path', Type.Array(HashSchema), 'encoding.malformed');
const fromText = (text: string): GeneralJws => parseJws(JSON.parse(text));

/** A write that finds its place taken is an answer, not a fault. */
function orConflict(write: () => void): 'stored' | 'conflict' {
  try {
    write();
    return 'stored';
  } catch (error) {
    if (isConstraint(causeOf(error))) return 'conflict';
    throw error;
  }
}
/** drizzle wraps the driver's error. */
const causeOf = (error: unknown): unknown =>
  isConstraint(error) ? error : error instanceof Error ? error.cause : error;

export function recordVerbs({ orm, sql }: RelayDatabase): RecordVerbs {
  const purgeOnce = orm
    .delete(once)
    .where(lte(once.expiresAtMs, expression.placeholder('now')))
    .prepare();
  const takeOnce = orm
    .insert(once)
    .values({ id: expression.placeholder('id'), expiresAtMs: expression.placeholder('expires') })
    .onConflictDoNothing()
    .prepare();

  return {
    trustLists: async (from, limit, maxBytes) => {
      const rows = orm
        .select({ version: trustLists.version, bytes: expression<number>`LENGTH(${trustLists.jws})` })
        .from(trustLists)
        .where(gte(trustLists.version, from))
        .orderBy(asc(trustLists.version))
        .limit(limit)
        .all();
      let bytes = 0;
      const page = rows.filter((row, index) => {
        bytes += row.bytes;
        return index === 0 || bytes <= maxBytes;
      });
      const last = page.at(-1)?.version ?? 0;
      return orm
        .select({ jws: trustLists.jws })
        .from(trustLists)
        .where(and(gte(trustLists.version, from), lte(trustLists.version, last)))
        .orderBy(asc(trustLists.version))
        .all()
        .map(({ jws }) => fromText(jws));
    },
    appendTrustList: async (version, jws) =>
      orConflict(
        () =>
          void orm
            .insert(trustLists)
            .values({ version, jws: JSON.stringify(jws) })
            .run(),
      ),
    statements: async (agency, from, limit) =>
      orm
        .select()
        .from(statements)
        .where(and(eq(statements.agency, agency), gte(statements.seq, from)))
        .orderBy(asc(statements.seq))
        .limit(limit)
        .all()
        .map(({ jws }) => fromText(jws)),
    appendStatement: async ({ agency, seq, jws, atMs, isCounted, document }) =>
      orConflict(() =>
        orm.transaction((tx) => {
          tx.insert(statements)
            .values({ agency, seq, atMs, isCounted, jws: JSON.stringify(jws) })
            .run();
          if (document !== null) tx.insert(documents).values(document).onConflictDoNothing().run();
        }),
      ),
    statementsSince: async (agency, sinceMs) =>
      orm
        .select({ n: count() })
        .from(statements)
        .where(and(eq(statements.agency, agency), gte(statements.atMs, sinceMs), eq(statements.isCounted, true)))
        .get()?.n ?? 0,
    document: async (hash) =>
      orm.select({ salt: documents.salt, json: documents.json }).from(documents).where(eq(documents.hash, hash)).get(),
    epochBatchHead: async (device) =>
      orm
        .select()
        .from(epochBatches)
        .where(eq(epochBatches.device, device))
        .orderBy(desc(epochBatches.n))
        .limit(1)
        .get()?.jws,
    publishEpochBatch: async ({ agency, device, n, jws, keys }) =>
      orConflict(() =>
        orm.transaction((tx) => {
          tx.insert(epochBatches).values({ device, n, agency, jws }).run();
          for (const { day, key, path } of keys) {
            const row = { device, day, n, key: Buffer.from(key), path: JSON.stringify(path) };
            tx.insert(epochKeys)
              .values(row)
              .onConflictDoUpdate({ target: [epochKeys.device, epochKeys.day], set: row })
              .run();
          }
        }),
      ),
    epochKeys: async (day, devices) => keysOf(orm, day, devices),
    useOnce: async (id, expiresAtMs, nowMs) => {
      purgeOnce.run({ now: nowMs });
      return takeOnce.run({ id, expires: expiresAtMs }).changes === 1;
    },
    nextSessionEpoch: async (device) => {
      const row = orm
        .insert(sessionEpochs)
        .values({ device, epoch: 1 })
        .onConflictDoUpdate({ target: sessionEpochs.device, set: { epoch: expression`${sessionEpochs.epoch} + 1` } })
        .returning()
        .get();
      return row.epoch;
    },
    createBlob: async ({ id, agency, size, expiresAtMs }, agencyQuotaBytes) => {
      const create = sql.transaction((): 'stored' | 'conflict' | 'quota' => {
        // A conflict outranks the quota: it is how a client learns that its upload was begun.
        if (orm.select({ id: blobs.id }).from(blobs).where(eq(blobs.id, id)).get() !== undefined) return 'conflict';
        const used = Number(
          orm
            .select({ used: sum(blobs.size) })
            .from(blobs)
            .where(eq(blobs.agency, agency))
            .get()?.used ?? 0,
        );
        if (used + size > agencyQuotaBytes) return 'quota';
        orm.insert(blobs).values({ id, agency, size, expiresAtMs }).run();
        return 'stored';
      });
      return create.immediate();
    },
    blob: async (id) => {
      const row = orm.select().from(blobs).where(eq(blobs.id, id)).get();
      return row === undefined
        ? undefined
        : { id, agency: agencyOf(row.agency), size: row.size, expiresAtMs: row.expiresAtMs };
    },
    expiredBlobs: async (nowMs, limit) =>
      orm
        .select({ id: blobs.id })
        .from(blobs)
        .where(lte(blobs.expiresAtMs, nowMs))
        .limit(limit)
        .all()
        .map(({ id }) => blobOf(id)),
    deleteBlob: async (id) => void orm.delete(blobs).where(eq(blobs.id, id)).run(),
    probe: async () =>
      void orm
        .insert(probes)
        .values({ id: 1, count: 1 })
        .onConflictDoUpdate({ target: probes.id, set: { count: expression`${probes.count} + 1` } })
        .run(),
  };
}

function keysOf(orm: RelayDatabase['orm'], day: number, devices: readonly DeviceId[]): StoredEpochKey[] {
  if (devices.length === 0) return [];
  const newest = orm
    .select({ device: epochKeys.device, day: expression<number>`MAX(${epochKeys.day})`.as('newest_day') })
    .from(epochKeys)
    .where(and(inArray(epochKeys.device, [...devices]), lte(epochKeys.day, day)))
    .groupBy(epochKeys.device)
    .as('newest');
  const rows = orm
    .select({
      device: epochKeys.device,
      day: epochKeys.day,
      key: epochKeys.key,
      path: epochKeys.path,
      jws: epochBatches.jws,
    })
    .from(epochKeys)
    .innerJoin(newest, and(eq(newest.device, epochKeys.device), eq(newest.day, epochKeys.day)))
    .innerJoin(epochBatches, and(eq(epochBatches.device, epochKeys.device), eq(epochBatches.n, epochKeys.n)))
    .orderBy(asc(epochKeys.device))
    .all();
  return rows.map(({ device, day: keyDay, key, path, jws }) => ({
    device: deviceOf(device),
    day: keyDay,
    key,
    path: parsePath(JSON.parse(path)),
    batch: jws,
  }));
}

const agencyOf = parserOf('stored agency', AgencyIdSchema, 'encoding.malformed');
const deviceOf = parserOf('stored device', DeviceIdSchema, 'encoding.malformed');
const blobOf = parserOf('stored blob', BlobIdSchema, 'encoding.malformed');
