/** `holdfast retention` and `holdfast erase`: what is kept for what and how long, and erasing it. */
import { POLICY_NAMES } from '@holdfast/client-sdk';
import type { Command } from 'commander';
import { contextOf } from '../context.js';
import { CliError } from '../errors.js';
import { conversationId } from '../input/ids.js';
import { renderEntry, renderErasure } from '../render/retention.js';

interface Decision {
  readonly reason: string;
  readonly by?: string;
}
const byOf = ({ by }: Decision): { readonly by?: string } => (by === undefined ? {} : { by });

export function retentionCommands(program: Command): void {
  const group = program.command('retention').description('what is kept, for what, and until when');
  const decision = (name: string, description: string): Command =>
    group
      .command(`${name} <conversation>`)
      .description(description)
      .requiredOption('--reason <text>', 'why; it outlives the case, so it names nobody of it')
      .option('--by <officer>', 'who decided');

  group
    .command('list')
    .description('every case with purpose, basis and review date, what is due first on top')
    .option('--due', 'only what is to be looked at by today')
    .action(async (options: { due?: boolean }, command: Command) => {
      const context = contextOf(command);
      await context.withDevice(async (desk) => {
        const shown = desk.retention.list().filter(({ isDue }) => options.due !== true || isDue);
        for (const entry of shown) context.output.event('retention', { ...entry }, renderEntry(entry));
        if (shown.length === 0) context.output.note(options.due === true ? 'Nothing is due.' : 'Nothing is kept.');
      });
    });

  decision('review', 'keep a case until a later day')
    .requiredOption('--until <date>', 'the day on which it is looked at next, YYYY-MM-DD')
    .action(async (conversation: string, options: Decision & { until: string }, command: Command) => {
      const context = contextOf(command);
      await context.withDevice(async (desk) => {
        const { until, reason } = options;
        const review = desk.retention.review({
          conversation: conversationId(conversation),
          until,
          reason,
          ...byOf(options),
        });
        context.output.event('retention.reviewed', { ...review }, `Kept until ${review.until}.`);
      });
    });

  decision('hold', 'a legal hold: nothing of the case is erased before it is released').action(
    async (conversation: string, options: Decision, command: Command) => {
      const context = contextOf(command);
      await context.withDevice(async (desk) => {
        const { reason } = options;
        const hold = desk.retention.hold({ conversation: conversationId(conversation), reason, ...byOf(options) });
        context.output.event('retention.held', { ...hold }, 'Held.');
      });
    },
  );

  decision('release', 'end a legal hold').action(async (conversation: string, options: Decision, command: Command) => {
    const context = contextOf(command);
    await context.withDevice(async (desk) => {
      const id = conversationId(conversation);
      desk.retention.release({ conversation: id, reason: options.reason, ...byOf(options) });
      context.output.event('retention.released', { conversation: id }, 'Released.');
    });
  });

  group
    .command('policy')
    .description('after how many days a case is looked at where its sender set no date; shows it without options')
    .option('--freeze <days>', 'freeze alerts', days)
    .option('--disclosure <days>', 'disclosures', days)
    .option('--other <days>', 'anything else', days)
    .action(async (options: Partial<Record<(typeof POLICY_NAMES)[number], number>>, command: Command) => {
      const context = contextOf(command);
      await context.withDevice(async (desk) => {
        const policy = desk.retention.setPolicy(options);
        const lines = POLICY_NAMES.map((name) => `${name.padEnd(10)}  ${policy[name]} days after its last message`);
        context.output.event('retention.policy', { ...policy }, lines.join('\n'));
      });
    });

  group
    .command('erasures')
    .description('every erasure on this device')
    .action(async (_options: object, command: Command) => {
      const context = contextOf(command);
      await context.withDevice(async (desk) => {
        for (const erasure of desk.retention.erasures())
          context.output.event('erased', { ...erasure }, renderErasure(erasure));
      });
    });

  program
    .command('erase <conversation>')
    .description('erase a case on this device: messages, outbox, attachments, copies known to us, keys, recovery wraps')
    .requiredOption('--reason <text>', 'why; it outlives the case, so it names nobody of it')
    .option('--by <officer>', 'who decided')
    .option('--insist', 'also where a measure is in force or something is on its way')
    .action(async (conversation: string, options: Decision & { insist?: boolean }, command: Command) => {
      const context = contextOf(command);
      await context.withDevice(async (desk) => {
        const erasure = await desk.retention.erase({
          conversation: conversationId(conversation),
          reason: options.reason,
          insist: options.insist === true,
          ...byOf(options),
        });
        context.output.event('erased', { ...erasure }, renderErasure(erasure));
      });
    });
}

function days(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value)) throw new CliError('usage', `"${text}" is not a number of days.`);
  return value;
}
