/**
 * A device's batch of epoch keys, one key per UTC day (spec 23-epoch-keys): one signed leaf names a whole tree of keys, so
 * that a weekly top-up costs one signature. Written by the device alone, in a chain of its own.
 */
import { type Static, Type } from 'typebox';
import { concat, context, u32be } from '../encoding/bytes.js';
import { canonicalBytes, parseCanonical } from '../encoding/json.js';
import { parserOf } from '../encoding/schema.js';
import type { Sha256 } from '../envelope/core.js';
import { ProtocolError } from '../errors.js';
import { AgencyIdSchema, DaySchema, DeviceIdSchema, FederationIdSchema, HashSchema, SequenceSchema } from '../ids.js';
import { LIMITS } from '../limits.js';

export const EPOCH_BATCH_TYP = 'holdfast.epoch-batch.v1+jws';
/** Days published ahead. */
export const EPOCH_DAYS_AHEAD = 45;
/** Bytes of an X-Wing public key. */
export const EPOCH_KEY_BYTES = 1216;

export const EpochBatchSchema = Type.Object(
  {
    v: Type.Literal(1),
    fed: FederationIdSchema,
    agency: AgencyIdSchema,
    device: DeviceIdSchema,
    n: SequenceSchema,
    prev: Type.Union([HashSchema, Type.Null()]),
    firstDay: DaySchema,
    count: Type.Integer({ minimum: 1, maximum: LIMITS.epochKeysPerBatch }),
    /** Root of the RFC 6962 tree over u32be day ‖ key. */
    root: HashSchema,
  },
  { additionalProperties: false },
);
export type EpochBatch = Static<typeof EpochBatchSchema>;

const check = parserOf('batch of epoch keys', EpochBatchSchema, 'epoch-batch.invalid');

export const encodeEpochBatch = (batch: EpochBatch): Uint8Array => canonicalBytes(batch);

/** @throws ProtocolError `encoding.*`, `epoch-batch.invalid` */
export function parseEpochBatch(bytes: Uint8Array): EpochBatch {
  if (bytes.length > LIMITS.statementBytes) throw new ProtocolError('encoding.too-large', 'The batch is too large.');
  const batch = check(parseCanonical(bytes));
  if ((batch.n === 0) !== (batch.prev === null))
    throw new ProtocolError('epoch-batch.invalid', 'Only batch 0 has no predecessor.');
  return batch;
}

/** Names a batch in the next one's `prev`. */
export const epochBatchHash = (sha256: Sha256, payload: Uint8Array): Uint8Array =>
  sha256(concat(context('epoch-batch'), payload));

/** The tree's entry for one day. */
export const epochKeyEntry = (day: number, key: Uint8Array): Uint8Array => concat(u32be(day), key);
