/**
 * An agency's chain, replayed: which keys speak for it, from when to when, and what it has published (spec 22-agency-chain).
 * A chain is a value; `extendChain` gives the next one or throws. Holds no secret; part of `@holdfast/keys/verify`.
 */
import {
  type AgencyId,
  type DeviceId,
  type FederationId,
  type GeneralJws,
  type Hash,
  type KeySet,
  type OfficerId,
  parseStatement,
  type Role,
  type Statement,
  STATEMENT_TYP,
  statementHash,
  toBase64url,
} from '@holdfast/protocol';
import { KeysError } from '../errors.js';
import { verifyGeneralJws } from '../jws/verify.js';
import { sha256 } from '../primitives/sha256.js';
import { authorise } from './authorise.js';

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

export interface Extension {
  readonly chain: AgencyChain;
  readonly statement: Statement;
}

/**
 * Verifies the next statement and applies it.
 * @throws KeysError `jws.invalid`, `chain.out-of-order` (another position or predecessor), `chain.refused`; ProtocolError `statement.invalid`
 */
export function extendChain(chain: AgencyChain, jws: GeneralJws): Extension {
  const { payload, signers } = verifyGeneralJws(jws, { typ: STATEMENT_TYP });
  const statement = parseStatement(payload);
  if (statement.fed !== chain.fed || statement.agency !== chain.agency) {
    throw new KeysError('chain.refused', 'The statement belongs to another agency or federation.');
  }
  if (statement.seq !== chain.seq + 1 || statement.prev !== chain.head) {
    throw new KeysError('chain.out-of-order', `Position ${chain.seq + 1} is next, after the head that the chain has.`);
  }
  if (statement.atMs < chain.atMs) throw new KeysError('chain.refused', 'The statement is dated before the one it follows.');
  authorise(chain, statement, signers);
  const head = toBase64url(statementHash(sha256, payload)) as Hash;
  return { chain: apply({ ...chain, seq: statement.seq, head, atMs: statement.atMs }, statement), statement };
}

function apply(chain: AgencyChain, statement: Statement): AgencyChain {
  switch (statement.kind) {
    case 'directory-key':
      return { ...chain, directoryKeys: new Map(chain.directoryKeys).set(statement.key, certificate(statement)) };
    case 'officer': {
      const { officer, roles } = statement;
      return { ...chain, officers: new Map(chain.officers).set(officer, { ...certificate(statement), officer, roles }) };
    }
    case 'device': {
      const { device } = statement;
      return { ...chain, devices: new Map(chain.devices).set(device, { ...certificate(statement), device }) };
    }
    case 'entry':
      return { ...chain, entry: reference(statement) };
    case 'capability':
      return { ...chain, capability: reference(statement) };
    case 'revoke': {
      const { target, seq, atMs, reason } = statement;
      return { ...chain, revoked: new Map(chain.revoked).set(target, { seq, atMs, reason }) };
    }
  }
}

const certificate = ({ key, notBeforeMs, notAfterMs, seq }: KeyCertificate): KeyCertificate => ({ key, notBeforeMs, notAfterMs, seq });
const reference = ({ documentHash, expiresAtMs, seq }: DocumentReference): DocumentReference => ({ documentHash, expiresAtMs, seq });

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
  return [...chain.devices.values()].filter((device) => isActive(chain, device, atMs)).sort((a, b) => (a.device < b.device ? -1 : 1));
}
