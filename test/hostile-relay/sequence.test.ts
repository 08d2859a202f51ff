// What the relay's numbers do not show, the signed ones do: what is left out, out of order or held back comes out, by name.
import { enrol } from '@holdfast/client-sdk';
import type { ConversationId } from '@holdfast/protocol';
import t from 'tap';
import { disclosureBody, requestBody, soon, XA, XB, XC } from '../fixtures/network.js';
import { makeStage } from './stage.js';
import { alarm, type Watched, watch } from './watched.js';

const stage = await makeStage(['gateway', 'second']);
t.teardown(() => stage.close());
const { network, relay } = stage;
const a = await watch(network, relay, XA);
const b = await watch(network, relay, XB);
const c = await watch(network, relay, XC);
const c2 = await watch(network, relay, XC, 'second');
for (const { desk } of [a, b, c, c2]) await desk.caughtUp({ signal: soon() });
t.beforeEach(() => {
  for (const { events } of [a, b, c, c2]) events.length = 0;
});

const lead = { way: 'down', type: 'delivery', mailbox: 'routine' } as const;
const LONGER_THAN_IT_WAITS_MS = 6000;

async function note(conversation: ConversationId, text: string): Promise<string | null> {
  const handle = await a.desk.note({ conversation, body: { writtenAtMs: Date.now(), text: { language: 'en', text } } });
  return (await handle.until('accepted', { signal: soon() })).eh;
}

const isAwaited = ({ desk }: Watched, conversation: ConversationId): boolean => {
  const found = desk.cases().find((one) => one.conversation === conversation);
  return found !== undefined && found.missing.length > 0;
};

t.test('what is out of order is put in order; what comes after it was missed is told as late', async (t) => {
  const before = b.read.length;
  const armed = b.link.arm(lead, { fault: 'reorder', behind: 'same' });
  const first = await a.desk.disclose({ to: XB, body: await disclosureBody() });
  await b.link.struck(armed, soon());
  const second = await note(first.conversation, 'Second.');
  await b.got(second);
  t.strictSame(
    b.read.slice(before).map(({ eh }) => eh),
    [first.eh, second],
    'the second has waited for the first',
  );
  t.strictSame([...new Set(b.alarms())], ['relay.misbehaved'], "only the relay's numbers are off");

  b.events.length = 0;
  const held = b.link.arm(lead, { fault: 'reorder', behind: 'other' });
  const third = await note(first.conversation, 'Third.');
  await b.link.struck(held, soon());
  await note(first.conversation, 'Fourth.');
  await b.until(() => isAwaited(b, first.conversation), 'The wait for the third');
  b.clock.aheadMs = LONGER_THAN_IT_WAITS_MS;
  const fifth = await note(first.conversation, 'Fifth.');
  await b.seen(alarm('message.missing'));
  await b.got(fifth);
  b.clock.aheadMs = 0;
  await a.desk.freeze.request({ to: XB, body: await requestBody() });
  t.match(await b.seen(alarm('message.late')), { detail: { eh: third } });
  t.match(await b.got(third), { flags: ['late'] });
});

t.test('an alert that is taken and never handed on is raised at its sender', async (t) => {
  const armed = b.link.arm(
    { way: 'down', type: 'delivery', mailbox: 'alert' },
    { fault: 'drop', numbers: 'closed-up' },
  );
  // Written a while ago, by this desk's clock.
  a.clock.aheadMs = -16 * 60_000;
  const alert = await a.desk.freeze.request({ to: XB, body: await requestBody() });
  a.clock.aheadMs = 0;
  await alert.until('accepted', { signal: soon() });
  await b.link.struck(armed, soon());
  a.link.cut();
  t.match(await a.seen(alarm('alert.undelivered')), { detail: { eh: alert.eh } });
  t.equal(alert.state, 'accepted', 'the receipt of the relay is no confirmation');
});

t.test('what is left out of a mailbox without a gap in its numbers is missed by name', async (t) => {
  const armed = c.link.arm(lead, { fault: 'drop', numbers: 'closed-up' });
  const first = await a.desk.disclose({ to: XC, body: await disclosureBody() });
  await c.link.struck(armed, soon());
  const { conversation, eh } = first;
  await c2.got(eh);
  await c.until(() => isAwaited(c, conversation), "Its colleague's receipt, which names it");
  t.strictSame(c.alarms(), [], 'it may yet come');
  c.clock.aheadMs = LONGER_THAN_IT_WAITS_MS;
  const next = await note(conversation, 'What you have not got was a disclosure.');
  t.match(await c.seen(alarm('message.missing')), { detail: { conversation, eh, agency: XA } });
  await c.got(next);
  c.clock.aheadMs = 0;
  t.match(c.desk.case(conversation).missing, [{ eh, isRaised: true }], 'and the case shows it');
});

t.test('a directory that stands still for one: what it cannot check waits, and is read when it goes on', async (t) => {
  c.link.lie({ lie: 'frozen-directory' });
  const { unlock } = network;
  await enrol({ home: network.agencyHome(XA), name: 'third', unlock, nowMs: Date.now(), signal: soon() });
  await a.desk.find({}, { signal: soon() });
  const first = await a.desk.disclose({ to: XC, body: await disclosureBody() });
  await c.seen(alarm('envelope.refused', 'directory.behind'));
  await c2.got(first.eh);
  c.link.heal();
  await c.desk.find({}, { signal: soon() });
  await c.got(first.eh);
  t.equal(c.read.filter(({ eh }) => eh === first.eh).length, 1);
});
