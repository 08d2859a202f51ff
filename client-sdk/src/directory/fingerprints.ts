/** Fingerprints of root keys: the agency's own from its home, others' from the directory as it has been verified. */
import { type Fingerprint, rootFingerprint } from '@holdfast/keys/verify';
import type { AgencyId, FederationId } from '@holdfast/protocol';
import { SdkError } from '../errors.js';
import { readJoinedAgency } from '../home/home.js';
import type { Runtime } from '../runtime.js';

export interface NamedFingerprint extends Fingerprint {
  readonly fed: FederationId;
  /** Null for the federation's root. */
  readonly agency: AgencyId | null;
}

/** Of the keys that this agency holds, as its home has them; needs no network. @throws SdkError `home.not-found` */
export async function ownFingerprint(home: string): Promise<NamedFingerprint> {
  const { agency, root, federation } = await readJoinedAgency(home);
  const { fed } = federation;
  return { fed, agency, ...rootFingerprint({ fed, agency, root }) };
}

/** Of an agency's root in force, or of the federation's, by the newest view of the directory. @throws SdkError `directory.unknown-agency`, `relay.*` */
export async function fingerprintOf(
  runtime: Runtime,
  agency: AgencyId | null,
  signal: AbortSignal,
): Promise<NamedFingerprint> {
  const { directory, identity } = runtime;
  if (!directory.isKnown || (agency !== null && directory.chainOf(agency) === undefined)) await runtime.online(signal);
  const root = agency === null ? directory.view.trust.list.root : directory.chainOf(agency)?.root;
  if (root === undefined) throw new SdkError('directory.unknown-agency');
  const { fed } = identity;
  return { fed, agency, ...rootFingerprint({ fed, agency, root }) };
}
