/**
 * The deadlines of a freeze alert, event by event, against instants reckoned by hand. Belmora's calendar: Lisbon's zone, Friday 3 and
 * Monday 6 April 2026 holidays.
 */
import { readFileSync } from 'node:fs';
import { exampleCapability } from '@holdfast/client-sdk/testing';
import {
  AgencyIdSchema,
  type CaseClock,
  type ClockName,
  clocksOf,
  type FreezeClockInput,
  type Message,
  parseCapabilityRecord,
  parseMessage,
  parserOf,
  type SaidEvent,
  toHash,
  warningsOf,
} from '@holdfast/protocol';
import fc from 'fast-check';
import t from 'tap';

const HOUR = 3_600_000;
const agency = parserOf('agency id', AgencyIdSchema, 'message.invalid');
const [XA, XB] = [agency('xa-fiu'), agency('xb-fiu')];
/** Wednesday 1 April 2026, 10:00 in Lisbon. */
const at = (text: string): number => Date.parse(`2026-${text}Z`);
const T = at('04-01T09:00');

const calendar = { timeZone: 'Europe/Lisbon', weekend: [6, 7], holidays: ['2026-04-03', '2026-04-06'] };
const RECORD = parseCapabilityRecord({ ...exampleCapability(XB, T), calendar });

const vector = (kind: string): unknown => {
  const { body } = JSON.parse(readFileSync(`protocol/vectors/messages/${kind}.json`, 'utf8')) as { body: unknown };
  return body;
};
const BODIES = {
  request: parseMessage('freeze.request', vector('freeze.request')),
  impose: parseMessage('freeze.impose', vector('freeze.impose')),
};
const REFS = BODIES.request.body.assets.map(({ assetRef }) => assetRef);
const prose = { language: 'en', text: 'because' };

let counter = 0;
function said(by: SaidEvent['by'], atMs: number, message: Message): SaidEvent {
  return { eh: toHash(new Uint8Array(32).fill(++counter)), by, atMs, message };
}
const request = (atMs = T): SaidEvent => said('requesting', atMs, BODIES.request);
const R = (atMs: number, kind: Parameters<typeof parseMessage>[0], body: object): SaidEvent =>
  said('requested', atMs, parseMessage(kind, { writtenAtMs: atMs, ...body }));
const Q = (atMs: number, kind: Parameters<typeof parseMessage>[0], body: object): SaidEvent =>
  said('requesting', atMs, parseMessage(kind, { writtenAtMs: atMs, ...body }));
const bodyOf = (kind: string): object => vector(kind) as object;
const acknowledge = (atMs: number): SaidEvent =>
  R(atMs, 'freeze.acknowledge', { ...bodyOf('freeze.acknowledge'), writtenAtMs: atMs });
const ask = (atMs: number, answerByMs: number): SaidEvent =>
  R(atMs, 'freeze.ask', { items: [{ itemRef: 'q1', about: 'facts', question: prose }], answerByMs });
const supply = (atMs: number): SaidEvent => Q(atMs, 'freeze.supply', { ...bodyOf('freeze.supply'), writtenAtMs: atMs });

function impose(atMs: number, expiries: readonly number[], steps: readonly object[] = []): SaidEvent {
  const inForce = BODIES.impose.body.outcomes.find(({ outcome }) => outcome === 'in-force');
  const { keepAliveSteps, ...body } = BODIES.impose.body;
  return R(atMs, 'freeze.impose', {
    ...body,
    writtenAtMs: atMs,
    keepAliveSteps:
      steps.length === 0 ? keepAliveSteps.slice(0, 1).map((step) => ({ ...step, dueAtMs: atMs + HOUR })) : steps,
    outcomes: expiries.map((expiresAtMs, index) => ({
      ...inForce,
      assetRef: REFS[index],
      startsAtMs: atMs,
      expiry: { atMs: expiresAtMs, explanation: `until ${expiresAtMs}` },
    })),
  });
}

function clocks(
  events: readonly SaidEvent[],
  nowMs: number,
  more: Partial<FreezeClockInput> = {},
): readonly CaseClock[] {
  const parties = { requesting: XA, requested: XB };
  return clocksOf({ events, urgency: 'urgent', parties, deliveredAtMs: T, assets: [], record: RECORD, nowMs, ...more });
}
const named = (all: readonly CaseClock[], what: ClockName): readonly CaseClock[] =>
  all.filter((clock) => clock.what === what);
const one = (all: readonly CaseClock[], what: ClockName): CaseClock => {
  const [found, ...others] = named(all, what);
  if (found === undefined || others.length > 0) throw new Error(`${named(all, what).length} clocks of ${what}`);
  return found;
};

t.test('until the delivery 15 minutes, whatever the urgency', async (t) => {
  for (const urgency of ['flash', 'urgent', 'routine'] as const) {
    const waiting = (nowMs: number): CaseClock =>
      one(clocks([request()], nowMs, { urgency, deliveredAtMs: undefined }), 'delivery');
    t.match(waiting(T), { dueAtMs: T + HOUR / 4, state: 'running', whose: { agency: XB, party: 'requested' } });
    t.equal(waiting(T + HOUR / 4).state, 'overdue');
    t.equal(
      named(clocks([request()], T, { urgency, deliveredAtMs: undefined }), 'acknowledge').length,
      0,
      'not yet its turn',
    );
  }
  t.match(one(clocks([request()], T + HOUR), 'delivery'), { state: 'met', endedAtMs: T });
  const late = clocks([request(), acknowledge(T + HOUR)], T + HOUR, { deliveredAtMs: undefined });
  t.match(one(late, 'delivery'), { state: 'met', endedAtMs: T + HOUR }, 'an answer proves it too');
});

t.test("acknowledging: flash 1 h, urgent 4 h, routine a working day of R's own calendar", async (t) => {
  const due = (urgency: FreezeClockInput['urgency'], record = RECORD, deliveredAtMs = T): CaseClock =>
    one(clocks([request()], T, { urgency, record, deliveredAtMs }), 'acknowledge');
  t.match(due('flash'), {
    dueAtMs: T + HOUR,
    explanation: '1 hour, from delivery on Wednesday 1 April 2026 10:00: Wednesday 1 April 2026 11:00 Europe/Lisbon',
  });
  t.equal(due('urgent').dueAtMs, T + 4 * HOUR);
  t.match(due('routine'), {
    dueAtMs: at('04-02T23:00'),
    explanation: '1 working day, the day of delivery not counted: end of Thursday 2 April 2026 Europe/Lisbon',
  });
  // Thursday evening: Friday and Monday are holidays, so the end of Tuesday.
  t.match(due('routine', RECORD, at('04-02T18:00')), {
    dueAtMs: at('04-07T23:00'),
    explanation:
      '1 working day, the day of delivery not counted, Friday 3 April 2026 and Monday 6 April 2026 holidays: end of Tuesday 7 April 2026 Europe/Lisbon',
  });
  t.match(one(clocks([request()], T, { urgency: 'routine', record: null }), 'acknowledge'), {
    dueAtMs: at('04-03T00:00'),
    explanation: /Thursday 2 April 2026 UTC \(no calendar of xb-fiu at hand: weekends only\)$/,
  });
  const answerTimes = { acknowledge: { routine: { number: 3, unit: 'hours' } } };
  const record = parseCapabilityRecord({ ...exampleCapability(XB, T), calendar, answerTimes });
  t.equal(due('routine', record).dueAtMs, T + 3 * HOUR, "R's record stands over the default");
  t.equal(due('urgent', record).dueAtMs, T + 4 * HOUR, 'where it says something');
});

t.test('deciding: flash 8 h, urgent 24 h, routine 3 working days; redirecting 8 h, which nobody owes', async (t) => {
  const events = [request(), acknowledge(T + HOUR)];
  const due = (urgency: FreezeClockInput['urgency']): number | null =>
    one(clocks(events, T, { urgency }), 'decide').dueAtMs;
  t.equal(due('flash'), T + 9 * HOUR);
  t.equal(due('urgent'), T + 25 * HOUR);
  t.equal(due('routine'), at('04-08T23:00'), 'Thu 2, [Fri 3], [Mon 6], Tue 7, Wed 8');
  const later = clocks(events, T + 9 * HOUR, { urgency: 'flash' });
  t.match(one(later, 'decide'), { state: 'overdue' });
  t.match(one(later, 'redirect'), { state: 'passed', dueAtMs: T + 9 * HOUR });
  t.match(one(clocks([...events, impose(T + 2 * HOUR, [T + 99 * HOUR])], T + 9 * HOUR), 'decide'), {
    state: 'met',
    endedAtMs: T + 2 * HOUR,
  });
});

t.test('the decision clock stands still from the question to the answer', async (t) => {
  const events = [request(), acknowledge(T), ask(T + 2 * HOUR, T + 6 * HOUR)];
  const waiting = clocks(events, T + 5 * HOUR);
  t.match(one(waiting, 'decide'), {
    state: 'paused',
    dueAtMs: null,
    leftMs: 22 * HOUR,
    warnings: [],
    explanation: '24 hours, paused since Wednesday 1 April 2026 12:00 Europe/Lisbon until what was asked is supplied',
  });
  t.match(one(waiting, 'supply'), {
    state: 'running',
    dueAtMs: T + 6 * HOUR,
    whose: { agency: XA, party: 'requesting' },
    explanation: 'as xb-fiu has asked: Wednesday 1 April 2026 16:00 Europe/Lisbon',
  });
  t.equal(one(clocks(events, T + 6 * HOUR), 'supply').state, 'overdue');
  t.equal(one(clocks(events, T + 90 * HOUR), 'decide').state, 'paused', 'however long it takes');
  const resumed = [...events, supply(T + 5.5 * HOUR)];
  t.match(one(clocks(resumed, T + 6 * HOUR), 'decide'), {
    state: 'running',
    dueAtMs: T + 27.5 * HOUR,
    pausedMs: 3.5 * HOUR,
    explanation:
      '24 hours, from acknowledgement on Wednesday 1 April 2026 10:00, paused for 3 hours 30 minutes: Thursday 2 April 2026 13:30 Europe/Lisbon',
    warnings: [
      { left: '50 %', atMs: T + 15.5 * HOUR },
      { left: '25 %', atMs: T + 21.5 * HOUR },
    ],
  });
  const twice = [...resumed, ask(T + 20 * HOUR, T + 24 * HOUR), supply(T + 21 * HOUR)];
  t.match(one(clocks(twice, T + 21 * HOUR), 'decide'), {
    dueAtMs: T + 28.5 * HOUR,
    // Half was left at 16.5 h by the clock as it is now, before the second question: it was told then.
    warnings: [{ left: '25 %', atMs: T + 22.5 * HOUR }],
  });
  const tooLate = [request(), acknowledge(T), ask(T + 30 * HOUR, T + 34 * HOUR)];
  t.match(
    one(clocks(tooLate, T + 31 * HOUR), 'decide'),
    { state: 'overdue', dueAtMs: T + 24 * HOUR },
    'nothing comes back',
  );
  const decided = [...events, impose(T + 4 * HOUR, [T + 99 * HOUR])];
  t.match(
    one(clocks(decided, T + 50 * HOUR), 'decide'),
    { state: 'met', pausedMs: 2 * HOUR },
    'decided without an answer',
  );
});

t.test('working days paused are given back as working days', async (t) => {
  // Acknowledged Wed 1: Thu 2, Tue 7, Wed 8. Asked Thu 2, supplied Tue 7: Tuesday (one working day) was lost, so Thu 9.
  const events = [request(), acknowledge(T), ask(at('04-02T10:00'), at('04-08T10:00'))];
  t.match(one(clocks(events, at('04-06T10:00'), { urgency: 'routine' }), 'decide'), {
    state: 'paused',
    leftMs: null,
    explanation:
      '3 working days, 2 of them left, paused since Thursday 2 April 2026 11:00 Europe/Lisbon until what was asked is supplied',
  });
  t.match(one(clocks([...events, supply(at('04-07T15:00'))], at('04-07T16:00'), { urgency: 'routine' }), 'decide'), {
    state: 'running',
    dueAtMs: at('04-09T23:00'),
    explanation:
      '3 working days and 1 in which it was paused: 4 working days, the day of acknowledgement not counted, Friday 3 April 2026 and Monday 6 April 2026 holidays: end of Thursday 9 April 2026 Europe/Lisbon',
  });
  const sameDay = [...events, supply(at('04-02T15:00'))];
  t.equal(
    one(clocks(sameDay, T, { urgency: 'routine' }), 'decide').dueAtMs,
    at('04-08T23:00'),
    'no working day was lost',
  );
});

t.test('an extension moves the end and warns anew; a narrowing leaves it; what is restrained ends', async (t) => {
  const [first = '', second = ''] = REFS;
  const [end, later] = [T + 120 * HOUR, T + 300 * HOUR];
  const inForce = (expiresAtMs: number, assetRef: string) => ({ assetRef, state: 'in-force', expiresAtMs }) as const;
  const events = [request(), acknowledge(T), impose(T, [end, end])];
  const both = clocks(events, T, { assets: [inForce(end, first), inForce(end, second)] });
  t.match(one(both, 'expiry'), {
    assets: [first, second],
    dueAtMs: end,
    explanation: `until ${end}`,
    warnings: [
      { left: '50 %', atMs: T + 60 * HOUR },
      { left: '48 h', atMs: T + 72 * HOUR },
      { left: '25 %', atMs: T + 90 * HOUR },
    ],
  });
  const asked = Q(T + 10 * HOUR, 'freeze.extension-request', {
    ...bodyOf('freeze.extension-request'),
    writtenAtMs: T + 10 * HOUR,
    assets: [first],
    untilMs: later,
  });
  const pending = clocks([...events, asked], T + 11 * HOUR, { assets: [inForce(end, first), inForce(end, second)] });
  t.match(one(pending, 'extension-decision'), {
    dueAtMs: end,
    whose: { agency: XB },
    assets: [first],
    state: 'running',
  });
  const decision = R(T + 20 * HOUR, 'freeze.extension-decision', {
    outcomes: [
      {
        outcome: 'extended',
        assetRef: first,
        expiry: { atMs: later, explanation: 'longer' },
        legalBasis: BODIES.impose.body.legalBasis,
      },
    ],
  });
  const extended = [...events, asked, decision];
  const now = clocks(extended, T + 21 * HOUR, { assets: [inForce(later, first), inForce(end, second)] });
  t.match(named(now, 'expiry'), [
    { assets: [second], dueAtMs: end },
    {
      assets: [first],
      dueAtMs: later,
      startedAtMs: T + 20 * HOUR,
      explanation: 'longer',
      warnings: [{ atMs: T + 160 * HOUR }, {}, {}],
    },
  ]);
  t.match(one(now, 'extension-decision'), { state: 'met', endedAtMs: T + 20 * HOUR, dueAtMs: end });
  const narrowed = R(T + 30 * HOUR, 'freeze.adjust', bodyOf('freeze.adjust'));
  const same = clocks([...extended, narrowed], T + 31 * HOUR, {
    assets: [inForce(later, first), inForce(end, second)],
  });
  t.strictSame(named(same, 'expiry'), named(now, 'expiry'), 'narrowing changes no end');
  const restraint = R(T + 40 * HOUR, 'freeze.restraint', {
    ...bodyOf('freeze.restraint'),
    assets: [second],
    writtenAtMs: T + 40 * HOUR,
  });
  const partly = clocks([...extended, restraint], T + 400 * HOUR, {
    assets: [inForce(later, first), { assetRef: second, state: 'superseded', expiresAtMs: end }],
  });
  t.match(named(partly, 'expiry'), [
    { assets: [second], state: 'met', endedAtMs: T + 40 * HOUR },
    { assets: [first], state: 'passed' },
  ]);
});

t.test('an extension is to be asked for 48 hours before, where the law knows one', async (t) => {
  const [assetRef = ''] = REFS;
  const end = T + 120 * HOUR;
  const assets = [{ assetRef, state: 'in-force', expiresAtMs: end }] as const;
  const events = [request(), impose(T, [end])];
  t.match(one(clocks(events, T, { assets, record: null }), 'extension-request'), {
    dueAtMs: T + 72 * HOUR,
    whose: { agency: XA },
  });
  t.equal(
    one(clocks(events, T + 80 * HOUR, { assets, record: null }), 'extension-request').state,
    'passed',
    'nobody must',
  );
  const short = [{ assetRef, state: 'in-force', expiresAtMs: T + 40 * HOUR }] as const;
  t.equal(
    named(clocks([request(), impose(T, [T + 40 * HOUR])], T, { assets: short, record: null }), 'extension-request')
      .length,
    0,
  );
  t.equal(named(clocks(events, T, { assets }), 'extension-request').length, 0, 'the example record knows no extension');
});

t.test('lifting: the time to answer, the hour to report; and what keeps the measure alive', async (t) => {
  const [assetRef = ''] = REFS;
  const end = T + 120 * HOUR;
  const assets = [{ assetRef, state: 'in-force', expiresAtMs: end }] as const;
  const steps = [{ step: prose, by: 'requesting', dueAtMs: T + 30 * HOUR }];
  const events = [request(), impose(T, [end], steps)];
  t.match(one(clocks(events, T + HOUR, { assets }), 'keep-alive'), {
    awaits: 'because',
    whose: { agency: XA },
    dueAtMs: T + 30 * HOUR,
    state: 'running',
  });
  t.equal(
    one(clocks(events, T + 31 * HOUR, { assets }), 'keep-alive').state,
    'passed',
    'no message says that it is done',
  );
  const propose = R(T + 5 * HOUR, 'freeze.lift-propose', {
    assets: [assetRef],
    reason: prose,
    answerByMs: T + 9 * HOUR,
  });
  const proposed = [...events, propose];
  t.match(one(clocks(proposed, T + 6 * HOUR, { assets }), 'lift-answer'), {
    state: 'running',
    dueAtMs: T + 9 * HOUR,
    whose: { agency: XA },
  });
  const note = Q(T + 7 * HOUR, 'note', bodyOf('note'));
  t.match(one(clocks([...proposed, note], T + 20 * HOUR, { assets }), 'lift-answer'), {
    state: 'met',
    endedAtMs: T + 7 * HOUR,
  });
  const byLaw = (reportedAtMs: number): CaseClock => {
    const report = R(reportedAtMs, 'freeze.lift-by-law', {
      ...bodyOf('freeze.lift-by-law'),
      writtenAtMs: reportedAtMs,
      assets: [assetRef],
      liftedAtMs: T + 10 * HOUR,
    });
    const lifted = [{ assetRef, state: 'lifted', expiresAtMs: end }] as const;
    return one(clocks([...events, report], T + 50 * HOUR, { assets: lifted }), 'lift-by-law-report');
  };
  t.match(byLaw(T + 10.5 * HOUR), { state: 'met', dueAtMs: T + 11 * HOUR, endedAtMs: T + 10.5 * HOUR });
  const late = byLaw(T + 14 * HOUR);
  t.ok((late.endedAtMs ?? 0) > (late.dueAtMs ?? 0), 'met, and late');
});

t.test('warnings lie between start and end, in order, and never before the clock went on', async (t) => {
  const ms = fc.integer({ min: 1, max: 4000 * HOUR });
  fc.assert(
    fc.property(ms, ms, ms, (wholeMs, pausedMs, resumedMs) => {
      const dueAtMs = wholeMs + pausedMs;
      const resumedAtMs = Math.min(resumedMs, dueAtMs);
      const found = warningsOf(0, dueAtMs, { pausedMs, resumedAtMs }).map(({ atMs }) => atMs);
      const sorted = [...found].sort((a, b) => a - b);
      return found.every((atMs, index) => atMs > resumedAtMs && atMs < dueAtMs && atMs === sorted[index]);
    }),
  );
  t.pass('whatever the pause');
});
