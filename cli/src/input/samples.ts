/**
 * The sample capability records of `samples/jurisdictions`: compiled from public sources, confirmed by nobody. They are read only where
 * somebody asks for a sample by its State; nothing else knows of them.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CapabilityRecord, isSample, parseCapabilityRecord } from '@holdfast/protocol';
import { CliError } from '../errors.js';
import { readInput } from './read-input.js';

const FOLDER = fileURLToPath(new URL('../../../samples/jurisdictions', import.meta.url));

/** The States that there is a sample for, as ISO 3166 codes in order. @throws CliError `not-found` where the samples are not installed */
export async function sampleStates(folder: string = FOLDER): Promise<readonly string[]> {
  const files = await readdir(folder).catch(() => []);
  if (files.length === 0)
    throw new CliError(
      'not-found',
      'The sample records come with the source, not with the package; clone it to see them.',
    );
  return files
    .filter((file) => /^[a-z]{2}\.json$/.test(file))
    .map((file) => file.slice(0, 2).toUpperCase())
    .sort();
}

/** @throws CliError `not-found`; `input.*`; ProtocolError `message.invalid` */
export async function readSample(state: string, nowMs: number, folder: string = FOLDER): Promise<CapabilityRecord> {
  const states = await sampleStates(folder);
  if (!states.includes(state))
    throw new CliError('not-found', `There is no sample for "${state}"; there is one for ${states.join(', ')}.`);
  const record = parseCapabilityRecord(await readInput(join(folder, `${state.toLowerCase()}.json`), nowMs));
  // A file that lost its marks must not pass for an agency's own word.
  if (!isSample(record) || record.confirmed)
    throw new CliError('input.unreadable', `The sample for ${state} does not say that it is one; it is not used.`);
  return record;
}
