/** `holdfast directory`: who can be reached, for what, and what they can freeze. */
import type { Command } from 'commander';
import { agencyId, contextOf } from '../context.js';
import { CliError } from '../errors.js';
import { renderAgency, renderAgencyLine } from '../render/directory.js';

export function directoryCommands(program: Command): void {
  const group = program.command('directory').description('the verified directory of agencies');

  group
    .command('find [text...]')
    .description('agencies by words, State, authority type or network')
    .option('--state <code>', 'ISO 3166 code of the State')
    .option('--type <type>', 'authority type')
    .option('--network <name>', 'network')
    .action(async (text: string[], options: { state?: string; type?: string; network?: string }, command: Command) => {
      const context = contextOf(command);
      await context.withDevice(async (desk) => {
        const signal = context.deadline();
        await desk.online({ signal });
        const query = {
          ...(text.length > 0 ? { text: text.join(' ') } : {}),
          ...(options.state === undefined ? {} : { state: options.state }),
          ...(options.type === undefined ? {} : { authorityType: options.type }),
          ...(options.network === undefined ? {} : { network: options.network }),
        };
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
}
