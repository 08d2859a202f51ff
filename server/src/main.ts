#!/usr/bin/env node
/** The relay's own binary: `init`, `start`, `config check`. One JSON line on standard output when it is ready; its log on standard error. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isProtocolError } from '@holdfast/protocol';
import closeWithGrace from 'close-with-grace';
import { readConfig } from './config.js';
import { createRelayKey } from './sequencer/relay-key.js';
import { startRelay } from './start.js';

const DRAIN_MS = 15_000;
const USAGE = `holdfast-relay init --data-dir <folder>     make the relay's key and print its public half
holdfast-relay start --config <file>        run until told to stop
holdfast-relay config check --config <file> check a configuration`;

const print = (value: object): void => void process.stdout.write(`${JSON.stringify(value)}\n`);

async function main(args: readonly string[]): Promise<void> {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { config: { type: 'string' }, 'data-dir': { type: 'string' } },
  });
  const dataDir = values['data-dir'];
  switch (positionals.join(' ')) {
    case 'init': {
      if (dataDir === undefined) throw new UsageError('Give the data folder with --data-dir.');
      mkdirSync(dataDir, { recursive: true, mode: 0o700 });
      const keyFile = join(dataDir, 'relay.key');
      print({ event: 'relay.key-made', publicKey: createRelayKey(keyFile).publicKey, keyFile });
      return;
    }
    case 'config check':
      print({ event: 'config.valid', config: readConfig(configFile(values.config), process.env) });
      return;
    case 'start': {
      const relay = await startRelay(readConfig(configFile(values.config), process.env));
      closeWithGrace({ delay: DRAIN_MS }, () => relay.stop());
      print({ event: 'relay.ready', url: relay.url, port: relay.port, pid: process.pid });
      return;
    }
    default:
      throw new UsageError(USAGE);
  }
}

class UsageError extends Error {}

function configFile(path: string | undefined): string {
  if (path === undefined) throw new UsageError('Give the configuration with --config.');
  return path;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  const text = error instanceof Error ? error.message : String(error);
  const fields = isProtocolError(error)
    ? error.issues.map(({ field, reason }) => `\n  ${field}: ${reason}`).join('')
    : '';
  process.stderr.write(`holdfast-relay: ${text}${fields}\n`);
  process.exitCode = error instanceof UsageError || isProtocolError(error) ? 2 : 1;
});
