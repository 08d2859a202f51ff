/**
 * The archive key: an X-Wing pair of the agency's own, to which its devices seal what they store (spec 42-recovery). The public half
 * stands in the agency's chain; the private half is nowhere but sealed to pairs of custodians. No other agency addresses it.
 */
import { type AgencyId, concat, context, type FederationId, type Hash, toHash } from '@holdfast/protocol';
import { assertLength } from '../primitives/length.js';
import { sha256 } from '../primitives/sha256.js';
import { generateXwingKeyPair, XWING, type XwingKeyPair } from '../primitives/xwing.js';

/** Whose archive it is; bound to everything that is sealed. */
export interface RecoveryScope {
  readonly fed: FederationId;
  readonly agency: AgencyId;
}

/** `secretKey` is the 32-byte seed; zeroize it when done. */
export type ArchiveKeyPair = XwingKeyPair;

/** A fresh archive key. */
export const generateArchiveKey = (): ArchiveKeyPair => generateXwingKeyPair();

/** Names an archive key in files and bindings. @throws KeysError `keys.input-invalid` */
export function archiveKeyHash(publicKey: Uint8Array): Hash {
  assertLength('archive key', publicKey, XWING.publicKeyBytes);
  return toHash(sha256(concat(context('archive-key'), publicKey)));
}
