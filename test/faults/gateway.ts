/** One life of an agency's gateway: a process that sends and receives by its plan, and kills itself where the plan says so. */
import { Holdfast } from '@holdfast/client-sdk';
import { readUnlockKey } from '@holdfast/keys';
import { type Step, withSteps } from '#client-sdk/steps.js';
import { isDone, readAll, sendAll } from './application.js';
import { readPlan } from './plan.js';

const plan = readPlan(process.argv[2] ?? '');
const counts = new Map<Step, number>();
let total = 0;
const onStep = (step: Step): void => {
  const count = (counts.get(step) ?? 0) + 1;
  counts.set(step, count);
  total += 1;
  if (plan.kill?.step === step && plan.kill.occurrence === count) process.kill(process.pid, 'SIGKILL');
  if (plan.kill?.step === 'any' && plan.kill.occurrence === total) process.kill(process.pid, 'SIGKILL');
};

const unlock = { kind: 'key', key: await readUnlockKey(plan.unlockFile) } as const;
const alarms: unknown[] = [];
const recent: string[] = [];
const desk = await Holdfast.open({
  home: plan.home,
  device: plan.device,
  unlock,
  random: () => 0.05,
  ...withSteps(onStep),
});
const enough = new AbortController();
// Asked once after however many events: the question costs a look at the whole outbox.
const settled = new Set<string>();
let isDue = false;
let isSent = false;
const check = (): void => {
  if (isDue || !isSent) return;
  isDue = true;
  setImmediate(() => {
    isDue = false;
    if (!enough.signal.aborted && isDone(desk, plan.expect, settled)) enough.abort();
  });
};
desk.on((event) => {
  recent.push('id' in event ? `${event.event} ${event.id}` : JSON.stringify(event).slice(0, 200));
  if (event.event === 'alarm') alarms.push(event);
  check();
});
/** Ended from outside because it took too long: what is it waiting for? */
process.once('SIGTERM', () => {
  const open = desk.outbox().map(({ kind, caseRef, state, eh }) => ({ kind, caseRef, state, eh }));
  const waiting = open.filter(({ state }) => state === 'queued' || state === 'unknown');
  const unopened = open.filter(({ kind, state }) => !kind.startsWith('receipt.') && state !== 'opened');
  const events = recent.slice(-20);
  process.stderr.write(
    JSON.stringify({ isOnline: desk.isOnline, total: open.length, waiting, unopened, events, alarms }),
  );
  process.exit(1);
});
const reading = readAll(desk, plan, enough.signal, check);
await sendAll(desk, plan.to, plan.sends);
await desk.caughtUp({ signal: AbortSignal.timeout(30_000) });
isSent = true;
check();
await reading;
await desk.close();
process.stdout.write(`${JSON.stringify({ counts: Object.fromEntries(counts), alarms })}\n`);
