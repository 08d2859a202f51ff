/** `holdfast directory`: who can be reached, for what, and what they can freeze; and your own entry, kept good. */
import { confirmed, type DirectoryQuery, publishDocument, withLiveTest } from '@holdfast/client-sdk';
import { AUTHORITY_TYPES, type AuthorityType, type DirectoryEntry } from '@holdfast/protocol';
import { type Command, Option } from 'commander';
import { openChain } from '../chain-work.js';
import { agencyId, type Context, contextOf } from '../context.js';
import { CliError } from '../errors.js';
import { ownPublished } from '../own-published.js';
import { renderAgency, renderAgencyLine } from '../render/directory.js';
import { validDays, validDaysOption } from './confirm.js';

interface FindOptions {
  readonly state?: string;
  readonly type?: AuthorityType;
  readonly network?: string;
  readonly competence?: string;
  readonly text?: string;
}

export function directoryCommands(program: Command): void {
  const group = program.command('directory').description('the verified directory of agencies');

  group
    .command('find [text...]')
    .description('agencies by words, State, authority type, network or competence')
    .option('--state <code>', 'ISO 3166 code of the State, exactly')
    .addOption(new Option('--type <type>', 'authority type').choices(AUTHORITY_TYPES))
    .option('--network <name>', 'network, by its whole name')
    .option('--competence <words>', 'words of what it is competent for')
    .option('--text <words>', 'words of its id, names or competences, as without an option')
    .action(async (text: string[], options: FindOptions, command: Command) => {
      const context = contextOf(command);
      const query = queryOf(text, options);
      await context.withDevice(async (desk) => {
        const signal = context.deadline();
        await desk.online({ signal });
        const found = await desk.find(query, { signal });
        for (const agency of found)
          context.output.event('directory.agency', { ...agency }, renderAgencyLine(agency, Date.now()));
        if (found.length === 0) context.output.note('No agency matches.');
      });
    });

  group
    .command('show <agency>')
    .description("an agency's entry and capability record in full")
    .action(async (id: string, _options: object, command: Command) => {
      const context = contextOf(command);
      await context.withDevice(async (desk) => {
        const signal = context.deadline();
        await desk.online({ signal });
        const [agency] = await desk.find({ agency: agencyId(id) }, { signal });
        if (agency === undefined) throw new CliError('not-found', `The directory has no agency "${id}".`);
        context.output.event('directory.agency', { ...agency }, renderAgency(agency, Date.now()));
      });
    });

  group
    .command('confirm')
    .description("say again today that your agency's published entry holds")
    .addOption(validDaysOption(180))
    .action(async (options: { days: string }, command: Command) => {
      const context = contextOf(command);
      const days = validDays(options.days);
      await publish(context, confirmed(await ownEntry(context), { nowMs: Date.now(), validDays: days }));
    });

  group
    .command('duty-test')
    .description('record in your entry that somebody rang your duty contact and was answered')
    .option('--on <date>', 'the day of the test, YYYY-MM-DD; today unless given')
    .action(async (options: { on?: string }, command: Command) => {
      const context = contextOf(command);
      const today = new Date().toISOString().slice(0, 10);
      const on = options.on ?? today;
      if (on > today) throw new CliError('usage', `${on} is still to come: record a test once it was made.`);
      await publish(context, withLiveTest(await ownEntry(context), on));
    });
}

function queryOf(words: readonly string[], options: FindOptions): DirectoryQuery {
  const { state, type, network, competence, text } = options;
  if (state !== undefined && !/^[A-Z]{2}$/.test(state))
    throw new CliError('usage', `"${state}" is not the code of a State: two capital letters, such as XB.`);
  const all = [...words, ...(text === undefined ? [] : [text])].join(' ');
  return {
    ...(all === '' ? {} : { text: all }),
    ...(state === undefined ? {} : { state }),
    ...(type === undefined ? {} : { authorityType: type }),
    ...(network === undefined ? {} : { network }),
    ...(competence === undefined ? {} : { competence }),
  };
}

async function ownEntry(context: Context): Promise<DirectoryEntry> {
  const { entry } = await ownPublished(context);
  if (entry === null) throw new CliError('not-found', 'Your agency has published no directory entry.');
  return entry;
}

async function publish(context: Context, entry: DirectoryEntry): Promise<void> {
  const { agency, seq } = await publishDocument(await openChain(context), 'entry', entry);
  const lastLiveTestOn = entry.dutyRoster.lastLiveTestOn ?? null;
  context.output.event(
    'directory.published',
    { agency, seq, expiresAtMs: entry.expiresAtMs, lastLiveTestOn },
    `The entry of ${agency} is published: good until ${new Date(entry.expiresAtMs).toISOString()}, duty telephone last tested ${lastLiveTestOn ?? 'never'}.`,
  );
}
