/** The keys that have, or had, a part in a chain, and how a statement is refused. Holds no secret. */
import { KeysError } from '../errors.js';
import type { AgencyChain } from './state.js';

/** Every key that the chain has ever certified, revoked ones too. */
export function knownKeys(chain: AgencyChain): ReadonlySet<string> {
  const keys = new Set(chain.directoryKeys.keys());
  for (const { key } of chain.officers.values()) keys.add(key);
  for (const { key } of chain.devices.values()) keys.add(key);
  return keys;
}

/** Is it, or was it, a root key of the agency? */
export const isRootKey = (chain: AgencyChain, key: string): boolean =>
  chain.roots.some(({ root }) => root.keys.includes(key));

/** @throws KeysError `chain.refused`, always */
export function refuse(why: string): never {
  throw new KeysError('chain.refused', `The statement is refused. ${why}`);
}
