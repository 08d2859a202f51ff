// Long conversations of three agencies, two devices each, under schedules of faults drawn at random: what `judge.ts` says holds.
// HOLDFAST_RUNS (npm run test:long) draws that many hundreds; what once failed is in seeds.json and runs first.
import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import t from 'tap';
import { judge } from './judge.js';
import { play } from './play.js';
import { type Step, schedule } from './schedule.js';
import { settle } from './settle.js';
import { forget, makeWorld, type World } from './world.js';

const HUNDREDS = Number(process.env.HOLDFAST_RUNS ?? 0);
const RUNS = HUNDREDS > 0 ? HUNDREDS * 100 : 15;
/** No further run of an ordinary test begins after this, however slow the machine; nor, after a failure, a further try at a smaller one. */
const LIMIT_MS = HUNDREDS > 0 ? Number.POSITIVE_INFINITY : 20_000;
const SHRINK_MS = 120_000;

/** What once failed: the schedule, as it was shrunk, and the seed that it came from. */
interface Seed {
  readonly seed: number;
  readonly path: string;
  readonly schedule: readonly Step[];
}

let world: World | undefined;
let isShrinking = false;
let endsAtMs = performance.now() + LIMIT_MS;

/** One schedule from quiet to quiet. A world in which something went wrong is not used again. */
async function holds(steps: readonly Step[]): Promise<void> {
  if (performance.now() > endsAtMs) return;
  world ??= await makeWorld();
  try {
    forget(world);
    const played = await play(world, steps);
    await settle(world, played);
    const wrong = judge(world, played);
    if (wrong.length > 0) throw new Error(wrong.join('\n'));
  } catch (error) {
    const { stage } = world;
    world = undefined;
    if (!isShrinking) endsAtMs = performance.now() + SHRINK_MS;
    isShrinking = true;
    await stage.close();
    throw error;
  }
}

function seedOf(): number | undefined {
  if (process.env.HOLDFAST_SEED !== undefined) return Number(process.env.HOLDFAST_SEED);
  return HUNDREDS > 0 ? undefined : 20261124;
}

if (HUNDREDS > 0) t.setTimeout(0);
t.test('everybody has read everything, once, in order, or somebody was told', async (t) => {
  t.teardown(() => world?.stage.close());
  t.setTimeout(HUNDREDS > 0 ? 0 : 250_000);
  const known = JSON.parse(await readFile('test/hostile-relay/seeds.json', 'utf8')) as readonly Seed[];
  const examples: [readonly Step[]][] = known.map((one) => [one.schedule]);
  const drawn = seedOf();
  const { failed, seed, counterexamplePath, counterexample, errorInstance } = await fc.check(
    fc.asyncProperty(schedule, holds),
    {
      numRuns: RUNS + examples.length,
      examples,
      // One seed unless told otherwise or run at length: what a change breaks fails the same way everywhere.
      ...(drawn === undefined ? {} : { seed: drawn }),
    },
  );
  t.notOk(failed, 'no schedule fails');
  if (!failed) return;
  // As it goes into seeds.json.
  const found = JSON.stringify({ seed, path: counterexamplePath, schedule: counterexample?.[0] });
  t.fail(`${errorInstance instanceof Error ? errorInstance.message : String(errorInstance)}\n${found}`);
});
