/**
 * How many approvers an agency asks of itself: what its published directory entry says, where it is here. More than the rule of four
 * eyes it may ask, never less (spec 38-approvals).
 */
import { type AgencyId, isProtocolError, MS_PER_DAY, parseDirectoryEntry } from '@holdfast/protocol';
import type { Archive } from '../archive/archive.js';
import type { DirectoryView } from './view.js';

/**
 * Approvers besides the drafter, for what `agency` has sealed at position `seq` of its chain.
 * @param tsMs when it was sealed; a policy older than a day counts, whatever position the sender names
 */
export function approvalsRequired(
  archive: Archive,
  view: DirectoryView,
  agency: AgencyId,
  seq: number,
  tsMs: number,
): 1 | 2 {
  const known = view.agencies.get(agency);
  const entry = known?.chain.entry;
  if (known === undefined || entry === null || entry === undefined) return 1;
  const publishedAtMs = known.times[entry.seq] ?? tsMs;
  if (entry.seq > seq && publishedAtMs > tsMs - MS_PER_DAY) return 1;
  const document = archive.directory.document(entry.documentHash);
  if (document === undefined) return 1;
  try {
    return parseDirectoryEntry(document).approvals?.required ?? 1;
  } catch (error) {
    // An entry of a newer version: what this one cannot read asks for nothing.
    if (isProtocolError(error)) return 1;
    throw error;
  }
}
