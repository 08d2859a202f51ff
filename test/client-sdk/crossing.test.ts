/**
 * A freeze case on two desks: every verb, what is said while the relay is away, what crosses, and what a wrong step is told. Both
 * desks must show the same assets whenever they have the same messages.
 */
import { type Case, type CaseAsset, type Holdfast, isSdkError } from '@holdfast/client-sdk';
import { type FakeAgency, type FakeNetwork, fakeNetwork } from '@holdfast/client-sdk/testing';
import { type ConversationId, MESSAGES, MS_PER_DAY, parseMessage } from '@holdfast/protocol';
import t, { type Test } from 'tap';
import { readBody } from '#cli/input/read-body.js';
import { readInput } from '#cli/input/read-input.js';

const HOUR = 3_600_000;

interface World {
  readonly network: FakeNetwork;
  readonly Q: FakeAgency;
  readonly R: FakeAgency;
  readonly conversation: ConversationId;
  nowMs: number;
}

/** Two agencies with one alert between them, and a clock that the story moves. */
async function begin(): Promise<World> {
  const clock = { nowMs: Date.UTC(2026, 2, 2, 9) };
  const capability = { ...((await readInput('samples/capability-xb.json', clock.nowMs)) as object), agency: 'xb-fiu' };
  const agencies = [{ agency: 'xa-fiu' }, { agency: 'xb-fiu', capability }];
  const network = await fakeNetwork({ agencies, now: () => clock.nowMs });
  const [Q, R] = [network.agency('xa-fiu'), network.agency('xb-fiu')];
  const { conversation } = await Q.desk.freeze.request({
    to: R.agency,
    body: await body(MESSAGES['freeze.request'], 'alert', clock.nowMs),
  });
  await network.settled();
  return Object.assign(clock, { network, Q, R, conversation });
}

/** A sample's body at this time, read as the command reads it. */
async function body<B>(
  { parse }: { readonly parse: (value: unknown) => B },
  sample: string,
  nowMs: number,
  more: object = {},
): Promise<B> {
  return parse({ ...((await readBody(`samples/${sample}.json`, nowMs)) as object), ...more });
}

async function acknowledge({ R, conversation, nowMs }: World): Promise<void> {
  await R.desk.freeze.acknowledge({
    conversation,
    body: await body(MESSAGES['freeze.acknowledge'], 'acknowledge', nowMs),
  });
}

/** By the fake agency's own record: five days. */
async function impose({ R, conversation, nowMs }: World): Promise<void> {
  const input = await readBody('samples/impose.json', nowMs);
  await R.desk.freeze.impose({ conversation, body: await R.desk.freeze.imposition({ conversation, input }) });
}

/** What must not differ: everything but each side's own view. */
const shared = ({ state, assets }: Case): unknown => ({
  state,
  assets: assets.map((asset) => ({ ...asset, presumed: null, late: null })),
});

/** Both desks' case, once everything has arrived; the same on both. */
async function both(t: Test, { network, Q, R, conversation }: World): Promise<Case> {
  await network.settled();
  const [ours, theirs] = [Q.desk.case(conversation), R.desk.case(conversation)];
  t.strictSame(shared(ours), shared(theirs), 'both sides see the same');
  return ours;
}

const assetOf = (found: Case, ref: string): CaseAsset | undefined =>
  found.assets.find(({ assetRef }) => assetRef === ref);

async function refusal(
  step: Promise<unknown>,
): Promise<{ message: string; issues: readonly { field: string; reason: string }[] }> {
  const error: unknown = await step.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isSdkError(error, 'case.event-not-allowed')) throw new Error(`not refused: ${String(error)}`);
  return error;
}

t.test('every step of a case, seen alike from both sides', async (t) => {
  const world = await begin();
  const { Q, R, conversation } = world;
  await using _ = world.network;
  await acknowledge(world);
  await world.network.settled();
  await R.desk.freeze.ask({ conversation, body: await body(MESSAGES['freeze.ask'], 'ask', world.nowMs) });
  t.equal((await both(t, world)).state, 'info-needed');
  await Q.desk.freeze.supply({ conversation, body: await body(MESSAGES['freeze.supply'], 'supply', world.nowMs) });
  await world.network.settled();
  await impose(world);
  const imposed = await both(t, world);
  t.equal(imposed.state, 'partial');
  t.match(assetOf(imposed, 'a1'), {
    held: { action: 'account', amount: { value: '1171220.40' }, permittedDebits: [{ purpose: 'bank-fees' }] },
    requestedAmount: { value: '1184500.00' },
  });
  await R.desk.freeze.adjust({ conversation, body: await body(MESSAGES['freeze.adjust'], 'adjust', world.nowMs) });
  t.match(assetOf(await both(t, world), 'a1')?.held, {
    extent: { amount: { value: '1200000.00' } },
    permittedDebits: [{ purpose: 'bank-fees' }, { purpose: 'wages' }],
    amount: { value: '1171220.40' },
  });

  await Q.desk.freeze.linkMla({ conversation, body: await body(MESSAGES['freeze.mla-link'], 'mla-link', world.nowMs) });
  await world.network.settled();
  t.match(
    await refusal(
      Q.desk.freeze.linkMla({
        conversation,
        body: await body(MESSAGES['freeze.mla-link'], 'mla-original', world.nowMs),
      }),
    ),
    { message: /not for the requesting side/ },
  );
  await R.desk.freeze.linkMla({
    conversation,
    body: await body(MESSAGES['freeze.mla-link'], 'mla-original', world.nowMs),
  });
  const linked = assetOf(await both(t, world), 'a1');
  t.match(linked, {
    mlaLinked: true,
    originalReceivedAtMs: world.nowMs,
    expiry: { atMs: assetOf(imposed, 'a1')?.expiry?.atMs },
  });

  await Q.desk.freeze.requestExtension({
    conversation,
    body: await body(MESSAGES['freeze.extension-request'], 'extension-request', world.nowMs),
  });
  t.equal(assetOf(await both(t, world), 'a1')?.extensionPending, true);
  const input = await readBody('samples/extension-decision.json', world.nowMs);
  await R.desk.freeze.decideExtension({ conversation, body: await R.desk.freeze.extension({ conversation, input }) });
  const extended = await both(t, world);
  await t.rejects(
    R.desk.freeze.extension({ conversation, input }),
    { code: 'capability.no-power', issues: [{ reason: /allows 1 extensions, and 1 were granted/ }] },
    'no more than the record allows',
  );
  t.ok((assetOf(extended, 'a1')?.expiry?.atMs ?? 0) > (linked?.expiry?.atMs ?? 0), 'reckoned from the old expiry');
  t.match(assetOf(extended, 'a1')?.expiry?.explanation, /extended from the old expiry/);
  t.equal(assetOf(extended, 'w1')?.expiry?.atMs, assetOf(imposed, 'w1')?.expiry?.atMs, 'denied: the old one stands');

  const lift = await readBody('samples/lift-decision.json', world.nowMs);
  await R.desk.freeze.proposeLift({
    conversation,
    body: await body(MESSAGES['freeze.lift-propose'], 'lift-propose', world.nowMs),
  });
  await world.network.settled();
  t.throws(
    () => R.desk.freeze.liftDecision({ conversation, input: lift }),
    { code: 'message.refused' },
    'nobody was heard yet',
  );
  const early = parseMessage('freeze.lift-decision', { ...(lift as object), hearing: { kind: 'no-answer' } }).body;
  t.match(await refusal(R.desk.freeze.decideLift({ conversation, body: early })), {
    message: /Q may answer on a1 until/,
  });
  await Q.desk.note({
    conversation,
    body: parseMessage('note', { writtenAtMs: world.nowMs, text: { language: 'en', text: 'We object.' } }).body,
  });
  await world.network.settled();
  const decision = R.desk.freeze.liftDecision({ conversation, input: lift });
  t.equal(decision.hearing.kind, 'heard', 'as the case has it');
  await R.desk.freeze.decideLift({ conversation, body: decision });
  t.equal(assetOf(await both(t, world), 'a1')?.state, 'lifted');
  await R.desk.freeze.restraint({
    conversation,
    body: await body(MESSAGES['freeze.restraint'], 'restraint', world.nowMs, { assets: ['w1'] }),
  });
  const ended = await both(t, world);
  t.equal(assetOf(ended, 'w1')?.state, 'superseded');
  t.equal(ended.timeline.filter(({ refused }) => refused !== null).length, 0);
  t.strictSame(ended.steps, [], 'nothing is left to do');
  t.equal(Q.desk.cases({ isOpen: true }).length, 0);
  t.equal(Q.desk.cases({ kind: 'freeze', agency: R.agency, limit: 1 }).length, 1);
});

t.test('what waits in the outbox counts', async (t) => {
  const world = await begin();
  const { R, Q, conversation } = world;
  await using _ = world.network;
  R.disconnect();
  await acknowledge(world);
  t.match(await refusal(acknowledge(world)), { message: /does not allow acknowledge/ }, 'never acknowledged twice');
  await impose(world);
  await R.desk.note({
    conversation,
    body: parseMessage('note', { writtenAtMs: world.nowMs, text: { language: 'en', text: 'Done.' } }).body,
  });
  R.connect();
  const found = await both(t, world);
  t.equal(found.state, 'partial');
  const [request, taken, decided, note] = found.timeline;
  t.strictSame(
    found.timeline.map(({ message }) => message.kind),
    ['freeze.request', 'freeze.acknowledge', 'freeze.impose', 'note'],
  );
  t.ok(request && taken && decided && note);

  // A note behind an alert that has not left yet follows it.
  Q.disconnect();
  const later = await Q.desk.freeze.request({
    to: R.agency,
    body: await body(MESSAGES['freeze.request'], 'alert', world.nowMs),
  });
  await Q.desk.note({
    conversation: later.conversation,
    body: parseMessage('note', { writtenAtMs: world.nowMs, text: { language: 'en', text: 'By telephone: urgent.' } })
      .body,
  });
  await Q.desk.freeze.withdraw({
    conversation: later.conversation,
    body: await body(MESSAGES['freeze.withdraw'], 'withdraw', world.nowMs),
  });
  Q.connect();
  const second = await both(t, { ...world, conversation: later.conversation });
  t.equal(second.state, 'withdrawn');
  t.equal(second.timeline[1]?.message.kind, 'note');
});

t.test('a withdrawal and the decision cross while the relay is away', async (t) => {
  const world = await begin();
  const { Q, R, conversation } = world;
  await using _ = world.network;
  await acknowledge(world);
  await world.network.settled();
  Q.disconnect();
  R.disconnect();
  await impose(world);
  await Q.desk.freeze.withdraw({
    conversation,
    body: await body(MESSAGES['freeze.withdraw'], 'withdraw', world.nowMs),
  });
  await world.network.settled();
  Q.connect();
  R.connect();
  const found = await both(t, world);
  t.equal(assetOf(found, 'a1')?.state, 'lift-proposed', 'the freeze stands, and Q asks for release');
  t.equal(found.timeline.find(({ message }) => message.kind === 'freeze.withdraw')?.countsAs, 'release-request');
});

t.test('a wrong step says state, event, who may, and what can be done instead', async (t) => {
  const world = await begin();
  const { Q, R, conversation } = world;
  await using _ = world.network;
  const withdraw = async (desk: Holdfast): Promise<unknown> =>
    desk.freeze.withdraw({ conversation, body: await body(MESSAGES['freeze.withdraw'], 'withdraw', world.nowMs) });
  t.match((await refusal(withdraw(R.desk))).issues, [
    { field: 'state', reason: 'delivered does not allow withdraw: it is not for the requested side' },
    { field: 'who', reason: 'the requesting agency (approver)' },
    { field: 'instead', reason: 'acknowledge the alert' },
  ]);
  await acknowledge(world);
  await world.network.settled();
  await impose(world);
  await world.network.settled();
  const { message, issues } = await refusal(withdraw(Q.desk));
  t.match(
    message,
    /^A case that is decided does not allow withdraw: it is a step from sent, delivered, acknowledged, info-needed\./,
  );
  t.match(message, /Who may withdraw the alert: the requesting agency \(approver\)\./);
  t.match(
    issues.find(({ field }) => field === 'instead')?.reason,
    /ask for an extension; ask for release; link the MLA request/,
  );
  t.match(
    await refusal(
      R.desk.freeze.adjust({
        conversation,
        body: await body(MESSAGES['freeze.adjust'], 'adjust', world.nowMs, {
          changes: [{ ...(await body(MESSAGES['freeze.adjust'], 'adjust', world.nowMs)).changes[0], assetRef: 'a2' }],
        }),
      }),
    ),
    {
      message: /^Asset a2, which is not-frozen, does not allow adjust: it is a step from|nothing in this state/,
    },
  );
});

t.test('a lapse without a message: presumed by Q, known to R, until R confirms it', async (t) => {
  const world = await begin();
  const { Q, R, conversation } = world;
  await using _ = world.network;
  await acknowledge(world);
  await world.network.settled();
  await impose(world);
  await world.network.settled();
  world.nowMs += 14 * MS_PER_DAY;
  t.match(assetOf(await both(t, world), 'a1'), { state: 'lapsed', presumed: true });
  t.match(assetOf(R.desk.case(conversation), 'a1'), { state: 'lapsed', presumed: false });
  t.strictSame(
    Q.desk.case(conversation).steps.map(({ event, ours }) => ({ event, ours })),
    [{ event: 'lift-by-law', ours: false }],
  );
  world.nowMs += HOUR;
  await R.desk.freeze.liftByLaw({
    conversation,
    body: await body(MESSAGES['freeze.lift-by-law'], 'lapse-confirmed', world.nowMs, { assets: ['a1'] }),
  });
  const found = await both(t, world);
  t.match(assetOf(found, 'a1'), { state: 'lapsed', presumed: false });
  t.match(assetOf(found, 'w1'), { state: 'lapsed', presumed: true });
});
