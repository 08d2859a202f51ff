/**
 * Whether an agency's root keys may be replaced (spec 22-agency-chain): the new threshold has signed, and the old one has too, or
 * the federation vouches for the new set. Holds no secret.
 */
import { fromBase64url, type KeySet, sameKeySet } from '@holdfast/protocol';
import { isAcceptablePublicKey } from '../primitives/ed25519-verify.js';
import { hasThreshold } from '../trust-list/accept.js';
import { knownKeys, refuse } from './known-keys.js';
import type { AgencyChain } from './state.js';

export interface RootChange {
  readonly root: KeySet;
  readonly trust: 'succeeded' | 'vouched';
  readonly vouchedIndex: number;
}

/**
 * @param vouched every set that the trust lists have named for the agency, in order, that of its admission first
 * @throws KeysError `chain.refused`
 */
export function rootChange(
  chain: AgencyChain,
  root: KeySet,
  signers: ReadonlySet<string>,
  vouched: readonly KeySet[],
): RootChange {
  if (!hasThreshold(root, signers)) refuse('The new root is not signed by its own threshold.');
  if (chain.roots.some((before) => sameKeySet(before.root, root)))
    refuse('A root set that was replaced does not return.');
  const certified = knownKeys(chain);
  for (const key of root.keys) {
    if (certified.has(key)) refuse('A new root key has another part in this chain already.');
    if (!isAcceptablePublicKey(fromBase64url(key))) refuse('A new root key is not an acceptable Ed25519 point.');
  }
  if (hasThreshold(chain.root, signers)) return { root, trust: 'succeeded', vouchedIndex: chain.vouchedIndex };
  // The first naming after the one used last: the verdict stays the same however many lists are known beyond it, and a set that
  // the federation has itself replaced since cannot be taken up behind its back.
  const vouchedIndex = vouched.findIndex((set, index) => index > chain.vouchedIndex && sameKeySet(set, root));
  if (vouchedIndex === -1)
    refuse('Neither the threshold of the root before it nor the trust list vouches for the new root.');
  return { root, trust: 'vouched', vouchedIndex };
}
