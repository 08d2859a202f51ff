/** The kept stream: resuming, delivering and acknowledging, receipts, back-off, and the ends that are for good. */
import { getEventListeners } from 'node:events';
import { isSdkError, type SdkError, type SdkErrorCode } from '@holdfast/client-sdk';
import { CLOSE_CODES, controlJson, type Delivery, type Mailbox, parseReauth } from '@holdfast/protocol';
import { decodeJwt } from 'jose';
import t, { type Test } from 'tap';
import { backOffMs } from '#client-sdk/session/back-off.js';
import { type ConnectionOptions, connect, type RelayConnection } from '#client-sdk/session/connection.js';
import { createSession, type RelaySession } from '#client-sdk/session/session.js';
import { httpTransport } from '#client-sdk/transport/http.js';
import { type FixtureDevice, ORIGIN, only } from '../fixtures/federation.js';
import { eventually, heldResources } from '../fixtures/leftovers.js';
import { deviceAt, type RelayFixture, relayAsProcess, relayInProcess } from '../fixtures/relay-fixture.js';
import { FakeRelay, type FakeStream, problem } from './fake-relay.js';

const never = new AbortController().signal;

interface Kept {
  readonly connection: RelayConnection;
  readonly stored: Delivery[];
  readonly states: string[];
  readonly errors: SdkError[];
  readonly alarms: SdkError[];
  readonly cursors: Record<Mailbox, number>;
  readonly drained: () => number;
  readonly numbers: (mailbox: Mailbox) => number[];
}

/** A connection with an archive in memory. Closed with the test. */
function keep(t: Test, session: RelaySession, changes: Partial<ConnectionOptions> = {}): Kept {
  const stored: Delivery[] = [];
  const states: string[] = [];
  const errors: SdkError[] = [];
  const alarms: SdkError[] = [];
  const cursors = { alert: 0, routine: 0 };
  let drained = 0;
  const connection = connect({
    session,
    window: 100,
    now: Date.now,
    random: () => 0,
    signal: never,
    beforeConnect: async () => undefined,
    cursors: () => ({ ...cursors }),
    onDirectoryHint: () => undefined,
    onAlarm: (error) => alarms.push(error),
    onStateChange: (state, error) => {
      states.push(state);
      if (error !== undefined) errors.push(error);
    },
    onDrained: () => {
      drained += 1;
    },
    ...changes,
    onDelivery: async (delivery) => {
      await changes.onDelivery?.(delivery);
      stored.push(delivery);
      cursors[delivery.mailbox] = Math.max(cursors[delivery.mailbox], delivery.number);
    },
  });
  t.teardown(() => connection.close());
  const numbers = (mailbox: Mailbox): number[] =>
    stored.filter((delivery) => delivery.mailbox === mailbox).map(({ number }) => number);
  return { connection, stored, states, errors, alarms, cursors, numbers, drained: () => drained };
}

const upTo = (count: number, from = 1): number[] => Array.from({ length: count }, (_, i) => from + i);
const online = ({ connection }: Kept): Promise<void> => eventually(() => connection.state === 'online', 'online');

async function codeOf(work: Promise<unknown>): Promise<SdkErrorCode | undefined> {
  try {
    await work;
  } catch (error) {
    if (isSdkError(error)) return error.code;
    throw error;
  }
  return undefined;
}

/** A relay whose streams are told what to do one after another; the last rule stays. */
function scripted(...rules: readonly ((stream: FakeStream) => void)[]): FakeRelay {
  const relay = new FakeRelay();
  relay.onStream = (stream, index) => rules[Math.min(index, rules.length - 1)]?.(stream);
  return relay;
}

t.test('deliveries are stored in order, acknowledged together, and never before they are stored', async (t) => {
  const relay = scripted((stream) => {
    stream.resumed({ alert: 3 });
    for (const number of upTo(90, 4)) stream.deliver('alert', number);
    stream.live('alert');
    stream.live('routine');
  });
  const ahead: string[] = [];
  const kept = keep(t, relay.session(never), {
    cursors: () => ({ alert: 3, routine: 0 }),
    onDelivery: async ({ number }) => {
      await new Promise(setImmediate);
      const acknowledged = relay.streams[0]?.acknowledged('alert').at(-1) ?? 0;
      if (acknowledged >= number) ahead.push(`${acknowledged} while ${number} was stored`);
    },
  });
  await eventually(() => relay.streams[0]?.acknowledged('alert').at(-1) === 93, 'all acknowledged');
  t.same(relay.streams[0]?.resume, { alert: 3, routine: 0, window: 100 });
  t.same(kept.numbers('alert'), upTo(90, 4));
  t.same(ahead, []);
  const acknowledged = relay.streams[0]?.acknowledged('alert') ?? [];
  t.ok(acknowledged.length <= 10, 'far fewer acknowledgements than deliveries', { acknowledged });
  t.same(
    acknowledged,
    acknowledged.toSorted((a, b) => a - b),
  );
  t.equal(kept.drained(), 1, 'drained once, when both mailboxes are');
  t.same(kept.alarms, []);
});

t.test('a mailbox that is slow holds up neither the other one nor receipts', async (t) => {
  const relay = scripted((stream) => {
    stream.resumed();
    for (const number of upTo(20)) stream.deliver('routine', number);
    stream.deliver('alert', 1);
    stream.onFrame(({ type, request }) => {
      if (type === 'submit')
        stream.send('problem', request, { ...JSON.parse(Buffer.from(problem('mailbox.full').body).toString()) });
    });
  });
  let release: () => void = () => undefined;
  const slow = new Promise<void>((resolve) => {
    release = resolve;
  });
  let atOnce = 0;
  let most = 0;
  const kept = keep(t, relay.session(never), {
    onDelivery: async ({ mailbox }) => {
      if (mailbox === 'alert') return;
      most = Math.max(most, ++atOnce);
      await slow;
      atOnce -= 1;
    },
  });
  await eventually(() => kept.numbers('alert').length === 1, 'the alert is stored');
  t.same(kept.numbers('routine'), [], 'while a lead still is not');
  t.equal(await codeOf(kept.connection.submit(new Uint8Array(3), { signal: never })), 'relay.refused');
  release();
  await eventually(() => kept.numbers('routine').length === 20, 'then the leads');
  t.equal(most, 1, 'one at a time');
  t.same(kept.numbers('routine'), upTo(20));
});

t.test('what is not yet stored is bounded: the relay is held back', async (t) => {
  const item = new Uint8Array(1024 * 1024);
  const total = 80;
  let stream: FakeStream | undefined;
  const relay = scripted((opened) => {
    stream = opened;
    opened.resumed();
    for (const number of upTo(total)) opened.deliver('routine', number, { bytes: item });
  });
  let release: () => void = () => undefined;
  const slow = new Promise<void>((resolve) => {
    release = resolve;
  });
  let read = 0;
  const session = relay.session(never);
  const kept = keep(
    t,
    {
      ...session,
      openStream: async (signal) => {
        const socket = await session.openStream(signal);
        async function* counted(): AsyncGenerator<Uint8Array, void, undefined> {
          for await (const frame of socket.frames) {
            read += 1;
            yield frame;
          }
        }
        return { ...socket, frames: counted() };
      },
    },
    { onDelivery: () => slow },
  );
  await online(kept);
  await new Promise((resolve) => {
    setTimeout(resolve, 50);
  });
  t.ok(read < 25, 'about 16 MiB and no more', { read });
  release();
  await eventually(() => stream?.acknowledged('routine').at(-1) === total, 'all of it in the end');
  t.same(kept.numbers('routine'), upTo(total));
});

t.test('gaps and repeats are alarms, and nothing is dropped for its number', async (t) => {
  const relay = scripted((stream) => {
    stream.resumed({ alert: 9 });
    stream.deliver('alert', 10);
    stream.deliver('alert', 11);
    stream.deliver('routine', 1);
    stream.deliver('routine', 4);
    stream.deliver('routine', 2);
  });
  const kept = keep(t, relay.session(never), { cursors: () => ({ alert: 7, routine: 0 }) });
  await eventually(() => kept.stored.length === 5, 'all stored');
  t.same(kept.numbers('routine'), [1, 4, 2]);
  t.equal(kept.alarms.length, 3);
  for (const alarm of kept.alarms) t.equal(alarm.code, 'relay.misbehaved');
  t.match(only(kept.alarms).message, /alert as read up to 9, here it ends at 7/);
  t.match(only(kept.alarms, 1).message, /routine goes from 1 to 4/);
  t.match(only(kept.alarms, 2).message, /routine goes from 4 to 2/);
});

t.test('what cannot be stored is not acknowledged and comes again', async (t) => {
  const rule = (stream: FakeStream): void => {
    stream.resumed();
    stream.onFrame(({ type }) => {
      if (type !== 'resume') return;
      const { routine } = stream.resume as Record<Mailbox, number>;
      for (const number of upTo(5 - routine, routine + 1)) stream.deliver('routine', number);
    });
  };
  const relay = scripted(rule);
  let failures = 2;
  const kept = keep(t, relay.session(never), {
    onDelivery: async ({ number }) => {
      if (number === 3 && failures-- > 0) throw new Error('SQLITE_FULL');
    },
  });
  await eventually(() => kept.stored.length === 5, 'stored in the end');
  t.same(kept.numbers('routine'), upTo(5), 'each once and in order');
  t.equal(relay.streams.length, 3);
  for (const stream of relay.streams.slice(0, 2))
    t.ok(
      stream.acknowledged('routine').every((cursor) => cursor < 3),
      'not acknowledged',
    );
  t.equal(kept.alarms.length, 2);
  t.match(only(kept.alarms), { code: 'archive.not-written', cause: { message: 'SQLITE_FULL' } });
});

t.test('a connection that breaks is made anew, later each time, and as late as the relay asks', async (t) => {
  const waits = Array.from({ length: 12 }, (_, attempt) => backOffMs(attempt, 0.999_999));
  t.same(waits.slice(0, 4), [249, 499, 999, 1999]);
  t.equal(Math.max(...waits), 29_999, 'at most 30 s');
  t.equal(backOffMs(40, 0), 0, 'full jitter: from nothing on');

  const flapping = scripted((stream) => {
    stream.onFrame(() => {
      stream.resumed();
      stream.close(1006);
    });
  });
  const attempts: number[] = [];
  const kept = keep(t, flapping.session(never), {
    random: () => {
      attempts.push(Date.now());
      return 0.2;
    },
  });
  await eventually(() => attempts.length === 5, 'five attempts');
  await kept.connection.close();
  const [first = 0, , , , fifth = 0] = attempts;
  t.ok(fifth - first >= 0.2 * (250 + 500 + 1000 + 2000) - 20, 'resuming alone does not reset the wait');
  t.match(kept.states.slice(0, 6), ['connecting', 'online', 'offline', 'connecting', 'online', 'offline']);

  const draining = new FakeRelay();
  const asked: number[] = [];
  draining.refuseStream = (attempt) => {
    asked.push(Date.now());
    return attempt === 0 ? problem('relay.draining', { 'retry-after': '1' }) : undefined;
  };
  const patient = keep(t, draining.session(never));
  await online(patient);
  t.ok((asked[1] ?? 0) - (asked[0] ?? 0) >= 990, 'Retry-After is kept');
  t.match(only(patient.errors), { code: 'relay.refused', problem: { code: 'relay.draining' } });
});

/** A relay that closes each stream with `code` at once. */
const closing = (code: number): FakeRelay =>
  scripted((stream) => {
    stream.resumed();
    stream.close(code);
  });

t.test('ends that are for good', async (t) => {
  const ends: readonly (readonly [string, FakeRelay, SdkErrorCode])[] = [
    ['fenced by a newer connection', closing(CLOSE_CODES.fenced), 'session.fenced'],
    ['revoked while connected', closing(CLOSE_CODES.deviceRefused), 'session.refused'],
    [
      'refused at the upgrade',
      Object.assign(new FakeRelay(), { refuseStream: () => problem('session.device-refused') }),
      'session.refused',
    ],
  ];
  for (const [name, relay, code] of ends) {
    const kept = keep(t, relay.session(never));
    await eventually(() => kept.connection.state === 'stopped', name);
    t.equal(kept.connection.failure?.code, code, name);
    const { length } = relay.streams;
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
    t.equal(relay.streams.length, length, 'no war of reconnects');
    t.equal(await codeOf(kept.connection.submit(new Uint8Array(1), { signal: never })), 'relay.unreachable');
  }
  const wrongClock = new FakeRelay();
  wrongClock.refuseStream = (attempt) => (attempt < 4 ? problem('session.proof-invalid') : undefined);
  const kept = keep(t, wrongClock.session(never));
  await online(kept);
  t.equal(only(kept.errors).code, 'session.refused', 'a wrong clock is said, and may be put right');
  const forgot = new FakeRelay();
  forgot.refuseStream = (attempt) => (attempt === 0 ? problem('session.expired') : undefined);
  const again = keep(t, forgot.session(never));
  await online(again);
  t.same(again.errors, [], 'a forgotten token is nothing to speak of');
  t.equal(forgot.tokens, 2);
});

t.test('what does not fit the contract ends the stream and is an alarm', async (t) => {
  const bad: readonly ((stream: FakeStream) => void)[] = [
    (stream) => stream.raw(new Uint8Array([1, 0x81])),
    (stream) => stream.raw(new Uint8Array([2, 0x81, 0, 0, 0, 0])),
    (stream) => stream.send('resumed', 0, { alert: -1 }),
    (stream) => stream.send('delivery', 0, new Uint8Array(4)),
    (stream) => stream.send('submit', 0),
    (stream) => stream.send('receipt', 1, { forged: true }),
  ];
  for (const act of bad) {
    const relay = scripted(act, (stream) => stream.resumed());
    const kept = keep(t, relay.session(never));
    await online(kept);
    t.equal(only(kept.alarms).code, 'relay.misbehaved');
    t.equal(relay.streams.length, 2);
    await kept.connection.close();
  }
});

t.test('a submission whose stream breaks is of unknown fate; one that is aborted is let go', async (t) => {
  const relay = scripted((stream) => stream.resumed());
  const kept = keep(t, relay.session(never));
  await online(kept);
  const pending = kept.connection.submit(new Uint8Array(5), { signal: never });
  const abort = new AbortController();
  const aborted = kept.connection.submit(new Uint8Array(6), { signal: abort.signal });
  await eventually(() => relay.streams[0]?.of('submit').length === 2, 'both sent');
  abort.abort();
  t.equal(await codeOf(aborted), 'aborted');
  relay.streams[0]?.close(1006);
  t.equal(await codeOf(pending), 'relay.unreachable');
  t.equal(getEventListeners(abort.signal, 'abort').length, 0);
});

t.test('the stream goes on under a new token before the old one ends', async (t) => {
  const relay = new FakeRelay();
  relay.tokenLifeMs = 1200;
  const kept = keep(
    t,
    relay.session(never, () => Date.now()),
    {},
  );
  relay.nowMs = Date.now();
  await online(kept);
  await eventually(() => {
    relay.nowMs = Date.now();
    return (relay.streams[0]?.of('reauth').length ?? 0) >= 2;
  }, 'renewed twice');
  const [frame] = relay.streams[0]?.of('reauth') ?? [];
  const { accessToken, proof } = parseReauth(controlJson(frame?.payload ?? new Uint8Array()));
  t.equal(accessToken, 'token-2');
  t.match(decodeJwt(proof), { htm: 'GET', htu: 'ws://relay.test/v1/stream' });
  t.equal(relay.streams.length, 1, 'on the same stream');
});

t.test('closing waits for the item in hand and leaves nothing', async (t) => {
  const relay = scripted((stream) => {
    stream.resumed();
    for (const number of upTo(10)) stream.deliver('alert', number);
  });
  const client = new AbortController();
  let release: () => void = () => undefined;
  const kept = keep(t, relay.session(client.signal), {
    signal: client.signal,
    onDelivery: () =>
      new Promise<void>((resolve) => {
        release = resolve;
      }),
  });
  await online(kept);
  const closing = kept.connection.close();
  let isClosed = false;
  void closing.then(() => {
    isClosed = true;
  });
  await new Promise((resolve) => {
    setTimeout(resolve, 20);
  });
  t.notOk(isClosed, 'an item is being stored');
  release();
  await closing;
  t.same(kept.numbers('alert'), [1], 'and none after it');
  t.equal(kept.states.at(-1), 'stopped');
  t.equal(getEventListeners(client.signal, 'abort').length, 0, 'no listener left');

  const offline = new FakeRelay();
  offline.refuseStream = () => problem('relay.draining');
  const waiting = keep(t, offline.session(never), { random: () => 1 });
  await eventually(() => waiting.connection.state === 'offline', 'waiting to try again');
  const startedAtMs = Date.now();
  await waiting.connection.close();
  t.ok(Date.now() - startedAtMs < 100, 'a wait ends at once');
  await eventually(() => !heldResources().includes('Timeout'), 'no timer left');
});

/** The SDK's session of a device, over real sockets. */
function realSession(t: Test, relay: RelayFixture, { device, key }: FixtureDevice, signal = never): RelaySession {
  const transport = httpTransport(relay.url);
  t.teardown(() => transport.close());
  const { fed } = relay.federation;
  return createSession({
    transport,
    baseUrl: relay.url,
    device,
    signingKey: key,
    fed,
    origin: () => ORIGIN,
    now: relay.now,
    signal,
  });
}

t.test('with a real relay that is killed: nothing lost, nothing twice', async (t) => {
  const relay = await relayAsProcess();
  t.teardown(() => relay.dispose());
  const [from, to] = [deviceAt(relay, 0), deviceAt(relay, 2)];
  const sender = keep(t, realSession(t, relay, from));
  const recipient = keep(t, realSession(t, relay, to));
  await Promise.all([online(sender), online(recipient)]);
  const envelopes = upTo(30).map((i) => relay.envelope(from, [to], { priority: i % 3 === 0 ? 'flash' : 'routine' }));
  const send = async (bytes: Uint8Array): Promise<string> => {
    for (;;) {
      try {
        return (await sender.connection.submit(bytes, { signal: never })).eh;
      } catch (error) {
        if (!isSdkError(error, 'relay.unreachable')) throw error;
        await online(sender);
      }
    }
  };
  for (const [i, { bytes, eh }] of envelopes.entries()) {
    const sending = send(bytes);
    if (i === 10 || i === 20) {
      await relay.end('SIGKILL');
      await relay.start();
    }
    t.equal(await sending, eh);
  }
  await eventually(() => recipient.stored.length >= 30, 'all delivered');
  t.same(recipient.numbers('alert'), upTo(10));
  t.same(recipient.numbers('routine'), upTo(20));
  t.same(recipient.alarms, []);

  const { bytes, eh } = only(envelopes);
  t.equal(await send(bytes), eh, 'the same bytes again are no second envelope');
  const newer = keep(t, realSession(t, relay, to), { cursors: () => ({ ...recipient.cursors }) });
  await eventually(() => recipient.connection.state === 'stopped', 'the older connection is fenced');
  t.equal(recipient.connection.failure?.code, 'session.fenced');
  await online(newer);
  await eventually(() => newer.drained() === 1, 'drained');
  t.same(newer.stored, [], 'nothing comes twice');
});

const sockets = (): number => heldResources().filter((kind) => kind === 'TCPSocketWrap').length;

t.test('with a real relay: a new token on the stream, and an abort that leaves nothing', async (t) => {
  const relay = await relayInProcess();
  t.teardown(() => relay.dispose());
  const device = deviceAt(relay, 0);
  // The fixture's own, both ends of each.
  const socketsBefore = sockets();
  const client = new AbortController();
  const transport = httpTransport(relay.url);
  let signIns = 0;
  const session = createSession({
    transport: {
      ...transport,
      request: (request) => {
        if (request.path === '/v1/session/token') signIns += 1;
        return transport.request(request);
      },
    },
    baseUrl: relay.url,
    device: device.device,
    signingKey: device.key,
    fed: relay.federation.fed,
    origin: () => ORIGIN,
    now: relay.now,
    signal: client.signal,
  });
  await session.renew();
  // Half a second before the renewal is due.
  relay.advance(session.renewAtMs - relay.now() - 500);
  const kept = keep(t, session, { signal: client.signal, now: relay.now });
  await online(kept);
  relay.advance(1000);
  await eventually(() => signIns === 2, 'renewed');
  const receipt = kept.connection.submit(relay.envelope(device, [deviceAt(relay, 2)]).bytes, { signal: never });
  t.equal((await receipt).origin, ORIGIN, 'the stream goes on');
  t.same(kept.states, ['connecting', 'online']);
  client.abort();
  transport.close();
  await eventually(() => kept.connection.state === 'stopped', 'stopped');
  await eventually(() => sockets() <= socketsBefore, 'no socket left');
  t.equal(getEventListeners(client.signal, 'abort').length, 0, 'no listener left');
});
