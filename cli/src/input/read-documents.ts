/** The two documents that an agency publishes, from its administrator's files: checked before anything is signed. */
import {
  type CapabilityRecord,
  type DirectoryEntry,
  parseCapabilityRecord,
  parseDirectoryEntry,
} from '@holdfast/protocol';
import { CliError } from '../errors.js';
import { readInput } from './read-input.js';

/** @throws CliError `input.*`, `input.expired`; ProtocolError `message.invalid` with the issues */
export async function readEntry(path: string, nowMs: number): Promise<DirectoryEntry> {
  return unexpired(path, parseDirectoryEntry(await readInput(path, nowMs)), nowMs);
}

/** @throws CliError `input.*`, `input.expired`; ProtocolError `message.invalid` with the issues */
export async function readCapability(path: string, nowMs: number): Promise<CapabilityRecord> {
  return unexpired(path, parseCapabilityRecord(await readInput(path, nowMs)), nowMs);
}

/** A document that nobody may rely on is not worth a signature. */
function unexpired<T extends { readonly expiresAtMs: number }>(path: string, document: T, nowMs: number): T {
  if (document.expiresAtMs > nowMs) return document;
  const reason = `has passed: ${new Date(document.expiresAtMs).toISOString()}; confirm the figures and give a later time`;
  throw new CliError('input.expired', `${path} has expired: expiresAtMs ${reason}.`, {
    issues: [{ field: 'expiresAtMs', reason }],
  });
}
