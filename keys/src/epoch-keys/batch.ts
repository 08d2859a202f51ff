/** Making a batch of epoch keys: one X-Wing pair per UTC day, named by one signed leaf (spec 23-epoch-keys). */
import { EPOCH_BATCH_TYP, type EpochBatch, encodeEpochBatch, toHash } from '@holdfast/protocol';
import { signCompactJws } from '../jws/sign.js';
import type { SigningKey } from '../primitives/ed25519.js';
import { generateXwingKeyPair } from '../primitives/xwing.js';
import { type AcceptedEpochBatch, acceptEpochBatch, type BatchOwner, epochRoot } from './verify.js';

/** One day's pair; the secret is X-Wing's 32-byte seed. */
export interface EpochKeyPair {
  readonly day: number;
  readonly publicKey: Uint8Array;
  readonly secret: Uint8Array;
}

/** Fresh pairs for `count` days from `firstDay` on. */
export function generateEpochKeys(firstDay: number, count: number): EpochKeyPair[] {
  return Array.from({ length: count }, (_, index) => {
    const { publicKey, secretKey } = generateXwingKeyPair();
    return { day: firstDay + index, publicKey, secret: secretKey };
  });
}

/** Signs the batch that follows `previous`, over consecutive days, and checks it as any reader would. */
export async function signEpochBatch(
  previous: AcceptedEpochBatch | undefined,
  pairs: readonly EpochKeyPair[],
  owner: Omit<BatchOwner, 'key'>,
  signingKey: SigningKey,
): Promise<AcceptedEpochBatch> {
  const keys = pairs.map(({ publicKey }) => publicKey);
  const firstDay = pairs[0]?.day ?? 0;
  const batch: EpochBatch = {
    v: 1,
    fed: owner.fed,
    agency: owner.agency,
    device: owner.device,
    n: previous === undefined ? 0 : previous.batch.n + 1,
    prev: previous?.hash ?? null,
    firstDay,
    count: pairs.length,
    root: toHash(epochRoot(firstDay, keys)),
  };
  const jws = await signCompactJws(encodeEpochBatch(batch), EPOCH_BATCH_TYP, signingKey);
  return acceptEpochBatch(previous, jws, { ...owner, key: signingKey.publicKey }, keys);
}
