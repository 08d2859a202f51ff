/**
 * What an agency's chain says, once replayed: which keys speak for it, from when to when, and what it has published (spec
 * 22-agency-chain). Holds no secret; part of `@holdfast/keys/verify`.
 */
import type { AgencyId, DeviceId, FederationId, Hash, KeySet, OfficerId, Role } from '@holdfast/protocol';

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

export interface AgencyChain {
  readonly fed: FederationId;
  readonly agency: AgencyId;
  readonly root: KeySet;
  /** Position of the newest statement; -1 before the first. */
  readonly seq: number;
  readonly head: Hash | null;
  readonly atMs: number;
  readonly directoryKeys: ReadonlyMap<string, KeyCertificate>;
  readonly officers: ReadonlyMap<OfficerId, OfficerCertificate>;
  readonly devices: ReadonlyMap<DeviceId, DeviceCertificate>;
  readonly entry: DocumentReference | null;
  readonly capability: DocumentReference | null;
  /** Revoked public keys. */
  readonly revoked: ReadonlyMap<string, Revocation>;
}

/** The empty chain of a member, under the root keys that the trust list gives it. */
export function startChain(agency: AgencyId, root: KeySet, fed: FederationId): AgencyChain {
  return {
    fed,
    agency,
    root,
    seq: -1,
    head: null,
    atMs: 0,
    directoryKeys: new Map(),
    officers: new Map(),
    devices: new Map(),
    entry: null,
    capability: null,
    revoked: new Map(),
  };
}

/** Is this certified key unrevoked and within its time? */
export function isActive(chain: AgencyChain, certificate: KeyCertificate, atMs: number): boolean {
  return !chain.revoked.has(certificate.key) && certificate.notBeforeMs <= atMs && atMs <= certificate.notAfterMs;
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
