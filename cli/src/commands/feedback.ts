/** `holdfast feedback`: what came of it, told to whoever sent it; and what is owed by when. */
import { parseMessage } from '@holdfast/protocol';
import type { Command } from 'commander';
import { contextOf } from '../context.js';
import { goOnline } from '../go-online.js';
import { conversationId } from '../input/ids.js';
import { readBody } from '../input/read-body.js';
import { renderFeedbackDuty } from '../render/duties.js';
import { reportSent } from './send.js';

export function feedbackCommands(program: Command): void {
  const group = program.command('feedback').description('what came of an alert or a disclosure');

  group
    .command('report <conversation> <file>')
    .description('tell it: interim, final, or barred with ground and review date')
    .action(async (conversation: string, file: string, _options: object, command: Command) => {
      const context = contextOf(command);
      const { body } = parseMessage('feedback.report', await readBody(file, Date.now()));
      await context.withSpeaker(async (desk, speaker) => {
        const sent = await speaker.feedback.report({ conversation: conversationId(conversation), body });
        await reportSent(context, desk, `Feedback (${body.stage})`, sent);
      });
    });

  group
    .command('list')
    .description('feedback that is owed or was told, what is due first on top')
    .action(async (_options: object, command: Command) => {
      const context = contextOf(command);
      await context.withDevice(async (desk) => {
        await goOnline(context, desk);
        const due = ({ dueAtMs }: { readonly dueAtMs: number | null }): number => dueAtMs ?? Number.MAX_SAFE_INTEGER;
        const all = desk
          .cases()
          .map(({ conversation, kind, duties }) => ({ conversation, kind, ...duties.feedback }))
          .filter(({ state, reports }) => state !== 'not-owed' || reports.length > 0)
          .sort((a, b) => due(a) - due(b));
        for (const feedback of all)
          context.output.event(
            'feedback',
            feedback,
            `${feedback.conversation}  ${feedback.kind}\n${renderFeedbackDuty(feedback, Date.now())}`,
          );
        if (all.length === 0) context.output.note('No feedback is owed.');
      });
    });
}
