/** A sender that is killed at every step: each message goes out once, as it was written, with its attachment and its receipts. */
import t from 'tap';
import type { Step } from '#client-sdk/steps.js';
import { XA } from '../fixtures/network.js';
import { dayKeys } from './inspect.js';
import { killsAt, live } from './lives.js';
import { certifyDevice } from './new-device.js';
import { checkLedger, checkOnce, makeStage } from './stage.js';

const SENDING: readonly Step[] = [
  'enqueued',
  'spooled',
  'spool-stored',
  'uploading',
  'uploaded',
  'upload-stored',
  'sealing',
  'sealed',
  'submitted',
  'receipt-received',
  'receipt-verified',
  'accepted',
];

t.test('killed while sending', async (t) => {
  const stage = await makeStage(t);
  const { a, b } = stage;
  const other = await stage.run(b);
  await stage.add(a, 'disclosure', 2);
  const undisturbed = await live(stage.planOf(a));
  if (undisturbed.end !== 'done') throw new Error('It was killed by nobody.');
  const kills = killsAt(SENDING, undisturbed.counts);
  for (const [index, kill] of kills.entries()) {
    await stage.add(a, 'disclosure', kill.occurrence === 1 ? 1 : 2);
    if (index % 4 === 0) await stage.add(a, 'freeze.request', 1);
    t.equal((await live(stage.planOf(a, kill))).end, 'killed', `at ${kill.step}, time ${kill.occurrence}`);
  }
  t.equal((await live(stage.planOf(a))).end, 'done', 'what is left goes out');
  await other.stop();
  await checkOnce(t, stage);
  checkLedger(t, a, b);
  t.comment(`${kills.length} kills, ${a.sends.length} messages`);
});

t.test('killed while it makes its day keys', async (t) => {
  const stage = await makeStage(t);
  const { network, a } = stage;
  const device = await certifyDevice(network, XA, 'second');
  const plan = { ...stage.planOf(a), device: 'second', ledger: `${a.plan.ledger}-second` };
  const kills = [
    { step: 'day-key-stored', occurrence: 3 },
    { step: 'day-wrap-stored', occurrence: 1 },
    { step: 'day-wrap-stored', occurrence: 2 },
    { step: 'day-key-stored', occurrence: 30 },
    { step: 'day-keys-published', occurrence: 1 },
  ] as const;
  for (const kill of kills)
    t.equal((await live({ ...plan, kill })).end, 'killed', `at ${kill.step}, time ${kill.occurrence}`);
  t.equal((await live(plan)).end, 'done', 'the device opens, and is ready to receive');
  t.strictSame(await dayKeys(network, XA, 'second', device), { published: 45, lost: 0 });
});
