/** Golden vectors of epoch keys: two batches of one device, each key with its proof, and proofs that must be refused. */
import { signEpochBatch } from '@holdfast/keys';
import { type AcceptedEpochBatch, epochLeaves, sha256 } from '@holdfast/keys/verify';
import { inclusionPath } from '@holdfast/log';
import {
  type AgencyId,
  type EpochKeyProof,
  encodeEpochBatch,
  epochKeyNameBytes,
  fromUtf8,
  type Hash,
  toBase64url,
} from '@holdfast/protocol';
import { deviceIdOf, epochKeyOf, FIRST_DAY, type GoldenEpochKey, signingKeyOf } from './fixtures.js';
import { goldenFederation } from './trust-list.js';

const DEVICE = 'xb-fiu/device-1';
const owner = { fed: goldenFederation(), agency: 'xb-fiu' as AgencyId, device: deviceIdOf(DEVICE) };

interface GoldenBatch {
  readonly accepted: AcceptedEpochBatch;
  readonly keys: readonly GoldenEpochKey[];
}

async function batchOf(
  previous: AcceptedEpochBatch | undefined,
  firstDay: number,
  count: number,
): Promise<GoldenBatch> {
  const keys = Array.from({ length: count }, (_, index) => epochKeyOf(DEVICE, firstDay + index));
  const pairs = keys.map(({ day, key, seed }) => ({ day, publicKey: key, secret: seed }));
  return { accepted: await signEpochBatch(previous, pairs, owner, signingKeyOf(DEVICE)), keys };
}

function proofOf({ accepted, keys }: GoldenBatch, index: number): EpochKeyProof {
  const { firstDay } = accepted.batch;
  const leaves = epochLeaves(
    firstDay,
    keys.map(({ key }) => key),
  );
  return {
    device: owner.device,
    batch: accepted.jws,
    day: firstDay + index,
    key: toBase64url(keys[index]?.key ?? new Uint8Array()),
    path: inclusionPath(sha256, leaves, index).map((hash) => toBase64url(hash) as Hash),
  };
}

export async function epochBatchVector(): Promise<object> {
  const one = await batchOf(undefined, FIRST_DAY, 5);
  const two = await batchOf(one.accepted, FIRST_DAY + 5, 2);
  const good = proofOf(one, 2);
  return {
    about:
      'Batches of epoch keys (spec 23). Accept `batches` in order with their keys; verify each of `proofs`; each of `refused` is refused. `seed` is the X-Wing secret key.',
    owner: { ...owner, key: toBase64url(signingKeyOf(DEVICE).publicKey) },
    batches: [one, two].map(({ accepted, keys }) => ({
      n: accepted.batch.n,
      hash: accepted.hash,
      payload: fromUtf8(encodeEpochBatch(accepted.batch)),
      jws: accepted.jws,
      keys: keys.map(({ day, seed, key }) => ({
        day,
        seed: toBase64url(seed),
        key: toBase64url(key),
        name: toBase64url(epochKeyNameBytes(sha256, day, key)),
      })),
    })),
    proofs: [...one.keys.map((_, index) => proofOf(one, index)), ...two.keys.map((_, index) => proofOf(two, index))],
    refused: [
      { why: 'the key of another day', proof: { ...good, key: proofOf(one, 3).key } },
      { why: 'another day', proof: { ...good, day: good.day + 1 } },
      { why: 'a day that the batch does not have', proof: { ...good, day: FIRST_DAY + 5 } },
      { why: 'a path that is one too short', proof: { ...good, path: good.path.slice(0, -1) } },
      { why: 'a path that is one too long', proof: { ...good, path: [...good.path, good.path[0]] } },
      { why: 'the path of a neighbour', proof: { ...good, path: proofOf(one, 3).path } },
      { why: 'under another batch', proof: { ...good, batch: two.accepted.jws } },
    ],
  };
}
