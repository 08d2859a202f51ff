// Each fault of the script, one by one: what the application is told of it, and that honest traffic goes on.
import type { SendHandle } from '@holdfast/client-sdk';
import t, { type Test } from 'tap';
import { disclosureBody, requestBody, soon, XA, XB, XC } from '../fixtures/network.js';
import { type Forgery, type FrameFault, type FrameTarget, PARTS, RECEIPT_LIES } from './script.js';
import { makeStage } from './stage.js';
import { alarm, type Watched, watch } from './watched.js';

interface Scene {
  readonly a: Watched;
  readonly b: Watched;
}

const stage = await makeStage(['gateway', 'second']);
t.teardown(() => stage.close());
const { network, relay } = stage;
/** Two agencies, each with one device behind the hostile relay, connected. */
const s: Scene = { a: await watch(network, relay, XA), b: await watch(network, relay, XB) };
for (const { desk } of [s.a, s.b]) await desk.caughtUp({ signal: soon() });
t.beforeEach(() => {
  for (const { events } of [s.a, s.b]) events.length = 0;
});

const toB = async ({ a }: Scene): Promise<SendHandle> => {
  const handle = await a.desk.disclose({ to: XB, body: await disclosureBody() });
  return handle.until('accepted', { signal: soon() });
};
const alertToB = async ({ a }: Scene): Promise<SendHandle> => {
  const handle = await a.desk.freeze.request({ to: XB, body: await requestBody() });
  return handle.until('accepted', { signal: soon() });
};
const lead: FrameTarget = { way: 'down', type: 'delivery', mailbox: 'routine' };

/** The next lead meets the fault; it is sent, and the fault has struck. */
async function struckBy({ a, b }: Scene, fault: FrameFault): Promise<SendHandle> {
  const armed = b.link.arm(lead, fault);
  const handle = await a.desk.disclose({ to: XB, body: await disclosureBody() });
  await b.link.struck(armed, soon());
  return handle;
}

/** What was sent has come, once, and the next does too. */
async function goesOn(t: Test, s: Scene, ...sent: readonly SendHandle[]): Promise<void> {
  const next = await toB(s);
  for (const { eh } of [...sent, next]) await s.b.got(eh);
  const names = s.b.read.map(({ eh }) => eh);
  t.equal(new Set(names).size, names.length, 'nothing is read twice');
  await next.until('opened', { signal: soon() });
}

/** The lead before which the fault strikes makes an alarm; what is genuine comes all the same. */
async function refused(t: Test, fault: FrameFault, cause: string, code = 'envelope.refused'): Promise<void> {
  s.b.events.length = 0;
  await struckBy(s, fault);
  await s.b.seen(alarm(code, cause));
  t.pass(`${JSON.stringify(fault)} is ${code}: ${cause}`);
  await goesOn(t, s);
}
const put = (forgery: Forgery): FrameFault => ({ fault: 'inject', forgery, numbers: 'closed-up' });

t.test('held back, repeated, out of order, cut', async (t) => {
  const { a, b } = s;

  const delayed = await struckBy(s, { fault: 'delay' });
  await delayed.until('accepted', { signal: soon() });
  b.link.release();
  await goesOn(t, s, delayed);
  await goesOn(t, s, await struckBy(s, { fault: 'duplicate' }));
  t.match(b.alarms(), ['relay.misbehaved'], 'a number that comes twice is said, a delay is not');

  b.events.length = 0;
  const later = await struckBy(s, { fault: 'reorder', behind: 'other' });
  const alert = await alertToB(s);
  await b.got(alert.eh);
  await goesOn(t, s, later);
  t.strictSame(b.alarms(), [], 'the mailboxes owe each other no order');

  const second = await struckBy(s, { fault: 'reorder', behind: 'same' });
  const first = await toB(s);
  await goesOn(t, s, first, second);
  await b.seen(alarm('relay.misbehaved'));

  b.events.length = 0;
  await goesOn(t, s, await struckBy(s, { fault: 'cut' }));
  t.strictSame(b.alarms(), [], 'the relay delivers again what was not acknowledged');

  await struckBy(s, { fault: 'drop', numbers: 'kept' });
  await goesOn(t, s);
  await b.seen(alarm('relay.misbehaved'));
  t.ok(a.desk.isOnline);
});

t.test('forged, changed and misdirected items are refused with their reason, and kept', async (t) => {
  const { a, b } = s;
  // Something to forge from: an envelope each way, and one for somebody else.
  const other = await a.desk.disclose({ to: XC, body: await disclosureBody() });
  await other.until('accepted', { signal: soon() });
  const own = await b.desk.disclose({ to: XA, body: await disclosureBody() });
  await a.got((await own.until('accepted', { signal: soon() })).eh);
  await goesOn(t, s);
  await refused(t, put('misdeliver'), 'envelope.misdirected');
  for (const forgery of ['envelope', 'assertion', 'token', 'receipt'] as const)
    await refused(
      t,
      put(`${forgery}-as-notice`),
      forgery === 'envelope' ? 'encoding.utf8' : 'jws.invalid',
      'notice.refused',
    );
  await refused(t, put('expiry'), 'jws.invalid', 'notice.refused');
  t.equal(own.state, 'opened');

  for (const share of [0.4, 0.9]) await refused(t, { fault: 'flip', share }, 'envelope.signature');
  for (const part of PARTS)
    await refused(
      t,
      { fault: 'merge', part },
      part.startsWith('stanza') ? 'envelope.misdirected' : 'envelope.signature',
    );

  await refused(t, put('reflect'), 'envelope.reflected');

  b.events.length = 0;
  await struckBy(s, put('replay'));
  await goesOn(t, s);
  t.strictSame(b.alarms(), [], 'what is here already is known by its name, whatever its number');
});

t.test('lies about what the relay has taken, read and let go', async (t) => {
  const { a, b } = s;
  await goesOn(t, s);
  for (const lie of RECEIPT_LIES) {
    a.events.length = 0;
    const armed = a.link.arm({ way: 'down', type: 'receipt' }, { fault: 'receipt', lie });
    const handle = await a.desk.disclose({ to: XB, body: await disclosureBody() });
    await a.link.struck(armed, soon());
    await a.seen((event) => event.event === 'outbox.waiting' && event.code === 'receipt.refused');
    t.not(handle.state, 'accepted', `${lie} is no receipt`);
    await goesOn(t, s, handle);
  }

  const armed = a.link.arm({ way: 'down', type: 'receipt' }, { fault: 'drop', numbers: 'kept' });
  const withheld = await a.desk.disclose({ to: XB, body: await disclosureBody() });
  await a.link.struck(armed, soon());
  t.equal(withheld.state, 'unknown', 'bytes have left, and nobody has proved that they are held');
  a.link.cut();
  await withheld.until('accepted', { signal: soon() });
  await goesOn(t, s, withheld);

  const spoilt = a.link.arm({ way: 'up', type: 'submit' }, { fault: 'truncate', share: 0.5 });
  const lost = await a.desk.disclose({ to: XB, body: await disclosureBody() });
  await t.rejects(lost.until('accepted', { signal: soon() }), { code: 'relay.refused' }, 'whoever waits is told');
  await a.link.struck(spoilt, soon());
  t.equal(lost.state, 'refused');
  await goesOn(t, s);

  for (const by of [-1, 5]) {
    b.events.length = 0;
    const lied = b.link.arm({ way: 'down', type: 'resumed' }, { fault: 'resumed', by });
    b.link.cut();
    await b.link.struck(lied, soon());
    await goesOn(t, s);
    t.strictSame([...new Set(b.alarms())], by > 0 ? ['relay.misbehaved'] : [], `a cursor of ${by} beside the truth`);
  }
});

t.test('lies about the directory are alarms, and nothing is believed of them', async (t) => {
  const { a } = s;
  for (const [lie, code] of [
    ['older-heads', 'directory.rolled-back'],
    ['other-heads', 'directory.forked'],
    ['old-trust-list', 'directory.rolled-back'],
  ] as const) {
    a.events.length = 0;
    a.link.lie({ lie });
    await a.desk.find({}, { signal: soon() });
    await a.seen(alarm(code));
    a.link.heal();
    await goesOn(t, s);
  }
  a.events.length = 0;
  a.link.lie({ lie: 'ghost-device' });
  t.match(await a.desk.find({ agency: XB }, { signal: soon() }), [{ devices: 2 }], 'nobody has joined XB');
  await a.seen(alarm('directory.refused'));
  a.link.cut();
  await a.seen((event) => event.event === 'connection' && event.state === 'offline');
  await goesOn(t, s);
  t.pass('one statement that does not verify keeps nobody away');
  a.link.heal();
  await goesOn(t, s);
});

t.test('answers that are none: the client waits, says so where it is the relay, and comes back', async (t) => {
  const { a } = s;
  for (const lie of ['status-500', 'status-429', 'garbage', 'huge', 'hang-up'] as const) {
    a.events.length = 0;
    a.link.lie({ lie });
    a.link.cut();
    await a.seen((event) => event.event === 'connection' && event.state === 'offline' && event.code !== undefined);
    const handle = await a.desk.disclose({ to: XB, body: await disclosureBody() });
    if (lie === 'garbage' || lie === 'huge') await a.seen(alarm('relay.misbehaved'));
    t.equal(handle.state, 'queued', `${lie}: it waits`);
    a.link.heal();
    await handle.until('accepted', { signal: soon() });
    await goesOn(t, s, handle);
  }
});

t.test('what cannot even be read is refused, and kept', async (t) => {
  await refused(t, put('token-as-envelope'), 'encoding.too-large');
  await refused(t, { fault: 'truncate', share: 0.5 }, 'encoding.truncated');
});

t.test('an expiry notice before the expiry is refused', async (t) => {
  const { a, b } = s;
  a.events.length = 0;
  const told = a.link.arm(lead, { fault: 'inject', forgery: 'expiry-by-relay', numbers: 'closed-up' });
  const hello = await b.desk.disclose({ to: XA, body: await disclosureBody() });
  await a.got((await hello.until('accepted', { signal: soon() })).eh);
  const sent = await a.desk.disclose({ to: XB, body: await disclosureBody() });
  await a.link.struck(told, soon());
  await a.seen(
    (event) => event.event === 'alarm' && event.code === 'notice.refused' && event.detail.cause === 'notice.early',
  );
  await sent.until('delivered', { signal: soon() });
  t.notOk(a.events.some(({ event }) => event === 'outbox.expired'));
});

t.test('one number that is too high costs no later message', async (t) => {
  const { a, b } = s;
  b.events.length = 0;
  const armed = b.link.arm(lead, { fault: 'renumber', by: 1000 });
  const first = await a.desk.disclose({ to: XB, body: await disclosureBody() });
  await b.link.struck(armed, soon());
  await b.got(first.eh);
  b.link.lie({ lie: 'hang-up' });
  b.link.cut();
  await b.seen((event) => event.event === 'connection' && event.state === 'offline');
  const waiting = await a.desk.disclose({ to: XB, body: await disclosureBody() });
  await waiting.until('accepted', { signal: soon() });
  b.link.heal();
  await b.got(waiting.eh);
  t.pass('what waited has come');
});

t.test('a receipt that does not come holds up no alert for long', async (t) => {
  const { a } = s;
  const armed = a.link.arm({ way: 'down', type: 'receipt' }, { fault: 'drop', numbers: 'kept' });
  await a.desk.disclose({ to: XB, body: await disclosureBody() });
  await a.link.struck(armed, soon());
  const alert = await a.desk.freeze.request({ to: XB, body: await requestBody() });
  await alert.until('accepted', { signal: soon(25_000) });
  t.pass('the stream was given up, and both went out');
});
