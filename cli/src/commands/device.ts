/** `holdfast device`: one device per process that sends or receives. */
import { enrol } from '@holdfast/client-sdk';
import type { Command } from 'commander';
import { contextOf } from '../context.js';
import { listKeys, reasonOption, revokeAndReport } from './revoke.js';

export function deviceCommands(program: Command): void {
  const group = program.command('device').description('the devices of your agency');

  group
    .command('enrol [name]')
    .description('make a device, certify it and publish its day keys')
    .option('--replaces <device>', 'revoke that device as superseded, once this one is enrolled')
    .action(async (name: string | undefined, options: { replaces?: string }, command: Command) => {
      const context = contextOf(command);
      const deviceName = name ?? context.options.device;
      const { agency, device } = await enrol({
        home: await context.agencyHome(),
        name: deviceName,
        unlock: await context.unlock(),
        nowMs: Date.now(),
        signal: context.deadline(),
      });
      context.output.event(
        'device.enrolled',
        { agency, device, name: deviceName },
        `Device "${deviceName}" of ${agency} can send and receive (${device}).`,
      );
      if (options.replaces !== undefined)
        await revokeAndReport(context, options.replaces, { reason: 'superseded', by: 'directory' }, ['device']);
    });

  group
    .command('list')
    .description('the devices in the chain, with the names that they have here')
    .action(async (_options: object, command: Command) => await listKeys(contextOf(command), 'device'));

  group
    .command('revoke <device>')
    .description("revoke a device's key, by name or id: others stop sealing to it and believing it on sight")
    .addOption(reasonOption())
    .option('--by <key>', 'directory, or root where the directory key is lost', 'directory')
    .action(async (device: string, options: { reason: string; by: string }, command: Command) => {
      await revokeAndReport(contextOf(command), device, options, ['device']);
    });
}
