/** `holdfast note`: a reply within a case. */
import { parseMessage } from '@holdfast/protocol';
import type { Command } from 'commander';
import { contextOf } from '../context.js';
import { conversationId } from '../input/ids.js';
import { reportSent } from './send.js';

export function noteCommand(program: Command): void {
  program
    .command('note <conversation> <text...>')
    .description('write to the other side of a case')
    .option('--language <tag>', 'language of the text (ISO 639)', 'en')
    .action(async (conversation: string, text: string[], options: { language: string }, command: Command) => {
      const context = contextOf(command);
      const { body } = parseMessage('note', {
        writtenAtMs: Date.now(),
        text: { language: options.language, text: text.join(' ') },
      });
      await context.withSpeaker(async (desk, speaker) => {
        const handle = await speaker.note({ conversation: conversationId(conversation), body });
        await reportSent(context, desk, 'Note', handle);
      });
    });
}
