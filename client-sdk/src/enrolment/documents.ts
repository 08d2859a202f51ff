/**
 * The two documents that an agency publishes of itself, one at a time: published, confirmed again before they expire, and the duty
 * roster with a newer live test. Signed by the directory key; each time the whole document anew, so that the chain keeps every version.
 */
import { randomBytes, type SigningKey } from '@holdfast/keys';
import { type AgencyChain, sha256 } from '@holdfast/keys/verify';
import {
  type AgencyId,
  type CapabilityRecord,
  type DirectoryEntry,
  documentHash,
  isSample,
  MS_PER_DAY,
  parseCapabilityRecord,
  parseDirectoryEntry,
  toBase64url,
  toHash,
} from '@holdfast/protocol';
import { SdkError } from '../errors.js';
import { agencyPaths } from '../home/home.js';
import { readSigningKey } from '../home/signing-key.js';
import type { OpenSession } from '../session/open-session.js';
import type { DirectoryWork } from './directory-key.js';
import { publishStatement } from './publish.js';

/** A document of an agency, checked. */
export type OwnDocument =
  | { readonly kind: 'entry'; readonly document: DirectoryEntry }
  | { readonly kind: 'capability'; readonly document: CapabilityRecord };

/**
 * Reads a document that `agency` is to publish.
 * @throws ProtocolError `message.invalid`; SdkError `message.refused` where it is another agency's, or a sample
 */
export function ownDocument(kind: OwnDocument['kind'], value: unknown, agency: AgencyId): OwnDocument {
  const own: OwnDocument =
    kind === 'entry'
      ? { kind, document: parseDirectoryEntry(value) }
      : { kind, document: parseCapabilityRecord(value) };
  const refuse = (field: string, reason: string): never => {
    const what = kind === 'entry' ? 'directory entry' : 'capability record';
    throw new SdkError('message.refused', `The ${what} is not this agency's own: ${field} ${reason}.`, {
      issues: [{ field, reason }],
    });
  };
  if (own.document.agency !== agency) refuse('agency', `must be ${agency}`);
  if (own.kind === 'capability' && isSample(own.document))
    refuse('source', 'marks a sample made by others: state your own figures, cite the law, and leave source out');
  return own;
}

/** Publishes it as the agency's newest. */
export async function publishWith(
  session: OpenSession,
  chain: AgencyChain,
  directoryKey: SigningKey,
  { kind, document }: OwnDocument,
  nowMs: number,
): Promise<AgencyChain> {
  const salt = randomBytes(32);
  const content = {
    kind,
    documentHash: toHash(documentHash(sha256, salt, document)),
    expiresAtMs: document.expiresAtMs,
  };
  return publishStatement(session, chain, content, [directoryKey], nowMs, { salt: toBase64url(salt), document });
}

/**
 * Signs and publishes one document of the agency, whose directory key is certified already.
 * @throws SdkError `message.refused`, `relay.*`; ProtocolError `message.invalid`
 */
export async function publishDocument(
  { home, unlock, session, chain, nowMs }: DirectoryWork,
  kind: OwnDocument['kind'],
  value: unknown,
): Promise<AgencyChain> {
  const document = ownDocument(kind, value, chain.agency);
  const directoryKey = await readSigningKey(agencyPaths(home).directory, unlock);
  return publishWith(session, chain, directoryKey, document, nowMs);
}

export interface Confirmation {
  readonly nowMs: number;
  readonly validDays: number;
}

/** The same document, said again today and good for so many days more. */
export function confirmed(document: DirectoryEntry, by: Confirmation): DirectoryEntry;
export function confirmed(document: CapabilityRecord, by: Confirmation): CapabilityRecord;
export function confirmed(
  document: DirectoryEntry | CapabilityRecord,
  { nowMs, validDays }: Confirmation,
): DirectoryEntry | CapabilityRecord {
  const expiresAtMs = nowMs + validDays * MS_PER_DAY;
  return 'verifiedOnMs' in document
    ? { ...document, verifiedOnMs: nowMs, expiresAtMs }
    : { ...document, selfDeclaredAtMs: nowMs, expiresAtMs };
}

/** The entry with a newer live test; nothing else of it is confirmed by that. @param on date of the test, YYYY-MM-DD */
export const withLiveTest = (entry: DirectoryEntry, on: string): DirectoryEntry =>
  parseDirectoryEntry({ ...entry, dutyRoster: { ...entry.dutyRoster, lastLiveTestOn: on } });
