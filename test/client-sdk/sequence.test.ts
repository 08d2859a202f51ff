/** What the SDK makes of the numbers in the messages of others: order, gaps, forks; each as its user sees it. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Holdfast, isSdkError, type SdkEvent } from '@holdfast/client-sdk';
import { decodeDelivery, decodeFrame, encodeDelivery, encodeFrame, type Hash, toHash } from '@holdfast/protocol';
import t, { type Test } from 'tap';
import { newEnvelopeId } from '#client-sdk/send/enqueue.js';
import { httpTransport } from '#client-sdk/transport/http.js';
import type { RelayTransport } from '#client-sdk/transport/port.js';
import { disclosureBody, makeTestNetwork, requestBody, soon, type TestNetwork, XA, XB } from '../fixtures/network.js';
import { type Rogue, takeOver } from '../fixtures/rogue.js';

// Seven networks, and one wait of five seconds for what does not come.
t.setTimeout(120_000);

interface Watched {
  readonly desk: Holdfast;
  readonly codes: string[];
  /** Resolves with the first event that fits, past or to come. */
  seen(fits: (event: SdkEvent) => boolean): Promise<SdkEvent>;
  /** The next `count` messages that the application gets. */
  read(count: number): Promise<{ readonly eh: Hash; readonly flags: readonly string[] }[]>;
}

function watch(desk: Holdfast): Watched {
  const events: SdkEvent[] = [];
  const codes: string[] = [];
  desk.on((event) => {
    events.push(event);
    if (event.event === 'alarm') codes.push(event.code);
  });
  return {
    desk,
    codes,
    seen: async (fits) => {
      const found = events.find(fits);
      if (found !== undefined) return found;
      return new Promise((resolve, reject) => {
        const end = (): void => {
          stop();
          signal.removeEventListener('abort', late);
        };
        const stop = desk.on((event) => {
          if (!fits(event)) return;
          end();
          resolve(event);
        });
        const signal = soon();
        const late = (): void => {
          end();
          reject(new Error(`not seen among ${JSON.stringify(codes)}`));
        };
        signal.addEventListener('abort', late);
      });
    },
    read: async (count) => {
      const stop = new AbortController();
      const read: { eh: Hash; flags: readonly string[] }[] = [];
      for await (const { eh, flags } of desk.inbox({ signal: AbortSignal.any([stop.signal, soon()]) })) {
        read.push({ eh, flags });
        if (read.length === count) stop.abort();
      }
      return read;
    },
  };
}

const alarm = (code: string) => (event: SdkEvent) => event.event === 'alarm' && event.code === code;

/** A rogue at A's device, and B as everybody is. */
async function meet(t: Test): Promise<{ network: TestNetwork; rogue: Rogue; b: Watched }> {
  const network = await makeTestNetwork();
  t.teardown(() => network.close());
  const rogue = await takeOver(network, XA);
  t.teardown(() => rogue.close());
  const b = watch(await network.open(XB));
  await b.desk.online({ signal: soon() });
  return { network, rogue, b };
}

t.test('what overtakes another waits for it: the application reads in causal order', async (t) => {
  const { rogue, b } = await meet(t);
  const first = await rogue.seal(XB, { words: 'first' });
  const { conversation } = first;
  const second = await rogue.seal(XB, { conversation, sq: 1, prev: first.eh });
  const third = await rogue.seal(XB, { conversation, sq: 2, prev: second.eh, on: [first.eh] });
  for (const sealed of [third, second, first]) await rogue.submit(sealed);
  t.strictSame(
    await b.read(3),
    [first, second, third].map(({ eh }) => ({ eh, flags: [] })),
  );
  t.strictSame(b.codes, []);
  t.strictSame(b.desk.case(conversation).missing, []);
});

t.test('what does not come is raised, shown in the case, and holds nothing up for long', async (t) => {
  const { rogue, b } = await meet(t);
  const first = await rogue.seal(XB, { words: 'first' });
  const { conversation } = first;
  const second = await rogue.seal(XB, { conversation, sq: 1, prev: first.eh });
  const third = await rogue.seal(XB, { conversation, sq: 2, prev: second.eh });
  await rogue.submit(second);
  await rogue.submit(third);
  t.strictSame(
    (await b.read(2)).map(({ eh }) => eh),
    [second.eh, third.eh],
    'handed on after a little patience',
  );
  t.match(await b.seen(alarm('message.missing')), {
    severity: 'alarm',
    advice: /ask the sender/,
    detail: { conversation, eh: first.eh, device: rogue.device, sq: 0, agency: XA },
  });
  t.match(b.desk.case(conversation).missing, [{ eh: first.eh, sq: 0, isRaised: true }]);

  await rogue.submit(first);
  t.strictSame(await b.read(1), [{ eh: first.eh, flags: ['late'] }]);
  await b.seen(alarm('message.late'));
  t.strictSame(b.desk.case(conversation).missing, []);
  t.strictSame(b.codes, ['message.missing', 'message.late']);
});

t.test('two messages under one number are a fork: both are shown, and named', async (t) => {
  const { rogue, b } = await meet(t);
  const first = await rogue.seal(XB, { words: 'one thing' });
  const { conversation } = first;
  const other = await rogue.seal(XB, { conversation, words: 'another thing' });
  for (const sealed of [first, other]) await rogue.submit(sealed);
  t.strictSame(
    (await b.read(2)).map(({ eh }) => eh),
    [first.eh, other.eh],
  );
  t.match(await b.seen(alarm('sequence.forked')), {
    detail: { conversation, device: rogue.device, sq: 0, eh: other.eh, against: [first.eh] },
  });
  t.strictSame(
    b.desk.case(conversation).timeline.map(({ flags }) => flags),
    [['forked'], ['forked']],
  );

  // The next names one of the two as its predecessor: it follows a branch, and is not itself a fork of anything seen.
  const next = await rogue.seal(XB, { conversation, sq: 1, prev: toHash(new Uint8Array(32).fill(7)) });
  await rogue.submit(next);
  await b.seen((event) => event.event === 'alarm' && event.code === 'sequence.forked' && event.detail.eh === next.eh);
  t.pass('a predecessor that is neither of those seen is a fork too');
});

t.test("a message of ours that we do not know is another agency's word, and only raised", async (t) => {
  const { rogue, b } = await meet(t);
  const unknown = toHash(new Uint8Array(32).fill(9));
  const told = await rogue.seal(XB, { seen: { [b.desk.self.device]: [4, unknown] } });
  await rogue.submit(told);
  await b.read(1);
  t.match(await b.seen(alarm('device.seen-ahead')), { detail: { by: rogue.device, sq: 4, eh: unknown } });
  const handle = await b.desk.note({
    conversation: told.conversation,
    body: { text: { text: 'still here', language: 'en' }, writtenAtMs: Date.now() },
  });
  await handle.until('accepted', { signal: soon() });
  t.pass('a claim of another does not stop us');
});

/** The honest relay, but the first delivery is preceded by bytes of somebody's choice. */
function injecting(url: string, bytes: () => Uint8Array | undefined): RelayTransport {
  const honest = httpTransport(url);
  return {
    ...honest,
    openStream: async (options) => {
      const socket = await honest.openStream(options);
      async function* frames(): AsyncGenerator<Uint8Array> {
        for await (const frame of socket.frames) {
          const { type, payload, request } = decodeFrame(frame);
          const injected = type === 'delivery' ? bytes() : undefined;
          if (injected !== undefined)
            yield encodeFrame({
              type,
              request,
              payload: encodeDelivery({ ...decodeDelivery(payload), item: 'envelope', bytes: injected }),
            });
          yield frame;
        }
      }
      return {
        send: (frame) => socket.send(frame),
        close: () => socket.close(),
        closed: socket.closed,
        frames: frames(),
      };
    },
  };
}

t.test('one id for two envelopes is named, whatever the relay let through', async (t) => {
  const network = await makeTestNetwork();
  t.teardown(() => network.close());
  const rogue = await takeOver(network, XA);
  t.teardown(() => rogue.close());
  let waiting: Uint8Array | undefined;
  const transport = injecting(network.url, () => {
    const bytes = waiting;
    waiting = undefined;
    return bytes;
  });
  const b = watch(await network.open(XB, { transport }));
  await b.desk.online({ signal: soon() });
  const id = newEnvelopeId();
  const first = await rogue.seal(XB, { id });
  const { conversation } = first;
  await rogue.submit(first);
  t.strictSame(
    (await b.read(1)).map(({ eh }) => eh),
    [first.eh],
  );
  const second = await rogue.seal(XB, { id, conversation, sq: 1, prev: first.eh });
  const third = await rogue.seal(XB, { conversation, sq: 2, prev: second.eh });
  waiting = second.delivered;
  await rogue.submit(third);
  t.strictSame(await b.read(2), [
    { eh: second.eh, flags: ['id-reused'] },
    { eh: third.eh, flags: [] },
  ]);
  t.match(await b.seen(alarm('envelope.id-reused')), { detail: { eh: second.eh, against: [first.eh] } });
});

t.test('a device that meets its own signature on what it does not know sends nothing more', async (t) => {
  const network = await makeTestNetwork();
  t.teardown(() => network.close());
  const clone = await takeOver(network, XA);
  const foreign = await clone.seal(XB, { words: 'sent by a copy of this device' });
  await clone.close();
  let inject: Uint8Array | undefined = foreign.delivered;
  const a = watch(
    await network.open(XA, {
      transport: injecting(network.url, () => {
        const bytes = inject;
        inject = undefined;
        return bytes;
      }),
    }),
  );
  const b = watch(await network.open(XB));
  await Promise.all([a.desk.online({ signal: soon() }), b.desk.online({ signal: soon() })]);
  const before = await a.desk.disclose({ to: XB, body: await disclosureBody() });
  // Its receipt is the delivery before which the relay shows the copy's envelope.
  await before.until('delivered', { signal: soon() });
  t.match(await a.seen(alarm('envelope.refused')), { detail: { code: 'device.cloned' }, advice: /Enrol a new one/ });
  const refused = await a.desk.freeze.request({ to: XB, body: await requestBody() }).catch((error: unknown) => error);
  t.ok(isSdkError(refused, 'device.cloned'), 'nothing is even queued');
  await a.desk.close();
  const again = await network.open(XA);
  await again.online({ signal: soon() });
  const still = await again.disclose({ to: XB, body: await disclosureBody() }).catch((error: unknown) => error);
  t.ok(isSdkError(still, 'device.cloned'), 'also after a restart');
});

t.test('a keystore without the batch that it signed was restored: it publishes nothing and says so', async (t) => {
  const network = await makeTestNetwork();
  t.teardown(() => network.close());
  const records = join(network.agencyHome(XA), 'devices', 'gateway', 'keystore', 'records');
  await rm(join(records, 'epoch-head'), { recursive: true });
  const a = watch(await network.open(XA));
  await a.desk.online({ signal: soon() });
  await a.seen(alarm('device.cloned'));
  const refused = await a.desk.disclose({ to: XB, body: await disclosureBody() }).catch((error: unknown) => error);
  t.ok(isSdkError(refused, 'device.cloned'));
});
