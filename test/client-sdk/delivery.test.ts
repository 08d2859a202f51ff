import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Holdfast, InboxItem } from '@holdfast/client-sdk';
import t from 'tap';
import { startNode } from '../fixtures/command.js';
import {
  acknowledgeBody,
  disclosureBody,
  imposeDraft,
  makeTestNetwork,
  requestBody,
  soon,
  XA,
  XB,
} from '../fixtures/network.js';

/** The next `count` items, each dealt with. */
async function take(desk: Holdfast, count: number): Promise<InboxItem[]> {
  const enough = new AbortController();
  const items: InboxItem[] = [];
  for await (const item of desk.inbox({ signal: AbortSignal.any([enough.signal, soon()]) })) {
    items.push(item);
    // Aborted before the next is asked for: this one is dealt with, no other is begun.
    if (items.length === count) enough.abort();
  }
  return items;
}

t.test('a message comes as far as its handle says', async (t) => {
  const network = await makeTestNetwork();
  t.teardown(() => network.close());
  const a = await network.open(XA);
  await a.online({ signal: soon() });
  const states: string[] = [];
  const alert = await a.freeze.request({ to: XB, body: await requestBody() });
  states.push(alert.state);
  await alert.until('accepted', { signal: soon() });
  states.push(alert.state);
  t.match(alert.receipt, { atMs: Number }, 'with the receipt of the relay');
  const b = await network.open(XB);
  await alert.until('delivered', { signal: soon() });
  states.push(alert.state);
  const [item] = await take(b, 1);
  t.equal(item?.eh, alert.eh);
  await alert.until('opened', { signal: soon() });
  states.push(alert.state);
  const { conversation } = alert;
  const acknowledged = await b.freeze.acknowledge({ conversation, body: await acknowledgeBody() });
  await acknowledged.until('accepted', { signal: soon() });
  const body = await b.freeze.imposition({ conversation, input: await imposeDraft() });
  await b.freeze.impose({ conversation, body });
  await alert.until('decided', { signal: soon() });
  states.push(alert.state);
  t.strictSame(states, ['queued', 'accepted', 'delivered', 'opened', 'decided']);
  t.strictSame(
    alert.acknowledgements.map(({ agency, level }) => [agency, level]),
    [
      [XB, 'delivered'],
      [XB, 'opened'],
      [XB, 'acted'],
    ],
  );
});

t.test('what is queued while the relay is away goes out when it is back, as it was written', async (t) => {
  const network = await makeTestNetwork();
  t.teardown(() => network.close());
  // No jitter: the first attempt after the restart comes soon.
  const a = await network.open(XA, { random: () => 0.05 });
  await a.online({ signal: soon() });
  const alert = await a.freeze.request({ to: XB, body: await requestBody() });
  await alert.until('accepted', { signal: soon() });
  await network.stopRelay();
  const body = { writtenAtMs: Date.now() - 1234, text: { language: 'en', text: 'The villa is signed for on Friday.' } };
  const note = await a.note({ conversation: alert.conversation, body });
  t.equal(note.state, 'queued');
  t.equal(note.eh, null, 'nothing is sealed before it can go');
  await network.startRelay();
  await note.until('accepted', { signal: soon() });
  const b = await network.open(XB);
  const items = await take(b, 2);
  t.strictSame(
    items.map(({ eh }) => eh),
    [alert.eh, note.eh],
    'in order, each once, what the relay held before it stopped included',
  );
  t.match(items[1]?.message, { kind: 'note', body }, 'and says when it was written');
});

t.test('aborting a wait leaves the client as it was', async (t) => {
  const network = await makeTestNetwork();
  t.teardown(() => network.close());
  await network.stopRelay();
  const a = await network.open(XA);
  const stop = new AbortController();
  const waiting = a.online({ signal: stop.signal });
  const reading = a.inbox({ signal: stop.signal }).next();
  stop.abort(new Error('enough'));
  await t.rejects(waiting, { message: 'enough' });
  t.strictSame(await reading, { done: true, value: undefined }, 'the inbox ends');
  await t.rejects(a.online({ signal: AbortSignal.abort(new Error('at once')) }), { message: 'at once' });
  await network.startRelay();
  await a.online({ signal: soon() });
  t.ok(a.isOnline, 'and connects all the same');
  await t.rejects(network.open(XA), { code: 'home.locked' }, 'one process a device');
  await a.close();
  const again = await network.open(XA);
  await again.online({ signal: soon() });
  await again.close();
});

t.test('an item that a killed process had not dealt with is seen again, and stored once', async (t) => {
  const network = await makeTestNetwork();
  t.teardown(() => network.close());
  const a = await network.open(XA);
  await a.online({ signal: soon() });
  const disclosure = await a.disclose({ to: XB, body: await disclosureBody() });
  await disclosure.until('accepted', { signal: soon() });
  const gateway = startNode([
    join('build', 'test', 'fixtures', 'slow-reader.js'),
    network.agencyHome(XB),
    network.unlockFile,
  ]);
  if (gateway.stdout === null) throw new Error('The process has no output.');
  const lines: unknown[] = await once(createInterface({ input: gateway.stdout }), 'line', { signal: soon() });
  t.equal(lines[0], disclosure.eh, 'the application has it in hand');
  const ended = once(gateway, 'exit');
  gateway.kill('SIGKILL');
  await ended;
  t.not(disclosure.state, 'opened', 'it had not said that it was done');
  const b = await network.open(XB);
  await b.online({ signal: soon() });
  t.strictSame(
    (await take(b, 1)).map(({ eh }) => eh),
    [disclosure.eh],
    'it is seen again',
  );
  await disclosure.until('opened', { signal: soon() });
  t.equal(b.case(disclosure.conversation).timeline.length, 1, 'and stored once');
});
