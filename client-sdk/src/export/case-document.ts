/** `case.json`: the case as data, its restrictions first, schema-versioned. Attachments' keys stay in the archive. Pure. */

import type { Case } from '../cases/case.js';
import type { Identity } from '../outbox/seal-item.js';
import type { FetchedFile } from './attachments.js';
import { handlingOf, termsOf } from './terms.js';

/** Members are added within a version; none is taken away or changes its meaning. */
export const CASE_DOCUMENT_VERSION = 1;

/** Where a message lies in the export. */
export interface MessageFiles {
  readonly body: string;
  readonly evidence: string;
}

export interface DocumentParts {
  readonly atMs: number;
  readonly identity: Pick<Identity, 'agency' | 'device' | 'fed'>;
  readonly messages: ReadonlyMap<string, MessageFiles>;
  readonly fetched: readonly FetchedFile[];
}

export function caseDocument(found: Case, { atMs, identity, messages, fetched }: DocumentParts): object {
  const { timeline, ...general } = found;
  const { agency, device, fed } = identity;
  return {
    v: CASE_DOCUMENT_VERSION,
    terms: termsOf(found),
    handling: handlingOf(found),
    exported: { atMs, agency, device, fed },
    ...withoutKeys(general),
    messages: timeline.map(({ message, attachments: _keys, ...entry }) => ({
      ...entry,
      kind: message.kind === 'unknown' ? message.claimedKind : message.kind,
      body: withoutKeys(message.body),
      isErased: message.kind === 'unknown' && message.isErased === true,
      files: messages.get(entry.eh) ?? null,
      attachments: fetched.flatMap(({ eh, ...file }) => (eh === entry.eh ? [file] : [])),
    })),
  };
}

/** Keys of attachments and contents stay in the archive. */
function withoutKeys<T>(value: T): T | object {
  if (Array.isArray(value)) return value.map((member: unknown) => withoutKeys(member));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([name, member]) => !(name === 'key' && typeof member === 'string'));
  return Object.fromEntries(members.map(([name, member]: [string, unknown]) => [name, withoutKeys(member)]));
}
