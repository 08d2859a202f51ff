/** Before sending: the duty roster on the wall clock, what the domain's figures answer, and what each defect says, blocks and suggests. */
import { readFileSync } from 'node:fs';
import { exampleCapability, exampleEntry } from '@holdfast/client-sdk/testing';
import {
  ADVICE_CODES,
  type AdviceCode,
  type CapabilityRecord,
  type DirectoryEntry,
  type DutyRoster,
  dutyAt,
  isOnDuty,
  type Observed,
  type PreflightQuestion,
  type Published,
  parseAgencyId,
  parseCapabilityRecord,
  parseDirectoryEntry,
  parseMessage,
  preflight,
  type Route,
} from '@holdfast/protocol';
import fc from 'fast-check';
import t from 'tap';

const NOW = Date.parse('2026-04-01T08:00:00Z');
const DAY = 86_400_000;
const ms = (text: string): number => Date.parse(text);
const prose = (text: string) => ({ language: 'en', text });

type Schedule = NonNullable<DutyRoster['schedule']>;
const roster = (schedule: Schedule | undefined): DutyRoster => ({
  hours: 'as it says',
  ...(schedule === undefined ? {} : { schedule }),
  contacts: [{ role: 'duty officer', phone: '+999 20 5550 100' }],
});
const zurich = (shifts: Schedule['shifts'], holidays: string[] = []): Schedule => ({
  timeZone: 'Europe/Zurich',
  shifts,
  holidays,
});
const OFFICE = zurich([{ days: [1, 2, 3, 4, 5], from: '08:00', until: '17:00' }], ['2026-04-03', '2026-04-06']);
const NIGHT = zurich([{ days: [6], from: '22:00', until: '06:00' }]);
const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7];

t.test('somebody is on duty by the clocks of the agency, worked out by hand', async (t) => {
  const cases: readonly (readonly [string, Schedule, string, string | null, string | null])[] = [
    // what, schedule, at, on duty until, or else next start
    ['in the morning', OFFICE, '2026-04-01T08:00:00Z', '2026-04-01T15:00:00Z', null],
    ['a millisecond before', OFFICE, '2026-04-01T05:59:59.999Z', null, '2026-04-01T06:00:00Z'],
    ['at the first instant', OFFICE, '2026-04-01T06:00:00Z', '2026-04-01T15:00:00Z', null],
    ['the end is not counted', OFFICE, '2026-04-01T15:00:00Z', null, '2026-04-02T06:00:00Z'],
    ['over Easter: holiday, weekend, holiday', OFFICE, '2026-04-02T16:00:00Z', null, '2026-04-07T06:00:00Z'],
    ['winter time: an hour later by UTC', OFFICE, '2026-03-27T07:00:00Z', '2026-03-27T16:00:00Z', null],
    ['a night that is an hour short', NIGHT, '2026-03-29T00:30:00Z', '2026-03-29T04:00:00Z', null],
    ['a night that is an hour long', NIGHT, '2026-10-25T01:30:00Z', '2026-10-25T05:00:00Z', null],
    ['its last instant', NIGHT, '2026-10-25T04:59:59.999Z', '2026-10-25T05:00:00Z', null],
    [
      'a time that the clocks skip is as much later',
      zurich([{ days: [7], from: '02:30', until: '10:00' }]),
      '2026-03-29T01:00:00Z',
      null,
      '2026-03-29T01:30:00Z',
    ],
    [
      'begun on the eve of a holiday it goes on into it',
      zurich([{ days: [4, 5], from: '22:00', until: '06:00' }], ['2026-04-03']),
      '2026-04-03T01:00:00Z',
      '2026-04-03T04:00:00Z',
      null,
    ],
    [
      'and none begins on the holiday',
      zurich([{ days: [4, 5], from: '22:00', until: '06:00' }], ['2026-04-03']),
      '2026-04-03T21:00:00Z',
      null,
      '2026-04-09T20:00:00Z',
    ],
    [
      'shifts that touch are one duty',
      zurich([
        { days: EVERY_DAY, from: '08:00', until: '16:00' },
        { days: EVERY_DAY, from: '16:00', until: '24:00' },
      ]),
      '2026-04-01T08:00:00Z',
      '2026-04-01T22:00:00Z',
      null,
    ],
    [
      'fourteen hours ahead of UTC',
      { ...OFFICE, timeZone: 'Pacific/Kiritimati', holidays: [] },
      '2026-03-31T19:00:00Z',
      '2026-04-01T03:00:00Z',
      null,
    ],
    [
      'and eleven behind: there it is Tuesday still',
      { ...OFFICE, timeZone: 'Pacific/Pago_Pago', holidays: [] },
      '2026-04-01T03:00:00Z',
      '2026-04-01T04:00:00Z',
      null,
    ],
  ];
  for (const [what, schedule, at, until, next] of cases) {
    t.same(
      dutyAt(roster(schedule), ms(at)),
      until === null
        ? { kind: 'off-duty', nextStartMs: next === null ? null : ms(next) }
        : { kind: 'on-duty', untilMs: ms(until) },
      what,
    );
    t.equal(isOnDuty(roster(schedule), ms(at)), until !== null, what);
  }
  const always = zurich([{ days: EVERY_DAY, from: '00:00', until: '24:00' }]);
  t.same(dutyAt(roster(always), NOW), { kind: 'on-duty', untilMs: null }, 'day and night has no end');
  t.same(dutyAt(roster(undefined), NOW), { kind: 'unknown' });
  t.equal(isOnDuty(roster(undefined), NOW), false, 'hours in words are nobody');
  const fridays = Array.from({ length: 60 }, (_, week) => new Date(ms('2026-04-03') + week * 7 * DAY).toISOString());
  const never = zurich(
    [{ days: [5], from: '08:00', until: '17:00' }],
    fridays.map((day) => day.slice(0, 10)),
  );
  t.same(dutyAt(roster(never), NOW), { kind: 'off-duty', nextStartMs: null });
});

t.test('what the roster says of now agrees with what it says of the next change', async () => {
  const time = fc
    .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
    .map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`);
  const shift = fc.record({
    days: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
    from: time,
    until: time,
  });
  const schedule = fc.record({
    timeZone: fc.constantFrom('Europe/Zurich', 'America/Montevideo', 'Australia/Lord_Howe', 'UTC'),
    shifts: fc.array(shift, { minLength: 1, maxLength: 4 }),
    holidays: fc.subarray(['2026-03-29', '2026-03-30', '2026-04-05', '2026-04-06']),
  });
  const from = ms('2026-03-25T00:00:00Z');
  fc.assert(
    fc.property(schedule, fc.integer({ min: 0, max: 21 * 24 * 60 }), (given, minutes) => {
      const atMs = from + minutes * 60_000;
      const state = dutyAt(roster(given), atMs);
      if (state.kind === 'on-duty' && state.untilMs !== null)
        return (
          isOnDuty(roster(given), state.untilMs - 1) && !isOnDuty(roster(given), state.untilMs) && state.untilMs > atMs
        );
      if (state.kind !== 'off-duty' || state.nextStartMs === null) return state.kind !== 'unknown';
      // Nobody is there until the next start, and then somebody is.
      const middleMs = atMs + Math.floor((state.nextStartMs - atMs) / 2);
      return isOnDuty(roster(given), state.nextStartMs) && (middleMs === atMs || !isOnDuty(roster(given), middleMs));
    }),
    { numRuns: 400 },
  );
});

const XA = parseAgencyId('xa-fiu');
const XB = parseAgencyId('xb-fiu');
const golden = JSON.parse(readFileSync('protocol/vectors/messages/freeze.request.json', 'utf8')) as { body: unknown };
const full = parseMessage('freeze.request', golden.body).body;
const REQUEST = {
  ...full,
  assets: full.assets
    .filter(({ assetRef }) => assetRef === 'a1')
    .map((asset) => ({
      ...asset,
      measure: { ...asset.measure, duration: { number: 5, unit: 'calendar-days' as const } },
    })),
};

const entryOf = (agency: typeof XA, edit: Partial<DirectoryEntry> = {}): DirectoryEntry => {
  const example = exampleEntry(agency, NOW - 10 * DAY);
  const dutyRoster = { ...example.dutyRoster, lastLiveTestOn: '2026-03-20' };
  return parseDirectoryEntry({ ...example, dutyRoster, ...edit });
};
const recordOf = (agency: typeof XA, edit: Partial<CapabilityRecord> = {}): CapabilityRecord =>
  parseCapabilityRecord({ ...exampleCapability(agency, NOW - 10 * DAY), confirmed: true, ...edit });
const publishedOf = (agency: typeof XA, edit: Partial<Published> = {}): Published => ({
  agency,
  entry: entryOf(agency),
  capability: recordOf(agency),
  reach: 'reachable',
  ...edit,
});
const ask = (edit: Partial<PreflightQuestion> = {}) =>
  preflight({ request: REQUEST, recipient: publishedOf(XB), sender: publishedOf(XA), nowMs: NOW, ...edit });

const measureOf = (edit: object): CapabilityRecord['measures'] =>
  recordOf(XB)
    .measures.slice(0, 1)
    .map((measure) => ({ ...measure, duration: { ...measure.duration, ...edit } }));

t.test('how long it would hold if it were imposed now: the figures of the domain, worked out by hand', async (t) => {
  const zone = (timeZone: string, holidays: string[] = []) => ({ calendar: { timeZone, weekend: [6, 7], holidays } });
  const EASTER = ['2026-04-03', '2026-04-06'];
  // Issued on Wednesday 1 April 2026 at 08:00Z.
  const figures: readonly (readonly [string, object, string])[] = [
    [
      'France',
      { number: 10, unit: 'working-days', firstDay: 'counted', ...zone('Europe/Paris') },
      '2026-04-14T22:00:00Z',
    ],
    ['Poland', { number: 96, unit: 'hours', ...zone('Europe/Warsaw') }, '2026-04-05T08:00:00Z'],
    [
      'UK',
      { number: 7, unit: 'working-days', firstDay: 'not-counted', ...zone('Europe/London', EASTER) },
      '2026-04-14T23:00:00Z',
    ],
    [
      'South Africa',
      { number: 10, unit: 'working-days', firstDay: 'counted', ...zone('Africa/Johannesburg', EASTER) },
      '2026-04-16T22:00:00Z',
    ],
    [
      'Switzerland',
      { number: 5, unit: 'working-days', firstDay: 'not-counted', ...zone('Europe/Zurich', EASTER) },
      '2026-04-10T22:00:00Z',
    ],
    ['Slovenia', { number: 72, unit: 'hours', ...zone('Europe/Ljubljana') }, '2026-04-04T08:00:00Z'],
    ['Germany', { number: 1, unit: 'months', firstDay: 'counted', ...zone('Europe/Berlin') }, '2026-04-30T22:00:00Z'],
    [
      'AMLD6, a transaction',
      { number: 10, unit: 'working-days', firstDay: 'counted', ...zone('Europe/Brussels') },
      '2026-04-14T22:00:00Z',
    ],
    [
      'AMLD6, an account',
      { number: 5, unit: 'working-days', firstDay: 'counted', ...zone('Europe/Brussels') },
      '2026-04-07T22:00:00Z',
    ],
  ];
  for (const [what, duration, end] of figures) {
    const recipient = publishedOf(XB, { capability: recordOf(XB, { measures: measureOf(duration) }) });
    const [answer] = ask({ recipient }).answers.assets;
    t.match(answer, { assetRef: 'a1', can: 'yes', measure: { from: 'issue' } }, what);
    t.equal(new Date(answer?.measure?.ifNow?.expiresAtMs ?? 0).toISOString(), new Date(end).toISOString(), what);
  }
  const silence = measureOf({
    silence: 'consent-to-the-transaction',
    extensions: { count: 1 },
    extendedBy: 'the court',
  });
  const uk = ask({ recipient: publishedOf(XB, { capability: recordOf(XB, { measures: silence }) }) });
  t.match(uk.answers.assets[0]?.measure, {
    silence: 'consent-to-the-transaction',
    extensions: { count: 1, by: 'the court' },
  });
  t.ok(uk.advice.some(({ code, blocks }) => code === 'capability.silence-releases' && !blocks));
  const today = measureOf({ number: 1, firstDay: 'counted', dayEnd: { kind: 'at-time', time: '07:00' } });
  const over = ask({ recipient: publishedOf(XB, { capability: recordOf(XB, { measures: today }) }) });
  t.match(over.answers.assets[0]?.measure, { ifNow: null }, 'over at once is an answer and no exception');
  t.ok(over.advice.some(({ code }) => code === 'capability.no-time-left'));
});

t.test('nothing to say where nothing is wrong', async (t) => {
  const { advice, isSendable, route, answers } = ask();
  t.same(advice, []);
  t.equal(isSendable, true);
  t.equal(route, null);
  t.match(answers, {
    missing: [],
    figures: 'confirmed',
    actsForUs: true,
    dualCriminality: [],
    language: { written: ['en'], isRead: true },
    directContact: 'allowed',
    uncacAsBasis: true,
    freshness: { entry: { kind: 'fresh' }, capability: { kind: 'fresh' } },
    duty: { state: { kind: 'on-duty' }, liveTestAgeDays: 12 },
  });
  t.same(
    answers.noGroundToRefuse.map(({ article }) => article),
    ['46(8)', '46(22)'],
  );
});

const none = recordOf(XB, { power: 'none', through: 'the Prosecutor General', measures: [] });
const aca = parseAgencyId('xb-aca');
const ministry = parseAgencyId('xb-justice');
const xaAca = parseAgencyId('xa-aca');
const withEntry = (edit: Partial<DirectoryEntry>): Partial<PreflightQuestion> => ({
  recipient: publishedOf(XB, { entry: entryOf(XB, edit) }),
});
const withRecord = (edit: Partial<CapabilityRecord>): Partial<PreflightQuestion> => ({
  recipient: publishedOf(XB, { capability: recordOf(XB, edit) }),
});
const withRoster = (edit: Partial<DutyRoster>): Partial<PreflightQuestion> =>
  withEntry({ dutyRoster: { ...entryOf(XB).dutyRoster, ...edit } });
const routine = { ...REQUEST, urgency: 'routine' as const };
const observed: Observed = {
  agency: XB,
  alerts: 7,
  silent: 0,
  acknowledge: {},
  decide: { flash: { medianMs: 60 * 3_600_000, count: 7 } },
  imposed: 7,
  noAssets: 0,
  redirected: 0,
  refused: {},
  granted: null,
};

interface Row {
  readonly what: string;
  readonly ask: Partial<PreflightQuestion>;
  readonly code: AdviceCode;
  readonly blocks: boolean;
  readonly text: RegExp;
  readonly route?: Partial<Route>;
}

const ROWS: readonly Row[] = [
  {
    what: 'a State without any power (the United States of the domain)',
    ask: { recipient: publishedOf(XB, { capability: none }) },
    code: 'capability.no-power',
    blocks: true,
    text: /turn to the Prosecutor General/,
    route: { kind: 'diplomatic-channel' },
  },
  {
    what: 'another agency of the same State that can',
    ask: { recipient: publishedOf(XB, { capability: none }), others: [publishedOf(aca), publishedOf(XA)] },
    code: 'capability.no-power',
    blocks: true,
    text: /no power/,
    route: { kind: 'other-agency', agency: aca },
  },
  {
    what: 'its central authority, where it is in the directory',
    ask: {
      recipient: publishedOf(XB, { capability: none }),
      others: [
        publishedOf(ministry, {
          entry: entryOf(ministry, { authorityTypes: ['mla-central-authority'] }),
          capability: null,
        }),
      ],
    },
    code: 'capability.no-power',
    blocks: true,
    text: /no power/,
    route: { kind: 'central-authority', agency: ministry },
  },
  {
    what: 'no record',
    ask: { recipient: publishedOf(XB, { capability: null }) },
    code: 'capability.missing',
    blocks: true,
    text: /no capability record/,
    route: { kind: 'telephone' },
  },
  {
    what: 'an expired record',
    ask: withRecord({ expiresAtMs: NOW }),
    code: 'capability.expired',
    blocks: true,
    text: /expired/,
    route: { kind: 'telephone' },
  },
  {
    what: 'an old record',
    ask: withRecord({ selfDeclaredAtMs: NOW - 181 * DAY }),
    code: 'capability.old',
    blocks: false,
    text: /2025-10-02/,
  },
  {
    what: 'figures that nobody confirmed',
    ask: withRecord({ confirmed: false }),
    code: 'capability.unconfirmed',
    blocks: false,
    text: /^UNCONFIRMED: /,
  },
  {
    what: 'a sample',
    ask: withRecord({ confirmed: false, source: 'Domain brief, not verified' }),
    code: 'capability.unconfirmed',
    blocks: false,
    text: /^UNCONFIRMED SAMPLE, published by nobody.*Domain brief, not verified/,
  },
  {
    what: 'it acts for the other kind of agency, and ours of that kind is in the directory',
    ask: {
      ...withRecord({ actsForForeignFiu: false }),
      others: [publishedOf(xaAca, { entry: entryOf(xaAca, { authorityTypes: ['aca'] }) })],
    },
    code: 'capability.not-for-foreign',
    blocks: true,
    text: /only for foreign anti-corruption agencies/,
    route: { kind: 'own-agency', agency: xaAca },
  },
  {
    what: 'it acts for nobody abroad',
    ask: withRecord({ actsForForeignFiu: false, actsForForeignAca: false }),
    code: 'capability.not-for-foreign',
    blocks: true,
    text: /no foreign authority/,
    route: { kind: 'diplomatic-channel' },
  },
  {
    what: 'it can do nothing that is asked',
    ask: { request: { ...full, assets: full.assets.filter(({ kind }) => kind === 'property') } },
    code: 'capability.nothing-possible',
    blocks: true,
    text: /no measure for anything/,
  },
  {
    what: 'only through a prosecutor, while another agency acts itself',
    ask: { ...withRecord({ power: 'indirect', through: 'the prosecutor' }), others: [publishedOf(aca)] },
    code: 'capability.indirect',
    blocks: false,
    text: /the prosecutor decides/,
    route: { kind: 'other-agency', agency: aca },
  },
  {
    what: 'not complete',
    ask: {
      ...withEntry({ requirements: [{ requires: 'expected-transfer' }] }),
      request: { ...REQUEST, risk: { evidence: prose('It moves.') } },
    },
    code: 'requirement.missing',
    blocks: true,
    text: /expected-transfer/,
  },
  {
    what: 'no direct contact (¶47)',
    ask: withEntry({ directContactRule: 'not-allowed' }),
    code: 'contact.not-allowed',
    blocks: true,
    text: /central authority/,
    route: { kind: 'diplomatic-channel' },
  },
  {
    what: 'only in extreme urgency, and this is none',
    ask: { ...withEntry({ directContactRule: 'urgent-only' }), request: routine },
    code: 'contact.urgent-only',
    blocks: true,
    text: /extreme urgency/,
    route: { kind: 'diplomatic-channel' },
  },
  {
    what: 'only in extreme urgency, and this is urgent',
    ask: { ...withEntry({ directContactRule: 'urgent-only' }), request: { ...REQUEST, urgency: 'urgent' } },
    code: 'contact.urgent-only',
    blocks: false,
    text: /this alert is urgent/,
  },
  {
    what: 'the original must follow (¶64)',
    ask: withEntry({ diplomaticChannelRule: 'always' }),
    code: 'contact.original-follows',
    blocks: false,
    text: /advance copy until the original/,
  },
  {
    what: 'the Convention is no basis there',
    ask: withEntry({ uncacAsBasis: { accepted: false } }),
    code: 'basis.uncac-not-accepted',
    blocks: true,
    text: /no agreement with XA/,
  },
  {
    what: 'but an agreement is',
    ask: withEntry({ uncacAsBasis: { accepted: false }, agreements: [{ title: 'Memorandum of 2019', with: ['XA'] }] }),
    code: 'basis.agreement',
    blocks: true,
    text: /name the agreement instead: Memorandum of 2019/,
  },
  {
    what: 'an offence that States need only consider',
    ask: { request: { ...REQUEST, offences: REQUEST.offences.map((offence) => ({ ...offence, uncacArticle: '20' })) } },
    code: 'offence.dual-criminality',
    blocks: false,
    text: /article 20, Illicit enrichment/,
  },
  {
    what: 'a language that it does not read',
    ask: withRecord({ languages: ['es'] }),
    code: 'capability.language',
    blocks: false,
    text: /reads es/,
  },
  {
    what: 'no entry',
    ask: { recipient: publishedOf(XB, { entry: null }) },
    code: 'entry.missing',
    blocks: false,
    text: /no directory entry/,
  },
  {
    what: 'an expired entry',
    ask: withEntry({ expiresAtMs: NOW }),
    code: 'entry.expired',
    blocks: false,
    text: /expired on 2026-04-01/,
    route: { kind: 'telephone' },
  },
  {
    what: 'an entry that is not confirmed (¶91)',
    ask: withEntry({ verifiedOnMs: NOW - 181 * DAY }),
    code: 'entry.old',
    blocks: false,
    text: /2025-10-02/,
  },
  {
    what: 'nobody on duty now',
    ask: withRoster({ schedule: { ...OFFICE, timeZone: 'America/Montevideo' } }),
    code: 'duty.nobody',
    blocks: false,
    text: /next from 2026-04-01T11:00/,
    route: { kind: 'telephone' },
  },
  {
    what: 'hours in words only',
    ask: withEntry({ dutyRoster: { ...roster(undefined), lastLiveTestOn: '2026-03-20' } }),
    code: 'duty.unknown',
    blocks: false,
    text: /as it says/,
  },
  {
    what: 'a duty telephone that nobody rang for long',
    ask: withRoster({ lastLiveTestOn: '2025-12-31' }),
    code: 'duty.test-old',
    blocks: false,
    text: /91 days ago/,
  },
  {
    what: 'quarantined',
    ask: { recipient: publishedOf(XB, { reach: 'quarantined' }) },
    code: 'agency.quarantined',
    blocks: true,
    text: /fingerprint/,
  },
  {
    what: 'suspended',
    ask: { recipient: publishedOf(XB, { reach: 'suspended' }) },
    code: 'agency.suspended',
    blocks: true,
    text: /suspended/,
  },
  {
    what: 'no device',
    ask: { recipient: publishedOf(XB, { reach: 'unreachable' }) },
    code: 'agency.unreachable',
    blocks: false,
    text: /would wait/,
    route: { kind: 'telephone' },
  },
  {
    what: 'it declares 24 h and took 60 h',
    ask: {
      ...withRecord({
        answerTimes: {
          acknowledge: { flash: { number: 1, unit: 'hours' } },
          decide: { flash: { number: 24, unit: 'hours' } },
        },
      }),
      observed,
    },
    code: 'observed.slower',
    blocks: false,
    text: /it declares 24 h; it took 60 h in the median of 7/,
  },
  {
    what: 'alerts that it never answered',
    ask: { observed: { ...observed, decide: {}, silent: 2 } },
    code: 'observed.silent',
    blocks: false,
    text: /2 of 7/,
  },
  {
    what: 'shorter than it declares',
    ask: { observed: { ...observed, decide: {}, granted: { shortestMs: DAY, medianMs: 2 * DAY, longestMs: 3 * DAY } } },
    code: 'observed.shorter',
    blocks: false,
    text: /ran 48 h in the median/,
  },
];

t.test('each defect: its code, whether it blocks, the sentence, the better way', async (t) => {
  for (const { what, ask: edit, code, blocks, text, route } of ROWS) {
    const result = ask(edit);
    t.match(
      result.advice.find((advice) => advice.code === code),
      { code, blocks, text },
      what,
    );
    t.equal(result.isSendable, !result.advice.some((advice) => advice.blocks), what);
    if (route !== undefined) t.match(result.route, route, `${what}: the better way`);
  }
  const order = ask({ ...withRecord({ confirmed: false, expiresAtMs: NOW }) }).advice.map(({ blocks }) => blocks);
  t.same(
    order,
    [...order].sort((a, b) => Number(b) - Number(a)),
    'what blocks comes first',
  );
});

t.test('a way that is no better is not suggested', async (t) => {
  const recipient = publishedOf(XB, { capability: none });
  const others: readonly (readonly [string, Partial<Published>])[] = [
    ['one that acts only for the other kind', { capability: recordOf(aca, { actsForForeignFiu: false }) }],
    ['one whose record has expired', { capability: recordOf(aca, { expiresAtMs: NOW }) }],
    ['one that is quarantined', { reach: 'quarantined' }],
    ['one that nothing reaches', { reach: 'unreachable' }],
    ['one that may not be written to', { entry: entryOf(aca, { directContactRule: 'not-allowed' }) }],
    ['one with no act for this', { capability: recordOf(aca, { measures: recordOf(aca).measures.slice(1, 2) }) }],
  ];
  for (const [what, edit] of others)
    t.match(ask({ recipient, others: [publishedOf(aca, edit)] }).route, { kind: 'diplomatic-channel' }, what);
  const best = [
    publishedOf(parseAgencyId('xb-bank'), { capability: recordOf(XB, { confirmed: false }) }),
    publishedOf(aca, { capability: recordOf(aca, { power: 'indirect', through: 'the prosecutor' }) }),
    publishedOf(ministry),
  ];
  t.match(ask({ recipient, others: best }).route, { agency: ministry }, 'itself and confirmed comes first');
  t.match(ask({ recipient, others: best.slice(0, 2) }).route, { text: /UNCONFIRMED/ }, 'itself before through another');
});

t.test('answers: agreements, networks in common, for whom', async (t) => {
  const recipient = publishedOf(XB, {
    entry: entryOf(XB, {
      networks: ['Egmont Group', 'RRAG'],
      agreements: [{ title: 'Memorandum', with: ['XA', 'XC'] }],
    }),
    capability: recordOf(XB, { actsForForeignFiu: false }),
  });
  const sender = publishedOf(XA, { entry: entryOf(XA, { networks: ['GlobE', 'Egmont Group'] }) });
  t.match(ask({ recipient, sender }).answers, {
    networksInCommon: ['Egmont Group'],
    agreements: ['Memorandum'],
    actsForUs: false,
  });
  const prosecutor = publishedOf(XA, { entry: entryOf(XA, { authorityTypes: ['prosecutor'] }) });
  t.equal(ask({ recipient, sender: prosecutor }).answers.actsForUs, true, 'who is neither comes in by the open door');
  const many = ask({ request: full }).answers.assets.map(({ assetRef, can }) => `${assetRef} ${can}`);
  t.ok(many.includes('a1 yes') && many.includes('p1 other-measure'), many.join());
});

t.test('specification 56 names every code, and says which block', async (t) => {
  const page = readFileSync('protocol/spec/56-before-sending.md', 'utf8');
  const [, table = ''] = page.split('## Advice');
  const [rows = ''] = table.split('## Insisting');
  const named = [...rows.matchAll(/`([a-z]+\.[a-z-]+)`/g)].map(([, code]) => code ?? '');
  t.same([...named].sort(), [...ADVICE_CODES].sort());
  const always = new Set(
    rows
      .split('\n')
      .find((line) => line.startsWith('| always'))
      ?.match(/[a-z]+\.[a-z-]+/g),
  );
  for (const { ask: edit, code } of ROWS) {
    for (const advice of ask(edit).advice)
      if (advice.code !== 'contact.urgent-only')
        t.equal(always.has(advice.code), advice.blocks, `${advice.code} (${code})`);
  }
});
