/** A send whose fate is unknown says so, and is settled by the same bytes: whatever was lost, the relay has the envelope once. */
import type { Holdfast, SendHandle } from '@holdfast/client-sdk';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { httpTransport } from '#client-sdk/transport/http.js';
import { disclosureBody, makeTestNetwork, soon, type TestNetwork, XA, XB } from '../fixtures/network.js';
import { cuttingTransport, type FrameSeen, refusingTransport } from './cutting-transport.js';
import { deviceState, relayReceipts } from './inspect.js';
import { IS_LONG } from './lives.js';
import { relayOf } from './relay-process.js';

/** Opens the sender over a network that breaks where `isLast` says. */
async function openOver(t: Test, network: TestNetwork, isLast: (frame: FrameSeen) => boolean): Promise<Holdfast> {
  const transport = cuttingTransport(httpTransport(network.url), isLast);
  t.teardown(() => transport.close());
  return network.open(XA, { transport, random: () => 0.02 });
}

const namesOf = (items: readonly { readonly eh: string | null }[]): string[] =>
  items.map(({ eh }) => eh ?? 'none').sort();

/** Every message of the sender is with the relay once, and with the recipient once. */
async function checkOnce(
  t: Test,
  network: TestNetwork,
  handles: readonly { readonly eh: string | null }[],
): Promise<void> {
  const b = await network.open(XB);
  await b.caughtUp({ signal: soon() });
  await b.close();
  const ehs = namesOf(handles);
  const [sender, recipient] = [await deviceState(network, XA), await deviceState(network, XB)];
  t.strictSame(namesOf(recipient.received), ehs, 'the recipient has each once');
  const taken = relayReceipts(network.database).map(({ eh }) => eh);
  t.equal(new Set(taken).size, taken.length);
  t.strictSame(namesOf(sender.outbox), taken.filter((eh) => ehs.includes(eh)).sort(), 'and so has the relay');
  t.ok(sender.outbox.every(({ state }) => state === 'accepted'));
}

t.test('cut between the bytes and the receipt', async (t) => {
  const network = await makeTestNetwork();
  t.teardown(() => network.close());
  const cuts = [
    ['submit', 'out'],
    ['receipt', 'in'],
  ] as const;
  const handles: { readonly eh: string | null }[] = [];
  for (const [type, direction] of cuts) {
    let sending: SendHandle | undefined;
    const atCut: unknown[] = [];
    const a = await openOver(t, network, (frame) => {
      if (atCut.length > 0 || frame.type !== type || frame.direction !== direction) return false;
      atCut.push(sending?.state, sending?.eh);
      return true;
    });
    await a.online({ signal: soon() });
    sending = await a.disclose({ to: XB, body: await disclosureBody() });
    await sending.until('accepted', { signal: soon() });
    t.strictSame(atCut, ['unknown', sending.eh], `${type}: unknown until the relay answers, and then by the same name`);
    t.equal(sending.receipt?.eh, sending.eh);
    handles.push({ eh: sending.eh });
    await a.close();
  }
  await checkOnce(t, network, handles);
});

t.test('cut at every frame', async (t) => {
  const network = await makeTestNetwork();
  t.teardown(() => network.close());
  const handles: { readonly eh: string | null }[] = [];
  let cuts = 0;
  const b = await network.open(XB);
  for (let at = 1, isCut = true; isCut; at++) {
    isCut = false;
    const a = await openOver(t, network, ({ number }) => {
      if (number === at) isCut = true;
      return number === at;
    });
    const sending = await a.disclose({ to: XB, body: await disclosureBody() });
    await sending.until('delivered', { signal: soon() });
    handles.push({ eh: sending.eh });
    await a.close();
    if (isCut) cuts += 1;
  }
  await b.close();
  t.ok(cuts >= 7, `${cuts} frames pass in the life of one message`);
  await checkOnce(t, network, handles);
  t.comment(`${cuts} cuts`);
});

t.test('a refusal reaches whoever waits, and the outbox goes on', async (t) => {
  const network = await makeTestNetwork();
  t.teardown(() => network.close());
  const transport = refusingTransport(httpTransport(network.url), 'envelope.expired');
  t.teardown(() => transport.close());
  const a = await network.open(XA, { transport });
  await a.online({ signal: soon() });
  const refused = await a.disclose({ to: XB, body: await disclosureBody() });
  await t.rejects(refused.until('delivered', { signal: soon() }), {
    code: 'relay.refused',
    problem: { code: 'envelope.expired' },
  });
  t.equal(refused.state, 'refused');
  const next = await a.disclose({ to: XB, body: await disclosureBody() });
  await next.until('accepted', { signal: soon() });
});

t.test(
  'the relay is killed with the envelope taken and the receipt not given, or at any time about then',
  async (t) => {
    const network = await makeTestNetwork();
    t.teardown(() => network.close());
    const relay = await relayOf(network);
    t.teardown(() => relay.kill());
    await relay.start();
    const seed = Number(process.env.HOLDFAST_SEED ?? Date.now() % 1_000_000);
    t.comment(`HOLDFAST_SEED=${seed}`);
    // Undefined: when the receipt has come as far as the network, which loses it.
    const delays = [undefined, ...fc.sample(fc.integer({ min: 0, max: 8 }), { seed, numRuns: IS_LONG ? 60 : 3 })];
    let armed: { readonly delayMs: number | undefined; readonly killed: () => void } | undefined;
    const a = await openOver(t, network, ({ type }) => {
      if (armed === undefined) return false;
      const { delayMs, killed } = armed;
      const isCut = type === 'receipt' && delayMs === undefined;
      if (!isCut && (type !== 'submit' || delayMs === undefined)) return false;
      armed = undefined;
      setTimeout(() => void relay.kill().then(killed), delayMs ?? 0);
      return isCut;
    });
    const handles: { readonly eh: string | null }[] = [];
    for (const delay of delays) {
      await a.online({ signal: soon() });
      const killed = new Promise<void>((resolve) => {
        armed = { delayMs: delay, killed: resolve };
      });
      const sending = await a.disclose({ to: XB, body: await disclosureBody() });
      await killed;
      // Where the kill came late, it is accepted already.
      const { state, eh } = sending;
      t.ok(delay === undefined ? state === 'unknown' : ['unknown', 'accepted'].includes(state), `${state}`);
      await relay.start();
      await sending.until('accepted', { signal: soon() });
      t.equal(sending.eh, eh, 'settled by the same bytes');
      handles.push({ eh: sending.eh });
    }
    await a.close();
    await checkOnce(t, network, handles);
    t.comment(`${delays.length} kills of the relay`);
  },
);
