/** `holdfast queue`: what runs out first, over every case, and whose turn it is. */
import type { Command } from 'commander';
import { contextOf } from '../context.js';
import { goOnline } from '../go-online.js';
import { renderQueue } from '../render/queue.js';

export function queueCommand(program: Command): void {
  program
    .command('queue')
    .description('every deadline that is still wanted: overdue first, then what runs out first')
    .option('--mine', 'only where it is our own turn')
    .action(async (options: { readonly mine?: boolean }, command: Command) => {
      const context = contextOf(command);
      await context.withDevice(async (desk) => {
        await goOnline(context, desk);
        const items = desk.queue().filter(({ ours }) => ours || options.mine !== true);
        if (context.options.json === true) {
          for (const item of items) context.output.event('queue.item', { ...item }, '');
        } else if (items.length > 0) {
          context.output.event('queue', {}, renderQueue(items, Date.now()));
        }
        if (items.length === 0)
          context.output.note(options.mine === true ? 'Nothing waits for us.' : 'No deadline is running.');
      });
    });
}
