/** `holdfast alarms`: everything that this device has raised, also while nobody looked. */
import type { Command } from 'commander';
import { contextOf } from '../context.js';

export function alarmsCommand(program: Command): void {
  program
    .command('alarms')
    .description('alarms, warnings and notices so far, oldest first, each with what to do')
    .action(async (_options: object, command: Command) => {
      const context = contextOf(command);
      await context.withDevice(async (desk) => {
        const alarms = desk.alarms();
        for (const { atMs, ...alarm } of alarms) context.output.alarm(alarm, atMs);
        if (alarms.length === 0) context.output.note('No alarm so far.');
        await Promise.resolve();
      });
    });
}
