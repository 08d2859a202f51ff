/** The working calendar that an agency has published in its capability record, as far as it is at hand. */
import { type AgencyId, type Calendar, parseCapabilityRecord } from '@holdfast/protocol';
import type { Archive } from '../archive/archive.js';
import type { Directory } from './directory.js';

/** Reads it from what is stored, without the relay; null where none is here or the record has expired. */
export function publishedCalendar(
  directory: Pick<Directory, 'chainOf'>,
  archive: Archive,
  now: () => number,
): (agency: AgencyId) => Calendar | null {
  return (agency) => {
    const hash = directory.chainOf(agency)?.capability?.documentHash;
    const document = hash === undefined ? undefined : archive.directory.document(hash);
    if (document === undefined) return null;
    const { calendar, expiresAtMs } = parseCapabilityRecord(document);
    return expiresAtMs > now() ? calendar : null;
  };
}
