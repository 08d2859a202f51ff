/** `holdfast keys export` and `import`: a keystore as one file to keep elsewhere, and back. */
import { join } from 'node:path';
import { backUpKeystore, readFileBounded, restoreKeystore } from '@holdfast/client-sdk';
import { createFileAtomic, KEYSTORE_EXPORT_BYTES } from '@holdfast/keys';
import type { Command } from 'commander';
import { contextOf } from '../context.js';
import { unlockOf } from '../unlock.js';
import { keysGroup } from './keys-group.js';

const EXPORT_PREFIX = 'HOLDFAST_EXPORT';

export function keysBackupCommands(program: Command): void {
  const group = keysGroup(program);

  group
    .command('export')
    .description('a keystore as one file under a password of its own; day keys are never in it')
    .requiredOption(
      '--keystore <which>',
      'root/1 (root/2, …: a holder of a root key), directory, or device (see --device)',
    )
    .requiredOption('--out <file>', 'where to write it; nothing is written over')
    .action(async (options: { keystore: string; out: string }, command: Command) => {
      const context = contextOf(command);
      const bytes = await backUpKeystore({
        home: await context.agencyHome(),
        keystore: options.keystore,
        device: context.options.device,
        unlock: await context.unlock(),
        exportUnlock: await unlockOf(EXPORT_PREFIX, 'Password of the export', true),
      });
      await createFileAtomic(options.out, bytes);
      context.output.event(
        'keys.exported',
        { keystore: options.keystore, file: options.out, bytes: bytes.length },
        `The ${options.keystore} keystore is in ${options.out}. Keep it and its password apart, offline.`,
      );
    });

  group
    .command('import <file>')
    .description('make a keystore out of an export; never over one that is here')
    .action(async (file: string, _options: object, command: Command) => {
      const context = contextOf(command);
      const { home, keystore, agency, device } = await restoreKeystore({
        file: await readFileBounded(file, KEYSTORE_EXPORT_BYTES),
        exportUnlock: await unlockOf(EXPORT_PREFIX, 'Password of the export', false),
        unlock: await context.unlock(),
        homeOf: (id) => join(context.home, 'agency', id),
      });
      const lines = [`The ${keystore} keystore of ${agency} is in ${home}.`];
      if (device !== null)
        lines.push(
          `Device "${device.name}" has its signing key and no day keys: it cannot read what is under way to it, and its`,
          'archive begins empty. It publishes new day keys when it next connects. If the former copy is still in use, the two',
          'cut each other off, and the second is found out as a clone: enrol a new device instead, wherever you can.',
        );
      context.output.event('keys.imported', { keystore, agency, home, device: device?.name ?? null }, lines.join('\n'));
    });
}
