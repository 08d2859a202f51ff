/** Two hundred messages wait for a relay that is away, through a restart: they go out once, in order, as they were written. */
import type { Holdfast, SendHandle } from '@holdfast/client-sdk';
import type { ConversationId, EnvelopeId, Priority } from '@holdfast/protocol';
import t from 'tap';
import { disclosureBody, makeTestNetwork, requestBody, soon, XA, XB } from '../fixtures/network.js';
import { deviceState, relayReceipts } from './inspect.js';

const CONVERSATIONS: readonly Priority[] = ['routine', 'urgent', 'flash', 'routine'];
const MESSAGES = 200;
const RANK: Readonly<Record<Priority, number>> = { flash: 0, urgent: 1, routine: 2 };

interface Queued {
  readonly id: EnvelopeId;
  readonly conversation: ConversationId;
  readonly priority: Priority;
  readonly writtenAtMs: number;
  readonly queuedAtMs: number;
}

t.test('two hundred messages wait', async (t) => {
  const network = await makeTestNetwork();
  t.teardown(() => network.close());
  const queued: Queued[] = [];
  const note = (handle: SendHandle, priority: Priority, writtenAtMs: number): void => {
    const { id, conversation, queuedAtMs } = handle;
    queued.push({ id, conversation, priority, writtenAtMs, queuedAtMs });
  };
  let clock = Date.now() - 3_600_000;
  /** Starts every conversation, or goes on with them in turn. */
  const write = async (desk: Holdfast, count: number): Promise<void> => {
    for (let n = 0; n < count; n++) {
      clock += 1000;
      const writtenAtMs = clock;
      const index = queued.length;
      const priority = CONVERSATIONS[index % CONVERSATIONS.length] ?? 'routine';
      const opening = queued[index % CONVERSATIONS.length];
      if (opening !== undefined) {
        const body = { writtenAtMs, text: { language: 'en', text: `Number ${index}.` } };
        note(await desk.note({ conversation: opening.conversation, body }), priority, writtenAtMs);
      } else if (priority === 'routine') {
        const body = { ...(await disclosureBody()), urgency: priority, writtenAtMs };
        note(await desk.disclose({ to: XB, body }), priority, writtenAtMs);
      } else {
        const body = { ...(await requestBody()), urgency: priority, writtenAtMs };
        note(await desk.freeze.request({ to: XB, body }), priority, writtenAtMs);
      }
    }
  };

  // The directory is known from an earlier day.
  const before = await network.open(XA);
  await before.online({ signal: soon() });
  await before.close();
  await network.stopRelay();
  const first = await network.open(XA);
  await write(first, MESSAGES / 2);
  t.ok(first.outbox().every(({ state, eh }) => state === 'queued' && eh === null));
  await first.close();
  const second = await network.open(XA, { random: () => 0.02 });
  t.strictSame(
    second.outbox().map(({ id, queuedAtMs }) => [id, queuedAtMs]),
    queued.map(({ id, queuedAtMs }) => [id, queuedAtMs]),
    'after a restart all of it is there, in order',
  );
  await write(second, MESSAGES / 2);
  const accepted: EnvelopeId[] = [];
  second.on((event) => {
    if (event.event === 'outbox.accepted') accepted.push(event.id);
  });
  await network.startRelay();
  for (const handle of second.outbox()) await handle.until('accepted', { signal: soon(60_000) });
  const b = await network.open(XB);
  await b.caughtUp({ signal: soon(60_000) });
  await b.close();
  await second.close();

  const ids = new Map(queued.map((entry) => [entry.id, entry]));
  t.equal(accepted.length, MESSAGES);
  t.strictSame([...accepted].sort(), [...ids.keys()].sort(), 'each went out once');
  const order = accepted.flatMap((id) => ids.get(id) ?? []);
  t.strictSame(
    order.map(({ priority }) => priority),
    order.map(({ priority }) => priority).sort((x, y) => RANK[x] - RANK[y]),
    'flash, then urgent, then routine',
  );
  const [sender, recipient] = [await deviceState(network, XA), await deviceState(network, XB)];
  const taken = relayReceipts(network.database).map(({ eh }) => eh);
  t.strictSame(
    [taken.length, new Set(taken).size],
    [
      sender.outbox.length + recipient.outbox.filter(({ eh }) => eh !== null && taken.includes(eh)).length,
      taken.length,
    ],
    'the relay took each once',
  );
  t.equal(recipient.received.length, MESSAGES);
  for (const { conversation } of queued.slice(0, CONVERSATIONS.length)) {
    const here = queued.filter((entry) => entry.conversation === conversation);
    const there = recipient.received.filter((message) => message.conversation === conversation);
    const ehs = here.map(({ id }) => sender.outbox.find((item) => item.id === id)?.eh);
    t.strictSame(
      there.map(({ eh }) => eh),
      ehs,
      'in the order in which they were written',
    );
    t.strictSame(
      there.map(({ body }) => writtenAt(body)),
      here.map(({ writtenAtMs }) => writtenAtMs),
      'and with the time at which they were',
    );
    t.ok(there.every(({ priority }) => priority === here[0]?.priority));
  }
  t.strictSame(
    sender.outbox.map(({ id, createdAtMs }) => [id, createdAtMs]),
    queued.map(({ id, queuedAtMs }) => [id, queuedAtMs]),
  );
});

function writtenAt(body: Uint8Array): unknown {
  const value: unknown = JSON.parse(new TextDecoder().decode(body));
  return typeof value === 'object' && value !== null && 'writtenAtMs' in value ? value.writtenAtMs : undefined;
}
