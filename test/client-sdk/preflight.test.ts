/** The check before sending as a desk does it: what blocks never goes out without a reason, and what past answers show is counted. */
import { readFile } from 'node:fs/promises';
import { type Case, type HoldfastDesk, isSdkError, observedOf } from '@holdfast/client-sdk';
import { exampleCapability, exampleEntry, fakeNetwork } from '@holdfast/client-sdk/testing';
import {
  type Advice,
  type MessageBody,
  type Preflight,
  parseAgencyId,
  parseMessage,
  preflight,
  REQUIREMENTS,
} from '@holdfast/protocol';
import fc from 'fast-check';
import t from 'tap';
import { admitted } from '#client-sdk/preflight/insist.js';
import { requestBody, soon, XA, XB } from '../fixtures/network.js';

const reason = { language: 'en', text: 'The transfer is expected tonight.' };

/** Publications and requests with any number of defects. */
const defects = fc.record({
  requirements: fc.subarray([...REQUIREMENTS]),
  power: fc.constantFrom('direct' as const, 'indirect' as const, 'none' as const),
  actsForForeignFiu: fc.boolean(),
  actsForForeignAca: fc.boolean(),
  hasCapability: fc.boolean(),
  expiresInDays: fc.integer({ min: 1, max: 30 }),
  passedDays: fc.integer({ min: 0, max: 31 }),
  directContactRule: fc.constantFrom('allowed' as const, 'urgent-only' as const, 'not-allowed' as const),
  uncac: fc.boolean(),
  urgency: fc.constantFrom('flash' as const, 'urgent' as const, 'routine' as const),
  action: fc.constantFrom('account' as const, 'transaction' as const),
  isBare: fc.boolean(),
});
type Defects = typeof defects extends fc.Arbitrary<infer D> ? D : never;

function publicationsOf(given: Defects, nowMs: number) {
  const entry = {
    ...exampleEntry(XB, nowMs),
    requirements: given.requirements.map((requires) => ({ requires })),
    directContactRule: given.directContactRule,
    uncacAsBasis: { accepted: given.uncac },
  };
  const example = exampleCapability(XB, nowMs);
  const capability = {
    ...example,
    power: given.power,
    ...(given.power === 'direct' ? {} : { through: 'the prosecutor' }),
    measures: given.power === 'none' ? [] : example.measures,
    actsForForeignFiu: given.actsForForeignFiu,
    actsForForeignAca: given.actsForForeignAca,
    expiresAtMs: nowMs + given.expiresInDays * 86_400_000,
  };
  return { entry, capability };
}

function requestOf(given: Defects, sample: MessageBody<'freeze.request'>): MessageBody<'freeze.request'> {
  const body = structuredClone(sample);
  const edited = {
    ...body,
    urgency: given.urgency,
    assets: body.assets.map((asset) =>
      asset.kind === 'account' ? { ...asset, measure: { ...asset.measure, action: given.action } } : asset,
    ),
  };
  if (given.isBare) {
    delete edited.risk.transferExpectedAtMs;
    for (const subject of edited.subjects) delete subject.identifiers;
  }
  return edited;
}

const codesOf = (advice: readonly Advice[]): string[] =>
  [...new Set(advice.filter(({ blocks }) => blocks).map(({ code }) => code))].sort();

t.test('property: nothing that blocks is admitted without a reason, and the reason then says all of it', async (t) => {
  const sample = await requestBody();
  const nowMs = Date.now();
  let blockedCount = 0;
  fc.assert(
    fc.property(defects, (given) => {
      const { entry, capability } = publicationsOf(given, nowMs);
      const request = requestOf(given, sample);
      const checked: Preflight = preflight({
        request,
        recipient: { agency: XB, entry, capability: given.hasCapability ? capability : null, reach: 'reachable' },
        sender: { agency: XA, entry: exampleEntry(XA, nowMs), capability: null, reach: 'reachable' },
        nowMs: nowMs + given.passedDays * 86_400_000,
      });
      const codes = codesOf(checked.advice);
      if (checked.isSendable !== (codes.length === 0)) return false;
      if (codes.length === 0)
        // With nothing to insist on, insisting changes nothing.
        return (
          admitted(XB, request, checked, undefined) === request &&
          admitted(XB, request, checked, { reason }) === request
        );
      blockedCount++;
      try {
        admitted(XB, request, checked, undefined);
        return false;
      } catch (error) {
        if (!isSdkError(error) || error.issues.length < codes.length) return false;
      }
      const { body } = parseMessage('freeze.request', admitted(XB, request, checked, { reason }));
      const { insisted, ...handling } = body.handling;
      return (
        JSON.stringify([...(insisted?.codes ?? [])].sort()) === JSON.stringify(codes) &&
        insisted?.reason.text === reason.text &&
        // Nothing else of what the officer wrote is touched.
        JSON.stringify({ ...body, handling }) === JSON.stringify(parseMessage('freeze.request', request).body)
      );
    }),
    { numRuns: 500 },
  );
  t.ok(blockedCount > 100, `${blockedCount} of 500 were blocked`);
});

t.test('property: a desk queues what is blocked never, and insisted upon always', async (t) => {
  const sample = await requestBody();
  await fc.assert(
    fc.asyncProperty(defects, fc.boolean(), async (given, insists) => {
      // A day kept still: what expires does so between publishing and sending.
      let nowMs = Date.now();
      const { entry, capability } = publicationsOf(given, nowMs);
      await using network = await fakeNetwork({
        agencies: [{ agency: XA }, { agency: XB, entry, capability }],
        now: () => nowMs,
      });
      nowMs += given.passedDays * 86_400_000;
      const { desk } = network.agency(XA);
      const body = requestOf(given, { ...sample, writtenAtMs: nowMs });
      if (sample.mla.kind === 'planned' && body.mla.kind === 'planned')
        body.mla = { ...body.mla, on: new Date(nowMs + 5 * 86_400_000).toISOString().slice(0, 10) };
      const { isSendable, advice } = await desk.preflight({ to: XB, body }, { signal: soon() });
      const order = { to: XB, body, ...(insists ? { insist: { reason } } : {}) };
      const sent = await desk.freeze.request(order).catch((error: unknown) => error);
      const mayGo = isSendable || insists;
      if (isSdkError(sent) === mayGo) throw new Error(`${String(sent)}: ${codesOf(advice).join()}`);
      if (desk.outbox().length !== (mayGo ? 1 : 0)) throw new Error('the outbox holds another number');
      if (mayGo) {
        await network.settled();
        const arrived = network.agency(XB).desk.cases()[0]?.timeline[0]?.message;
        const insisted = arrived?.kind === 'freeze.request' ? arrived.body.handling.insisted : undefined;
        if (JSON.stringify([...(insisted?.codes ?? [])].sort()) !== JSON.stringify(codesOf(advice)))
          throw new Error(`the recipient reads ${JSON.stringify(insisted)}`);
      }
    }),
    { numRuns: 40 },
  );
  t.pass();
});

t.test('what may not be insisted upon', async (t) => {
  const body = await requestBody();
  const nowMs = Date.now();
  const of = (reach: 'suspended' | 'quarantined'): Preflight =>
    preflight({
      request: body,
      recipient: { agency: XB, entry: exampleEntry(XB, nowMs), capability: exampleCapability(XB, nowMs), reach },
      sender: { agency: XA, entry: null, capability: null, reach: 'unknown' },
      nowMs,
    });
  t.throws(() => admitted(XB, body, of('suspended'), { reason }), { code: 'preflight.blocked' });
  t.throws(() => admitted(XB, body, of('quarantined'), { reason }), { code: 'preflight.blocked' });
  const forged = { ...body, handling: { ...body.handling, insisted: { codes: ['duty.nobody'], reason } } };
  await using network = await fakeNetwork();
  const { desk } = network.agency(XA);
  await t.rejects(
    desk.freeze.request({ to: XB, body: forged }),
    { code: 'message.refused', issues: [{ field: 'handling.insisted' }] },
    'only the check writes it',
  );
});

t.test('a better way is looked for in the directory of the same State', async (t) => {
  const nowMs = Date.now();
  const { through: _through, ...example } = { through: '', ...exampleCapability(XB, nowMs) };
  await using network = await fakeNetwork({
    agencies: [
      { agency: XA },
      { agency: XB, capability: { ...example, power: 'none', through: 'the anti-corruption agency', measures: [] } },
      { agency: 'xb-aca' },
    ],
  });
  const { desk } = network.agency(XA);
  const body = await requestBody();
  const { route } = await desk.preflight({ to: XB, body }, { signal: soon() });
  t.match(route, { kind: 'other-agency', agency: 'xb-aca', text: /UNCONFIRMED figures/ });
  await t.rejects(desk.freeze.request({ to: XB, body }), {
    code: 'capability.no-power',
    message: /Better: xb-aca of the same State/,
  });
});

/** Alerts that took so many hours to be taken on and decided; null where that never came. */
async function casesOf(
  desk: HoldfastDesk,
  answers: readonly (readonly [
    acknowledgedHours: number | null,
    decision: 'impose' | 'refuse' | null,
    decidedHours: number,
  ])[],
): Promise<readonly Case[]> {
  const body = await requestBody();
  const sent = await desk.freeze.request({ to: XB, body });
  await sent.until('accepted', { signal: soon() });
  const base = desk.case(sent.conversation);
  const [opening] = base.timeline;
  if (opening === undefined) throw new Error('the alert is not here');
  const start = opening.sentAtMs;
  return answers.map(([acknowledged, decision, decided]) => {
    const answer = (hours: number, message: (typeof opening)['message']) => ({
      ...opening,
      from: XB,
      ours: false,
      sentAtMs: start + hours * 3_600_000,
      message,
    });
    const contact = { role: 'duty officer', phone: '+999 20 5550 100' };
    const written = { writtenAtMs: start };
    return {
      ...base,
      timeline: [
        opening,
        ...(acknowledged === null
          ? []
          : [
              answer(
                acknowledged,
                parseMessage('freeze.acknowledge', { ...written, references: { own: 'B' }, contact }),
              ),
            ]),
        ...(decision === null ? [] : [answer(decided, decision === 'refuse' ? REFUSED : IMPOSED)]),
      ],
    };
  });
}

const golden = async (kind: 'freeze.refuse' | 'freeze.impose') => {
  return parseMessage(
    kind,
    (JSON.parse(await readFile(`protocol/vectors/messages/${kind}.json`, 'utf8')) as { body: unknown }).body,
  );
};
const REFUSED = await golden('freeze.refuse');
const IMPOSED = await golden('freeze.impose');

t.test('observed: counted from the archive, worked out by hand', async (t) => {
  await using network = await fakeNetwork();
  const { desk } = network.agency(XA);
  t.equal(desk.observed(XB), null, 'nothing before the first alert');
  const cases = await casesOf(desk, [
    [1, 'impose', 10],
    [3, 'refuse', 60],
    [2, 'refuse', 80],
    [null, null, 0],
    [-1, null, 0],
  ]);
  const nowMs = Date.now() + 86_400_000;
  const found = observedOf(cases, XB, nowMs);
  t.match(found, {
    agency: XB,
    alerts: 5,
    silent: 1,
    acknowledge: { flash: { medianMs: 2 * 3_600_000, count: 3 } },
    decide: { flash: { medianMs: 60 * 3_600_000, count: 3 } },
    imposed: 1,
    refused: REFUSED.kind === 'freeze.refuse' ? { [REFUSED.body.code]: 2 } : {},
  });
  t.equal(observedOf(cases.slice(0, 2), XB, nowMs).decide.flash?.medianMs, 35 * 3_600_000, 'of two, the mean');
  t.equal(observedOf(cases, XB, Date.now()).silent, 0, 'nobody is silent before the time is over');
  t.equal(observedOf(cases, parseAgencyId('xc-aca'), nowMs).alerts, 0);
  if (IMPOSED.kind === 'freeze.impose') {
    const spans = IMPOSED.body.outcomes.flatMap((outcome) =>
      outcome.outcome === 'in-force' ? [outcome.expiry.atMs - outcome.startsAtMs] : [],
    );
    t.match(found.granted, { shortestMs: Math.min(...spans), longestMs: Math.max(...spans) });
  }
  t.match(desk.observed(XB), { alerts: 1, silent: 0 }, 'the desk counts its own');
});
