/** Starting lives of the gateway process and telling how each ended. */
import { once } from 'node:events';
import { join } from 'node:path';
import type { Step } from '#client-sdk/steps.js';
import { startNode } from '../fixtures/command.js';
import { type Plan, writePlan } from './plan.js';

/** Generous: on a busy machine a life of seconds takes a minute. */
const LIFE_MS = 150_000;

interface Report {
  /** How often it passed each step. */
  readonly counts: Readonly<Partial<Record<Step, number>>>;
  readonly alarms: readonly unknown[];
}

export type Life = { readonly end: 'killed' } | ({ readonly end: 'done' } & Report);

/** Runs one life to its end. @param killAfterMs kills it from outside, at whatever it is doing then */
export async function live(plan: Plan, killAfterMs?: number): Promise<Life> {
  const file = `${plan.ledger}.plan.json`;
  writePlan(file, plan);
  const child = startNode(['--enable-source-maps', join('build', 'test', 'faults', 'gateway.js'), file]);
  const output: Buffer[] = [];
  const complaints: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => complaints.push(chunk));
  const timer = setTimeout(() => child.kill(killAfterMs === undefined ? 'SIGTERM' : 'SIGKILL'), killAfterMs ?? LIFE_MS);
  const closed: unknown[] = await once(child, 'close');
  clearTimeout(timer);
  const [code, signal] = closed;
  if (signal === 'SIGKILL') return { end: 'killed' };
  if (code === 0) return { end: 'done', ...(JSON.parse(Buffer.concat(output).toString('utf8')) as Report) };
  throw new Error(`The gateway ended with ${String(code ?? signal)}: ${Buffer.concat(complaints).toString('utf8')}`);
}

/** Set, every sweep runs to its full length: minutes instead of seconds. */
export const IS_LONG = Number(process.env.HOLDFAST_RUNS ?? 0) > 0;

/**
 * Where lives are to end: at the first, a middle and the last time that an undisturbed one passes each step. Otherwise than in a
 * long run, one of the latter two at every second step.
 */
export function killsAt(steps: readonly Step[], counts: Report['counts']): NonNullable<Plan['kill']>[] {
  return steps.flatMap((step, index) => {
    const last = counts[step];
    if (last === undefined) throw new Error(`An undisturbed life does not pass ${step}.`);
    const later = [Math.ceil(last / 2), last];
    const chosen = IS_LONG ? later : index % 2 === 1 ? [] : later.slice((index / 2) % 2).slice(0, 1);
    return [...new Set([1, ...chosen])].map((occurrence) => ({ step, occurrence }));
  });
}
