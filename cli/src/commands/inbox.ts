/** `holdfast inbox`: each message once, with what it asks and until when. */
import type { Command } from 'commander';
import { contextOf, interrupted } from '../context.js';
import { itemFields } from '../render/fields.js';
import { renderItem } from '../render/message.js';

/** How long a quiet relay is taken to mean that there is nothing more. */
const QUIET_MS = 1500;

export function inboxCommand(program: Command): void {
  program
    .command('inbox')
    .description('read new messages; each is shown once, and its sender is told that it was opened')
    .option('--follow', 'stay and show messages as they arrive')
    .action(async (options: { follow?: boolean }, command: Command) => {
      const context = contextOf(command);
      await context.withDevice(async (desk) => {
        await desk.online({ signal: context.deadline() });
        const quiet = new AbortController();
        let timer = options.follow === true ? undefined : setTimeout(() => quiet.abort(), QUIET_MS);
        let count = 0;
        for await (const item of desk.inbox({ signal: AbortSignal.any([quiet.signal, interrupted]) })) {
          count++;
          timer?.refresh();
          context.output.event('inbox.item', itemFields(item), renderItem(item, Date.now()));
        }
        clearTimeout(timer);
        timer = undefined;
        if (count === 0) context.output.note('Nothing new.');
        await settle(desk);
      });
    });
}

/** Lets the receipts of what was just read go out before the process ends. */
async function settle(desk: {
  outbox(): readonly {
    readonly state: string;
    until(state: 'accepted', options: { signal: AbortSignal }): Promise<unknown>;
  }[];
}): Promise<void> {
  const open = desk.outbox().filter(({ state }) => state === 'queued' || state === 'unknown');
  await Promise.allSettled(open.map((handle) => handle.until('accepted', { signal: AbortSignal.timeout(QUIET_MS) })));
}
