/** A year's tables on the screen: what an officer reads, what is hidden in an export, and that nobody's words drive the terminal. */
import type { Statistics, StatisticsTable, StatisticsValue } from '@holdfast/client-sdk';
import { parseAgencyId } from '@holdfast/protocol';
import t from 'tap';
import { renderStatistics } from '#cli/render/statistics.js';

const HOUR = 3_600_000;

const table = (
  name: string,
  dimensions: readonly string[],
  measures: readonly (readonly [string, StatisticsTable['measures'][number]['unit']])[],
  rows: readonly (readonly [keys: readonly string[], values: Readonly<Record<string, StatisticsValue>>])[],
): StatisticsTable => ({
  name,
  title: `The ${name}`,
  dimensions: dimensions.map((dimension) => ({ name: dimension, hasTotal: true, isMany: false, order: [] })),
  measures: measures.map(([measure, unit]) => ({ name: measure, unit, addsUp: 'one-key', hiddenWith: [] })),
  rowSums: [],
  rows: rows.map(([keys, values]) => ({
    keys: Object.fromEntries(dimensions.map((dimension, index) => [dimension, keys[index] ?? ''])),
    values,
  })),
});

const statistics = (tables: readonly StatisticsTable[], more: Partial<Statistics> = {}): Statistics => ({
  v: 1,
  agency: parseAgencyId('xa-fiu'),
  year: 2026,
  timeZone: 'Europe/Zurich',
  startsAtMs: Date.UTC(2025, 11, 31, 23),
  endsAtMs: Date.UTC(2026, 11, 31, 23),
  asAtMs: Date.UTC(2027, 0, 10),
  counterpart: null,
  casesWithMissingMessages: 0,
  threshold: null,
  tables,
  ...more,
});

const COUNTS = [
  ['requests', 'count'],
  ['cases', 'cases'],
] as const;

t.test('counts stand side by side by direction, totals last', async (t) => {
  const shown = renderStatistics(
    statistics([
      table('forms', ['direction', 'form'], COUNTS, [
        [['sent', 'disclosure'], { requests: 12, cases: 9 }],
        [['sent', 'all'], { requests: 12, cases: 9 }],
        [['received', 'freeze-alert'], { requests: 7, cases: 7 }],
        [['received', 'all'], { requests: 7, cases: 7 }],
        [['all', 'disclosure'], { requests: 12, cases: 9 }],
        [['all', 'freeze-alert'], { requests: 7, cases: 7 }],
        [['all', 'all'], { requests: 19, cases: 16 }],
      ]),
      table('empty', ['direction'], COUNTS, []),
    ]),
  );
  t.equal(
    shown,
    [
      'xa-fiu, 2026 (Europe/Zurich)',
      'Whole, for your agency alone: give nothing of this away but by --to or --export, which hide small cells.',
      '',
      'The forms',
      '  form          sent requests  sent cases  received requests  received cases  all requests  all cases',
      '  disclosure    12             9           0                  0               12            9',
      '  freeze-alert  0              0           7                  7               7             7',
      '  all           12             9           7                  7               19            16',
    ].join('\n'),
  );
});

t.test(
  'times, amounts and shares as people say them; what is hidden is a star, what there is not a dash',
  async (t) => {
    const hidden = { suppressed: true } as const;
    const shown = renderStatistics(
      statistics(
        [
          table(
            'times',
            ['direction', 'step'],
            [
              ['requests', 'count'],
              ['medianMs', 'ms'],
            ],
            [
              [['sent', 'decide'], { requests: 8, medianMs: 26 * HOUR }],
              [['received', 'decide'], { requests: hidden, medianMs: hidden }],
            ],
          ),
          table(
            'amounts',
            ['stage', 'currency'],
            [['amount', 'amount']],
            [
              [['frozen', 'EUR'], { amount: '1184500.00' }],
              [['frozen', 'not-stated'], { amount: null }],
            ],
          ),
          table('shares', ['direction'], [['share', 'percent']], [[['sent'], { share: '62.5' }]]),
        ],
        {
          threshold: 5,
          counterpart: parseAgencyId('xb-fiu'),
          asAtMs: Date.UTC(2026, 5, 1),
          casesWithMissingMessages: 2,
        },
      ),
    );
    t.equal(
      shown,
      [
        'xa-fiu, 2026 (Europe/Zurich), with xb-fiu only',
        'The year is not over: counted up to 2026-06-01.',
        '2 cases name messages that are not here: their figures may lack something.',
        '* hidden: fewer than 5, or what would give one away.',
        '',
        'The times',
        '  direction  step    requests  median',
        '  sent       decide  8         1 d 2 h',
        '  received   decide  *         *',
        '',
        'The amounts',
        '  stage   currency    amount',
        '  frozen  EUR         EUR 1,184,500.00',
        '  frozen  not-stated  -',
        '',
        'The shares',
        '  direction  share',
        '  sent       62.5 %',
      ].join('\n'),
    );
  },
);

t.test("another agency's words among the keys cannot drive the terminal", async (t) => {
  const shown = renderStatistics(
    statistics([
      table('provisions', ['direction', 'provision'], COUNTS, [
        [['sent', 'other: Treaty\u001b[2J\u202e, 7\nsent 99'], { requests: 1, cases: 1 }],
      ]),
    ]),
  );
  t.match(shown, 'other: Treaty<U+001B>[2J<U+202E>, 7 sent 99');
});

t.test('a year without anything says so', async (t) => {
  t.match(renderStatistics(statistics([])), /Nothing in this year\.$/);
});
