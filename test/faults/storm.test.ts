/** Both sides write at once and are killed at times that no one chose. */
import fc from 'fast-check';
import t from 'tap';
import { IS_LONG, live } from './lives.js';
import { checkLedger, checkOnce, makeStage, type Party } from './stage.js';

/** Of each side. */
const MESSAGES = 50;
const LIVES = IS_LONG ? 60 : 4;

/** Half of the lives end at a step, half at a moment: while modules are loaded, while it opens, connects, catches up, works. */
const atStep = fc.integer({ min: 1, max: 300 });
const atMs = fc.integer({ min: 500, max: 2500 });

t.test('killed at random in a storm', async (t) => {
  const stage = await makeStage(t);
  const { a, b } = stage;
  for (const party of [a, b]) {
    await stage.add(party, 'disclosure', 5);
    await stage.add(party, 'disclosure', MESSAGES - 10, 'bare');
    await stage.add(party, 'freeze.request', 5);
  }
  const seed = Number(process.env.HOLDFAST_SEED ?? Date.now() % 1_000_000);
  t.comment(`HOLDFAST_SEED=${seed}`);
  let killed = 0;
  const lives = async (party: Party, seedOfParty: number): Promise<void> => {
    for (const [occurrence, ms] of fc.sample(fc.tuple(atStep, atMs), { seed: seedOfParty, numRuns: LIVES / 2 })) {
      const byStep = await live(stage.planOf(party, { step: 'any', occurrence }));
      const byTime = await live(stage.planOf(party), ms);
      killed += [byStep, byTime].filter(({ end }) => end === 'killed').length;
    }
    t.equal((await live(stage.planOf(party))).end, 'done');
  };
  await Promise.all([lives(a, seed), lives(b, seed + 1)]);
  t.ok(killed > 0, `${killed} lives were cut short`);
  await checkOnce(t, stage);
  const again = [checkLedger(t, a, b), checkLedger(t, b, a)].map((line) => line.again);
  t.comment(`${killed} kills, ${MESSAGES} messages each way, handed over again: ${again.join(' and ')}`);
});
