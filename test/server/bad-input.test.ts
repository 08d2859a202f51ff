/**
 * What a relay does with malformed, oversized, unauthenticated, replayed and misdirected input: a table, each line with the answer
 * that the contract gives, against a real process that must live on.
 */
import { once } from 'node:events';
import { connect } from 'node:net';
import { randomBytes } from '@holdfast/keys';
import {
  CLOSE_CODES,
  concat,
  controlJson,
  encodeCursor,
  encodeFrame,
  FRAME_TYPES,
  LIMITS,
  MS_PER_DAY,
  PROBLEM_MEDIA_TYPE,
  type ProtocolErrorCode,
  parseProblem,
  prefixed,
  u32be,
  utf8,
} from '@holdfast/protocol';
import t from 'tap';
import type { FixtureDevice } from '../fixtures/federation.js';
import {
  call,
  JSON_BODY,
  OCTET_BODY,
  type RelayClient,
  type RequestOptions,
  type TestStream,
} from '../fixtures/relay-client.js';
import { testEnvelope } from '../fixtures/relay-envelope.js';
import { deviceAt, type RelayAsProcess, relayAsProcess } from '../fixtures/relay-fixture.js';

const MINUTE = 60_000;
let relay: RelayAsProcess;
let alice: FixtureDevice;
let bob: FixtureDevice;
let client: RelayClient;

t.before(async () => {
  relay = await relayAsProcess({
    limits: { attachmentBytes: 1_000_000, agencyAttachmentBytes: 1_500_000 },
    config: { allowedOrigins: ['https://desk.test'], timeouts: { resumeMs: 300 } },
  });
  alice = deviceAt(relay, 0);
  bob = deviceAt(relay, 2);
  client = await relay.signedIn(alice);
});
t.teardown(() => relay.dispose());

/** The process is the same one, and it works. */
async function isAlive(): Promise<boolean> {
  const answers = [
    await call(`${relay.url}/livez`),
    await call(`${relay.url}/readyz`),
    await client.submit(relay.envelope(alice, [bob]).bytes),
  ];
  return answers.every(({ status }) => status === 200) && !relay.log.some((line) => line.includes('"level":"error"'));
}

interface OpenCase {
  readonly what: string;
  readonly path: string;
  readonly request?: RequestOptions;
  readonly status: number;
  readonly code: ProtocolErrorCode;
}
const post = (body: Uint8Array | string, headers: Readonly<Record<string, string>> = JSON_BODY): RequestOptions => ({
  method: 'POST',
  headers,
  body,
});
const TOKEN = '/v1/session/token';

const OPEN_CASES: readonly OpenCase[] = [
  { what: 'an unknown address', path: '/v1/nothing', status: 404, code: 'request.not-found' },
  { what: 'the root', path: '/', status: 404, code: 'request.not-found' },
  { what: 'a path that climbs', path: '/v1/blobs/..%2f..%2frelay.key', status: 401, code: 'session.required' },
  { what: 'a broken escape', path: '/v1/%zz', status: 400, code: 'request.malformed' },
  { what: 'a wrong method', path: '/v1/relay', request: { method: 'DELETE' }, status: 405, code: 'request.method' },
  {
    what: 'a wrong method on a path with a name in it',
    path: '/v1/mailboxes/alert',
    request: { method: 'PUT' },
    status: 405,
    code: 'request.method',
  },
  { what: 'GET where POST is meant', path: '/v1/envelopes', status: 405, code: 'request.method' },
  {
    what: 'a page of another origin',
    path: '/v1/relay',
    request: { headers: { origin: 'https://evil.test' } },
    status: 403,
    code: 'request.origin',
  },
  { what: 'no body', path: TOKEN, request: { method: 'POST', headers: JSON_BODY }, status: 400, code: 'encoding.json' },
  { what: 'JSON that ends early', path: TOKEN, request: post('{"device":'), status: 400, code: 'encoding.json' },
  {
    what: 'JSON with a name twice',
    path: TOKEN,
    request: post('{"device":"a","device":"b"}'),
    status: 400,
    code: 'encoding.json',
  },
  {
    what: 'JSON nested 5,000 deep',
    path: TOKEN,
    request: post(`${'['.repeat(5000)}${']'.repeat(5000)}`),
    status: 400,
    code: 'encoding.json',
  },
  {
    what: 'JSON with 60,000 members',
    path: TOKEN,
    request: post(`[${'0,'.repeat(60_000)}0]`),
    status: 400,
    code: 'encoding.json',
  },
  {
    what: 'JSON with __proto__',
    path: TOKEN,
    request: post('{"__proto__":{"admin":true}}'),
    status: 400,
    code: 'encoding.json',
  },
  {
    what: 'JSON with a lone surrogate',
    path: TOKEN,
    request: post('{"device":"\\ud800"}'),
    status: 400,
    code: 'encoding.json',
  },
  {
    what: 'invalid UTF-8',
    path: TOKEN,
    request: post(Uint8Array.of(0x22, 0xff, 0xfe, 0x22)),
    status: 400,
    code: 'encoding.utf8',
  },
  {
    what: 'a member too many',
    path: TOKEN,
    request: post(JSON.stringify({ device: 'A'.repeat(22), assertion: `a.b.${'c'.repeat(86)}`, admin: true })),
    status: 400,
    code: 'request.malformed',
  },
  {
    what: 'a number for a text, not coerced',
    path: TOKEN,
    request: post('{"device":1,"assertion":2}'),
    status: 400,
    code: 'request.malformed',
  },
  { what: 'null', path: TOKEN, request: post('null'), status: 400, code: 'request.malformed' },
  {
    what: 'a body of another type',
    path: TOKEN,
    request: post('<xml/>', { 'content-type': 'application/xml' }),
    status: 415,
    code: 'request.media-type',
  },
  {
    what: 'a form',
    path: TOKEN,
    request: post('device=a', { 'content-type': 'application/x-www-form-urlencoded' }),
    status: 415,
    code: 'request.media-type',
  },
  {
    what: 'a JSON body over its limit',
    path: TOKEN,
    request: post(`"${'a'.repeat(LIMITS.jsonBodyBytes)}"`),
    status: 413,
    code: 'request.too-large',
  },
  { what: 'a query that is missing', path: '/v1/trust-lists', status: 400, code: 'request.malformed' },
  { what: 'a query that is no number', path: '/v1/trust-lists?from=1e3', status: 400, code: 'request.malformed' },
  { what: 'a query twice', path: '/v1/trust-lists?from=1&from=2', status: 400, code: 'request.malformed' },
  { what: 'a query too many', path: '/v1/trust-lists?from=1&x=2', status: 400, code: 'request.malformed' },
  {
    what: 'an agency that is none',
    path: '/v1/agencies/XA%00/statements?from=0',
    status: 400,
    code: 'request.malformed',
  },
  {
    what: 'an agency that is no member',
    path: '/v1/agencies/zz-none/statements?from=0',
    status: 404,
    code: 'request.not-found',
  },
  {
    what: 'a statement for no member',
    path: '/v1/agencies/zz-none/statements',
    request: post(
      JSON.stringify({
        statement: { payload: 'e30', signatures: [{ protected: 'e30', signature: 'AA' }] },
        document: null,
      }),
    ),
    status: 404,
    code: 'request.not-found',
  },
  {
    what: 'a statement without a signature that holds',
    path: '/v1/agencies/xa-fiu/statements',
    request: post(
      JSON.stringify({
        statement: { payload: 'e30', signatures: [{ protected: 'e30', signature: 'AA' }] },
        document: null,
      }),
    ),
    status: 422,
    code: 'statement.invalid',
  },
  {
    what: 'a trust list without a signature that holds',
    path: '/v1/trust-lists',
    request: post(JSON.stringify({ payload: 'e30', signatures: [{ protected: 'e30', signature: 'AA' }] })),
    status: 422,
    code: 'trust-list.invalid',
  },
  {
    what: 'an envelope without a session',
    path: '/v1/envelopes',
    request: post(new Uint8Array(10), OCTET_BODY),
    status: 401,
    code: 'session.required',
  },
  { what: 'a mailbox without a session', path: '/v1/mailboxes/alert?after=0', status: 401, code: 'session.required' },
  {
    what: 'an attachment without a session',
    path: `/v1/blobs/${'A'.repeat(22)}`,
    status: 401,
    code: 'session.required',
  },
  { what: 'a stream by plain HTTP without a session', path: '/v1/stream', status: 401, code: 'session.required' },
];

t.test('requests without a session', async (t) => {
  for (const { what, path, request = {}, status, code } of OPEN_CASES) {
    const answer = await call(`${relay.url}${path}`, request);
    const problem = answer.problem();
    t.strictSame([answer.status, problem.status, problem.code], [status, status, code], what);
    t.ok((problem.requestId ?? '').length > 0, `${what}: request id`);
  }
  t.ok(await isAlive(), 'the relay lives on');
});

t.test('a wrong method is told which are right', async (t) => {
  const answer = await call(`${relay.url}/v1/relay`, { method: 'DELETE' });
  t.equal(answer.headers.get('allow'), 'GET');
});

t.test('an origin that is configured may call', async (t) => {
  t.equal((await call(`${relay.url}/v1/relay`, { headers: { origin: 'https://desk.test' } })).status, 200);
});

interface EnvelopeCase {
  readonly what: string;
  readonly code: ProtocolErrorCode;
  readonly bytes: () => Uint8Array;
}
const base = () => ({ fed: relay.federation.fed, from: alice.device, to: [bob.device], atMs: Date.now() });
const good = () => testEnvelope(base()).bytes;
const withCore = (core: object) => testEnvelope({ ...base(), core }).bytes;
const nobody = 'AAAAAAAAAAAAAAAAAAAAAA';
const epoch = 'A'.repeat(48);

const ENVELOPE_CASES: readonly EnvelopeCase[] = [
  { what: 'nothing', code: 'encoding.truncated', bytes: () => new Uint8Array(0) },
  { what: 'noise', code: 'encoding.too-large', bytes: () => concat(Uint8Array.of(0xff), randomBytes(2000)) },
  { what: 'one byte short', code: 'encoding.truncated', bytes: () => good().subarray(0, -1) },
  { what: 'one byte long', code: 'encoding.malformed', bytes: () => concat(good(), new Uint8Array(1)) },
  {
    what: 'a length that lies',
    code: 'encoding.too-large',
    bytes: () => concat(u32be(0xffff_ffff), good().subarray(4)),
  },
  {
    what: 'a core that is no JSON',
    code: 'encoding.json',
    bytes: () =>
      concat(
        prefixed(utf8('{"v":1')),
        prefixed(new Uint8Array(1168)),
        prefixed(new Uint8Array(64)),
        prefixed(new Uint8Array(10)),
      ),
  },
  {
    what: 'a core that is not canonical',
    code: 'encoding.json',
    bytes: () =>
      concat(
        prefixed(utf8('{ "v":1}')),
        prefixed(new Uint8Array(1168)),
        prefixed(new Uint8Array(64)),
        prefixed(new Uint8Array(10)),
      ),
  },
  { what: 'another suite', code: 'envelope.malformed', bytes: () => withCore({ suite: 'HF0' }) },
  { what: 'another version', code: 'envelope.malformed', bytes: () => withCore({ v: 2 }) },
  { what: 'a member too many', code: 'envelope.malformed', bytes: () => withCore({ subject: 'hello' }) },
  { what: 'a priority that there is none of', code: 'envelope.malformed', bytes: () => withCore({ prio: 'asap' }) },
  { what: 'nobody to go to', code: 'envelope.malformed', bytes: () => withCore({ to: [] }) },
  {
    what: 'one device twice',
    code: 'envelope.malformed',
    bytes: () =>
      withCore({
        to: [
          [bob.device, epoch],
          [bob.device, epoch],
        ],
      }),
  },
  { what: 'to its own sender', code: 'envelope.malformed', bytes: () => withCore({ to: [[alice.device, epoch]] }) },
  { what: 'a stanza too many', code: 'envelope.malformed', bytes: () => testEnvelope({ ...base(), stanzas: 2 }).bytes },
  { what: 'expiry before its time', code: 'envelope.malformed', bytes: () => withCore({ exp: Date.now() - MINUTE }) },
  {
    what: 'another sender',
    code: 'envelope.sender-mismatch',
    bytes: () => testEnvelope({ ...base(), from: bob.device, to: [alice.device] }).bytes,
  },
  { what: 'another federation', code: 'envelope.federation-mismatch', bytes: () => withCore({ fed: 'A'.repeat(43) }) },
  {
    what: 'a recipient that is unknown',
    code: 'envelope.recipient-unavailable',
    bytes: () => testEnvelope({ ...base(), to: [bob.device, nobody as typeof bob.device] }).bytes,
  },
  {
    what: 'dated ahead',
    code: 'envelope.time-refused',
    bytes: () => testEnvelope({ ...base(), atMs: Date.now() + 11 * MINUTE }).bytes,
  },
  {
    what: 'an expiry past 90 days',
    code: 'envelope.time-refused',
    bytes: () => withCore({ exp: Date.now() + 91 * MS_PER_DAY }),
  },
  {
    what: 'expired',
    code: 'envelope.expired',
    bytes: () => testEnvelope({ ...base(), atMs: Date.now() - 11 * MS_PER_DAY }).bytes,
  },
];

t.test('envelopes over HTTP', async (t) => {
  for (const { what, code, bytes } of ENVELOPE_CASES) {
    t.equal((await client.submit(bytes())).problem().code, code, what);
  }
  const large = await client.submit(new Uint8Array(LIMITS.envelopeBytes + 1));
  t.strictSame([large.status, large.problem().code], [413, 'request.too-large'], 'over its limit');
  const json = await client.request('/v1/envelopes', { method: 'POST', headers: JSON_BODY, body: '{}' });
  t.strictSame([json.status, json.problem().code], [415, 'request.media-type'], 'JSON for an envelope');
  t.ok(await isAlive(), 'the relay lives on');
});

t.test('the same envelopes over the stream: a problem each, and the stream stays up', async (t) => {
  const stream = await client.resumeStream();
  let request = 100;
  for (const { what, code, bytes } of ENVELOPE_CASES) {
    await t.rejects(stream.submit(bytes(), ++request), { message: code }, what);
  }
  const { bytes, eh } = relay.envelope(alice, [bob]);
  t.equal((await stream.submit(bytes, 1)).eh, eh, 'and a good one after all of them');
  await stream.close();
});

t.test('an id that is used twice', async (t) => {
  const first = relay.envelope(alice, [bob]);
  const other = testEnvelope({ ...base(), core: { id: first.core.id } });
  const receipt = await client.submit(first.bytes);
  t.equal((await client.submit(other.bytes)).problem().code, 'envelope.id-conflict');
  t.same((await client.submit(first.bytes)).json(), receipt.json(), 'the same bytes get the same receipt');
});

interface FrameCase {
  readonly what: string;
  readonly code: ProtocolErrorCode;
  readonly close: number;
  readonly send: (stream: TestStream) => void;
  /** Before `resume`. */
  readonly first?: true;
}
const { malformed } = CLOSE_CODES;
const raw = (bytes: Uint8Array) => (stream: TestStream) => stream.socket.send(bytes);
const resume = { alert: 0, routine: 0, window: 10 };

const FRAME_CASES: readonly FrameCase[] = [
  { what: 'an empty frame', code: 'frame.malformed', close: malformed, send: raw(new Uint8Array(0)) },
  { what: 'half a header', code: 'frame.malformed', close: malformed, send: raw(Uint8Array.of(1, 2, 0)) },
  {
    what: 'another version',
    code: 'frame.malformed',
    close: malformed,
    send: raw(Uint8Array.of(9, FRAME_TYPES.submit, 0, 0, 0, 1)),
  },
  {
    what: 'an unknown type',
    code: 'frame.unknown-type',
    close: malformed,
    send: raw(Uint8Array.of(1, 0x7f, 0, 0, 0, 1)),
  },
  {
    what: "a frame that is the relay's to send",
    code: 'frame.unknown-type',
    close: malformed,
    send: (stream) => stream.send('receipt', 1),
  },
  {
    what: 'a second resume',
    code: 'frame.malformed',
    close: malformed,
    send: (stream) => stream.sendJson('resume', 2, resume),
  },
  {
    what: 'submit before resume',
    code: 'frame.malformed',
    close: malformed,
    send: (stream) => stream.send('submit', 1),
    first: true,
  },
  {
    what: 'resume that is no JSON',
    code: 'encoding.json',
    close: malformed,
    send: (stream) => stream.send('resume', 1, utf8('{')),
    first: true,
  },
  {
    what: 'resume with a window of none',
    code: 'frame.malformed',
    close: malformed,
    send: (stream) => stream.sendJson('resume', 1, { ...resume, window: 0 }),
    first: true,
  },
  {
    what: 'resume with a window too wide',
    code: 'frame.malformed',
    close: malformed,
    send: (stream) => stream.sendJson('resume', 1, { ...resume, window: 5000 }),
    first: true,
  },
  {
    what: 'resume with a cursor below nought',
    code: 'frame.malformed',
    close: malformed,
    send: (stream) => stream.sendJson('resume', 1, { ...resume, alert: -1 }),
    first: true,
  },
  {
    what: 'an oversized resume',
    code: 'encoding.too-large',
    close: malformed,
    send: (stream) => stream.send('resume', 1, new Uint8Array(70_000)),
    first: true,
  },
  {
    what: 'an acknowledgement of nothing',
    code: 'encoding.truncated',
    close: malformed,
    send: (stream) => stream.send('acknowledge', 3),
  },
  {
    what: 'an acknowledgement for a third mailbox',
    code: 'frame.malformed',
    close: malformed,
    send: (stream) => stream.send('acknowledge', 3, Uint8Array.of(7, 0, 0, 0, 0, 0, 0, 0, 1)),
  },
  {
    what: 'an acknowledgement of what was not delivered',
    code: 'mailbox.cursor-ahead',
    close: malformed,
    send: (stream) => stream.send('acknowledge', 3, encodeCursor({ mailbox: 'alert', cursor: 1 })),
  },
  {
    what: 'reauth with rubbish',
    code: 'session.proof-invalid',
    close: CLOSE_CODES.sessionExpired,
    send: (stream) => stream.sendJson('reauth', 3, { accessToken: 'a.b.c', proof: 'd.e.f' }),
  },
];

t.test('frames that end the stream: a problem, then a close code', async (t) => {
  for (const { what, code, close, send, first } of FRAME_CASES) {
    const stream = first === true ? await client.openStream() : await client.resumeStream();
    send(stream);
    const problem = parseProblem(
      controlJson((await stream.take(({ type, request }) => type === 'problem' && request === 0, what)).payload),
    );
    t.strictSame([problem.code, await stream.closed], [code, close], what);
  }
  t.ok(await isAlive(), 'the relay lives on');
});

t.test('what the WebSocket itself refuses', async (t) => {
  const text = await client.resumeStream();
  text.socket.send('{"hello":"text"}');
  t.equal(await text.closed, CLOSE_CODES.malformed, 'a text frame');
  const large = await client.resumeStream();
  large.socket.send(encodeFrame({ type: 'submit', request: 1, payload: new Uint8Array(LIMITS.frameBytes) }));
  t.equal(await large.closed, 1009, 'a frame over the limit');
  const idle = await client.openStream();
  t.equal(await idle.closed, CLOSE_CODES.idle, 'no first frame in time');
  t.ok(await isAlive(), 'the relay lives on');
});

t.test('attachments', async (t) => {
  const tus = { 'tus-resumable': '1.0.0' };
  const id = () => Buffer.from(randomBytes(16)).toString('base64url');
  const create = (size: string, name: string, by = client) =>
    by.request('/v1/blobs', {
      method: 'POST',
      headers: { ...tus, 'upload-length': size, 'upload-metadata': `id ${Buffer.from(name).toString('base64')}` },
    });
  const refuse = async (
    what: string,
    answer: Promise<Awaited<ReturnType<typeof create>>>,
    status: number,
    code: ProtocolErrorCode,
  ) => {
    const given = await answer;
    t.strictSame([given.status, given.problem().code], [status, code], what);
  };
  await refuse('a name that climbs', create('10', '../../relay.key'), 400, 'request.malformed');
  await refuse('no length', create('', id()), 400, 'request.malformed');
  await refuse('a length below nought', create('-1', id()), 400, 'request.malformed');
  await refuse('over the limit of one', create('1000001', id()), 413, 'blob.quota');
  const taken = id();
  t.equal((await create('900000', taken)).status, 201);
  await refuse('an id that is taken', create('900000', taken), 409, 'blob.conflict');
  await refuse('over the quota of the agency', create('900000', id()), 413, 'blob.quota');
  const stranger = await relay.signedIn(bob);
  await refuse('the id of another agency', create('900000', taken, stranger), 409, 'blob.conflict');
  await refuse(
    "to go on with another agency's",
    stranger.request(`/v1/blobs/${taken}`, {
      method: 'PATCH',
      headers: { ...tus, 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' },
      body: 'x',
    }),
    404,
    'blob.not-found',
  );
  await refuse('one that is not whole', client.request(`/v1/blobs/${taken}`), 404, 'blob.not-found');
  await refuse('one that there is not', client.request(`/v1/blobs/${id()}`), 404, 'blob.not-found');
  const offset = await client.request(`/v1/blobs/${taken}`, {
    method: 'PATCH',
    headers: { ...tus, 'upload-offset': '5', 'content-type': 'application/offset+octet-stream' },
    body: 'x',
  });
  t.equal(offset.status, 409, 'a wrong offset');
  t.equal(offset.headers.get('content-type'), PROBLEM_MEDIA_TYPE, 'a wrong offset: problem');
  t.ok(await isAlive(), 'the relay lives on');
});

t.test('bytes that are no HTTP', async (t) => {
  const { port } = new URL(relay.url);
  for (const [what, bytes] of [
    ['noise', randomBytes(500)],
    ['a header without end', utf8(`GET / HTTP/1.1\r\nx: ${'a'.repeat(20_000)}\r\n\r\n`)],
    [
      'two lengths',
      utf8('POST /v1/session/token HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab'),
    ],
  ] as const) {
    const socket = connect(Number(port), '127.0.0.1');
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write(bytes);
    await once(socket, 'close');
    t.match(Buffer.concat(chunks).toString('latin1'), /^HTTP\/1\.1 4\d\d /, what);
  }
  t.ok(await isAlive(), 'the relay lives on');
});

t.test("no answer and no log line holds a token, a key or an exception's text", async (t) => {
  const log = relay.log.join('\n');
  t.notMatch(log, client.token ?? 'no token');
  // With its dot: a random id may begin like a header by chance.
  t.notMatch(log, /eyJ[A-Za-z0-9_-]*\./, 'nothing that looks like a JWS');
  const secret = Buffer.from(relay.federation.relayKey.seed).toString('base64url');
  t.notMatch(log, secret);
});
