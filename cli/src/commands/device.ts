/** `holdfast device`: one device per process that sends or receives. */
import { enrol } from '@holdfast/client-sdk';
import type { Command } from 'commander';
import { contextOf } from '../context.js';

export function deviceCommands(program: Command): void {
  program
    .command('device')
    .description('the devices of your agency')
    .command('enrol [name]')
    .description('make a device, certify it and publish its day keys')
    .action(async (name: string | undefined, _options: object, command: Command) => {
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
    });
}
