/** An agency as a sender knows it before it writes: what it has published, and whether a message reaches it. */
import type { AgencyId } from '../ids.js';
import type { CapabilityRecord } from './capability.js';
import type { DirectoryEntry } from './entry.js';

/** `stale`: its devices are past their last day key; `unreachable`: none can be sealed to; `unknown`: a sample, or nobody has looked. */
export type Reach = 'reachable' | 'stale' | 'unreachable' | 'suspended' | 'quarantined' | 'unknown';

export interface Published {
  readonly agency: AgencyId;
  readonly entry: DirectoryEntry | null;
  readonly capability: CapabilityRecord | null;
  readonly reach: Reach;
}

/** The State of an agency; its id begins with the State's code (spec 20-identifiers). */
export const stateOf = (agency: AgencyId): string => agency.slice(0, 2).toUpperCase();
