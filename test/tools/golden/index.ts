/** The golden vectors by file name. */
import { approvalVector } from './approval.js';
import { chainVector } from './chain.js';
import { envelopeVector } from './envelope.js';
import { epochBatchVector } from './epoch-batch.js';
import { fingerprintVector } from './fingerprint.js';
import { receiptVector } from './receipt.js';
import { rewrapVector } from './rewrap.js';
import { rootVector } from './root.js';
import { trustListVector } from './trust-list.js';

export const GOLDEN_VECTORS: Readonly<Record<string, () => Promise<object> | object>> = {
  'trust-list': trustListVector,
  chain: chainVector,
  root: rootVector,
  'epoch-batch': epochBatchVector,
  envelope: envelopeVector,
  approval: approvalVector,
  fingerprint: fingerprintVector,
  rewrap: rewrapVector,
  receipt: receiptVector,
};
