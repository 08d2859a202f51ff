/**
 * What leaves the agency: an attacker with the export, who knows everything that adds up, works out no hidden cell; files that
 * spreadsheets read and nothing else runs; the desk's own call.
 */
import type { RefusalCode } from '@holdfast/protocol';
import { parseAgencyId, toHash } from '@holdfast/protocol';
import fc from 'fast-check';
import t from 'tap';
import { YearCount } from '#client-sdk/statistics/count-year.js';
import { csvFiles } from '#client-sdk/statistics/csv.js';
import type { Decision, Form, RequestFact } from '#client-sdk/statistics/facts.js';
import { suppressSmallCells } from '#client-sdk/statistics/suppression/suppress.js';
import type { Statistics, StatisticsTable, StatisticsValue } from '#client-sdk/statistics/table.js';
import { fakeNetwork } from '#client-sdk/testing/index.js';
import { workedOut } from '../fixtures/statistics/attacker.js';

const YEAR = { startsAtMs: 0, endsAtMs: 1_000_000 };
const isHidden = (value: StatisticsValue | undefined): boolean => typeof value === 'object' && value !== null;

const statisticsOf = (facts: readonly RequestFact[]): Statistics => {
  const count = new YearCount(YEAR, YEAR.endsAtMs);
  for (const fact of facts) count.add(fact);
  return {
    v: 1,
    agency: parseAgencyId('xa-fiu'),
    year: 1970,
    timeZone: 'UTC',
    ...YEAR,
    asAtMs: YEAR.endsAtMs,
    counterpart: null,
    casesWithMissingMessages: 0,
    threshold: null,
    tables: count.tables(),
  };
};

/** A request of any kind, rare things as often as common ones, so that small cells stand everywhere. */
const fact: fc.Arbitrary<RequestFact> = fc
  .record({
    number: fc.nat(1_000_000),
    form: fc.constantFrom<Form>('freeze-alert', 'freeze-alert', 'disclosure', 'consent-request', 'feedback'),
    direction: fc.constantFrom('sent' as const, 'sent' as const, 'sent' as const, 'received' as const),
    counterpart: fc.constantFrom('xb-fiu', 'xb-fiu', 'xb-fiu', 'xb-aca', 'xc-aca').map(parseAgencyId),
    matter: fc.nat(60),
    urgency: fc.constantFrom('flash' as const, 'urgent' as const, 'routine' as const),
    articles: fc.uniqueArray(fc.constantFrom('15', '17', '23'), { maxLength: 2 }),
    isOther: fc.boolean(),
    decision: fc.constantFrom<Decision | null>(
      'imposed',
      'imposed',
      'imposed-in-part',
      'refused',
      'no-assets',
      'withdrawn',
      null,
    ),
    code: fc.constantFrom<RefusalCode>('no-power', 'not-found', 'de-minimis'),
    currency: fc.constantFrom('EUR', 'EUR', 'CHF'),
    tookMs: fc.nat(1000),
    givenAfterMs: fc.option(fc.nat(400_000)),
  })
  .map(({ number, form, matter, articles, isOther, decision, code, currency, tookMs, givenAfterMs, ...rest }) => {
    const isAlert = form === 'freeze-alert';
    const amount = { value: `${number}.50`, currency };
    return {
      ...rest,
      form,
      eh: toHash(new Uint8Array(32).fill(number % 256)),
      caseKey: `case ${matter}`,
      atMs: 1000,
      stated:
        isAlert || form === 'disclosure'
          ? {
              legalBasis: isOther
                ? [{ kind: 'other' as const, instrument: 'Treaty', provision: '7' }]
                : [{ kind: 'uncac' as const, article: '46(4)' }],
              offences: articles,
            }
          : null,
      acknowledgedAtMs: isAlert ? 1000 + tookMs : null,
      awaitsDecision: isAlert,
      pausedMs: 0,
      ending:
        isAlert && decision !== null
          ? {
              decision,
              atMs: 2000 + tookMs,
              refusalCode: decision === 'refused' ? code : null,
              assetCodes: decision === 'imposed-in-part' ? [code] : [],
            }
          : null,
      amounts: [
        ...(isAlert ? [{ stage: 'sought' as const, atMs: 1000, amount }] : []),
        ...(isAlert && isImposed(decision) ? [{ stage: 'frozen' as const, atMs: 2000 + tookMs, amount }] : []),
        ...(form === 'feedback' ? [{ stage: 'confiscated' as const, atMs: 1000, amount: null }] : []),
      ],
      feedback: isAlert ? { dueAtMs: 300_000, givenAtMs: givenAfterMs } : null,
      outcomes: form === 'feedback' ? (['investigation', 'confiscated'] as const) : [],
    };
  });

const isImposed = (decision: Decision | null): boolean => decision === 'imposed' || decision === 'imposed-in-part';

const hiddenIn = ({ tables }: Statistics): number =>
  tables.reduce(
    (sum, { rows }) => sum + rows.flatMap(({ values }) => Object.values(values)).filter(isHidden).length,
    0,
  );

t.test('no hidden cell can be worked out from what is shown, by adding, subtracting or bounds', async (t) => {
  let exports = 0;
  let hidden = 0;
  fc.assert(
    fc.property(
      fc.array(fact, { minLength: 1, maxLength: 150 }),
      fc.integer({ min: 2, max: 12 }),
      (facts, threshold) => {
        const whole = statisticsOf(facts);
        const shown = suppressSmallCells(whole, threshold);
        const found = workedOut(shown.tables, whole.tables);
        exports++;
        hidden += hiddenIn(shown);
        if (found.length > 0)
          throw new Error(`${found.length} hidden cells worked out: ${found.slice(0, 5).join('; ')}`);
      },
    ),
    { numRuns: process.env.HOLDFAST_RUNS === undefined ? 150 : 3000 },
  );
  t.ok(hidden > exports * 20, `${hidden} cells were hidden in ${exports} exports`);
});

t.test('the attacker is no straw man: it works out what primary suppression alone would leave', async (t) => {
  const facts = fc.sample(fact, { numRuns: 120, seed: 11 });
  const whole = statisticsOf(facts);
  const onlySmall = {
    ...whole,
    tables: whole.tables.map((table) => ({
      ...table,
      rows: table.rows.map((row) => ({
        ...row,
        values: Object.fromEntries(
          Object.entries(row.values).map(([name, value]) => [
            name,
            typeof value === 'number' && value > 0 && value < 5 ? { suppressed: true as const } : value,
          ]),
        ),
      })),
    })),
  };
  t.ok(workedOut(onlySmall.tables, whole.tables).length > 5);
});

t.test(
  'every count below the threshold is hidden, with what it gives away; zeros and the rest are shown as they are',
  async (t) => {
    const facts = fc.sample(fact, { numRuns: 200, seed: 4 });
    const whole = statisticsOf(facts);
    const shown = suppressSmallCells(whole, 5);
    t.equal(shown.threshold, 5);
    for (const [index, table] of shown.tables.entries())
      for (const [row, { keys, values }] of table.rows.entries()) {
        const was = whole.tables[index]?.rows[row]?.values ?? {};
        for (const { name, unit, hiddenWith } of table.measures) {
          const [value, before] = [values[name], was[name] ?? null];
          const isSmall =
            (unit === 'count' || unit === 'cases') && typeof before === 'number' && before > 0 && before < 5;
          const goesAlong = hiddenWith.some((other) => isHidden(values[other]));
          if (isSmall || goesAlong) t.ok(isHidden(value), `${table.name} ${JSON.stringify(keys)} ${name} is hidden`);
          if (!isHidden(value)) t.equal(value, before);
          if (before === 0) t.equal(isHidden(value), goesAlong);
        }
      }
    t.strictSame(suppressSmallCells(whole, 1).tables, whole.tables, 'a threshold of 1 hides nothing');
    for (const bad of [0, -1, 1.5, Number.NaN])
      t.throws(() => suppressSmallCells(whole, bad), { code: 'statistics.refused' });
  },
);

t.test(
  'much stays: where no count is small, nothing is hidden, and a small one takes few others with it',
  async (t) => {
    const one = fc.sample(fact, { numRuns: 1, seed: 3 })[0];
    if (one === undefined) throw new Error('There is no sample.');
    const requests = (form: Form, direction: 'sent' | 'received', count: number): RequestFact[] =>
      Array.from({ length: count }, (_, index) => ({
        ...one,
        form,
        direction,
        caseKey: `${form} ${direction} ${index}`,
        stated:
          form === 'disclosure' || form === 'freeze-alert'
            ? { legalBasis: [{ kind: 'uncac', article: '46(4)' }], offences: ['15'] }
            : null,
        acknowledgedAtMs: null,
        ending: null,
        awaitsDecision: false,
        amounts: [],
        feedback: null,
        outcomes: [],
      }));
    const many = (['sent', 'received'] as const).flatMap((direction) => [
      ...requests('freeze-alert', direction, 50),
      ...requests('disclosure', direction, 40),
      ...requests('feedback', direction, 30),
    ]);
    t.equal(hiddenIn(suppressSmallCells(statisticsOf(many), 5)), 0);
    const shown = suppressSmallCells(statisticsOf([...many, ...requests('consent-request', 'sent', 2)]), 5);
    const requestsTable = shown.tables.find(({ name }) => name === 'requests');
    t.equal(hiddenIn(shown), 8, 'the two requests, the two of another form, their totals by form; each with its cases');
    const requestsOf = (direction: string, form: string): StatisticsValue | undefined =>
      requestsTable?.rows.find(({ keys }) => keys.direction === direction && keys.form === form)?.values.requests;
    t.ok(isHidden(requestsOf('sent', 'consent-request')));
    t.equal(requestsOf('sent', 'all'), 122, 'what says nothing of it stays');
  },
);

t.test('CSV as RFC 4180 has it; text that would be a formula is text', async (t) => {
  const table: StatisticsTable = {
    name: 'provisions',
    title: 'By provision',
    dimensions: [{ name: 'provision', hasTotal: true, isMany: true, order: [] }],
    measures: [{ name: 'requests', unit: 'count', addsUp: 'one-key', hiddenWith: [] }],
    rowSums: [],
    rows: ['=cmd|"/c calc"!A1', '+1', '-1', '@SUM(A1)', '\t=1', ' =1', '＝1', 'Treaty, "of" X\r\nline', 'plain'].map(
      (provision, index) => ({
        keys: { provision },
        values: { requests: index === 8 ? { suppressed: true } : index },
      }),
    ),
  };
  const files = csvFiles({ ...statisticsOf([]), tables: [table], threshold: 5 });
  t.strictSame(
    files.map(({ name }) => name),
    ['about.csv', 'provisions.csv'],
  );
  t.equal(
    files[1]?.text,
    [
      'year,provision,requests',
      '1970,"\'=cmd|""/c calc""!A1",0',
      "1970,'+1,1",
      "1970,'-1,2",
      "1970,'@SUM(A1),3",
      "1970,'\t=1,4",
      "1970,' =1,5",
      "1970,'＝1,6",
      '1970,"Treaty, ""of"" X\r\nline",7',
      '1970,plain,suppressed',
      '',
    ].join('\r\n'),
  );
  t.match(files[0]?.text, /^agency,xa-fiu\r\n/m);
  t.match(files[0]?.text, /^hiddenBelow,5\r\n/m);
});

t.test('a desk gives its own year whole, and ends with its signal', async (t) => {
  await using network = await fakeNetwork();
  const desk = network.agency('xa-fiu').desk;
  const query = { year: new Date().getUTCFullYear(), timeZone: 'UTC' };
  const counted = await desk.statistics(query);
  t.equal(counted.agency, 'xa-fiu');
  t.equal(counted.threshold, null);
  t.equal(counted.asAtMs < counted.endsAtMs, true);
  t.strictSame(
    counted.tables.flatMap(({ rows }) => rows),
    [],
    'nothing has happened yet',
  );
  await t.rejects(desk.statistics({ ...query, timeZone: 'Mars/Olympus' }), { code: 'duration.invalid' });
});
