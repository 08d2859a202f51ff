/** Signing a trust list with the federation's root keys; run offline, by `holdfast federation`. */
import {
  encodeTrustList,
  type FederationId,
  federationHash,
  type GeneralJws,
  TRUST_LIST_TYP,
  type TrustList,
  toFederationId,
} from '@holdfast/protocol';
import { signGeneralJws } from '../jws/sign.js';
import type { SigningKey } from '../primitives/ed25519.js';
import { sha256 } from '../primitives/sha256.js';

/** @param keys the old threshold and the new, each key once */
export const signTrustList = (list: TrustList, keys: readonly SigningKey[]): Promise<GeneralJws> =>
  signGeneralJws(encodeTrustList(list), TRUST_LIST_TYP, keys);

/** The federation's id: the hash of its first list. */
export const federationOf = (first: TrustList): FederationId =>
  toFederationId(federationHash(sha256, encodeTrustList(first)));
