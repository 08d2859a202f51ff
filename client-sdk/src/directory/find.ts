/** Searching the directory: State, authority type, network, words. */
import type { AgencyId } from '@holdfast/protocol';
import type { Runtime } from '../runtime.js';
import { untilAborted } from '../transport/linked-signal.js';
import { firstSight, publishedBy } from './first-sight.js';
import type { PublishedAgency } from './published.js';

export interface DirectoryQuery {
  readonly agency?: AgencyId;
  /** ISO 3166 alpha-2. */
  readonly state?: string;
  readonly authorityType?: string;
  readonly network?: string;
  /** Words that must all occur in the agency's names or competences. */
  readonly text?: string;
}

/** Online it brings the directory in step first; offline it answers from what it holds. @throws SdkError `relay.*`; the signal's reason */
export async function findAgencies(
  runtime: Runtime,
  query: DirectoryQuery,
  signal: AbortSignal,
): Promise<readonly PublishedAgency[]> {
  const { directory } = runtime;
  if (runtime.isOnline) await untilAborted(runtime.sync(), signal);
  else if (!directory.isKnown) await firstSight(runtime, signal);
  const found: PublishedAgency[] = [];
  for (const agency of directory.agencies()) {
    if (query.agency !== undefined && query.agency !== agency) continue;
    const published = await publishedBy(runtime, agency, signal);
    if (matches(published, query)) found.push(published);
  }
  return found;
}

function matches({ agency, name, entry }: PublishedAgency, query: DirectoryQuery): boolean {
  if (query.state !== undefined && agency.slice(0, 2).toUpperCase() !== query.state.toUpperCase()) return false;
  if (
    query.authorityType !== undefined &&
    !(entry?.authorityTypes as readonly string[] | undefined)?.includes(query.authorityType)
  )
    return false;
  if (query.network !== undefined && !(entry?.networks as readonly string[] | undefined)?.includes(query.network))
    return false;
  const words = (query.text ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  const text = JSON.stringify([agency, name, entry?.names, entry?.competences]).toLowerCase();
  return words.every((word) => text.includes(word));
}
