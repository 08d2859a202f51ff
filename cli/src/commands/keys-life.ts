/** `holdfast keys`: how long each key is good for, renewing the directory key, revoking. */
import { keyStatus, rotateDirectoryKey, WARN_DAYS } from '@holdfast/client-sdk';
import type { Command } from 'commander';
import { openChain, readChain } from '../chain-work.js';
import { contextOf } from '../context.js';
import { renderKey } from '../render/key.js';
import { reasonOption, revokeAndReport } from './revoke.js';

export function keysLifeCommands(program: Command): void {
  const group =
    program.commands.find((command) => command.name() === 'keys') ??
    program.command('keys').description("your agency's keys");

  group
    .command('status')
    .description('each key: what it is, until when, revoked or not, how many day keys there are')
    .action(async (_options: object, command: Command) => {
      const context = contextOf(command);
      const { home, chain, nowMs } = await readChain(context);
      const rows = await keyStatus(home, chain, nowMs);
      for (const row of rows) context.output.event('key', { ...row }, renderKey(row));
      const urgent = rows.filter(({ warning }) => warning !== null).length;
      if (urgent > 0) context.output.note(`${urgent} of them need attention within ${WARN_DAYS} days.`);
    });

  group
    .command('rotate <what>')
    .description('renew the directory key: the next one is certified by the root, this one revoked')
    .action(async (what: string, _options: object, command: Command) => {
      const context = contextOf(command);
      if (what !== 'directory') command.error(`"${what}" cannot be rotated; "directory" can.`);
      const { chain, key } = await rotateDirectoryKey(await openChain(context));
      context.output.event(
        'directory-key.rotated',
        { agency: chain.agency, key, seq: chain.seq },
        `The directory key of ${chain.agency} is now ${key}. The one before is revoked and deleted here.`,
      );
    });

  group
    .command('revoke <key>')
    .description('revoke a device, an officer or a directory key: public key, id, number, or name in this home')
    .addOption(reasonOption())
    .option('--by <key>', 'directory, or root where the directory key is lost or stolen', 'directory')
    .action(async (key: string, options: { reason: string; by: string }, command: Command) => {
      await revokeAndReport(contextOf(command), key, options);
    });
}
