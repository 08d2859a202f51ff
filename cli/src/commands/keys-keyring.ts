/** `holdfast keys keyring`: the unlock of an unattended gateway in the system's keyring. */
import type { Command } from 'commander';
import { contextOf } from '../context.js';
import { removeFromKeyring, storeInKeyring } from '../keyring.js';
import { keysGroup } from './keys-group.js';

export function keysKeyringCommands(program: Command): void {
  const group = keysGroup(program).command('keyring').description("what opens your keystores, in the system's keyring");

  group
    .command('store <service>')
    .description('store it under this name; from then on HOLDFAST_KEYRING=<service> opens the keystores')
    .action(async (service: string, _options: object, command: Command) => {
      const context = contextOf(command);
      const unlock = await context.unlock();
      await storeInKeyring(service, unlock);
      context.output.event(
        'keyring.stored',
        { service, kind: unlock.kind },
        `Stored under "${service}". Set HOLDFAST_KEYRING=${service} and take away the file.`,
      );
    });

  group
    .command('remove <service>')
    .description('take it away again')
    .action(async (service: string, _options: object, command: Command) => {
      const removed = await removeFromKeyring(service);
      contextOf(command).output.event(
        'keyring.removed',
        { service, removed },
        removed ? `Removed "${service}".` : `There was nothing under "${service}".`,
      );
    });
}
