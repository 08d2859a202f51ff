/**
 * Deadlines, reckoned by hand from calendars and compared to the millisecond. The powers are the samples of the domain, unconfirmed;
 * what is tested is the reckoning.
 */
import { type Calendar, type Duration, deadline, isProtocolError, parseDuration } from '@holdfast/protocol';
import fc from 'fast-check';
import t from 'tap';

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

const EASTER = ['2026-04-03', '2026-04-06'];
const BERLIN = calendar('Europe/Berlin', ['2026-01-01', ...EASTER]);

interface Worked {
  readonly name: string;
  readonly duration: Duration;
  readonly start: string;
  readonly end: string;
  readonly explanation: string;
}

const WORKED: readonly Worked[] = [
  {
    // Thu 2, Fri 3, [Mon 6], Tue 7 to Fri 10, Mon 13 to Thu 16.
    name: 'EU AMLD6 art. 24, a transaction: 10 working days',
    duration: days(10, 'working-days', calendar('Europe/Brussels', ['2026-04-06'])),
    start: '2026-04-01T08:00:00Z',
    end: '2026-04-16T22:00:00Z',
    explanation:
      '10 working days, the day of issue not counted, Monday 6 April 2026 a holiday: end of Thursday 16 April 2026 Europe/Brussels',
  },
  {
    name: 'EU AMLD6 art. 24, an account: 5 working days',
    duration: days(5, 'working-days', calendar('Europe/Brussels', ['2026-04-06'])),
    start: '2026-04-01T08:00:00Z',
    end: '2026-04-09T22:00:00Z',
    explanation:
      '5 working days, the day of issue not counted, Monday 6 April 2026 a holiday: end of Thursday 9 April 2026 Europe/Brussels',
  },
  {
    // 5, 6, 7, [8], 11, 12, 13, [14], 15, 18, 19, 20 May.
    name: 'France: 10 working days from issue of the notice',
    duration: days(
      10,
      'working-days',
      calendar('Europe/Paris', ['2026-05-01', '2026-05-08', '2026-05-14', '2026-05-25']),
    ),
    start: '2026-05-04T07:30:00Z',
    end: '2026-05-20T22:00:00Z',
    explanation:
      '10 working days, the day of issue not counted, Friday 8 May 2026 and Thursday 14 May 2026 holidays: end of Wednesday 20 May 2026 Europe/Paris',
  },
  {
    // 12:00 CET and 96 elapsed hours; the clocks go forward on 29 March.
    name: 'Poland: 96 hours over the spring change',
    duration: days(96, 'hours', calendar('Europe/Warsaw')),
    start: '2026-03-27T11:00:00Z',
    end: '2026-03-31T11:00:00Z',
    explanation:
      '96 hours, from issue on Friday 27 March 2026 12:00, the clocks having changed in between: Tuesday 31 March 2026 13:00 Europe/Warsaw',
  },
  {
    // 1, [4], 5, 6, 7, 8, 11, 12 May; British Summer Time.
    name: 'UK: 7 working days in which silence is consent',
    duration: days(7, 'working-days', calendar('Europe/London', ['2026-05-04']), {
      startEvent: 'receipt-of-request',
      silence: 'consent-to-the-transaction',
    }),
    start: '2026-04-30T08:00:00Z',
    end: '2026-05-12T23:00:00Z',
    explanation:
      '7 working days, the day of receipt of the request not counted, Monday 4 May 2026 a holiday: end of Tuesday 12 May 2026 Europe/London',
  },
  {
    // 21 to 24 April, [27], 28 to 30 April, [1 May], 4 to 6 May.
    name: 'South Africa: 10 days without weekends and holidays',
    duration: days(10, 'working-days', calendar('Africa/Johannesburg', ['2026-04-27', '2026-05-01'])),
    start: '2026-04-20T07:00:00Z',
    end: '2026-05-06T22:00:00Z',
    explanation:
      '10 working days, the day of issue not counted, Monday 27 April 2026 and Friday 1 May 2026 holidays: end of Wednesday 6 May 2026 Africa/Johannesburg',
  },
  {
    // Thu 2, [Fri 3], [Mon 6], Tue 7, Wed 8, Thu 9, Fri 10; 17:00 summer time.
    name: 'Switzerland: 5 working days, the day of issue not counted',
    duration: days(5, 'working-days', calendar('Europe/Zurich', EASTER), {
      dayEnd: { kind: 'at-time', time: '17:00' },
    }),
    start: '2026-04-01T08:00:00Z',
    end: '2026-04-10T15:00:00Z',
    explanation:
      '5 working days, the day of issue not counted, Friday 3 April 2026 and Monday 6 April 2026 holidays: Friday 10 April 2026 17:00 Europe/Zurich',
  },
  {
    // 15:00 CEST and 72 elapsed hours; the clocks go back on 25 October.
    name: 'Slovenia: 72 hours over the autumn change',
    duration: days(72, 'hours', calendar('Europe/Ljubljana')),
    start: '2026-10-23T13:00:00Z',
    end: '2026-10-26T13:00:00Z',
    explanation:
      '72 hours, from issue on Friday 23 October 2026 15:00, the clocks having changed in between: Monday 26 October 2026 14:00 Europe/Ljubljana',
  },
  {
    name: 'Slovenia: 72 hours with no change',
    duration: days(72, 'hours', calendar('Europe/Ljubljana'), { startEvent: 'execution' }),
    start: '2026-06-01T22:30:00Z',
    end: '2026-06-04T22:30:00Z',
    explanation: '72 hours, from execution on Tuesday 2 June 2026 00:30: Friday 5 June 2026 00:30 Europe/Ljubljana',
  },
  {
    name: 'Germany: 1 month',
    duration: days(1, 'months', BERLIN),
    start: '2026-04-15T08:00:00Z',
    end: '2026-05-15T22:00:00Z',
    explanation: '1 month, the day of issue not counted: end of Friday 15 May 2026 Europe/Berlin',
  },
  {
    // There is no 30 February; the 28th is a Saturday, Monday 2 March the next working day.
    name: 'Germany: 1 month that would end in a day that is not there, on a weekend',
    duration: days(1, 'months', BERLIN, { lastDay: 'next-working-day' }),
    start: '2026-01-30T09:00:00Z',
    end: '2026-03-02T23:00:00Z',
    explanation:
      '1 month, the day of issue not counted, Saturday 28 February 2026 not a working day: end of Monday 2 March 2026 Europe/Berlin',
  },
  {
    name: 'a month whose first day is counted ends a day earlier',
    duration: days(1, 'months', BERLIN, { firstDay: 'counted' }),
    start: '2026-04-15T08:00:00Z',
    end: '2026-05-14T22:00:00Z',
    explanation: '1 month, the day of issue counted: end of Thursday 14 May 2026 Europe/Berlin',
  },
  {
    name: 'calendar days, the first one counted',
    duration: days(3, 'calendar-days', BERLIN, { firstDay: 'counted' }),
    start: '2026-04-03T08:00:00Z',
    end: '2026-04-05T22:00:00Z',
    explanation: '3 calendar days, the day of issue counted: end of Sunday 5 April 2026 Europe/Berlin',
  },
  {
    // Easter Saturday, moved over Sunday and Easter Monday.
    name: 'calendar days that end on a holiday weekend',
    duration: days(3, 'calendar-days', BERLIN, { lastDay: 'next-working-day' }),
    start: '2026-04-01T08:00:00Z',
    end: '2026-04-07T22:00:00Z',
    explanation:
      '3 calendar days, the day of issue not counted, Monday 6 April 2026 a holiday, Saturday 4 April 2026 not a working day: end of Tuesday 7 April 2026 Europe/Berlin',
  },
  {
    // Started on a Saturday: Monday is the first working day.
    name: 'working days counted from a day that does not work',
    duration: days(5, 'working-days', BERLIN, { firstDay: 'counted' }),
    start: '2026-04-11T08:00:00Z',
    end: '2026-04-17T22:00:00Z',
    explanation: '5 working days, the day of issue counted: end of Friday 17 April 2026 Europe/Berlin',
  },
  {
    name: 'a weekend of Friday and Saturday',
    duration: days(3, 'working-days', calendar('Asia/Riyadh', [], [5, 6])),
    start: '2026-04-01T08:00:00Z',
    end: '2026-04-06T21:00:00Z',
    explanation: '3 working days, the day of issue not counted: end of Monday 6 April 2026 Asia/Riyadh',
  },
  {
    // 02:30 does not exist on 29 March: taken as 03:30 CEST.
    name: 'the same time of day, on a night that skips it',
    duration: days(2, 'calendar-days', calendar('Europe/Paris'), { dayEnd: { kind: 'same-time' } }),
    start: '2026-03-27T01:30:00Z',
    end: '2026-03-29T01:30:00Z',
    explanation: '2 calendar days, the day of issue not counted: Sunday 29 March 2026 03:30 Europe/Paris',
  },
  {
    // Issued at 23:30 UTC on Tuesday, which is Wednesday in Belmora's zone: the day is the law's, not UTC's.
    name: 'the day of issue is the day where the law is',
    duration: days(1, 'working-days', calendar('Asia/Tokyo')),
    start: '2026-03-31T23:30:00Z',
    end: '2026-04-02T15:00:00Z',
    explanation: '1 working day, the day of issue not counted: end of Thursday 2 April 2026 Asia/Tokyo',
  },
];

t.test('worked by hand', async (t) => {
  for (const { name, duration, start, end, explanation } of WORKED) {
    const found = deadline(duration, Date.parse(start));
    t.equal(new Date(found.expiresAtMs).toISOString().replace('.000', ''), end, name);
    t.equal(found.explanation, explanation, name);
  }
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
  const good = WORKED[6]?.duration;
  t.match(issuesOf({ ...good, calendar: calendar('Europe/Belmora') }), [
    'calendar.timeZone Europe/Belmora is not a time zone',
  ]);
  t.match(issuesOf({ ...good, calendar: calendar('Europe/Zurich', ['2026-02-30']) }), [
    'calendar.holidays.0 2026-02-30 is not a date of the calendar',
  ]);
  t.match(issuesOf({ ...good, firstDay: 'counted', dayEnd: { kind: 'same-time' } }), [/^firstDay cannot be counted/]);
  t.match(issuesOf({ ...good, extensions: { count: 1 } }), ['extendedBy is missing: there are extensions']);
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

t.test('properties', async (t) => {
  const zones = fc.constantFrom('Europe/Zurich', 'America/New_York', 'Asia/Kathmandu', 'Pacific/Auckland', 'UTC');
  const units = fc.constantFrom('hours', 'calendar-days', 'working-days', 'months');
  const start = fc.integer({ min: Date.parse('2026-01-01'), max: Date.parse('2030-01-01') });
  fc.assert(
    fc.property(zones, units, fc.integer({ min: 1, max: 60 }), start, (zone, unit, number, startAtMs) => {
      const where = calendar(zone, ['2026-04-03', '2027-01-01', '2028-12-25']);
      const one = deadline(days(number, unit, where), startAtMs).expiresAtMs;
      const more = deadline(days(number + 1, unit, where), startAtMs).expiresAtMs;
      return one > startAtMs && more > one;
    }),
    { numRuns: 300 },
  );
  fc.assert(
    fc.property(zones, fc.integer({ min: 1, max: 30 }), start, (zone, number, startAtMs) => {
      const { explanation } = deadline(days(number, 'working-days', calendar(zone)), startAtMs);
      return !/end of (Saturday|Sunday)/.test(explanation);
    }),
    { numRuns: 200 },
  );
  t.pass('an end after its start; more is later; no working day on a weekend');
});
