/** Golden vectors of the relay's receipt: a group commit of three, and receipts that must be refused. */
import { signDetached } from '@holdfast/keys';
import { hmacSha256, sha256 } from '@holdfast/keys/verify';
import { inclusionPath, leafHash, rootOf } from '@holdfast/log';
import { canonicalBytes, concat, fromUtf8, toBase64url, u32be, u64be, utf8 } from '@holdfast/protocol';
import { ISSUED_AT_MS, ORIGIN, seedOf, signingKeyOf } from './fixtures.js';

const AT_MS = ISSUED_AT_MS + 86_400_000;

function goldenReceipt(name: string) {
  const eh = toBase64url(seedOf(`receipt/${name}/eh`));
  const opening = seedOf(`receipt/${name}/opening`);
  const event = canonicalBytes({ v: 1, event: 'SubmissionAcceptance', origin: ORIGIN, eh, atMs: AT_MS });
  const mac = hmacSha256(opening, concat(utf8('holdfast-audit/v1\0'), sha256(event)));
  const leaf = concat(Uint8Array.of(1, 0), mac);
  const entry = canonicalBytes({ eh, leafHash: toBase64url(leafHash(sha256, leaf)), ts: AT_MS });
  return { eh, opening, event, leaf, entry };
}

export function receiptVector(): object {
  const made = ['one', 'two', 'three'].map(goldenReceipt);
  const leaves = made.map(({ entry }) => leafHash(sha256, entry));
  const root = rootOf(sha256, leaves);
  const prev = seedOf('receipt/previous batch');
  const n = 7;
  const origin = utf8(ORIGIN);
  const signed = concat(
    utf8('holdfast/receipt-batch/v1\0'),
    u32be(origin.length),
    origin,
    u64be(n),
    prev,
    root,
    u64be(made.length),
    u64be(AT_MS),
  );
  const sig = toBase64url(signDetached(signed, signingKeyOf('relay')));
  const batch = { n, prev: toBase64url(prev), root: toBase64url(root), size: made.length, atMs: AT_MS, sig };
  const receipts = made.map(({ eh, leaf, opening }, index) => ({
    origin: ORIGIN,
    eh,
    atMs: AT_MS,
    leaf: toBase64url(leaf),
    opening: toBase64url(opening),
    index,
    path: inclusionPath(sha256, leaves, index).map(toBase64url),
    batch,
  }));
  const [first, second] = receipts;
  return {
    about:
      'Receipts of one group commit (spec 71), signed by `relayKey`. Each of `receipts` verifies; each of `refused` is refused. `events` are what the leaves seal, `entries` what the batch hashes.',
    relayKey: toBase64url(signingKeyOf('relay').publicKey),
    signedBytes: toBase64url(signed),
    events: made.map(({ event }) => fromUtf8(event)),
    entries: made.map(({ entry }) => fromUtf8(entry)),
    receipts,
    refused: [
      { why: 'the opening of another leaf', receipt: { ...first, opening: second?.opening } },
      { why: 'about another envelope', receipt: { ...first, eh: second?.eh } },
      { why: 'another time', receipt: { ...first, atMs: AT_MS + 1 } },
      { why: 'another relay', receipt: { ...first, origin: 'other.example/hf' } },
      { why: 'another place in the batch', receipt: { ...first, index: 1 } },
      { why: 'a path that is one too short', receipt: { ...first, path: first?.path.slice(1) } },
      { why: 'another batch number', receipt: { ...first, batch: { ...batch, n: 8 } } },
      { why: 'another predecessor', receipt: { ...first, batch: { ...batch, prev: batch.root } } },
      { why: 'another size', receipt: { ...first, batch: { ...batch, size: 4 } } },
    ],
  };
}
