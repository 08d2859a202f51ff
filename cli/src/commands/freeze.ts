/** `holdfast freeze`: the temporary-freeze alert, step by step. */
import { parseMessage } from '@holdfast/protocol';
import type { Command } from 'commander';
import { agencyId, contextOf } from '../context.js';
import { attachedFiles } from '../input/attachments.js';
import { readBody } from '../input/read-body.js';
import { freezeAnswerCommands } from './freeze-answer.js';
import { freezeLaterCommands } from './freeze-later.js';
import { reportSent } from './send.js';

interface RequestOptions {
  readonly to: string;
  readonly attach?: string[];
  readonly caseRef?: string;
  readonly insist?: string;
  readonly insistLanguage: string;
}

export function freezeCommands(program: Command): void {
  const group = program.command('freeze').description('temporary-freeze alerts');

  group
    .command('request <file>')
    .description('send an alert from a file')
    .requiredOption('--to <agency>', 'agency that is to freeze')
    .option('--attach <file...>', 'files to attach')
    .option('--case-ref <text>', 'your own case reference')
    .option('--insist <reason>', 'send it although the check before sending stops it; the recipient reads the reason')
    .option('--insist-language <tag>', 'language of the reason', 'en')
    .action(async (file: string, options: RequestOptions, command: Command) => {
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
          ...(options.insist === undefined
            ? {}
            : { insist: { reason: { language: options.insistLanguage, text: options.insist } } }),
        });
        await reportSent(context, desk, `Freeze alert to ${to} (${body.urgency})`, handle);
      });
    });

  freezeAnswerCommands(group);
  freezeLaterCommands(group);
}
