/**
 * Signing a group commit's receipts at once: one tree over the batch, one signature on its root, each receipt with its path. The
 * relay draws the opening of each sealed leaf (audit-log, "Events").
 */
import { hmacSha256, sha256 } from '@holdfast/keys/verify';
import { leafHash, treeOf } from '@holdfast/log';
import {
  FIRST_BATCH_PREV,
  fromBase64url,
  type Hash,
  leafMacInput,
  type Receipt,
  type ReceiptBatch,
  receiptBatchBytes,
  receiptBatchHash,
  receiptLeafEntry,
  sealedLeaf,
  submissionEvent,
  toBase64url,
  toHash,
} from '@holdfast/protocol';
import type { RelayKey } from './relay-key.js';

const OPENING_BYTES = 32;

export interface ReceiptSealer {
  /** Receipts for these envelopes, in their order, and the batch that signs them. */
  seal(
    envelopes: readonly Hash[],
    atMs: number,
  ): { readonly receipts: readonly Receipt[]; readonly batch: ReceiptBatch };
  /** The batch is stored: the next one follows it. */
  advance(batch: ReceiptBatch): void;
}

export function receiptSealer(
  origin: string,
  key: RelayKey,
  last: ReceiptBatch | undefined,
  random: (length: number) => Uint8Array,
): ReceiptSealer {
  let previous = last;
  return {
    seal: (envelopes, atMs) => {
      const openings = envelopes.map(() => random(OPENING_BYTES));
      const leaves = envelopes.map((eh, index) =>
        sealedLeaf(
          hmacSha256(openings[index] ?? new Uint8Array(), leafMacInput(sha256, submissionEvent(origin, eh, atMs))),
        ),
      );
      const tree = treeOf(
        sha256,
        envelopes.map((eh, index) =>
          leafHash(
            sha256,
            receiptLeafEntry(eh, toBase64url(leafHash(sha256, leaves[index] ?? new Uint8Array())), atMs),
          ),
        ),
      );
      const unsigned = { n: previous === undefined ? 0 : previous.n + 1, size: envelopes.length, atMs };
      const prev = previous === undefined ? FIRST_BATCH_PREV : nameOf(origin, previous);
      const sig = toBase64url(key.sign(receiptBatchBytes(origin, unsigned, prev, tree.root)));
      const batch: ReceiptBatch = { ...unsigned, prev: toHash(prev), root: toHash(tree.root), sig };
      const receipts = envelopes.map((eh, index) => ({
        origin,
        eh,
        atMs,
        leaf: toBase64url(leaves[index] ?? new Uint8Array()),
        opening: toBase64url(openings[index] ?? new Uint8Array()),
        index,
        path: tree.inclusionPath(index).map(toHash),
        batch,
      }));
      return { receipts, batch };
    },
    advance: (batch) => {
      previous = batch;
    },
  };
}

const nameOf = (origin: string, batch: ReceiptBatch): Uint8Array =>
  receiptBatchHash(sha256, receiptBatchBytes(origin, batch, fromBase64url(batch.prev), fromBase64url(batch.root)));
