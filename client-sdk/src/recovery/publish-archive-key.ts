/** Naming the archive key in the agency's chain, by the directory key: from then on the agency's devices seal to it. */
import type { Unlock } from '@holdfast/keys';
import { MS_PER_DAY } from '@holdfast/protocol';
import { publishStatement, readSigningKey } from '../enrolment/agency.js';
import { fetchChain } from '../enrolment/own-chain.js';
import { agencyPaths, readJoinedAgency } from '../home/home.js';
import { openSession } from '../session/open-session.js';
import { type ArchiveStatus, archiveStatus } from './custody.js';

/** Two years, as the directory of the agency has it; then the agency makes another. */
const ARCHIVE_KEY_LIFE_DAYS = 730;

export interface PublishArchiveKey {
  readonly home: string;
  /** What opens the directory key. */
  readonly unlock: Unlock;
  readonly relayUrl?: string;
  readonly nowMs: number;
  readonly signal: AbortSignal;
}

export interface PublishedArchiveKey extends ArchiveStatus {
  readonly notAfterMs: number;
  /** False where the chain named this key already. */
  readonly published: boolean;
}

/** Publishes the key that `recovery.json` names, unless the chain names it already. @throws SdkError `home.*`, `recovery.none`, `relay.*`; KeysError */
export async function publishArchiveKey(request: PublishArchiveKey): Promise<PublishedArchiveKey> {
  const { home, unlock, nowMs, signal } = request;
  const status = await archiveStatus(home);
  const { agency, federation } = await readJoinedAgency(home);
  const session = openSession(request.relayUrl ?? federation.relayUrl, signal);
  const { chain } = await fetchChain(session, agency, federation.fed);
  if (chain.archive?.key === status.archiveKey)
    return { ...status, notAfterMs: chain.archive.notAfterMs, published: false };
  const directoryKey = await readSigningKey(agencyPaths(home).directory, unlock);
  const notAfterMs = nowMs + ARCHIVE_KEY_LIFE_DAYS * MS_PER_DAY;
  const content = {
    kind: 'archive',
    archiveKey: status.archiveKey,
    notBeforeMs: nowMs - 60_000,
    notAfterMs,
  } as const;
  await publishStatement(session, chain, content, [directoryKey], nowMs);
  return { ...status, notAfterMs, published: true };
}
