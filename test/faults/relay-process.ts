/** A test network's relay as a process of its own, on the same port and data, to be killed. */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { startNode } from '../fixtures/command.js';
import { ORIGIN, type TestNetwork } from '../fixtures/network.js';

export interface RelayProcess {
  start(): Promise<void>;
  /** SIGKILL, at once. @returns when it has ended */
  kill(): Promise<void>;
}

/** Stops the relay in this process first. */
export async function relayOf(network: TestNetwork): Promise<RelayProcess> {
  await network.stopRelay();
  const dataDir = dirname(network.database);
  const configFile = join(network.home, 'relay.json');
  const config = {
    port: Number(new URL(network.url).port),
    dataDir,
    origin: ORIGIN,
    fed: network.trust.fed,
    trustListFile: join(network.home, 'trust-list.json'),
  };
  writeFileSync(configFile, JSON.stringify(config));
  let kill = (): Promise<void> => Promise.resolve();
  return {
    start: async () => {
      const child = startNode([join('server', 'dist', 'main.js'), 'start', '--config', configFile]);
      if (child.stdout === null) throw new Error('The relay has no output.');
      child.stderr?.resume();
      const ended = once(child, 'exit');
      kill = async () => {
        child.kill('SIGKILL');
        await ended;
      };
      await once(createInterface({ input: child.stdout }), 'line');
    },
    kill: () => kill(),
  };
}
