/** `holdfast case`: one matter, everything said in it, and where it stands. */
import type { Command } from 'commander';
import { agencyId, contextOf } from '../context.js';
import { goOnline } from '../go-online.js';
import { conversationId } from '../input/ids.js';
import { renderCase, renderCaseLine } from '../render/case.js';
import { caseFields } from '../render/fields.js';

export function caseCommands(program: Command): void {
  const group = program.command('case').description('your cases');

  group
    .command('list')
    .description('all cases, what runs out first on top')
    .option('--open', 'only those in which somebody may still take a step')
    .option('--with <agency>', 'only those with this agency')
    .action(async (options: { open?: boolean; with?: string }, command: Command) => {
      const context = contextOf(command);
      const query = {
        ...(options.open === true ? { isOpen: true } : {}),
        ...(options.with === undefined ? {} : { agency: agencyId(options.with) }),
      };
      await context.withDevice(async (desk) => {
        await goOnline(context, desk);
        for (const found of desk.cases(query))
          context.output.event('case', caseFields(found), renderCaseLine(found, Date.now()));
      });
    });

  group
    .command('show <conversation>')
    .description('the signed timeline of a case')
    .action(async (conversation: string, _options: object, command: Command) => {
      const context = contextOf(command);
      await context.withDevice(async (desk) => {
        await goOnline(context, desk);
        const found = desk.case(conversationId(conversation));
        context.output.event('case', caseFields(found), renderCase(found, Date.now()));
      });
    });
}
