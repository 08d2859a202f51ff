/** `holdfast calendar`: is the calendar of a capability record complete? Advice, before it is published; the record stands. */
import { adviseHolidays } from '@holdfast/client-sdk';
import type { Command } from 'commander';
import { contextOf } from '../context.js';
import { CliError } from '../errors.js';
import { readCapability } from '../input/read-documents.js';

interface Options {
  readonly country: string;
  readonly region?: string;
  readonly year?: readonly string[];
}

export function calendarCommand(program: Command): void {
  program
    .command('calendar <capability-file>')
    .description("compares a record's own calendar with the holidays that date-holidays knows; advice only")
    .requiredOption('--country <code>', 'ISO 3166, such as FR')
    .option('--region <code>', 'ISO 3166-2 without the country, such as BE for Berlin')
    .option('--year <year...>', 'which years (default: this one and the next)')
    .action(async (file: string, options: Options, command: Command) => {
      const { output } = contextOf(command);
      const { calendar } = await readCapability(file, Date.now());
      const thisYear = new Date().getUTCFullYear();
      const years = options.year?.map(yearOf) ?? [thisYear, thisYear + 1];
      const { country, region } = options;
      const found = await adviseHolidays({ calendar, country, years, ...(region === undefined ? {} : { region }) });
      for (const { code, on, text } of found) output.event('calendar.advice', { code, on, text }, text);
      if (found.length === 0) output.note('The calendar and date-holidays agree.');
      else output.note('Advice only: the calendar that the agency signs is the one that counts.');
    });
}

function yearOf(text: string): number {
  if (!/^2[0-9]{3}$/.test(text)) throw new CliError('usage', `"${text}" is not a year.`);
  return Number(text);
}
