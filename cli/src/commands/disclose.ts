/** `holdfast disclose`: a spontaneous disclosure under article 46(4) or 56. */
import { parseMessage } from '@holdfast/protocol';
import type { Command } from 'commander';
import { agencyId, contextOf } from '../context.js';
import { attachedFiles } from '../input/attachments.js';
import { readBody } from '../input/read-body.js';
import { reportSent } from './send.js';

export function discloseCommand(program: Command): void {
  program
    .command('disclose <file>')
    .description('send a spontaneous disclosure from a file')
    .requiredOption('--to <agency>', 'recipient agency')
    .option('--attach <file...>', 'files to attach')
    .option('--case-ref <text>', 'your own case reference')
    .action(async (file: string, options: { to: string; attach?: string[]; caseRef?: string }, command: Command) => {
      const context = contextOf(command);
      const to = agencyId(options.to);
      const { attachments, named } = attachedFiles(options.attach ?? []);
      const { body } = parseMessage('disclosure', await readBody(file, Date.now(), { attachments: named }));
      await context.withSpeaker(async (desk, speaker) => {
        const handle = await speaker.disclose({
          to,
          body,
          attachments,
          ...(options.caseRef === undefined ? {} : { caseRef: options.caseRef }),
        });
        await reportSent(context, desk, `Disclosure to ${to}`, handle);
      });
    });
}
