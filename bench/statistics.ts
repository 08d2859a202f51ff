/**
 * A year's statistics over a synthetic archive: cases folded and counted per second, against reading the same rows and no more.
 * HOLDFAST_CASES says how many.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openArchive } from '#client-sdk/archive/archive.js';
import { noRecords } from '#client-sdk/directory/records-at-hand.js';
import { archivedCases, countYear } from '#client-sdk/statistics/collect.js';
import { suppressSmallCells } from '#client-sdk/statistics/suppression/suppress.js';
import { ZONE } from '../test/fixtures/statistics/scribe.js';
import { SELF, syntheticYear } from '../test/fixtures/statistics/synthetic-year.js';
import { paired, print, round } from './measure.js';

const CASES = Number(process.env.HOLDFAST_CASES ?? '2000');
const NOW_MS = Date.UTC(2027, 7, 1);

export async function benchStatistics(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  const archive = openArchive(join(folder, 'archive.db'), new Uint8Array(32));
  try {
    syntheticYear(archive, CASES, 46);
    const conversations = archive.messages.conversations().length;
    const { signal } = new AbortController();
    let peak = 0;
    const count = async () => {
      const cases = archivedCases(archive, SELF, NOW_MS, noRecords, signal);
      const watched = (async function* () {
        for await (const each of cases) {
          peak = Math.max(peak, process.memoryUsage().heapUsed);
          yield each;
        }
      })();
      return countYear(watched, SELF, { year: 2026, timeZone: ZONE }, NOW_MS);
    };
    const rate = async (work: () => unknown): Promise<number> => {
      const startedAt = performance.now();
      await work();
      return (conversations / (performance.now() - startedAt)) * 1000;
    };
    print(
      await paired(
        `cases counted, of ${conversations}, against reading their rows`,
        'case/s',
        () => rate(count),
        () =>
          rate(() => {
            for (const each of archive.messages.conversations())
              for (const { eh } of archive.messages.ofConversation(each)) archive.messages.acknowledgements(eh);
          }),
        3,
      ),
    );
    const counted = await count();
    const startedAt = performance.now();
    suppressSmallCells(counted);
    const figure = { limit: null, ratio: null, rounds: 1 };
    print({ metric: 'small cells hidden', value: round(performance.now() - startedAt), unit: 'ms', ...figure });
    print({
      metric: `heap at most, over ${conversations} cases`,
      value: round(peak / 2 ** 20),
      unit: 'MiB',
      ...figure,
    });
  } finally {
    archive.close();
    rmSync(folder, { recursive: true });
  }
}
