/** Searching the directory: State, authority type, network, competence, words. */
import type { AgencyId, AuthorityType } from '@holdfast/protocol';
import type { DeskRuntime } from '../desk-runtime.js';
import type { PublishedAgency } from './published.js';

export interface DirectoryQuery {
  readonly agency?: AgencyId;
  /** ISO 3166 alpha-2, in capitals, as the agency's own entry gives it. */
  readonly state?: string;
  readonly authorityType?: AuthorityType;
  /** The network's whole name; capitals do not matter. */
  readonly network?: string;
  /** Words that must all occur in what the agency says it is competent for. */
  readonly competence?: string;
  /** Words that must all occur in the agency's names or competences. */
  readonly text?: string;
}

/** Online it brings the directory in step first; offline it answers from what it holds. @throws SdkError `relay.*`; the signal's reason */
export async function findAgencies(
  runtime: DeskRuntime,
  query: DirectoryQuery,
  signal: AbortSignal,
): Promise<readonly PublishedAgency[]> {
  const found: PublishedAgency[] = [];
  for (const agency of await runtime.agencies(signal)) {
    if (query.agency !== undefined && query.agency !== agency) continue;
    const published = await runtime.published(agency, signal);
    if (matches(published, query)) found.push(published);
  }
  return found;
}

function matches({ agency, name, entry }: PublishedAgency, query: DirectoryQuery): boolean {
  const { state, authorityType, network, competence = '', text = '' } = query;
  if (state !== undefined && entry?.state !== state) return false;
  if (authorityType !== undefined && entry?.authorityTypes.includes(authorityType) !== true) return false;
  if (network !== undefined && entry?.networks.some((name) => fold(name) === fold(network)) !== true) return false;
  return (
    hasWords(entry?.competences.text ?? '', competence) &&
    hasWords([agency, name, entry?.names.original, entry?.names.english, entry?.competences.text].join(' '), text)
  );
}

const fold = (text: string): string => text.normalize('NFC').toLowerCase();
const hasWords = (text: string, words: string): boolean =>
  fold(words)
    .split(/\s+/)
    .every((word) => fold(text).includes(word));
