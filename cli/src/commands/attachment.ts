/** `holdfast attachment`: fetch, verify, decrypt. */
import type { Command } from 'commander';
import { contextOf } from '../context.js';
import { CliError } from '../errors.js';
import { blobId, conversationId } from '../input/ids.js';

export function attachmentCommands(program: Command): void {
  program
    .command('attachment')
    .description('the files of a case')
    .command('get <conversation> <id>')
    .description('fetch an attachment; nothing is written before all of it has verified')
    .requiredOption('--out <file>', 'where to put it')
    .action(async (conversation: string, attachment: string, options: { out: string }, command: Command) => {
      const context = contextOf(command);
      const id = blobId(attachment);
      await context.withDevice(async (desk) => {
        const ref = desk
          .case(conversationId(conversation))
          .timeline.flatMap((entry) => entry.attachments)
          .find((found) => found.id === id);
        if (ref === undefined) throw new CliError('not-found', `The case has no attachment ${id}.`);
        const signal = context.deadline();
        await desk.online({ signal });
        await desk.download(ref, options.out, {
          signal,
          onProgress: (received) => context.output.progress('attachment', received, ref.size),
        });
        context.output.event(
          'attachment.fetched',
          { id, file: options.out },
          `Verified and written to ${options.out}.`,
        );
      });
    });
}
