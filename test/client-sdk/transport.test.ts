/** The lowest layer: requests and sockets that are bounded in size and time, and that leave nothing behind. */
import { getEventListeners, once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isSdkError, type SdkErrorCode } from '@holdfast/client-sdk';
import { LIMITS, ProtocolError, problemOf } from '@holdfast/protocol';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { type WebSocket, WebSocketServer } from 'ws';
import { FrameQueue } from '#client-sdk/transport/frame-queue.js';
import { type HttpTimeouts, httpTransport } from '#client-sdk/transport/http.js';
import { linkSignals, underSignals, untilAborted } from '#client-sdk/transport/linked-signal.js';
import { memorySockets } from '#client-sdk/transport/memory.js';
import type { FrameSocket, HttpRequest, RelayTransport } from '#client-sdk/transport/port.js';
import { isPassing, isRefusal, refusalOf } from '#client-sdk/transport/refusal.js';
import { eventually, heldResources } from '../fixtures/leftovers.js';

const never = new AbortController().signal;
const BIG = new Uint8Array(64 * 1024).fill(7);

interface TestServer {
  readonly server: Server;
  readonly transport: RelayTransport;
  readonly connections: () => Promise<number>;
}

/** A server for one test, and a transport to it; both end with the test. */
async function serve(t: Test, listener: RequestListener, timeouts?: HttpTimeouts): Promise<TestServer> {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const transport = httpTransport(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, timeouts);
  t.teardown(() => {
    transport.close();
    server.closeAllConnections();
    server.close();
  });
  return {
    server,
    transport,
    connections: () =>
      new Promise((resolve, reject) => {
        server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
      }),
  };
}

const get = (changes: Partial<HttpRequest> = {}): HttpRequest => ({
  method: 'GET',
  path: '/v1/relay',
  headers: {},
  maxResponseBytes: 1024,
  signal: never,
  ...changes,
});

/** The code with which `work` fails; a failure of another kind, or none, fails the test. */
async function codeOf(t: Test, work: Promise<unknown>): Promise<SdkErrorCode | undefined> {
  try {
    await work;
  } catch (error) {
    if (isSdkError(error)) return error.code;
    t.fail('not an SdkError', { error });
  }
  return undefined;
}

t.test('a request goes out as it is and its answer comes back', async (t) => {
  const { transport, connections } = await serve(t, (request, response) => {
    const body: Buffer[] = [];
    request.on('data', (chunk: Buffer) => body.push(chunk));
    request.on('end', () => {
      response.writeHead(201, { 'Upload-Offset': '17', 'x-path': request.url ?? '' });
      response.end(
        `${request.method} ${String(request.headers['x-mine'])} ${request.headers['content-length']} ${Buffer.concat(body).toString()}`,
      );
    });
  });
  const body = Buffer.from('bytes');
  const sent = get({ method: 'PATCH', path: '/v1/x?y=1', headers: { 'x-mine': 'a' }, body });
  const answer = await transport.request(sent);
  t.equal(answer.status, 201);
  t.equal(answer.headers['upload-offset'], '17', 'header names in lower case');
  t.equal(answer.headers['x-path'], '/v1/x?y=1');
  t.equal(Buffer.from(answer.body).toString(), 'PATCH a 5 bytes');
  await Promise.all(Array.from({ length: 50 }, () => transport.request(sent)));
  t.ok((await connections()) <= 16, 'connections are kept and few');
});

t.test('an answer beyond its bound is refused while it arrives', async (t) => {
  let written = 0;
  const { transport } = await serve(t, (_request, response) => {
    const more = (): void => {
      while (!response.destroyed && written < 100 * BIG.length) {
        written += BIG.length;
        if (!response.write(BIG)) return void response.once('drain', more);
      }
      response.end();
    };
    more();
  });
  const exact = BIG.length * 100;
  t.equal(await codeOf(t, transport.request(get({ maxResponseBytes: 10_000 }))), 'relay.misbehaved');
  t.ok(written < exact, 'the rest never left the server');
  written = 0;
  t.equal((await transport.request(get({ maxResponseBytes: exact }))).body.length, exact, 'just at the bound');
  written = 0;
  t.equal(await codeOf(t, transport.request(get({ maxResponseBytes: exact - 1 }))), 'relay.misbehaved');
});

t.test('a relay that is silent, trickles, hangs up or is not there is unreachable', async (t) => {
  const limits = { silenceMs: 150, deadlineMs: 500 };
  const silent = await serve(t, () => undefined, limits);
  t.equal(await codeOf(t, silent.transport.request(get())), 'relay.unreachable', 'no answer');
  const stalls = await serve(t, (_request, response) => void response.write('a'), limits);
  t.equal(await codeOf(t, stalls.transport.request(get())), 'relay.unreachable', 'half an answer, then silence');
  const trickles = await serve(
    t,
    (_request, response) => {
      const timer = setInterval(() => response.write('a'), 50);
      response.once('close', () => clearInterval(timer));
    },
    limits,
  );
  t.equal(await codeOf(t, trickles.transport.request(get())), 'relay.unreachable', 'a byte now and then');
  const hangsUp = await serve(t, (_request, response) => {
    response.writeHead(200, { 'content-length': '10' });
    response.write('half');
    setImmediate(() => response.destroy());
  });
  t.equal(await codeOf(t, hangsUp.transport.request(get())), 'relay.unreachable', 'cut short');
  const gone = httpTransport('http://127.0.0.1:1');
  t.equal(await codeOf(t, gone.request(get())), 'relay.unreachable', 'nobody there');
  t.equal(await codeOf(t, gone.openStream({ headers: {}, signal: never })), 'relay.unreachable');
});

t.test('an aborted request says so, at every point, and holds nothing', async (t) => {
  const { transport, connections } = await serve(t, (request, response) => {
    if (request.url === '/half') response.write('half');
  });
  t.equal(await codeOf(t, transport.request(get({ signal: AbortSignal.abort() }))), 'aborted', 'before it began');
  for (const path of ['/none', '/half']) {
    const abort = new AbortController();
    const request = transport.request(get({ path, signal: abort.signal }));
    setTimeout(() => abort.abort(), 100);
    t.equal(await codeOf(t, request), 'aborted', path);
    t.equal(getEventListeners(abort.signal, 'abort').length, 0, 'its listener is gone');
  }
  while ((await connections()) > 0) await new Promise(setImmediate);
  await eventually(() => heldResources().length === 0, 'no socket, no timer');
  t.pass('nothing is left');
});

t.test('a closed transport has no connection left', async (t) => {
  const { transport, connections } = await serve(t, (_request, response) => void response.end('x'));
  await Promise.all([transport.request(get()), transport.request(get())]);
  t.ok((await connections()) > 0, 'kept for the next request');
  transport.close();
  while ((await connections()) > 0) await new Promise(setImmediate);
  t.pass('none after close');
});

/** A WebSocket server for one test. */
async function serveSockets(
  t: Test,
  onSocket: (socket: WebSocket) => void,
  options: { readonly autoPong?: boolean } = {},
): Promise<RelayTransport> {
  const { server, transport } = await serve(t, (_request, response) => void response.writeHead(404).end());
  const sockets = new WebSocketServer({ server, perMessageDeflate: false, maxPayload: 2 ** 27, ...options });
  sockets.on('connection', onSocket);
  t.teardown(() => {
    for (const socket of sockets.clients) socket.terminate();
    sockets.close();
  });
  return transport;
}

async function readAll(socket: FrameSocket, count = Number.POSITIVE_INFINITY): Promise<Uint8Array[]> {
  const frames: Uint8Array[] = [];
  for await (const frame of socket.frames) if (frames.push(frame) >= count) break;
  return frames;
}

t.test('frames go both ways in order, and a close is seen', async (t) => {
  const transport = await serveSockets(t, (socket) => {
    socket.on('message', (data: Buffer) => (data[0] === 99 ? socket.close(4409, 'fenced') : socket.send(data)));
  });
  const socket = await transport.openStream({ headers: {}, signal: never });
  for (let i = 0; i < 50; i++) await socket.send(new Uint8Array([i]));
  await socket.send(new Uint8Array([99]));
  const frames = await readAll(socket);
  t.same(
    frames.map((frame) => frame[0]),
    Array.from({ length: 50 }, (_, i) => i),
  );
  t.same(await socket.closed, { code: 4409, reason: 'fenced' });
  t.equal(await codeOf(t, socket.send(new Uint8Array(1))), 'relay.unreachable', 'nothing goes out after it');
});

t.test('text and oversized frames end the socket', async (t) => {
  const text = await serveSockets(t, (socket) => socket.send('{"text":true}'));
  const first = await text.openStream({ headers: {}, signal: never });
  t.same(await readAll(first), [], 'text is never handed on');
  t.equal((await first.closed).code, 1003);
  const large = await serveSockets(t, (socket) => socket.send(new Uint8Array(LIMITS.frameBytes + 1)));
  const second = await large.openStream({ headers: {}, signal: never });
  t.same(await readAll(second), []);
  t.equal((await second.closed).code, 1006, 'cut off; ws has told the relay 1009');
});

t.test('unread frames hold the relay back, and none is lost', async (t) => {
  const frames = 2000;
  let far: WebSocket | undefined;
  const transport = await serveSockets(t, (socket) => {
    far = socket;
    for (let i = 0; i < frames; i++) {
      const frame = BIG.slice();
      new DataView(frame.buffer).setUint32(0, i);
      socket.send(frame);
    }
  });
  const before = process.memoryUsage().arrayBuffers;
  const socket = await transport.openStream({ headers: {}, signal: never });
  await new Promise((resolve) => {
    setTimeout(resolve, 500);
  });
  t.ok((far?.bufferedAmount ?? 0) > (frames * BIG.length) / 2, 'most of it waits at the sender');
  const held = process.memoryUsage().arrayBuffers - before;
  t.ok(held < frames * BIG.length * 1.3, 'not twice in memory', { held });
  let next = 0;
  for await (const frame of socket.frames) {
    t.ok(Buffer.from(frame).readUInt32BE(0) === next || t.fail(`frame ${next} is out of order`));
    if (++next === frames) break;
  }
  t.equal(next, frames);
  socket.close();
});

t.test('a socket with unread frames, or a deaf peer, still closes soon', async (t) => {
  const full = await serveSockets(t, (socket) => {
    for (let i = 0; i < 500; i++) socket.send(BIG);
  });
  const socket = await full.openStream({ headers: {}, signal: never });
  await new Promise((resolve) => {
    setTimeout(resolve, 200);
  });
  const startedAtMs = Date.now();
  socket.close();
  await socket.closed;
  t.ok(Date.now() - startedAtMs < 1500, 'the peer answers the close, though its frames went unread');
  const deaf = await serveSockets(t, (peer) => peer.pause());
  const second = await deaf.openStream({ headers: {}, signal: never });
  second.close();
  t.equal((await second.closed).code, 1006, 'not waited for');
  t.ok(Date.now() - startedAtMs < 5000);
  full.close();
  deaf.close();
  await eventually(() => !heldResources().includes('Timeout'), 'no timer left');
});

t.test('an aborted socket is gone, before and after it opened', async (t) => {
  const transport = await serveSockets(t, () => undefined);
  t.equal(await codeOf(t, transport.openStream({ headers: {}, signal: AbortSignal.abort() })), 'aborted');
  const early = new AbortController();
  const opening = transport.openStream({ headers: {}, signal: early.signal });
  early.abort();
  t.equal(await codeOf(t, opening), 'aborted', 'while it opened');
  const late = new AbortController();
  const socket = await transport.openStream({ headers: {}, signal: late.signal });
  late.abort();
  t.equal((await socket.closed).code, 1006);
  t.same(await readAll(socket), [], 'its reader ends');
  for (const { signal } of [early, late]) t.equal(getEventListeners(signal, 'abort').length, 0, 'no listener left');
});

t.test("a refused stream carries the relay's problem", async (t) => {
  const { server, transport } = await serve(t, (_request, response) => void response.end());
  let answer = '';
  server.on('upgrade', (_request, socket) => socket.end(answer));
  const open = async (head: string, body: string): Promise<unknown> => {
    answer = `HTTP/1.1 ${head}\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    try {
      await transport.openStream({ headers: {}, signal: never });
    } catch (error) {
      return error;
    }
    return undefined;
  };
  const problem = JSON.stringify(problemOf(new ProtocolError('session.device-refused')));
  const refused = await open('403 Forbidden\r\nContent-Type: application/problem+json', problem);
  t.ok(isRefusal(refused, 'session.device-refused'));
  const busy = JSON.stringify(problemOf(new ProtocolError('relay.draining')));
  const draining = await open('503 Busy\r\nContent-Type: application/problem+json\r\nRetry-After: 7', busy);
  t.match(draining, { code: 'relay.refused', retryable: true, retryAfterMs: 7000 });
  t.match(await open('502 Bad\r\nContent-Type: text/html', '<h1>proxy</h1>'), { code: 'relay.unreachable' });
  const long = `${' '.repeat(20_000)}${problem}`;
  t.match(await open('403 No\r\nContent-Type: application/problem+json', long), { code: 'relay.misbehaved' });
});

t.test('problem details: ours, broken, and none', async (t) => {
  const answer = (status: number, body: unknown, headers: Record<string, string> = {}) =>
    refusalOf({
      status,
      headers: { 'content-type': 'application/problem+json', ...headers },
      body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
    });
  const issues = [{ field: 'a.b', reason: 'is missing' }];
  const refused = answer(400, problemOf(new ProtocolError('request.malformed', undefined, { issues })));
  t.match(refused, { code: 'relay.refused', retryable: false, issues });
  t.notOk(isPassing(refused));
  t.ok(isPassing(answer(503, problemOf(new ProtocolError('relay.unavailable')))));
  t.equal(answer(400, '{"type":1').code, 'relay.misbehaved');
  t.equal(answer(400, { code: 'x' }).code, 'relay.misbehaved');
  t.equal(answer(401, '').code, 'relay.unreachable', 'no body');
  t.equal(answer(502, '<html>', { 'content-type': 'text/html' }).code, 'relay.unreachable');
  t.equal(answer(429, '', { 'retry-after': '999999999' }).retryAfterMs, 5 * 60_000, 'at most five minutes');
  t.equal(answer(429, '', { 'retry-after': 'Tue, 24 Nov 2026 04:00:00 GMT' }).retryAfterMs, undefined);
});

t.test('sockets in memory keep the promises of the real ones', async (t) => {
  const [near, far] = memorySockets();
  const frame = new Uint8Array([1]);
  await near.send(frame);
  frame[0] = 9;
  await near.send(new Uint8Array([2]));
  t.same(
    (await readAll(far, 2)).map(([byte]) => byte),
    [1, 2],
    'a frame is what it was when sent',
  );
  let sent = 0;
  const flood = (async () => {
    for (; sent < 500; sent++) await far.send(new Uint8Array(1));
  })();
  await new Promise(setImmediate);
  t.ok(sent < 100, 'an unread socket holds its sender back', { sent });
  t.equal((await readAll(near, 500)).length, 500);
  await flood;
  far.closeWith(4409, 'fenced');
  t.same(await near.closed, { code: 4409, reason: 'fenced' });
  t.same(await readAll(near), [], 'the reader ends');
  t.equal(await codeOf(t, near.send(new Uint8Array(1))), 'relay.unreachable');
});

t.test('the queue of frames: order and bounds, whatever the sizes', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 3_000_000 }), { maxLength: 200 }), async (sizes) => {
      let isPaused = false;
      const queue = new FrameQueue({
        pause: () => {
          isPaused = true;
        },
        resume: () => {
          isPaused = false;
        },
      });
      const reader = queue[Symbol.asyncIterator]();
      let held = 0;
      let read = 0;
      const take = async (): Promise<void> => {
        const { value } = await reader.next();
        if (value?.length !== sizes[read]) throw new Error(`frame ${read} is another one`);
        held -= sizes[read++] ?? 0;
      };
      for (const [i, size] of sizes.entries()) {
        while (isPaused) await take();
        queue.push(new Uint8Array(size));
        held += size;
        if (held > 8 * 1024 * 1024 + 3_000_000 || i + 1 - read > 64) throw new Error('more than its bound is held');
      }
      queue.end();
      while (read < sizes.length) await take();
      return (await reader.next()).done === true;
    }),
    { numRuns: 30 },
  );
  t.pass();
});

t.test('linked signals abort with their sources and leave no trace', async (t) => {
  const long = new AbortController();
  const short = new AbortController();
  const link = linkSignals(long.signal, undefined, short.signal);
  t.equal(getEventListeners(long.signal, 'abort').length, 1);
  const reason = new Error('why');
  short.abort(reason);
  t.equal(link.signal.reason, reason);
  link.release();
  t.ok(linkSignals(long.signal, short.signal).signal.aborted, 'a source that was aborted before');
  for (let i = 0; i < 100; i++) await underSignals([long.signal], async (signal) => signal.aborted);
  await t.rejects(
    underSignals([long.signal], () => Promise.reject(new Error('x'))),
    { message: 'x' },
  );
  t.equal(await untilAborted(Promise.resolve(5), never), 5);
  const hanging = untilAborted(once(new EventTarget(), 'never'), long.signal);
  // Of all those calls only what is under way still listens.
  t.equal(getEventListeners(long.signal, 'abort').length, 2, 'the unreleased link above and the wait');
  long.abort();
  t.equal(await codeOf(t, hanging), 'aborted');
  t.equal(await codeOf(t, untilAborted(Promise.resolve(1), long.signal)), 'aborted');
});
