/**
 * `holdfast stats`: the tables of a year, counted from the events alone. On the screen whole, for the agency itself; what leaves
 * it, as a file or under `--export`, has its small cells hidden (ADR 0036).
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  csvFiles,
  DEFAULT_THRESHOLD,
  type Holdfast,
  isSdkError,
  type Statistics,
  suppressSmallCells,
} from '@holdfast/client-sdk';
import { createFileAtomic } from '@holdfast/keys';
import { type Command, Option } from 'commander';
import { agencyId, type Context, contextOf, interrupted } from '../context.js';
import { CliError } from '../errors.js';
import { renderStatistics } from '../render/statistics.js';
import { safeJson } from '../render/text.js';
import { localZone } from '../render/time.js';

interface StatsOptions {
  readonly year: number;
  readonly format: 'text' | 'csv' | 'json';
  readonly to?: string;
  readonly export?: boolean;
  readonly threshold?: number;
  readonly counterpart?: string;
  readonly timeZone?: string;
}

export function statsCommand(program: Command): void {
  program
    .command('stats')
    .description('the tables of a year: requests, cases, decisions, times, amounts, feedback')
    .requiredOption('--year <year>', 'which year, in the time zone of the agency', wholeNumber)
    .addOption(
      new Option('--format <format>', 'csv is one file a table').choices(['text', 'csv', 'json']).default('text'),
    )
    .option('--to <path>', 'write it there, small cells hidden: a file, or for csv a folder; nothing is written over')
    .option('--export', 'hide small cells on the screen too')
    .option(
      '--threshold <n>',
      `in an export, hide counts below n (default ${DEFAULT_THRESHOLD}; 1 hides nothing)`,
      wholeNumber,
    )
    .option('--counterpart <agency>', 'only what passed between you and this agency')
    .option('--time-zone <zone>', "whose calendar the year is counted in (default: your capability record's)")
    .action(async (options: StatsOptions, command: Command) => {
      const context = contextOf(command);
      const { format, to } = options;
      if (format === 'csv' && to === undefined)
        throw new CliError('usage', 'CSV is one file a table: say into which folder with --to.');
      const isExport = to !== undefined || options.export === true;
      if (!isExport && options.threshold !== undefined)
        throw new CliError('usage', '--threshold is for an export: give --to or --export with it.');
      await context.withDevice(async (desk) => {
        const counted = await desk.statistics(
          {
            year: options.year,
            timeZone: options.timeZone ?? (await ownZone(context, desk)),
            ...(options.counterpart === undefined ? {} : { counterpart: agencyId(options.counterpart) }),
          },
          { signal: interrupted },
        );
        const shown = isExport ? suppressSmallCells(counted, options.threshold) : counted;
        if (to === undefined) {
          if (format === 'json' && context.options.json !== true) process.stdout.write(document(shown));
          else context.output.event('statistics', { statistics: shown }, renderStatistics(shown));
          return;
        }
        const files = await write(shown, format, to);
        context.output.event(
          'statistics.written',
          { year: shown.year, format, threshold: shown.threshold, files },
          `Written, counts below ${shown.threshold} hidden: ${files.join(', ')}`,
        );
      });
    });
}

const document = (statistics: Statistics): string => `${safeJson(statistics)}\n`;

async function write(statistics: Statistics, format: StatsOptions['format'], to: string): Promise<readonly string[]> {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  switch (format) {
    case 'text':
      await createFileAtomic(to, bytes(`${renderStatistics(statistics)}\n`));
      return [to];
    case 'json':
      await createFileAtomic(to, bytes(document(statistics)));
      return [to];
    case 'csv': {
      await mkdir(to, { recursive: true });
      const files = csvFiles(statistics).map(({ name, text }) => ({ path: join(to, name), text }));
      for (const { path, text } of files) await createFileAtomic(path, bytes(text));
      return files.map(({ path }) => path);
    }
  }
}

/** The zone in which the agency itself says it works; this computer's where the directory does not know it yet. */
async function ownZone({ output }: Context, desk: Holdfast): Promise<string> {
  try {
    const [own] = await desk.find({ agency: desk.self.agency }, { signal: AbortSignal.timeout(OWN_RECORD_MS) });
    const zone = own?.capability?.calendar.timeZone;
    if (zone !== undefined) return zone;
  } catch (error) {
    const isAway = isSdkError(error) || (error instanceof Error && error.name === 'TimeoutError');
    if (!isAway) throw error;
  }
  output.note(`Your own record is not at hand: the year is counted in this computer's zone, ${localZone()}.`);
  return localZone();
}

/** The directory is kept here; where it is not, the relay is not waited for. */
const OWN_RECORD_MS = 2000;

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new CliError('usage', `"${text}" is not a whole number from 1.`);
  return value;
}
