/** `holdfast freeze`: the temporary-freeze alert, step by step. */
import { parseMessage } from '@holdfast/protocol';
import type { Command } from 'commander';
import { agencyId, contextOf } from '../context.js';
import { attachedFiles } from '../input/attachments.js';
import { conversationId } from '../input/ids.js';
import { readBody } from '../input/read-body.js';
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

  group
    .command('acknowledge <conversation> <file>')
    .description('take an alert on, as duty officer')
    .action(async (conversation: string, file: string, _options: object, command: Command) => {
      const context = contextOf(command);
      const { body } = parseMessage('freeze.acknowledge', await readBody(file, Date.now()));
      await context.withSpeaker(async (desk, speaker) => {
        const handle = await speaker.freeze.acknowledge({ conversation: conversationId(conversation), body });
        await reportSent(context, desk, 'Acknowledgement', handle);
      });
    });

  group
    .command('impose <conversation> <file>')
    .description('freeze all or some assets; start and expiry follow from your own capability record')
    .action(async (conversation: string, file: string, _options: object, command: Command) => {
      const context = contextOf(command);
      const input = await readBody(file, Date.now());
      await context.withSpeaker(async (desk, speaker) => {
        const id = conversationId(conversation);
        const body = await speaker.freeze.imposition({ conversation: id, input });
        const handle = await speaker.freeze.impose({ conversation: id, body });
        for (const outcome of body.outcomes) {
          if (outcome.outcome === 'in-force')
            context.output.note(
              `${outcome.assetRef}: in force until ${new Date(outcome.expiry.atMs).toISOString()} (${outcome.expiry.explanation})`,
            );
        }
        await reportSent(context, desk, 'Decision', handle);
      });
    });

  group
    .command('refuse <conversation> <file>')
    .description('refuse an alert, with code and reason')
    .action(async (conversation: string, file: string, _options: object, command: Command) => {
      const context = contextOf(command);
      const { body } = parseMessage('freeze.refuse', await readBody(file, Date.now()));
      await context.withSpeaker(async (desk, speaker) => {
        const handle = await speaker.freeze.refuse({ conversation: conversationId(conversation), body });
        await reportSent(context, desk, 'Refusal', handle);
      });
    });
}
