// Defects that stand open, each with its smallest reproduction. Not run with the others (its name is no test's); by hand:
// node build/test/hostile-relay/open.js. What is cured moves to where it belongs.
import t from 'tap';
import { disclosureBody, requestBody, soon, XA, XB } from '../fixtures/network.js';
import { makeStage } from './stage.js';
import { watch } from './watched.js';

const stage = await makeStage();
t.teardown(() => stage.close());
const { network, relay } = stage;
const a = await watch(network, relay, XA);
const b = await watch(network, relay, XB);
for (const { desk } of [a, b]) await desk.caughtUp({ signal: soon() });
t.beforeEach(() => {
  for (const { events, link } of [a, b]) {
    events.length = 0;
    link.heal();
  }
});
const lead = { way: 'down', type: 'delivery', mailbox: 'routine' } as const;

// client-sdk/src/receive/read-notice.ts: the relay's signature is checked, its time is not. An envelope lives until `exp`, which its
// sender has chosen: a notice that says `expired` before that is a lie that can be proved, and `until` ends with an error by it.
t.test('an expiry notice before the expiry is refused', async (t) => {
  const told = a.link.arm(lead, { fault: 'inject', forgery: 'expiry-by-relay', numbers: 'closed-up' });
  const hello = await b.desk.disclose({ to: XA, body: await disclosureBody() });
  await a.got((await hello.until('accepted', { signal: soon() })).eh);
  const sent = await a.desk.disclose({ to: XB, body: await disclosureBody() });
  await a.link.struck(told, soon());
  await sent.until('delivered', { signal: soon() }).catch((error: unknown) => t.fail(String(error)));
  t.notOk(a.events.some(({ event }) => event === 'outbox.expired'));
});

// client-sdk/src/archive/arrival-table.ts (advance) and session/delivery-lane.ts: the cursor goes to whatever number the relay says. One
// number far too high, once, and at every later connection `resume` tells the (honest) relay that all that waits is held already.
t.test('one number that is too high costs no later message', async (t) => {
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
  await b.got(waiting.eh).catch((error: unknown) => t.fail(String(error)));
});

// client-sdk/src/directory/directory.ts (#syncChain, #syncTrustLists): a statement that does not verify ends the sync with a KeysError:
// `internal` where it came by a hint, `relay.unreachable` while connecting. A forged chain is the relay's doing and wants its own name.
t.test('a forged statement is an alarm about the directory', async (t) => {
  a.link.lie({ lie: 'ghost-device' });
  a.link.cut();
  await a.seen((event) => event.event === 'connection' && event.state === 'offline');
  await a
    .until(() => a.alarms().some((code) => code.startsWith('directory.')), 'An alarm', soon(2000))
    .catch((error: unknown) => t.fail(String(error)));
});

// client-sdk/src/outbox/outbox.ts (#run) and session/stream.ts (submit): one item at a time, and a submission waits for its receipt as
// long as the connection lasts, which pings keep up. One routine receipt withheld stops every alert of the device, without a word.
t.test('a receipt that does not come holds up no alert', async (t) => {
  const armed = a.link.arm({ way: 'down', type: 'receipt' }, { fault: 'drop', numbers: 'kept' });
  await a.desk.disclose({ to: XB, body: await disclosureBody() });
  await a.link.struck(armed, soon());
  const alert = await a.desk.freeze.request({ to: XB, body: await requestBody() });
  await alert.until('accepted', { signal: soon() });
  t.equal(alert.state, 'accepted');
});
