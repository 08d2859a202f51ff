/**
 * What agencies have published: directory entry and capability record, each verified against the hash that its agency's chain
 * names, and kept, so that offline they are at hand.
 */
import { equalBytes, memberOf, sha256 } from '@holdfast/keys/verify';
import {
  type AgencyId,
  type CapabilityRecord,
  type DirectoryEntry,
  documentHash,
  fromBase64url,
  type Hash,
  OPERATIONS,
  parseCapabilityRecord,
  parseDirectoryEntry,
} from '@holdfast/protocol';
import type { Archive } from '../archive/archive.js';
import { SdkError } from '../errors.js';
import type { RelaySession } from '../session/session.js';
import type { KeyState } from './day-keys.js';
import type { DirectoryView } from './view.js';

export interface PublishedAgency {
  readonly agency: AgencyId;
  readonly name: string;
  readonly active: boolean;
  readonly entry: DirectoryEntry | null;
  readonly capability: CapabilityRecord | null;
  readonly entryExpiresAtMs: number | null;
  readonly capabilityExpiresAtMs: number | null;
  readonly devices: number;
  /** Each of them, and whether it can be sealed to: `stale` past its last day key, which is still used; `dormant` no more. */
  readonly deviceKeys: readonly KeyState[];
  /** Its root was replaced and only the federation vouches for it: nothing is sent to it until somebody has compared the fingerprint. */
  readonly quarantined: boolean;
}

export interface PublishedDependencies {
  readonly view: DirectoryView;
  readonly archive: Archive;
  /** Undefined while the relay is away. */
  readonly session: RelaySession | undefined;
  readonly keyStates: (agency: AgencyId) => readonly KeyState[];
  readonly signal: AbortSignal;
}

/** @throws SdkError `directory.unknown-agency`, `relay.*` */
export async function publishedAgency(agency: AgencyId, deps: PublishedDependencies): Promise<PublishedAgency> {
  const { view } = deps;
  const member = memberOf(view.trust, agency);
  if (member === undefined) throw new SdkError('directory.unknown-agency', `The directory has no agency "${agency}".`);
  const chain = view.agencies.get(agency)?.chain;
  const deviceKeys = deps.keyStates(agency);
  const entry = await documentOf(chain?.entry?.documentHash, deps);
  const capability = await documentOf(chain?.capability?.documentHash, deps);
  return {
    agency,
    name: member.name,
    active: member.status === 'active',
    entry: entry === undefined ? null : parseDirectoryEntry(entry),
    capability: capability === undefined ? null : parseCapabilityRecord(capability),
    entryExpiresAtMs: chain?.entry?.expiresAtMs ?? null,
    capabilityExpiresAtMs: chain?.capability?.expiresAtMs ?? null,
    devices: deviceKeys.length,
    deviceKeys,
    quarantined: view.quarantined.has(agency),
  };
}

/** Is everything that an agency's chain names here, as far as we know its chain? */
export function isAtHand(agency: AgencyId, view: DirectoryView | undefined, archive: Archive): boolean {
  const chain = view?.agencies.get(agency)?.chain;
  const named = [chain?.entry, chain?.capability].flatMap((reference) => reference ?? []);
  return chain !== undefined && named.every(({ documentHash: hash }) => archive.directory.document(hash) !== undefined);
}

/** Fetches every document that the chains name and we do not have. */
export async function fetchDocuments(deps: PublishedDependencies): Promise<void> {
  for (const { chain } of deps.view.agencies.values()) {
    await documentOf(chain.entry?.documentHash, deps);
    await documentOf(chain.capability?.documentHash, deps);
  }
}

async function documentOf(
  hash: Hash | undefined,
  { archive, session, signal }: PublishedDependencies,
): Promise<unknown> {
  if (hash === undefined) return undefined;
  const stored = archive.directory.document(hash);
  if (stored !== undefined || session === undefined) return stored;
  const { salt, document } = await session.call(OPERATIONS.getDocument, { params: { hash }, signal });
  if (!equalBytes(documentHash(sha256, fromBase64url(salt), document), fromBase64url(hash))) {
    throw new SdkError('relay.misbehaved', 'The relay handed out another document than the chain names.');
  }
  archive.directory.putDocument(hash, document);
  return document;
}
