/** What agencies have published, as far as it is here: read at once, without the relay, so that clocks run offline too. */
import type { AgencyChain } from '@holdfast/keys/verify';
import {
  type AgencyId,
  type CapabilityRecord,
  type DirectoryEntry,
  type Hash,
  parseCapabilityRecord,
  parseDirectoryEntry,
} from '@holdfast/protocol';
import type { Archive } from '../archive/archive.js';

export interface RecordsAtHand {
  readonly entry: DirectoryEntry | null;
  readonly capability: CapabilityRecord | null;
}
export type RecordsOf = (agency: AgencyId) => RecordsAtHand;

/** Where nothing is known of anybody. */
export const noRecords: RecordsOf = () => ({ entry: null, capability: null });

/**
 * Over the documents that the chains name.
 * @param chainOf undefined before the first sight of the directory
 */
export function recordsAtHand(chainOf: (agency: AgencyId) => AgencyChain | undefined, archive: Archive): RecordsOf {
  // A document never changes under its hash, and is asked for once a minute for each case.
  const entry = once(archive, parseDirectoryEntry);
  const capability = once(archive, parseCapabilityRecord);
  return (agency) => {
    const chain = chainOf(agency);
    return { entry: entry(chain?.entry?.documentHash), capability: capability(chain?.capability?.documentHash) };
  };
}

function once<T>(archive: Archive, parse: (value: unknown) => T): (hash: Hash | undefined) => T | null {
  const read = new Map<Hash, T>();
  return (hash) => {
    if (hash === undefined) return null;
    const known = read.get(hash);
    if (known !== undefined) return known;
    const document = archive.directory.document(hash);
    if (document === undefined) return null;
    const parsed = parse(document);
    read.set(hash, parsed);
    return parsed;
  };
}
