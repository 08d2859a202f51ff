/**
 * Roots that a person must compare (spec 22-agency-chain): replaced on the federation's word alone. What has been compared is
 * remembered by its fingerprint.
 */
import { compareFingerprint, type Fingerprint, needsComparison, rootFingerprint } from '@holdfast/keys/verify';
import type { AgencyId } from '@holdfast/protocol';
import type { ToldTable } from '../archive/told-table.js';
import type { DirectoryView, KnownAgency } from './view.js';

const fact = (agency: AgencyId, { digits }: Fingerprint): string => `compared ${agency} ${digits}`;

/** The agencies of `view` that are in quarantine. */
export function quarantinedIn({ agencies }: DirectoryView, told: ToldTable): ReadonlySet<AgencyId> {
  return new Set(
    [...agencies.values()].flatMap(({ chain }) => {
      const { agency, fed } = chain;
      const isCompared = (root: KnownAgency['chain']['root']): boolean =>
        told.has(fact(agency, rootFingerprint({ agency, fed, root })));
      return needsComparison(chain, isCompared) ? [agency] : [];
    }),
  );
}

/** The fingerprint of the root in force. */
export const fingerprintOf = ({ chain: { agency, fed, root } }: KnownAgency): Fingerprint =>
  rootFingerprint({ agency, fed, root });

/** Remembers that a person has compared the root in force. @returns whether what was typed is its fingerprint */
export function confirmRoot(known: KnownAgency, typed: string, told: ToldTable, nowMs: number): boolean {
  const fingerprint = fingerprintOf(known);
  const { matches } = compareFingerprint(fingerprint, typed);
  if (matches) told.once(fact(known.chain.agency, fingerprint), nowMs);
  return matches;
}
