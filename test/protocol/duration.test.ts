/**
 * Deadlines against the table of cases reckoned by hand (`protocol/vectors/deadlines.json`), to the millisecond and to the word. The
 * powers in it are the samples of the domain, unconfirmed; what is tested is the reckoning.
 */
import {
  type Calendar,
  type Duration,
  deadline,
  extend,
  isProtocolError,
  nextStage,
  parseDuration,
  UNITS,
} from '@holdfast/protocol';
import fc from 'fast-check';
import t from 'tap';
import { durationOf, TABLE } from './deadline-table.js';

const calendar = (timeZone: string, holidays: string[] = [], weekend = [6, 7]): Calendar => ({
  timeZone,
  weekend,
  holidays,
});
const days = (number: number, unit: Duration['unit'], where: Calendar, more: Partial<Duration> = {}): Duration =>
  parseDuration({
    number,
    unit,
    calendar: where,
    startEvent: 'issue',
    firstDay: 'not-counted',
    dayEnd: { kind: 'midnight' },
    lastDay: 'as-it-falls',
    extensions: { count: 0 },
    silence: 'no-effect',
    automaticLift: [],
    ...more,
  });

const minute = (atMs: number): string => new Date(atMs).toISOString().replace(/:00\.000Z$/, 'Z');

t.test('every deadline of the table ends when a person found that it does, and says why', async (t) => {
  for (const row of TABLE.deadlines) {
    const found = deadline(durationOf(row), Date.parse(row.startsAt));
    t.equal(minute(found.expiresAtMs), row.endsAt, `${row.rule}: ${row.name}`);
    t.equal(found.explanation, row.explanation, `${row.rule}: ${row.name}`);
  }
});

t.test('the table has every unit, first-day rule, end of day and zone that it should', async (t) => {
  const durations = TABLE.deadlines.map(durationOf);
  t.ok(TABLE.deadlines.length >= 60, `${TABLE.deadlines.length} deadlines`);
  const pairs = new Set(durations.map(({ unit, firstDay }) => `${unit} ${firstDay}`));
  for (const unit of UNITS) {
    t.ok(pairs.has(`${unit} not-counted`), unit);
    if (unit !== 'hours') t.ok(pairs.has(`${unit} counted`), `${unit}, the first day counted`);
  }
  t.same(new Set(durations.map(({ dayEnd }) => dayEnd.kind)).size, 3, 'every end of day');
  t.same(new Set(durations.map(({ lastDay }) => lastDay)).size, 2, 'both last-day rules');
  t.ok(durations.some(({ officeCloses }) => officeCloses !== undefined));
  t.ok(new Set(durations.map(({ calendar: { timeZone } }) => timeZone)).size >= 20, 'zones');
  t.equal(
    new Set(TABLE.deadlines.map(({ name, rule }) => `${rule}: ${name}`)).size,
    TABLE.deadlines.length,
    'no name twice',
  );
});

t.test('every extension of the table, allowed or refused', async (t) => {
  for (const row of TABLE.extensions) {
    const measure = {
      startAtMs: Date.parse(row.startsAt),
      expiresAtMs: Date.parse(row.expiresAt),
      given: row.given,
      ...(row.untilAt === undefined ? {} : { untilMs: Date.parse(row.untilAt) }),
    };
    const work = (): ReturnType<typeof extend> => extend(durationOf(row), measure);
    if (row.refused !== undefined) {
      t.throws(work, { code: 'duration.no-extension', message: row.refused }, row.name);
      continue;
    }
    const found = work();
    t.equal(minute(found.expiresAtMs), row.endsAt, row.name);
    t.equal(found.explanation, row.explanation, row.name);
  }
});

t.test('a second stage is a duration of its own and never follows by itself', async (t) => {
  const london = calendar('Europe/London', ['2026-05-04']);
  const { extensions, dayEnd, lastDay } = days(1, 'hours', london);
  const opens = 'consent is refused within the 7 days';
  const counted = { number: 31, unit: 'calendar-days', startEvent: 'decision', firstDay: 'not-counted' } as const;
  const afterwards = { ...counted, dayEnd, lastDay, extensions, opens, by: 'the authority' };
  const first = days(7, 'working-days', london, { silence: 'consent-to-the-transaction', afterwards });
  const second = nextStage(first);
  t.ok(second);
  if (second === undefined) return;
  t.match(deadline(second, Date.parse('2026-05-12T15:00:00Z')), {
    expiresAtMs: Date.parse('2026-06-12T23:00:00Z'),
    explanation: '31 calendar days, the day of the decision not counted: end of Friday 12 June 2026 Europe/London',
  });
  t.equal(second.silence, 'no-effect', 'silence means consent in the first stage only');
  t.equal(nextStage(second), undefined);
  t.equal(deadline(first, Date.parse('2026-04-30T08:00:00Z')).expiresAtMs, Date.parse('2026-05-12T23:00:00Z'));
});

const issuesOf = (value: unknown): string[] => {
  try {
    parseDuration(value);
  } catch (error) {
    if (!isProtocolError(error, 'duration.invalid')) throw error;
    return error.issues.map(({ field, reason }) => `${field} ${reason}`);
  }
  return [];
};

t.test('durations that cannot be computed', async (t) => {
  const good = days(5, 'working-days', calendar('Europe/Zurich'), { dayEnd: { kind: 'at-time', time: '17:00' } });
  t.match(issuesOf({ ...good, calendar: calendar('Europe/Belmora') }), [
    'calendar.timeZone Europe/Belmora is not a time zone',
  ]);
  t.match(issuesOf({ ...good, calendar: calendar('Europe/Zurich', ['2026-02-30']) }), [
    'calendar.holidays.0 2026-02-30 is not a date of the calendar',
  ]);
  t.match(issuesOf({ ...good, firstDay: 'counted', dayEnd: { kind: 'same-time' } }), [/^firstDay cannot be counted/]);
  t.match(issuesOf({ ...good, extensions: { count: 1 } }), ['extendedBy is missing: there are extensions']);
  t.match(issuesOf({ ...good, officeCloses: '17:00', dayEnd: { kind: 'same-time' } }), [/^officeCloses cannot stand/]);
  t.match(issuesOf({ ...good, officeCloses: '17:00', unit: 'hours' }), [/^officeCloses has no meaning/]);
  const { number, unit, startEvent, lastDay } = good;
  const stage = { number, unit, startEvent, lastDay, firstDay: 'counted', dayEnd: { kind: 'same-time' } };
  t.match(issuesOf({ ...good, afterwards: { ...stage, extensions: { count: 1 }, opens: 'an order', by: 'a court' } }), [
    /^afterwards\.firstDay cannot be counted/,
    'afterwards.extendedBy is missing: there are extensions',
  ]);
  t.match(issuesOf({ ...good, number: 0 }), [/^number must be >= 1/]);
  t.match(issuesOf({ ...good, unit: 'days' }), ['unit must be one of: hours, calendar-days, working-days, months']);
  t.match(issuesOf({ ...good, calendar: calendar('Europe/Zurich', [], [1, 2, 3, 4, 5, 6, 7]) }), [
    /^calendar\.weekend /,
  ]);
  t.match(issuesOf({ ...good, dayEnd: { kind: 'at-time', time: '24:00' } }), [
    /^dayEnd\.time does not have the form of: time of day as HH:MM/,
  ]);
  t.not(issuesOf(5).length, 0, 'never an integer');
  // One day, today counted, ending at 17:00, issued at 18:00.
  const over = days(1, 'working-days', calendar('Europe/Zurich'), {
    firstDay: 'counted',
    dayEnd: { kind: 'at-time', time: '17:00' },
  });
  t.throws(() => deadline(over, Date.parse('2026-04-01T16:00:00Z')), { code: 'duration.invalid' });
  t.throws(() => deadline({ ...over, calendar: calendar('Nowhere/Land') }, 0), { code: 'duration.invalid' });
});

const zones = fc.constantFrom(
  'Europe/Zurich',
  'America/New_York',
  'Asia/Kathmandu',
  'Pacific/Auckland',
  'Africa/Cairo',
  'UTC',
);
const units = fc.constantFrom(...UNITS);
const start = fc.integer({ min: Date.parse('2026-01-01'), max: Date.parse('2030-01-01') });
const number = fc.integer({ min: 1, max: 60 });
const weekend = fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { maxLength: 3 });
const holidays = fc.uniqueArray(
  fc
    .date({ min: new Date('2026-01-01'), max: new Date('2030-06-01'), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10)),
  { maxLength: 60 },
);

t.test('more is later; the end comes after the start; the same again is the same', async (t) => {
  const firstDay = fc.constantFrom('counted', 'not-counted');
  fc.assert(
    fc.property(zones, units, number, start, holidays, firstDay, (zone, unit, count, startAtMs, listed, first) => {
      const of = (many: number): ReturnType<typeof deadline> =>
        deadline(days(many, unit, calendar(zone, listed), { firstDay: first }), startAtMs);
      const one = of(count);
      t.strictSame(of(count), one);
      return one.expiresAtMs > startAtMs && of(count + 1).expiresAtMs > one.expiresAtMs;
    }),
    { numRuns: 300 },
  );
});

const DAY_NAMES = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
/** The date in the zone, by another way than the code under test: the formatter of the runtime. */
const dateIn = (zone: string, atMs: number): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone: zone }).format(atMs);
const weekday = (date: string): number => ((new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7) + 1;
const inWords = (date: string): string => {
  const at = new Date(`${date}T00:00:00Z`);
  const month = at.toLocaleString('en-GB', { month: 'long', timeZone: 'UTC' });
  return `${DAY_NAMES[weekday(date) - 1]} ${at.getUTCDate()} ${month} ${at.getUTCFullYear()}`;
};

t.test(
  'working days end on a working day, as many as were asked, and every holiday passed over is named',
  async (t) => {
    fc.assert(
      fc.property(zones, number, start, weekend, holidays, (zone, count, startAtMs, off, listed) => {
        const found = deadline(days(count, 'working-days', calendar(zone, listed, off)), startAtMs);
        const first = dateIn(zone, startAtMs);
        const last = dateIn(zone, found.expiresAtMs - 1);
        const passed: string[] = [];
        for (let atMs = Date.parse(first) + 86_400_000; atMs <= Date.parse(last); atMs += 86_400_000)
          passed.push(new Date(atMs).toISOString().slice(0, 10));
        const isOff = (date: string): boolean => off.includes(weekday(date));
        const worked = passed.filter((date) => !isOff(date) && !listed.includes(date));
        const skipped = passed.filter((date) => !isOff(date) && listed.includes(date));
        const named = found.explanation.split('not counted')[1]?.split(':')[0] ?? '';
        return (
          worked.length === count &&
          worked.at(-1) === last &&
          skipped.every((date) => named.includes(inWords(date))) &&
          (named.match(/\d{4}/g) ?? []).length === skipped.length
        );
      }),
      { numRuns: 300 },
    );
    t.pass('counted again with the formatter of the runtime');
  },
);

t.test('an extension is later, and never later than the cap', async (t) => {
  const span = fc.record({ number: fc.integer({ min: 1, max: 20 }), unit: units });
  fc.assert(
    fc.property(
      zones,
      units,
      number,
      start,
      span,
      span,
      holidays,
      (zone, unit, count, startAtMs, each, more, listed) => {
        const where = calendar(zone, listed);
        const cap = { number: count + more.number, unit };
        const extensions = { count: 3, each, cap };
        const duration = days(count, unit, where, { extensions, extendedBy: 'a court' });
        const limitMs = deadline(days(cap.number, unit, where), startAtMs).expiresAtMs;
        let { expiresAtMs } = deadline(duration, startAtMs);
        for (let given = 0; given < 3 && expiresAtMs < limitMs; given++) {
          const longer = extend(duration, { startAtMs, expiresAtMs, given });
          if (longer.expiresAtMs <= expiresAtMs || longer.expiresAtMs > limitMs) return false;
          ({ expiresAtMs } = longer);
        }
        return true;
      },
    ),
    { numRuns: 200 },
  );
  t.pass('whatever the units');
});
