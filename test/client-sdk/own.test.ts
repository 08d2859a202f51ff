/** What an agency's devices tell one another: it reaches them, nobody else, and is shown to no application. */
import type { MessageBody } from '@holdfast/protocol';
import t from 'tap';
import { Runtime } from '#client-sdk/runtime.js';
import { newEnvelopeId } from '#client-sdk/send/enqueue.js';
import { queueOwn } from '#client-sdk/send/queue-own.js';
import { withSteps } from '#client-sdk/steps.js';
import { only } from '../fixtures/federation.js';
import { readGolden } from '../fixtures/golden-body.js';
import { makeTestNetwork, soon, type TestNetwork, XA, XB } from '../fixtures/network.js';
import { takeOver } from '../fixtures/rogue.js';

const decided = (): MessageBody<'own.draft-decided'> => ({
  ...readGolden('own.draft-decided'),
  draft: newEnvelopeId(),
});

async function startDevice(network: TestNetwork, device: string, onStored?: () => void): Promise<Runtime> {
  const steps = withSteps((step) => step === 'stored' && onStored?.());
  const runtime = await Runtime.start({ home: network.agencyHome(XA), device, unlock: network.unlock, ...steps });
  await runtime.caughtUp(soon());
  return runtime;
}

t.test('a sibling gets it; the other agency, the inbox and the cases do not', async (t) => {
  const network = await makeTestNetwork({ devices: ['gateway', 'second'] });
  t.teardown(() => network.close());
  let tell = (): void => undefined;
  const stored = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const first = await startDevice(network, 'gateway');
  const second = await startDevice(network, 'second', () => tell());
  t.teardown(() => Promise.all([first.stop(), second.stop()]));
  const other = await network.open(XB);
  await other.caughtUp({ signal: soon() });

  const id = queueOwn(first.archive, XA, { kind: 'own.draft-decided', body: decided() }, Date.now());
  first.outbox.wake();
  const queued = first.archive.outbox.get(id);
  await stored;
  const [arrived] = second.archive.messages.ofConversation(only(queued === undefined ? [] : [queued]).conversation);
  t.match(arrived, { kind: 'own.draft-decided', direction: 'sibling', handled: true });
  t.same(arrived === undefined ? [] : second.archive.conversations.get(arrived.conversation)?.agencies, [XA]);
  t.same([second.archive.messages.conversations(), first.archive.messages.conversations()], [[], []], 'no case');
  t.equal(second.archive.messages.nextUnhandled(0), undefined);
  t.equal(second.archive.outbox.list().length, 0, 'no receipt goes back');
  await first.events.until(() => first.archive.outbox.get(id)?.state === 'accepted', soon());
  t.same(other.cases(), []);
  t.notOk(other.alarms().some(({ severity }) => severity === 'alarm'));
});

t.test('with no other device nothing is submitted, and nothing waits', async (t) => {
  const network = await makeTestNetwork();
  t.teardown(() => network.close());
  const only = await startDevice(network, 'gateway');
  t.teardown(() => only.stop());
  queueOwn(only.archive, XA, { kind: 'own.draft-decided', body: decided() }, Date.now());
  only.outbox.wake();
  await only.outbox.settled();
  t.same(only.archive.outbox.list(), []);
});

t.test("another agency's device cannot put one among ours", async (t) => {
  const network = await makeTestNetwork();
  t.teardown(() => network.close());
  const a = await network.open(XA);
  await a.caughtUp({ signal: soon() });
  const rogue = await takeOver(network, XB);
  t.teardown(() => rogue.close());
  const raised = new Promise((resolve) => {
    a.on((event) => event.event === 'alarm' && resolve(event));
  });
  await rogue.submit(await rogue.seal(XA, { kind: 'own.draft-decided', body: decided() }));
  t.match(await raised, { code: 'envelope.refused', detail: { code: 'own.not-ours' } });
  t.same(a.cases(), []);
});
