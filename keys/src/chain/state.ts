/**
 * What an agency's chain says, once replayed: which keys speak for it, from when to when, and what it has published (spec
 * 22-agency-chain). Holds no secret; part of `@holdfast/keys/verify`.
 */
import type { AgencyId, Delegation, DeviceId, FederationId, Hash, KeySet, OfficerId, Role } from '@holdfast/protocol';

/** A key that the chain certifies, and the position that says so. */
export interface KeyCertificate {
  readonly key: string;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  readonly seq: number;
}
export interface OfficerCertificate extends KeyCertificate {
  readonly officer: OfficerId;
  readonly roles: readonly Role[];
  /** Bounds within which alone the officer may sign. */
  readonly delegation?: Delegation;
  /** Hash of the statement that certifies the officer: the `actor` of a manifest. */
  readonly statement: Hash;
}
export interface DeviceCertificate extends KeyCertificate {
  readonly device: DeviceId;
}
export interface DocumentReference {
  readonly documentHash: Hash;
  readonly expiresAtMs: number;
  readonly seq: number;
}
export interface Revocation {
  readonly seq: number;
  readonly atMs: number;
  readonly reason: string;
}

/** The key of the agency's own archive; its private half lies offline. */
export interface ArchiveKey {
  /** X-Wing public key, base64url. */
  readonly key: string;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  readonly seq: number;
}

/**
 * Why a root set is believed: the trust list admitted the agency under it, its predecessor signed it, or only the trust list
 * vouches for it.
 */
export type RootTrust = 'admitted' | 'succeeded' | 'vouched';

/** A root set that is or was in force, and the position that began it; -1 for the one of the admission. */
export interface RootInForce {
  readonly root: KeySet;
  readonly trust: RootTrust;
  readonly seq: number;
}

export interface AgencyChain {
  readonly fed: FederationId;
  readonly agency: AgencyId;
  /** The root set in force. */
  readonly root: KeySet;
  /** `vouched` from the first set on that its predecessor did not sign: what a stranger's set signs is a stranger's too. */
  readonly rootTrust: RootTrust;
  /** Where that trust began: the newest vouched set's position, else the newest set's; -1 for the one of the admission. */
  readonly rootSeq: number;
  /** Every set that has been in force, oldest first. */
  readonly roots: readonly RootInForce[];
  /** Index of the newest set in the trust lists' history that was taken on their word alone; 0 is the admission's. */
  readonly vouchedIndex: number;
  /** Position of the newest statement; -1 before the first. */
  readonly seq: number;
  readonly head: Hash | null;
  readonly atMs: number;
  readonly directoryKeys: ReadonlyMap<string, KeyCertificate>;
  readonly officers: ReadonlyMap<OfficerId, OfficerCertificate>;
  readonly devices: ReadonlyMap<DeviceId, DeviceCertificate>;
  readonly entry: DocumentReference | null;
  readonly capability: DocumentReference | null;
  readonly archive: ArchiveKey | null;
  /** Revoked public keys. */
  readonly revoked: ReadonlyMap<string, Revocation>;
}

/** The empty chain of a member, under the root keys with which the first trust list to name it admitted it. */
export function startChain(agency: AgencyId, root: KeySet, fed: FederationId): AgencyChain {
  return {
    fed,
    agency,
    root,
    rootTrust: 'admitted',
    rootSeq: -1,
    roots: [{ root, trust: 'admitted', seq: -1 }],
    vouchedIndex: 0,
    seq: -1,
    head: null,
    atMs: 0,
    directoryKeys: new Map(),
    officers: new Map(),
    devices: new Map(),
    entry: null,
    capability: null,
    archive: null,
    revoked: new Map(),
  };
}

/**
 * Must a person compare the root's fingerprint before this chain counts? Where the root is vouched for only, and neither that set
 * nor one that it has signed since is among those compared.
 */
export function needsComparison(chain: AgencyChain, isCompared: (root: KeySet) => boolean): boolean {
  return (
    chain.rootTrust === 'vouched' && !chain.roots.some(({ root, seq }) => seq >= chain.rootSeq && isCompared(root))
  );
}

/** Is this certified key unrevoked and within its time? */
export function isActive(chain: AgencyChain, certificate: KeyCertificate, atMs: number): boolean {
  return !chain.revoked.has(certificate.key) && certificate.notBeforeMs <= atMs && atMs <= certificate.notAfterMs;
}

/** An officer's certificate where it is active at `atMs`, else undefined. */
export function activeOfficer(chain: AgencyChain, officer: OfficerId, atMs: number): OfficerCertificate | undefined {
  const found = chain.officers.get(officer);
  return found !== undefined && isActive(chain, found, atMs) ? found : undefined;
}

/** A device's certificate where it is active at `atMs`, else undefined. */
export function activeDevice(chain: AgencyChain, device: DeviceId, atMs: number): DeviceCertificate | undefined {
  const found = chain.devices.get(device);
  return found !== undefined && isActive(chain, found, atMs) ? found : undefined;
}

/** Every device that is active at `atMs`, in order of id. */
export function activeDevices(chain: AgencyChain, atMs: number): readonly DeviceCertificate[] {
  return [...chain.devices.values()]
    .filter((device) => isActive(chain, device, atMs))
    .sort((a, b) => (a.device < b.device ? -1 : 1));
}
