/** The relay as a process of its own, that the sandbox starts, kills without warning and starts again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { relayBinary } from '../commands/relay.js';
import { CliError } from '../errors.js';

export interface RelayProcess {
  readonly pid: number;
  readonly port: number;
  readonly url: string;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
  /** Ends it in order. @throws CliError `relay-failed` where it does not end with 0 */
  stop(): Promise<void>;
}

/** Runs a relay command that ends by itself and prints one JSON object. */
export async function runRelay(args: readonly string[]): Promise<Record<string, unknown>> {
  const child = spawn(process.execPath, [relayBinary(), ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  const closed: unknown[] = await once(child, 'close');
  const [code] = closed;
  if (code !== 0) throw new CliError('relay-failed', `The relay's ${args[0] ?? ''} ended with code ${String(code)}.`);
  return parseObject(lines.at(-1) ?? '{}');
}

/** Starts the relay and resolves when it is ready. Its log goes to `logFile`. @throws CliError `relay-failed` */
export async function startRelay(configFile: string, logFile: string): Promise<RelayProcess> {
  const child = spawn(process.execPath, [relayBinary(), 'start', '--config', configFile], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stderr.pipe(createWriteStream(logFile, { flags: 'a' }));
  const exited = once(child, 'exit');
  const ready = new Promise<Record<string, unknown>>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const event = parseObject(line);
      if (event.event === 'relay.ready') resolve(event);
    });
  });
  const outcome = await Promise.race([ready, exited.then(() => undefined)]);
  if (outcome === undefined || child.pid === undefined)
    throw new CliError('relay-failed', `The relay did not start; see ${logFile}.`);
  return {
    pid: child.pid,
    port: Number(outcome.port),
    url: String(outcome.url),
    kill: () => end(child, 'SIGKILL', exited).then(() => undefined),
    stop: async () => {
      const [code] = await end(child, 'SIGTERM', exited);
      if (code !== 0) throw new CliError('relay-failed', `The relay ended with code ${String(code)}; see ${logFile}.`);
    },
  };
}

async function end(child: ChildProcess, signal: NodeJS.Signals, exited: Promise<unknown[]>): Promise<unknown[]> {
  child.kill(signal);
  return exited;
}

function parseObject(line: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {}; // Not one of ours: the process may print other lines.
  }
}
