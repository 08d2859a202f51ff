/** `holdfast ftm import`: entities of an investigator's tool as the part of a disclosure or of a freeze alert that they make. */
import { isSdkError, readFileBounded } from '@holdfast/client-sdk';
import { freezeParts, fromUtf8, LIMITS, type Measure, readEntities, SUBJECT_ROLES } from '@holdfast/protocol';
import { type Command, Option } from 'commander';
import { contextOf } from '../context.js';
import { CliError } from '../errors.js';

interface ImportOptions {
  readonly as: 'disclosure' | 'freeze';
  readonly role: (typeof SUBJECT_ROLES)[number];
  readonly language: string;
  readonly days: string;
}

/** What is asked for each asset until the officer writes otherwise: all of it, for some working days. */
const ACTIONS: Readonly<Record<string, Measure['action']>> = { BankAccount: 'account', CryptoWallet: 'wallet' };

export function ftmCommands(program: Command): void {
  program
    .command('ftm')
    .description("FollowTheMoney entities of investigators' tools")
    .command('import <file>')
    .description('check a file of entities, and print the part of a draft that they make')
    .addOption(new Option('--as <kind>', 'what the draft is').choices(['disclosure', 'freeze']).default('disclosure'))
    .addOption(
      new Option('--role <role>', 'role of every subject of an alert').choices(SUBJECT_ROLES).default('suspect'),
    )
    .option('--language <tag>', 'language of descriptions', 'en')
    .option('--days <number>', 'working days asked for each asset', '5')
    .action(async (file: string, options: ImportOptions, command: Command) => {
      const { output } = contextOf(command);
      const entities = readEntities(await read(file));
      if (options.as === 'disclosure') {
        const part = { entities };
        output.event('ftm.imported', part, JSON.stringify(part, undefined, 2));
        return;
      }
      const number = Number(options.days);
      if (!Number.isInteger(number) || number < 1) throw new CliError('usage', '--days is a number of working days.');
      const measureFor = (schema: string): Measure => ({
        action: ACTIONS[schema] ?? 'safekeeping',
        extent: { kind: 'full' },
        duration: { number, unit: 'working-days' },
      });
      const { parts, leftOut } = freezeParts(entities, { role: options.role, language: options.language, measureFor });
      output.event('ftm.imported', { ...parts, leftOut }, JSON.stringify(parts, undefined, 2));
      for (const { id, schema } of leftOut) output.note(`The form has no place for ${schema} ${id}.`);
      output.note('Roles and measures are suggestions: write what holds for each before you send.');
    });
}

/** @throws CliError `input.*`; ProtocolError `encoding.utf8` */
async function read(file: string): Promise<string> {
  try {
    return fromUtf8(await readFileBounded(file, LIMITS.bodyBytes));
  } catch (cause) {
    if (isSdkError(cause, 'message.too-large')) throw new CliError('input.too-large', cause.message, { cause });
    if (cause instanceof Error && 'code' in cause && (cause.code === 'ENOENT' || cause.code === 'EACCES'))
      throw new CliError('input.unreadable', `${file} cannot be read (${cause.code}).`, { cause });
    throw cause;
  }
}
