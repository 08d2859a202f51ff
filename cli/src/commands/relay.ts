/** `holdfast relay`: runs the relay's own binary, so that whoever runs agencies need not load a server. */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { contextOf, interrupted } from '../context.js';
import { CliError } from '../errors.js';

/** The relay's entry file, found as any package would find it. */
export function relayBinary(): string {
  const manifest = createRequire(import.meta.url).resolve('@holdfast/server/package.json');
  return join(dirname(manifest), 'dist', 'main.js');
}

export function relayCommands(program: Command): void {
  const group = program.command('relay').description('the relay: holds sealed envelopes until they are fetched');

  group
    .command('init')
    .description("make the relay's key in its data folder and print the public half")
    .option('--data-dir <folder>', "the relay's data folder (default: <home>/relay)")
    .action(async (options: { dataDir?: string }, command: Command) => {
      const { relayHome } = contextOf(command);
      await run(['init', '--data-dir', options.dataDir ?? relayHome]);
    });

  group
    .command('start')
    .description('run the relay until it is told to stop')
    .requiredOption('--config <file>', "the relay's configuration")
    .action(async (options: { config: string }) => run(['start', '--config', options.config]));

  group
    .command('config-check')
    .description('check a configuration without starting')
    .requiredOption('--config <file>', "the relay's configuration")
    .action(async (options: { config: string }) => run(['config', 'check', '--config', options.config]));
}

async function run(args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [relayBinary(), ...args], { stdio: 'inherit' });
  const stop = (): void => void child.kill('SIGTERM');
  interrupted.addEventListener('abort', stop, { once: true });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  if (code !== 0 && !interrupted.aborted)
    throw new CliError('relay-failed', `The relay ended with code ${code ?? 'none'}.`);
}
