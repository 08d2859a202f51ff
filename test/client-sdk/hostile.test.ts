import type { Holdfast, SdkEvent } from '@holdfast/client-sdk';
import {
  decodeDelivery,
  decodeFrame,
  encodeDelivery,
  encodeFrame,
  type Frame,
  fromUtf8,
  OPERATIONS,
  type Operation,
  utf8,
} from '@holdfast/protocol';
import t from 'tap';
import { httpTransport } from '#client-sdk/transport/http.js';
import type { FrameSocket, HttpRequest, RelayTransport } from '#client-sdk/transport/port.js';
import { disclosureBody, makeTestNetwork, requestBody, soon, type TestNetwork, XA, XB } from '../fixtures/network.js';

interface Lies {
  /** What the relay answers to an operation instead. */
  answer?: { readonly operation: Operation; readonly change: (body: Record<string, unknown>) => unknown };
  /** What it sends on the stream instead of a frame. */
  frame?: (frame: Frame) => readonly Frame[];
}

/** The honest relay, with somebody in between who lies as `lies` says at the time. */
/** A JSON object in bytes; the tests know that it is one. */
function objectIn(bytes: Uint8Array): Record<string, unknown> {
  const value: unknown = JSON.parse(fromUtf8(bytes));
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function lyingTransport(url: string, lies: Lies): RelayTransport {
  const honest = httpTransport(url);
  const request = async (asked: HttpRequest) => {
    const response = await honest.request(asked);
    const { answer } = lies;
    if (answer === undefined || !isFor(answer.operation, asked) || response.status !== answer.operation.status)
      return response;
    return { ...response, body: utf8(JSON.stringify(answer.change(objectIn(response.body)))) };
  };
  const openStream: RelayTransport['openStream'] = async (options) =>
    lyingSocket(await honest.openStream(options), lies);
  return { ...honest, request, openStream };
}

const isFor = (operation: Operation, { method, path }: HttpRequest): boolean =>
  method === operation.method && path.split('?')[0]?.startsWith(operation.path.split(':')[0] ?? '') === true;

function lyingSocket(socket: FrameSocket, lies: Lies): FrameSocket {
  async function* frames() {
    for await (const bytes of socket.frames)
      for (const frame of lies.frame?.(decodeFrame(bytes)) ?? [decodeFrame(bytes)]) yield encodeFrame(frame);
  }
  return { send: (frame) => socket.send(frame), close: () => socket.close(), closed: socket.closed, frames: frames() };
}

interface Watched {
  readonly desk: Holdfast;
  readonly events: SdkEvent[];
  readonly lies: Lies;
  /** Resolves with the first event that fits, past or to come. */
  seen(fits: (event: SdkEvent) => boolean): Promise<SdkEvent>;
}

async function watch(network: TestNetwork, agency: typeof XA, lies: Lies = {}): Promise<Watched> {
  const desk = await network.open(agency, { transport: lyingTransport(network.url, lies), random: () => 0.05 });
  const events: SdkEvent[] = [];
  desk.on((event) => events.push(event));
  const seen = (fits: (event: SdkEvent) => boolean): Promise<SdkEvent> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = events.find(fits);
        if (found === undefined) return;
        stop();
        clearTimeout(timer);
        resolve(found);
      };
      const stop = desk.on(look);
      const timer = setTimeout(() => reject(new Error(`not seen among ${JSON.stringify(events)}`)), 8000);
      look();
    });
  return { desk, events, lies, seen };
}

const alarm = (code: string) => (event: SdkEvent) => event.event === 'alarm' && event.code === code;

/** Reads what is new until `eh` has come. */
async function readUntil(desk: Holdfast, eh: string | null): Promise<string[]> {
  const stop = new AbortController();
  const read: string[] = [];
  for await (const item of desk.inbox({ signal: AbortSignal.any([stop.signal, soon()]) })) {
    read.push(item.eh);
    if (item.eh === eh) stop.abort();
  }
  return read;
}

t.test('lies on the stream are refused, and the honest message after them arrives', async (t) => {
  const network = await makeTestNetwork();
  t.teardown(() => network.close());
  const a = await network.open(XA);
  await a.online({ signal: soon() });
  const b = await watch(network, XB);
  await b.desk.online({ signal: soon() });
  const send = async (): Promise<string | null> => {
    const handle = await a.disclose({ to: XB, body: await disclosureBody() });
    return (await handle.until('accepted', { signal: soon() })).eh;
  };

  // A flipped bit at the beginning (core), in the middle and at the end (ciphertext).
  for (const at of [0.01, 0.5, 0.999]) {
    b.events.length = 0;
    b.lies.frame = (frame) => {
      if (frame.type !== 'delivery' || decodeDelivery(frame.payload).item !== 'envelope') return [frame];
      delete b.lies.frame;
      const delivery = decodeDelivery(frame.payload);
      const bytes = Uint8Array.from(delivery.bytes);
      const index = Math.floor(bytes.length * at);
      bytes[index] = (bytes[index] ?? 0) ^ 1;
      return [{ ...frame, payload: encodeDelivery({ ...delivery, bytes }) }];
    };
    await send();
    t.match(await b.seen(alarm('envelope.refused')), { detail: { code: /\./ } }, `tampered at ${at}`);
  }

  delete b.lies.frame;
  b.events.length = 0;
  b.lies.frame = (frame) => (frame.type === 'delivery' ? [frame, frame] : [frame]);
  const replayed = await send();
  t.strictSame(await readUntil(b.desk, replayed), [replayed], 'a replayed delivery is seen once, a tampered one never');

  let injected = false;
  b.lies.frame = (frame) => {
    if (frame.type !== 'delivery' || injected) return [frame];
    injected = true;
    const delivery = decodeDelivery(frame.payload);
    const notice = encodeDelivery({ ...delivery, item: 'notice', bytes: utf8('e30.e30.e30') });
    return [{ ...frame, payload: notice }, frame];
  };
  const honest = await send();
  await b.seen(alarm('notice.refused'));
  t.strictSame(await readUntil(b.desk, honest), [honest], 'a notice that the relay has not signed hides nothing');
});

t.test("an agency is not shown its own envelope as another's, and no receipt but its own counts", async (t) => {
  const network = await makeTestNetwork();
  t.teardown(() => network.close());
  const b = await watch(network, XB);
  const a = await watch(network, XA);
  await Promise.all([a.desk.online({ signal: soon() }), b.desk.online({ signal: soon() })]);
  let toB: Uint8Array | undefined;
  b.lies.frame = (frame) => {
    if (frame.type === 'delivery') toB ??= decodeDelivery(frame.payload).bytes;
    return [frame];
  };
  a.lies.frame = (frame) => {
    if (frame.type !== 'delivery' || toB === undefined) return [frame];
    const bytes = toB;
    toB = undefined;
    // A's own envelope, reflected, before what was for A.
    return [{ ...frame, payload: encodeDelivery({ ...decodeDelivery(frame.payload), bytes }) }, frame];
  };
  const first = await a.desk.disclose({ to: XB, body: await disclosureBody() });
  await first.until('delivered', { signal: soon() });
  await a.seen(alarm('relay.misbehaved'));
  t.equal(a.desk.case(first.conversation).timeline.length, 1, 'nothing was added');

  delete a.lies.frame;
  a.lies.frame = (frame) => {
    if (frame.type !== 'receipt') return [frame];
    delete a.lies.frame;
    const receipt = objectIn(frame.payload);
    return [{ ...frame, payload: utf8(JSON.stringify({ ...receipt, atMs: Number(receipt.atMs) + 1 })) }];
  };
  const second = await a.desk.disclose({ to: XB, body: await disclosureBody() });
  await a.seen((event) => event.event === 'outbox.waiting' && event.id === second.id);
  t.not(second.state, 'accepted', 'a receipt that does not verify is none');
  const third = await a.desk.disclose({ to: XB, body: await disclosureBody() });
  for (const handle of [second, third]) await handle.until('delivered', { signal: soon() });
  t.equal(b.desk.cases().length, 3, 'each has arrived, once');
});

t.test('lies about the directory are alarms, and nothing is sealed to them', async (t) => {
  const network = await makeTestNetwork();
  t.teardown(() => network.close());
  const a = await watch(network, XA, {
    answer: {
      operation: OPERATIONS.getEpochKeys,
      change: (page) => ({
        ...page,
        keys: (page.keys as { key: string }[]).map((proof) => ({ ...proof, key: `AAAA${proof.key.slice(4)}` })),
      }),
    },
  });
  await a.desk.online({ signal: soon() });
  await a.seen(alarm('epoch-key.refused'));
  const alert = await a.desk.freeze.request({ to: XB, body: await requestBody() });
  await a.seen((event) => event.event === 'outbox.waiting');
  t.equal(alert.state, 'queued', 'it waits for a key that its device has signed');
  t.equal(alert.eh, null);

  const agencies = (change: (agency: { seq: number; head: string }) => object): void => {
    a.lies.answer = {
      operation: OPERATIONS.listAgencies,
      change: (page) => ({ ...page, agencies: (page.agencies as { seq: number; head: string }[]).map(change) }),
    };
  };
  agencies((agency) => ({ ...agency, seq: agency.seq - 1 }));
  await a.desk.find({}, { signal: soon() });
  await a.seen(alarm('directory.rolled-back'));
  agencies((agency) => ({ ...agency, head: `AAAA${agency.head.slice(4)}` }));
  await a.desk.find({}, { signal: soon() });
  await a.seen(alarm('directory.forked'));

  delete a.lies.answer;
  await a.desk.find({}, { signal: soon() });
  await alert.until('accepted', { signal: soon() });
});
