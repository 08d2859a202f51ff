/** `holdfast freeze`: the temporary-freeze alert, step by step. */
import { parseMessage } from '@holdfast/protocol';
import type { Command } from 'commander';
import { agencyId, contextOf } from '../context.js';
import { attachedFiles } from '../input/attachments.js';
import { readBody } from '../input/read-body.js';
import { freezeAnswerCommands } from './freeze-answer.js';
import { freezeLaterCommands } from './freeze-later.js';
import { reportSent } from './send.js';

export function freezeCommands(program: Command): void {
  const group = program.command('freeze').description('temporary-freeze alerts');

  group
    .command('request <file>')
    .description('send an alert from a file')
    .requiredOption('--to <agency>', 'agency that is to freeze')
    .option('--attach <file...>', 'files to attach')
    .option('--case-ref <text>', 'your own case reference')
    .action(async (file: string, options: { to: string; attach?: string[]; caseRef?: string }, command: Command) => {
      const context = contextOf(command);
      const to = agencyId(options.to);
      const { attachments, named } = attachedFiles(options.attach ?? []);
      const { body } = parseMessage(
        'freeze.request',
        await readBody(file, Date.now(), named.length > 0 ? { attachments: named } : {}),
      );
      await context.withSpeaker(async (desk, speaker) => {
        desk.on((event) => {
          if (event.event === 'advice') context.output.note(`Note (${event.code}, ${event.field}): ${event.text}`);
        });
        const handle = await speaker.freeze.request({
          to,
          body,
          attachments,
          ...(options.caseRef === undefined ? {} : { caseRef: options.caseRef }),
        });
        await reportSent(context, desk, `Freeze alert to ${to} (${body.urgency})`, handle);
      });
    });

  freezeAnswerCommands(group);
  freezeLaterCommands(group);
}
