/**
 * One contract for two desks: the SDK over a running relay, and the fake of `@holdfast/client-sdk/testing`. Each story below runs
 * on both, so that a test written against the fake says something about the real one.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type HoldfastDesk, type InboxItem, newBlobId, newDutyRef, type SdkEvent } from '@holdfast/client-sdk';
import { fakeNetwork } from '@holdfast/client-sdk/testing';
import t from 'tap';
import { readInput } from '#cli/input/read-input.js';
import {
  acknowledgeBody,
  disclosureBody,
  imposeDraft,
  makeTestNetwork,
  refuseBody,
  requestBody,
  soon,
  XA,
  XB,
} from '../fixtures/network.js';

/** Two agencies' desks, and what a story may do to them. */
interface Bench {
  readonly a: HoldfastDesk;
  readonly b: HoldfastDesk;
  /** Cuts both from the relay. */
  readonly cut: () => Promise<void>;
  readonly join: () => Promise<void>;
  /** What `a` sends next is refused by the relay for good. */
  readonly refuseA: () => void;
  /** Ends `b` and opens it again. */
  readonly restartB: () => Promise<HoldfastDesk>;
  readonly close: () => Promise<void>;
}

async function realBench(): Promise<Bench> {
  const network = await makeTestNetwork();
  let aheadMs = 0;
  const now = (): number => Date.now() + aheadMs;
  // No jitter: the first attempt after a cut comes soon.
  const random = (): number => 0.05;
  const a = await network.open(XA, { now, random });
  const b = await network.open(XB, { random });
  return {
    a,
    b,
    cut: () => network.stopRelay(),
    join: () => network.startRelay(),
    // No relay takes what is dated a quarter of an hour from now.
    refuseA: () => {
      aheadMs = 15 * 60_000;
    },
    restartB: async () => {
      await b.close();
      return network.open(XB, { random });
    },
    close: () => network.close(),
  };
}

async function fakeBench(): Promise<Bench> {
  const now = Date.now();
  const network = await fakeNetwork({
    agencies: await Promise.all(
      [XA, XB].map(async (agency) => ({
        agency,
        entry: await readInput(`samples/entry-${agency.slice(0, 2)}.json`, now),
        capability: await readInput(`samples/capability-${agency.slice(0, 2)}.json`, now),
      })),
    ),
  });
  const [a, b] = [network.agency(XA), network.agency(XB)];
  const each = (change: 'connect' | 'disconnect') => (): Promise<void> => {
    for (const agency of network.agencies) agency[change]();
    return Promise.resolve();
  };
  return {
    a: a.desk,
    b: b.desk,
    cut: each('disconnect'),
    join: each('connect'),
    refuseA: () => a.refuseNext('envelope.time-refused'),
    restartB: () => b.restart(),
    close: () => network.close(),
  };
}

/** The next item, left in hand: the caller says when it is dealt with, or never. */
const inHand = (desk: HoldfastDesk): AsyncGenerator<InboxItem, void, undefined> => desk.inbox({ signal: soon() });

/** The next `count` items, each dealt with. */
async function take(desk: HoldfastDesk, count: number): Promise<InboxItem[]> {
  const enough = new AbortController();
  const items: InboxItem[] = [];
  for await (const item of desk.inbox({ signal: AbortSignal.any([enough.signal, soon()]) })) {
    items.push(item);
    if (items.length === count) enough.abort();
  }
  return items;
}

const WORDS = { language: 'en', text: 'So it is.' };
const KEPT = { basis: 'AML Act', reviewOn: '2027-01-01', eraseOn: '2031-01-01' };
const fail = (): never => {
  throw new Error('It is not there.');
};
const until = async (desk: HoldfastDesk, check: () => boolean): Promise<void> =>
  new Promise((resolve, reject) => {
    const look = (): void => {
      if (!check()) return;
      stop();
      signal.removeEventListener('abort', giveUp);
      resolve();
    };
    const giveUp = (): void => reject(new Error('It did not come to that.'));
    const signal = soon();
    signal.addEventListener('abort', giveUp);
    const stop = desk.on(look);
    look();
  });

const stories: Readonly<Record<string, (bench: Bench, t: Tap) => Promise<void>>> = {
  'an alert goes from queued to decided, by proof at each step': async ({ a, b }, t) => {
    const events: SdkEvent[] = [];
    a.on((event) => void events.push(event));
    await Promise.all([a.online({ signal: soon() }), b.online({ signal: soon() })]);
    const alert = await a.freeze.request({ to: XB, body: await requestBody(), caseRef: 'A-1' });
    const states: string[] = [alert.state];
    for (const state of ['accepted', 'delivered'] as const) {
      await alert.until(state, { signal: soon() });
      states.push(alert.state);
    }
    t.match(alert.receipt, { eh: alert.eh, atMs: Number });
    const { conversation } = alert;
    t.match(b.case(conversation), { kind: 'freeze', state: 'delivered', caseRef: 'A-1', priority: 'flash' });
    const [item] = await take(b, 1);
    t.match(item, { eh: alert.eh, from: XA, conversation, caseRef: 'A-1', message: { kind: 'freeze.request' } });
    await alert.until('opened', { signal: soon() });
    states.push(alert.state);
    const answer = await b.freeze.acknowledge({ conversation, body: await acknowledgeBody() });
    await answer.until('delivered', { signal: soon() });
    const body = await b.freeze.imposition({ conversation, input: await imposeDraft() });
    await b.freeze.impose({ conversation, body });
    await alert.until('decided', { signal: soon() });
    states.push(alert.state);
    t.strictSame(states, ['queued', 'accepted', 'delivered', 'opened', 'decided']);
    t.strictSame(
      alert.acknowledgements.map(({ agency, level }) => `${agency} ${level}`),
      [`${XB} delivered`, `${XB} opened`, `${XB} acted`],
    );
    const receipts = events.flatMap((event) => (event.event === 'receipt' ? [`${event.eh} ${event.level}`] : []));
    t.strictSame(
      receipts.filter((receipt) => receipt.startsWith(alert.eh ?? '')),
      [`${alert.eh} delivered`, `${alert.eh} opened`, `${alert.eh} acted`],
      'and each receipt is told once',
    );
    await take(a, 2);
    const [ours, theirs] = [a, b].map((desk) => {
      const { state, assets, timeline } = desk.case(conversation);
      return { state, assets, timeline: timeline.map(({ message, from }) => `${from} ${message.kind}`) };
    });
    t.strictSame(ours, theirs, 'both sides see one case');
    t.strictSame(ours?.timeline, [`${XA} freeze.request`, `${XB} freeze.acknowledge`, `${XB} freeze.impose`]);
    t.ok(ours?.assets.some(({ state, expiry }) => state === 'in-force' && expiry !== null));
  },

  'what is sent without a connection is queued, and goes out when it is back': async ({ a, b, cut, join }, t) => {
    await Promise.all([a.caughtUp({ signal: soon() }), b.caughtUp({ signal: soon() })]);
    await cut();
    const alert = await a.freeze.request({ to: XB, body: await requestBody() });
    const note = await a.note({
      conversation: alert.conversation,
      body: { writtenAtMs: Date.now(), text: { language: 'en', text: 'Signed for on Friday.' } },
    });
    t.strictSame([alert.state, alert.eh, note.state, a.isOnline], ['queued', null, 'queued', false]);
    t.strictSame(
      a.outbox().map(({ id }) => id),
      [alert.id, note.id],
    );
    await join();
    await note.until('delivered', { signal: soon() });
    t.strictSame(
      (await take(b, 2)).map(({ eh }) => eh),
      [alert.eh, note.eh],
      'in order',
    );
    t.equal(a.sent(note.id).eh, note.eh, 'a handle is had again by its id');
  },

  'what is said without a connection follows what was said before it': async ({ a, b, cut, join }, t) => {
    await Promise.all([a.caughtUp({ signal: soon() }), b.caughtUp({ signal: soon() })]);
    const alert = await a.freeze.request({ to: XB, body: await requestBody() });
    await alert.until('delivered', { signal: soon() });
    const { conversation } = alert;
    // The capability record is read while there is a relay to ask.
    const body = await b.freeze.imposition({ conversation, input: await imposeDraft() });
    await cut();
    await b.freeze.acknowledge({ conversation, body: await acknowledgeBody() });
    await t.rejects(
      b.freeze.acknowledge({ conversation, body: await acknowledgeBody() }),
      { code: 'case.event-not-allowed', issues: [{ field: 'state' }, { field: 'who' }, { field: 'instead' }] },
      'not twice, though nothing has left',
    );
    const decision = await b.freeze.impose({ conversation, body });
    t.equal(decision.state, 'queued');
    await join();
    await decision.until('delivered', { signal: soon() });
    for (const desk of [a, b]) {
      t.equal(desk.case(conversation).state, 'partial', 'a decision that followed nothing would have been refused');
      t.ok(desk.case(conversation).timeline.every(({ refused }) => refused === null));
    }
  },

  'an item is seen until it is dealt with, and then no more': async ({ a, b, restartB }, t) => {
    const first = await a.freeze.request({ to: XB, body: await requestBody() });
    await first.until('delivered', { signal: soon() });
    const reading = inHand(b);
    t.equal((await reading.next()).value?.eh, first.eh);
    const again = await restartB();
    t.equal((await take(again, 1))[0]?.eh, first.eh, 'under the same name after a restart');
    await first.until('opened', { signal: soon() });
    const { conversation } = first;
    const other = await a.note({
      conversation,
      body: { writtenAtMs: Date.now(), text: { language: 'en', text: 'Another.' } },
    });
    t.equal((await take(again, 1))[0]?.eh, other.eh, 'and then the next');
    t.equal(again.case(conversation).timeline.length, 2, 'each stored once');
  },

  'what the relay refuses for good says so to whoever waits': async ({ a, refuseA }, t) => {
    const refused: string[] = [];
    a.on((event) => void (event.event === 'outbox.refused' && refused.push(event.problem.code)));
    await a.caughtUp({ signal: soon() });
    refuseA();
    const alert = await a.freeze.request({ to: XB, body: await requestBody() });
    await t.rejects(alert.until('accepted', { signal: soon() }), {
      code: 'relay.refused',
      problem: { code: 'envelope.time-refused', retryable: false },
    });
    t.match(
      [alert.state, alert.problem?.code, refused],
      ['refused', 'envelope.time-refused', ['envelope.time-refused']],
    );
  },

  'what cannot be meant is refused before it is queued': async ({ a, b }, t) => {
    await Promise.all([a.online({ signal: soon() }), b.online({ signal: soon() })]);
    const body = await requestBody();
    await t.rejects(a.freeze.request({ to: `${XB}-none` as typeof XB, body }), { code: 'directory.unknown-agency' });
    const disclosure = await disclosureBody();
    const { restrictions } = disclosure;
    const stricter = { ...disclosure, restrictions: { ...restrictions, tlp: 'RED' as const } };
    await t.rejects(a.disclose({ to: XB, body: stricter }), { code: 'terms.not-accepted' });
    await t.rejects(a.freeze.request({ to: XB, body: { ...body, assets: [] } }), { code: 'message.refused' });
    const named = await disclosureBody([{ id: newBlobId(), name: 'a.csv', mediaType: 'text/csv' }]);
    await t.rejects(a.disclose({ to: XB, body: named }), { code: 'message.refused' }, 'a name without its file');
    t.strictSame(a.outbox(), []);
    t.strictSame(a.cases(), []);
    const alert = await a.freeze.request({ to: XB, body });
    const { conversation } = alert;
    await t.rejects(
      a.freeze.refuse({ conversation, body: await refuseBody() }),
      { code: 'case.event-not-allowed' },
      'we asked',
    );
    t.throws(() => a.case(newBlobId() as unknown as typeof conversation), { code: 'case.unknown' });
    t.throws(() => a.sent(newBlobId() as unknown as typeof alert.id), { code: 'case.unknown' });
    await alert.until('delivered', { signal: soon() });
    await b.freeze.acknowledge({ conversation, body: await acknowledgeBody() });
    const answer = await b.freeze.refuse({ conversation, body: await refuseBody() });
    await answer.until('delivered', { signal: soon() });
    t.match(a.case(conversation), { state: 'refused' });
    t.strictSame(
      [a, b].map((desk) => desk.cases().map((each) => each.conversation)),
      [[conversation], [conversation]],
    );
  },

  'consent to share onward is asked for and answered, and both see it': async ({ a, b }, t) => {
    await a.online({ signal: soon() });
    const { conversation } = await a.freeze.request({ to: XB, body: await requestBody() });
    const [item] = await take(b, 1);
    if (item === undefined) throw new Error('The alert has not come.');
    const [ref, items] = [newDutyRef(), [{ eh: item.eh }]];
    const prose = (text: string) => ({ language: 'en', text });
    const body = { name: 'Prosecutor of Corvina', country: 'XC' };
    const asked = await b.consent.request({
      conversation,
      body: { writtenAtMs: 1, ref, body, use: 'investigation', purpose: prose('One case.'), items, urgency: 'routine' },
    });
    await asked.until('delivered', { signal: soon() });
    await t.rejects(
      b.consent.shared({
        conversation,
        body: { writtenAtMs: 1, ref, body, items, sharedAtMs: 1, termsHash: item.eh },
      }),
      { code: 'consent.required' },
    );
    const decision = { answer: 'refused', code: 'source-at-risk', reason: prose('A source.') } as const;
    const answer = await a.consent.answer({ conversation, body: { writtenAtMs: 1, ref, decision } });
    await answer.until('delivered', { signal: soon() });
    for (const desk of [a, b])
      t.match(desk.case(conversation).duties.consents, [
        { ref, holder: XB, originator: XA, state: 'refused', grant: null },
      ]);
  },

  'a disclosure brings its file': async ({ a, b }, t) => {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-contract-'));
    t.teardown(() => rm(folder, { recursive: true }));
    const [path, target] = [join(folder, 'statement.csv'), join(folder, 'got.csv')];
    await writeFile(path, 'date,amount\n2023-03-14,1200000\n');
    const id = newBlobId();
    const attachment = { id, name: 'statement.csv', mediaType: 'text/csv' };
    await a.online({ signal: soon() });
    await a.disclose({ to: XB, body: await disclosureBody([attachment]), attachments: [{ id, path }] });
    const [item] = await take(b, 1);
    const [ref] = item?.attachments ?? [];
    if (ref === undefined) throw new Error('The message has no attachment.');
    const progress: number[] = [];
    await b.download(ref, target, { signal: soon(), onProgress: (bytes) => void progress.push(bytes) });
    t.equal(await readFile(target, 'utf8'), await readFile(path, 'utf8'));
    t.equal(progress.at(-1), ref.size);
    t.match(await b.find({ state: 'XA' }, { signal: soon() }), [{ agency: XA, active: true, devices: 1 }]);
  },

  'terms come before content: the key follows the acceptance by itself': async ({ a, b }, t) => {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-contract-'));
    t.teardown(() => rm(folder, { recursive: true }));
    const [path, target] = [join(folder, 'statement.csv'), join(folder, 'got.csv')];
    await writeFile(path, 'date,amount\n2023-03-14,1200000\n');
    const id = newBlobId();
    const body = await disclosureBody([{ id, name: 'statement.csv', mediaType: 'text/csv' }]);
    const here = new Promise((resolve) => {
      b.on((event) => event.event === 'disclosure.content' && resolve(event));
    });
    const states: string[] = [];
    a.on((event) => event.event === 'disclosure.state' && states.push(event.state));
    await Promise.all([a.online({ signal: soon() }), b.online({ signal: soon() })]);
    const sent = await a.disclosures.offer({ to: XB, body, attachments: [{ id, path }], caseRef: 'A-7' });
    await sent.until('delivered', { signal: soon() });
    const { conversation, eh: offer } = sent;
    const [item] = await take(b, 1);
    t.match(item, { message: { kind: 'disclosure.offer', body: { nature: body.nature, terms: body.restrictions } } });
    t.strictSame(item?.attachments, [], 'no file and no key of one');
    t.notMatch(JSON.stringify(item), /Velkov|statement/, 'nobody is named in it');
    t.throws(() => b.disclosures.open({ conversation }), { code: 'disclosure.content-missing' });
    t.match(b.case(conversation), {
      kind: 'disclosure',
      state: 'offered',
      disclosure: { role: 'recipient', content: null, steps: ['accept', 'decline'], offer: { eh: offer } },
    });
    await t.rejects(b.disclosures.close({ conversation, retention: KEPT }), {
      code: 'case.event-not-allowed',
      message: /is offered does not allow close.*recipient's approver.*instead: accept, decline/,
    });
    await t.rejects(a.disclosures.accept({ conversation, offer: offer ?? fail() }), {
      code: 'case.event-not-allowed',
      message: /not for the sender/,
    });
    await b.disclosures.accept({ conversation, offer: offer ?? fail() });
    t.match(await here, { conversation, offer });
    t.match(b.case(conversation), { state: 'released', disclosure: { restrictions: body.restrictions } });
    const content = b.disclosures.open({ conversation });
    t.strictSame(content.disclosure, body);
    const [ref] = content.attachments;
    await b.download(ref ?? fail(), target, { signal: soon() });
    t.equal(await readFile(target, 'utf8'), await readFile(path, 'utf8'));
    await until(a, () => a.case(conversation).state === 'in-use');
    t.strictSame(states.slice(-2), ['released', 'in-use'], 'and the sender was told');

    await t.rejects(a.disclosures.withdraw({ conversation, reason: WORDS }), { code: 'case.event-not-allowed' });
    await t.rejects(a.disclosures.relax({ conversation, reason: WORDS, restrictions: { tlp: 'RED' } }), {
      code: 'terms.tightened',
      issues: [{ field: 'restrictions.tlp' }],
    });
    await a.disclosures.relax({ conversation, reason: WORDS, restrictions: { tlp: 'GREEN' } });
    await until(b, () => b.case(conversation).disclosure?.restrictions?.tlp === 'GREEN');
    const end = await b.disclosures.close({ conversation, retention: KEPT });
    await end.until('delivered', { signal: soon() });
    const [ours, theirs] = [a, b].map((desk) => {
      const { state, disclosure, timeline } = desk.case(conversation);
      return { state, restrictions: disclosure?.restrictions, kinds: timeline.map(({ message }) => message.kind) };
    });
    t.strictSame(ours, theirs, 'both sides see one case');
    t.equal(ours?.state, 'closed');
  },

  'terms that cannot be complied with are waived, under another key; or the offer is withdrawn': async (
    { a, b },
    t,
  ) => {
    const body = await disclosureBody();
    await Promise.all([a.online({ signal: soon() }), b.online({ signal: soon() })]);
    const sent = await a.disclosures.offer({ to: XB, body });
    await sent.until('delivered', { signal: soon() });
    const { conversation } = sent;
    const first = sent.eh ?? fail();
    const cannot = await b.disclosures.decline({
      conversation,
      offer: first,
      terms: [{ term: 'evidentialUse', reason: WORDS }],
    });
    await cannot.until('delivered', { signal: soon() });
    t.match(a.case(conversation), { state: 'terms-declined', disclosure: { declined: [{ term: 'evidentialUse' }] } });
    const stricter = { ...body.restrictions, tlp: 'RED' as const };
    await t.rejects(a.disclosures.revise({ conversation, terms: stricter, change: 'waived', reason: WORDS }), {
      code: 'case.event-not-allowed',
      message: /asks for more/,
    });
    const terms = { ...body.restrictions, evidentialUse: 'permitted' as const };
    const revised = await a.disclosures.revise({ conversation, terms, change: 'waived', reason: WORDS });
    await revised.until('delivered', { signal: soon() });
    await t.rejects(b.disclosures.accept({ conversation, offer: first }), {
      code: 'case.event-not-allowed',
      message: /another offer than the one in force/,
    });
    await b.disclosures.accept({ conversation, offer: revised.eh ?? fail() });
    await until(b, () => b.case(conversation).disclosure?.content !== null);
    t.strictSame(b.disclosures.open({ conversation }).disclosure, { ...body, restrictions: terms });

    const other = await a.disclosures.offer({ to: XB, body });
    await other.until('delivered', { signal: soon() });
    const back = await a.disclosures.withdraw({ conversation: other.conversation, reason: WORDS });
    await back.until('delivered', { signal: soon() });
    await t.rejects(b.disclosures.accept({ conversation: other.conversation, offer: other.eh ?? fail() }), {
      code: 'case.event-not-allowed',
    });
    await until(a, () => a.case(other.conversation).disclosure?.content === null);
    t.match(
      a.case(other.conversation),
      { state: 'withdrawn', disclosure: { content: null } },
      'key and content are gone',
    );
  },
};
type Tap = typeof t;

for (const [kind, open] of [
  ['real', realBench],
  ['fake', fakeBench],
] as const) {
  t.test(`the ${kind} desk`, async (t) => {
    for (const [name, story] of Object.entries(stories)) {
      t.test(name, async (t) => {
        const bench = await open();
        t.teardown(() => bench.close());
        await story(bench, t as Tap);
      });
    }
  });
}

t.test('a listener that throws stops neither the others nor the work that told it', async (t) => {
  const network = await fakeNetwork();
  t.teardown(() => network.close());
  const [a] = network.agencies;
  if (a === undefined) throw new Error('There is no agency.');
  const thrown: unknown[] = [];
  const onThrown = (error: unknown): void => void thrown.push(error);
  const others = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  process.on('uncaughtException', onThrown);
  t.teardown(() => {
    process.removeListener('uncaughtException', onThrown);
    for (const other of others) process.on('uncaughtException', other);
  });
  a.desk.on((event) => {
    if (event.event === 'outbox.accepted') throw new Error('A fault of the integrator.');
  });
  const told: string[] = [];
  a.desk.on(({ event }) => void told.push(event));
  const alert = await a.desk.freeze.request({ to: XB, body: await requestBody() });
  await network.settled();
  t.equal(alert.state, 'delivered');
  t.ok(told.includes('outbox.accepted'));
  t.match(thrown, [{ message: 'A fault of the integrator.' }], 'and the fault is seen');
});

t.test('drafts and approvals are the same code on a fake desk', async (t) => {
  await using network = await fakeNetwork();
  const [a, b] = [network.agency('xa-fiu'), network.agency('xb-fiu')];
  const [analyst, approver] = [a.officer('analyst-1', ['analyst']), a.officer('approver-1', ['approver'])];
  const spoken = await a.desk.as(analyst).freeze.request({ to: b.agency, body: await requestBody() });
  if (spoken.kind !== 'draft') throw new Error('It was sent without approval.');
  await t.rejects(a.desk.approve(spoken.draft.id, analyst), { code: 'approval.own-draft' });
  await network.settled();
  t.same(b.desk.cases(), [], 'a draft goes nowhere');
  t.match(await a.desk.approve(spoken.draft.id, approver), { kind: 'sent' });
  await network.settled();
  t.match(b.desk.cases(), [{ state: 'delivered' }]);
  t.match(a.desk.drafts(), [{ state: 'sent', decidedBy: approver.officer }]);
});
