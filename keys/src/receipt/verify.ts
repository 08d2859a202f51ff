/**
 * Checking the relay's receipt (spec 71-receipts): the batch is signed by the relay key of the trust list, the receipt is in
 * the batch, and the sealed leaf opens to the acceptance of this envelope. Holds no secret; part of `@holdfast/keys/verify`.
 */
import { leafHash, verifyInclusion } from '@holdfast/log';
import {
  fromBase64url,
  type Hash,
  leafMacInput,
  type Receipt,
  receiptBatchBytes,
  receiptLeafEntry,
  sealedLeaf,
  submissionEvent,
  toBase64url,
} from '@holdfast/protocol';
import { KeysError } from '../errors.js';
import { equalBytes } from '../primitives/compare.js';
import { verifySignature } from '../primitives/ed25519-verify.js';
import { hmacSha256, sha256 } from '../primitives/sha256.js';

/** @throws KeysError `receipt.refused` */
export function verifyReceipt(
  receipt: Receipt,
  expected: { readonly eh: Hash; readonly origin: string; readonly relayKey: Uint8Array },
): void {
  if (receipt.eh !== expected.eh || receipt.origin !== expected.origin)
    refuse('It is about another envelope or another relay.');
  const leaf = fromBase64url(receipt.leaf);
  const event = submissionEvent(receipt.origin, receipt.eh, receipt.atMs);
  if (!equalBytes(leaf, sealedLeaf(hmacSha256(fromBase64url(receipt.opening), leafMacInput(sha256, event))))) {
    refuse('The sealed leaf is not about this event.');
  }
  const { batch } = receipt;
  const root = fromBase64url(batch.root);
  const entry = receiptLeafEntry(receipt.eh, toBase64url(leafHash(sha256, leaf)), receipt.atMs);
  const path = receipt.path.map(fromBase64url);
  if (
    !verifyInclusion(sha256, { index: receipt.index, size: batch.size, leafHash: leafHash(sha256, entry), path, root })
  ) {
    refuse('It is not in the batch that the relay signed.');
  }
  const signed = receiptBatchBytes(receipt.origin, batch, fromBase64url(batch.prev), root);
  if (!verifySignature(fromBase64url(batch.sig), signed, expected.relayKey))
    refuse("The relay's signature does not verify.");
}

function refuse(why: string): never {
  throw new KeysError('receipt.refused', `The receipt is refused. ${why}`);
}
