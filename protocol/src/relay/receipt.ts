/**
 * The relay's promise that it holds an envelope (spec 71-receipts). One signature covers a whole group commit; each receipt
 * carries its path to the signed root, and the opening of the sealed log leaf that the promise is about.
 */
import { type Static, Type } from 'typebox';
import { concat, context, prefixed, u64be, utf8 } from '../encoding/bytes.js';
import { canonicalBytes } from '../encoding/json.js';
import { parserOf } from '../encoding/schema.js';
import type { Sha256 } from '../envelope/core.js';
import { base64urlSchema, HashSchema, SequenceSchema, SignatureSchema, TimeMsSchema } from '../ids.js';

const closed = { additionalProperties: false } as const;

export const OriginSchema = Type.String({
  pattern: '^[a-z0-9][a-z0-9.-]*(?::[0-9]{1,5})?(?:/[a-z0-9._-]+)*$',
  maxLength: 128,
});

/** One signed group commit. `prev` is the hash of the batch before it, so that two batches with one `n` are a proof. */
export const ReceiptBatchSchema = Type.Object(
  {
    n: SequenceSchema,
    prev: HashSchema,
    root: HashSchema,
    size: Type.Integer({ minimum: 1 }),
    atMs: TimeMsSchema,
    sig: SignatureSchema,
  },
  closed,
);
export type ReceiptBatch = Static<typeof ReceiptBatchSchema>;

export const ReceiptSchema = Type.Object(
  {
    origin: OriginSchema,
    eh: HashSchema,
    atMs: TimeMsSchema,
    /** The 34-byte sealed leaf in the relay's outbox, and the opening that ties it to this event. */
    leaf: base64urlSchema<string>(34, 'Sealed leaf'),
    opening: base64urlSchema<string>(32, 'Opening of the sealed leaf'),
    index: SequenceSchema,
    path: Type.Array(HashSchema, { maxItems: 32 }),
    batch: ReceiptBatchSchema,
  },
  closed,
);
export type Receipt = Static<typeof ReceiptSchema>;

export const parseReceipt = parserOf('receipt', ReceiptSchema, 'encoding.malformed');

/** The event that the leaf seals: the relay took this envelope (ETSI EN 319 522 SubmissionAcceptance). */
export const submissionEvent = (origin: string, eh: string, atMs: number): Uint8Array =>
  canonicalBytes({ v: 1, event: 'SubmissionAcceptance', origin, eh, atMs });

/** MAC input of a sealed leaf: "holdfast-audit/v1\0" ‖ SHA-256(event) (audit-log). */
export const leafMacInput = (sha256: Sha256, event: Uint8Array): Uint8Array =>
  concat(utf8('holdfast-audit/v1\0'), sha256(event));

/** 0x01 ‖ 0x00 ‖ HMAC: always 34 bytes, every kind looks the same. */
export const sealedLeaf = (mac: Uint8Array): Uint8Array => concat(new Uint8Array([1, 0]), mac);

/** The bytes hashed (with the RFC 6962 leaf prefix) into the batch: JCS{eh, leafHash, ts}. */
export const receiptLeafEntry = (eh: string, leafHash: string, ts: number): Uint8Array =>
  canonicalBytes({ eh, leafHash, ts });

/** What the relay signs per group commit. */
export function receiptBatchBytes(
  origin: string,
  batch: Omit<ReceiptBatch, 'sig' | 'prev' | 'root'>,
  prev: Uint8Array,
  root: Uint8Array,
): Uint8Array {
  return concat(
    context('receipt-batch'),
    prefixed(utf8(origin)),
    u64be(batch.n),
    prev,
    root,
    u64be(batch.size),
    u64be(batch.atMs),
  );
}

/** `prev` of the first batch of a relay, n = 0. */
export const FIRST_BATCH_PREV: Uint8Array = new Uint8Array(32);

/** Names a batch in the next one's `prev`: SHA-256("holdfast/receipt-batch-hash/v1\0" ‖ signed bytes). */
export const receiptBatchHash = (sha256: Sha256, signedBytes: Uint8Array): Uint8Array =>
  sha256(concat(context('receipt-batch-hash'), signedBytes));
