/** One life of an agency's gateway: a process that sends and receives by its plan, and kills itself where the plan says so. */
import { Holdfast } from '@holdfast/client-sdk';
import { readUnlockKey } from '@holdfast/keys';
import { type Step, withSteps } from '#client-sdk/steps.js';
import { isDone, readAll, sendAll } from './application.js';
import { readPlan } from './plan.js';

const plan = readPlan(process.argv[2] ?? '');
const counts = new Map<Step, number>();
const onStep = (step: Step): void => {
  const count = (counts.get(step) ?? 0) + 1;
  counts.set(step, count);
  if (plan.kill?.step === step && plan.kill.occurrence === count) process.kill(process.pid, 'SIGKILL');
};

const unlock = { kind: 'key', key: await readUnlockKey(plan.unlockFile) } as const;
const alarms: unknown[] = [];
const desk = await Holdfast.open({ home: plan.home, unlock, random: () => 0.05, ...withSteps(onStep) });
const enough = new AbortController();
const check = (): void => {
  if (isSent && isDone(desk, plan.expect)) enough.abort();
};
let isSent = false;
desk.on((event) => {
  if (event.event === 'alarm') alarms.push(event);
  check();
});
const reading = readAll(desk, plan, enough.signal, () => setImmediate(check));
await sendAll(desk, plan.to, plan.sends);
isSent = true;
check();
await reading;
await desk.close();
process.stdout.write(`${JSON.stringify({ counts: Object.fromEntries(counts), alarms })}\n`);
