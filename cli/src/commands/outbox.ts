/** `holdfast outbox`: how far each message has come. */
import type { Command } from 'commander';
import { contextOf } from '../context.js';
import { goOnline } from '../go-online.js';

export function outboxCommand(program: Command): void {
  program
    .command('outbox')
    .description('what was sent or waits to be sent, with its state')
    .action(async (_options: object, command: Command) => {
      const context = contextOf(command);
      await context.withDevice(async (desk) => {
        await goOnline(context, desk);
        const handles = desk.outbox();
        for (const { id, conversation, state, eh, problem } of handles) {
          context.output.event(
            'outbox.item',
            { id, conversation, state, eh, problem },
            `${state.padEnd(10)} ${conversation}  ${eh ?? '(not sealed yet)'}${problem === null ? '' : `\n           ${problem.title}`}`,
          );
        }
        if (handles.length === 0) context.output.note('The outbox is empty.');
      });
    });
}
