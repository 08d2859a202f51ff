/**
 * A year's statistics: a synthetic year of 2,000 cases as stored messages, every cell of every table against what its generator
 * wrote down; exact money; the bounds of a year.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { calendarYear, parseAgencyId } from '@holdfast/protocol';
import fc from 'fast-check';
import t from 'tap';
import { type Archive, openArchive } from '#client-sdk/archive/archive.js';
import { type Case, caseOf } from '#client-sdk/cases/case.js';
import { noRecords } from '#client-sdk/directory/records-at-hand.js';
import { archivedCases, countYear } from '#client-sdk/statistics/collect.js';
import { addDecimal, decimalText, percent, ZERO } from '#client-sdk/statistics/decimal.js';
import type { Statistics } from '#client-sdk/statistics/table.js';
import { type Expected, expectedTables } from '../fixtures/statistics/expected.js';
import { utcMs, ZONE } from '../fixtures/statistics/scribe.js';
import { SELF, syntheticYear } from '../fixtures/statistics/synthetic-year.js';

const NEVER = new AbortController().signal;

function withArchive<T>(work: (archive: Archive) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-statistics-'));
  const archive = openArchive(join(folder, 'archive.db'), new Uint8Array(32));
  return work(archive).finally(() => {
    archive.close();
    rmSync(folder, { recursive: true });
  });
}

/** An afternoon in July, local time. */
const MIDDLE = Date.UTC(2026, 6, 14, 11, 13);

/** The same cases, and a copy of the list. */
async function* kept(cases: AsyncIterable<Case>, into: Case[]): AsyncGenerator<Case, void, undefined> {
  for await (const each of cases) {
    into.push(each);
    yield each;
  }
}

/** The tables in the shape of the expectation. */
const plain = ({ tables }: Statistics): Expected =>
  Object.fromEntries(
    tables.map(({ name, dimensions, rows }) => [
      name,
      Object.fromEntries(
        rows.map(({ keys, values }) => [
          dimensions.map((dimension) => keys[dimension.name]).join(' | '),
          Object.fromEntries(
            Object.entries(values).map(([measure, value]) => [measure, typeof value === 'object' ? null : value]),
          ),
        ]),
      ),
    ]),
  );

t.test('a synthetic year of 2,000 cases: every cell of every table is what the generator wrote down', (t) =>
  withArchive(async (archive) => {
    const { ledger, messages } = syntheticYear(archive, 2000, 46);
    t.ok(messages > 10_000, `${messages} messages`);
    const end = Date.UTC(2027, 7, 1);
    const folded: Case[] = [];
    const views = [
      {
        what: 'the whole year',
        asAtLocalMs: end,
        cases: kept(archivedCases(archive, SELF, utcMs(end), noRecords, NEVER), folded),
      },
      { what: 'with one counterpart', asAtLocalMs: end, cases: folded, counterpart: parseAgencyId('xb-aca') },
      {
        what: 'in the middle of the year',
        asAtLocalMs: MIDDLE,
        cases: archivedCases(archive, SELF, utcMs(MIDDLE), noRecords, NEVER),
      },
    ] as const;
    for (const { what, asAtLocalMs, cases, ...only } of views) {
      const counted = await countYear(cases, SELF, { year: 2026, timeZone: ZONE, ...only }, utcMs(asAtLocalMs));
      const expected = expectedTables(ledger.entries, { year: 2026, asAtLocalMs, ...only });
      const found = plain(counted);
      t.strictSame(Object.keys(found).sort(), Object.keys(expected).sort(), `${what}: the same tables`);
      let cells = 0;
      for (const [table, rows] of Object.entries(expected)) {
        cells += Object.values(rows).reduce((sum, values) => sum + Object.keys(values).length, 0);
        t.strictSame(found[table], rows, `${what}: ${table}`);
        t.ok(what !== 'the whole year' || Object.keys(rows).length > 3 || table === 'corruption', `${table} has rows`);
      }
      t.comment(`${what}: ${cells} cells`);
    }
  }),
);

t.test('the order of the cases changes nothing', (t) =>
  withArchive(async (archive) => {
    syntheticYear(archive, 60, 7);
    const nowMs = utcMs(Date.UTC(2027, 7, 1));
    const cases = archive.messages.conversations().map((each) => caseOf(archive, SELF, each, nowMs));
    const query = { year: 2026, timeZone: ZONE };
    const counted = await countYear(cases, SELF, query, nowMs);
    t.strictSame(await countYear([...cases].reverse(), SELF, query, nowMs), counted);
  }),
);

t.test('money is added exactly, whatever its digits', async (t) => {
  const decimal = fc
    .tuple(
      fc.bigInt({ min: 0n, max: 10n ** 24n - 1n }),
      fc.integer({ min: 0, max: 18 }),
      fc.bigInt({ min: 0n, max: 10n ** 18n - 1n }),
    )
    .map(([whole, digits, fraction]) => ({
      text: digits === 0 ? `${whole}` : `${whole}.${String(fraction).padStart(18, '0').slice(0, digits)}`,
      units:
        whole * 10n ** 18n +
        (digits === 0 ? 0n : BigInt(String(fraction).padStart(18, '0').slice(0, digits).padEnd(18, '0'))),
    }));
  fc.assert(
    fc.property(fc.array(decimal, { maxLength: 50 }), (decimals) => {
      const sum = decimalText(decimals.reduce((before, { text }) => addDecimal(before, text), ZERO));
      const [whole = '', fraction = ''] = sum.split('.');
      return BigInt(whole + fraction.padEnd(18, '0')) === decimals.reduce((before, { units }) => before + units, 0n);
    }),
  );
  t.equal(
    decimalText(['0.10', '0.20', '1000000000000000000000.005'].reduce(addDecimal, ZERO)),
    '1000000000000000000000.305',
  );
  t.equal(percent(5, 8), '62.5');
  t.equal(percent(1, 8), '12.5');
  t.equal(percent(1, 3), '33.3');
  t.equal(percent(2, 3), '66.7');
  t.equal(percent(0, 3), '0.0');
  t.equal(percent(0, 0), null);
});

t.test('a year begins and ends where its zone says', async (t) => {
  const hours = (year: number, zone: string): number => {
    const { startsAtMs, endsAtMs } = calendarYear(year, zone);
    return (endsAtMs - startsAtMs) / 3_600_000;
  };
  t.equal(calendarYear(2026, 'UTC').startsAtMs, Date.UTC(2026, 0, 1));
  t.equal(calendarYear(2026, 'Asia/Kathmandu').startsAtMs, Date.UTC(2025, 11, 31, 18, 15));
  t.equal(calendarYear(2026, 'Pacific/Auckland').startsAtMs, Date.UTC(2025, 11, 31, 11), 'summer there');
  t.equal(hours(2026, 'Europe/Zurich'), 8760);
  t.equal(hours(2024, 'Europe/Zurich'), 8784);
  t.equal(hours(1994, 'Pacific/Kiritimati'), 8736, 'the zone left out a whole day as the year ended');
  for (const [year, zone] of [
    [2026, 'Mars/Olympus'],
    [2026.5, 'UTC'],
    [0, 'UTC'],
    [10_000, 'UTC'],
  ] as const)
    t.throws(() => calendarYear(year, zone), { code: 'duration.invalid' });
});
