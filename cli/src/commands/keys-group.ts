/** The group `holdfast keys`, to which several files add. */
import type { Command } from 'commander';

export const keysGroup = (program: Command): Command =>
  program.commands.find((command) => command.name() === 'keys') ??
  program.command('keys').description("your agency's keys");
