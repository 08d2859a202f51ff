/** A recipient that is killed at every step: each message is handed over, and in effect once, with its receipts and answers. */
import t from 'tap';
import type { Step } from '#client-sdk/steps.js';
import { soon } from '../fixtures/network.js';
import { sendAll } from './application.js';
import { killsAt, live } from './lives.js';
import { checkLedger, checkOnce, makeStage } from './stage.js';

const RECEIVING: readonly Step[] = [
  'received',
  'inspected',
  'decrypted',
  'storing',
  'stored',
  'acknowledged',
  'handed-over',
  'handling',
  'opened-queued',
  // Of the answers, and of receipts.
  'sealed',
  'submitted',
];

t.test('killed while receiving', async (t) => {
  const stage = await makeStage(t);
  const { a, b } = stage;
  const sender = await stage.run(a);
  const send = async (disclosures: number, requests: number): Promise<void> => {
    await stage.add(a, 'disclosure', disclosures);
    await stage.add(a, 'freeze.request', requests);
    await sendAll(sender.desk, a.plan.to, a.sends);
    for (const handle of sender.desk.outbox()) await handle.until('accepted', { signal: soon() });
  };
  await send(2, 0);
  const undisturbed = await live(stage.planOf(b));
  if (undisturbed.end !== 'done') throw new Error('It was killed by nobody.');
  const kills = killsAt(RECEIVING, undisturbed.counts);
  for (const [index, kill] of kills.entries()) {
    await send(kill.occurrence === 1 ? 1 : 2, index % 4 === 0 ? 1 : 0);
    t.equal((await live(stage.planOf(b, kill))).end, 'killed', `at ${kill.step}, time ${kill.occurrence}`);
  }
  t.equal((await live(stage.planOf(b))).end, 'done', 'what is left is dealt with');
  await sender.stop();
  await checkOnce(t, stage);
  const { again } = checkLedger(t, a, b);
  t.ok(again > 0, 'what was in hand at a kill was handed over again');
  t.comment(`${kills.length} kills, ${a.sends.length} messages, ${again} of them handed over again`);
});
