/** Child processes of a benchmark: started, awaited until they say that they are ready, ended by their own id. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

export interface Started {
  readonly ready: Readonly<Record<string, unknown>>;
  readonly tookMs: number;
  /** Resident memory, bytes. */
  memory(): number;
  stop(): Promise<void>;
}

export async function start(script: string, args: readonly string[]): Promise<Started> {
  const startedAt = performance.now();
  const child: ChildProcess = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
  const exited = once(child, 'exit');
  const line = await new Promise<string>((resolve, reject) => {
    if (child.stdout === null) throw new Error('The child has no output.');
    createInterface({ input: child.stdout }).once('line', resolve);
    child.once('exit', () => reject(new Error(`${script} ended before it was ready.`)));
  });
  const ready: unknown = JSON.parse(line);
  return {
    ready: typeof ready === 'object' && ready !== null ? { ...ready } : {},
    tookMs: performance.now() - startedAt,
    memory: () => Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid ?? 0}/status`, 'utf8'))?.[1]) * 1024,
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
    },
  };
}
