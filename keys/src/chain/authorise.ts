/**
 * Who may say what in an agency's chain (spec 22-agency-chain): the root appoints directory keys, directory keys certify
 * officers and devices and publish documents, either revokes. A change of root is `root.ts`'s. A registered key proves its own possession.
 */
import { fromBase64url, MS_PER_DAY, type Statement } from '@holdfast/protocol';
import { isAcceptablePublicKey } from '../primitives/ed25519-verify.js';
import { hasThreshold } from '../trust-list/accept.js';
import { isRootKey, knownKeys, refuse } from './known-keys.js';
import type { AgencyChain } from './state.js';

/** Longest life of a key by kind, with a month's grace for renewal (crypto, "Key hierarchy"). */
export const KEY_LIFE_DAYS = { 'directory-key': 396, officer: 396, device: 210, archive: 761 } as const;

/** @throws KeysError `chain.refused` */
export function authorise(
  chain: AgencyChain,
  statement: Exclude<Statement, { kind: 'root' }>,
  signers: ReadonlySet<string>,
): void {
  switch (statement.kind) {
    case 'directory-key':
      if (!hasThreshold(chain.root, signers)) refuse('A directory key needs the threshold of the agency root.');
      newKey(chain, statement, signers);
      return;
    case 'officer':
      byDirectory(chain, statement, signers);
      if (chain.officers.get(statement.officer) !== undefined) refuse('The officer number is taken.');
      newKey(chain, statement, signers);
      return;
    case 'device':
      byDirectory(chain, statement, signers);
      if (chain.devices.get(statement.device) !== undefined) refuse('The device id is taken.');
      newKey(chain, statement, signers);
      return;
    case 'entry':
    case 'capability':
      byDirectory(chain, statement, signers);
      return;
    case 'archive':
      byDirectory(chain, statement, signers);
      shortEnough(statement);
      return;
    case 'revoke':
      if (!hasThreshold(chain.root, signers)) byDirectory(chain, statement, signers);
      if (!knownKeys(chain).has(statement.target)) refuse('The chain does not know the key to revoke.');
      if (chain.revoked.has(statement.target)) refuse('The key is revoked already.');
      return;
  }
}

function byDirectory(chain: AgencyChain, statement: Statement, signers: ReadonlySet<string>): void {
  for (const { key, notBeforeMs, notAfterMs } of chain.directoryKeys.values()) {
    const inForce = notBeforeMs <= statement.atMs && statement.atMs <= notAfterMs && !chain.revoked.has(key);
    if (inForce && signers.has(key)) return;
  }
  refuse('It is not signed by a directory key in force.');
}

function newKey(
  chain: AgencyChain,
  statement: Extract<Statement, { key: string }>,
  signers: ReadonlySet<string>,
): void {
  if (!signers.has(statement.key)) refuse('The new key has not signed: possession is not proved.');
  if (knownKeys(chain).has(statement.key) || isRootKey(chain, statement.key))
    refuse('The key has a part in this chain already.');
  if (!isAcceptablePublicKey(fromBase64url(statement.key))) refuse('The key is not an acceptable Ed25519 point.');
  shortEnough(statement);
}

function shortEnough(statement: Extract<Statement, { notAfterMs: number }>): void {
  if (statement.notAfterMs - statement.notBeforeMs > KEY_LIFE_DAYS[statement.kind] * MS_PER_DAY)
    refuse('The key would live too long.');
}
