/** Sessions: one sign-in for all, a proof for each request, and what each refusal of the relay means to the caller. */
import { getEventListeners } from 'node:events';
import { isSdkError, SdkError, type SdkErrorCode } from '@holdfast/client-sdk';
import { type FederationId, OPERATIONS, type ProtocolErrorCode, toBase64url } from '@holdfast/protocol';
import { decodeJwt } from 'jose';
import t, { type Test } from 'tap';
import { createSession } from '#client-sdk/session/session.js';
import { httpTransport } from '#client-sdk/transport/http.js';
import { ORIGIN, only } from '../fixtures/federation.js';
import { eventually } from '../fixtures/leftovers.js';
import { deviceAt, relayInProcess } from '../fixtures/relay-fixture.js';
import { FakeRelay, json, problem } from './fake-relay.js';

const never = new AbortController().signal;
const HEAD = { batch: null };
const { getEpochBatchHead } = OPERATIONS;

async function errorOf(t: Test, work: Promise<unknown>): Promise<SdkError> {
  try {
    await work;
  } catch (error) {
    if (isSdkError(error)) return error;
    t.fail('not an SdkError', { error });
  }
  t.fail('nothing was thrown');
  return new SdkError('closed');
}

const codeOf = async (t: Test, work: Promise<unknown>): Promise<SdkErrorCode> => (await errorOf(t, work)).code;

t.test('many calls share one sign-in, and each has a proof of its own', async (t) => {
  const relay = new FakeRelay();
  relay.answer = () => json(200, HEAD);
  const session = relay.session(never);
  await Promise.all(Array.from({ length: 20 }, () => session.call(getEpochBatchHead)));
  t.equal(relay.tokens, 1);
  const proofs = relay.requests
    .filter(({ path }) => path === getEpochBatchHead.path)
    .map(({ headers }) => decodeJwt(headers.dpop ?? ''));
  t.equal(new Set(proofs.map(({ jti }) => jti)).size, 20, 'no proof is used twice');
  for (const { htm, htu } of proofs) t.same([htm, htu], ['GET', 'http://relay.test/v1/epoch-batches/head']);
  await session.call(OPERATIONS.getEpochKeys, { query: { day: '5' } }).catch(() => undefined);
  const asked = only(relay.requests.slice(-1));
  t.equal(asked.path, '/v1/epoch-keys?day=5');
  t.equal(decodeJwt(asked.headers.dpop ?? '').htu, 'http://relay.test/v1/epoch-keys', 'without the query');
});

t.test('a token is renewed before it ends, and not each time where it lives only shortly', async (t) => {
  const relay = new FakeRelay();
  relay.answer = () => json(200, HEAD);
  const session = relay.session(never);
  await session.call(getEpochBatchHead);
  relay.nowMs += 509_999;
  await session.call(getEpochBatchHead);
  t.equal(relay.tokens, 1);
  relay.nowMs += 1;
  await session.call(getEpochBatchHead);
  t.equal(relay.tokens, 2, '90 s before its end');
  relay.tokenLifeMs = 4000;
  relay.nowMs += 600_000;
  await session.call(getEpochBatchHead);
  relay.nowMs += 2999;
  await session.call(getEpochBatchHead);
  t.equal(relay.tokens, 3, 'three quarters of a short life');
  relay.nowMs += 1;
  await session.call(getEpochBatchHead);
  t.equal(relay.tokens, 4);
});

t.test('a token that the relay has forgotten is replaced once, for all who were refused', async (t) => {
  for (const code of ['session.expired', 'session.nonce-used', 'session.required', 'session.proof-invalid'] as const) {
    const relay = new FakeRelay();
    relay.answer = (_request, token) => (token === 'token-1' ? problem(code) : json(200, HEAD));
    const session = relay.session(never);
    await Promise.all(Array.from({ length: 8 }, () => session.call(getEpochBatchHead)));
    t.equal(relay.tokens, 2, code);
  }
  const relay = new FakeRelay();
  relay.answer = () => problem('session.expired');
  t.match(await errorOf(t, relay.session(never).call(getEpochBatchHead)), {
    code: 'relay.refused',
    retryable: true,
    problem: { code: 'session.expired' },
  });
  t.equal(relay.tokens, 2, 'not again and again');
});

t.test('what concerns the device is not a refusal of the request', async (t) => {
  const meanings: readonly (readonly [ProtocolErrorCode, SdkErrorCode])[] = [
    ['session.device-refused', 'session.refused'],
    ['session.proof-invalid', 'session.refused'],
    ['session.required', 'session.refused'],
    ['request.not-found', 'relay.refused'],
    ['relay.unavailable', 'relay.refused'],
  ];
  for (const [told, meant] of meanings) {
    const relay = new FakeRelay();
    relay.answer = () => problem(told);
    const error = await errorOf(t, relay.session(never).call(getEpochBatchHead));
    t.equal(error.code, meant, told);
    t.equal(error.problem?.code, told, 'with the words of the relay');
  }
  for (const told of ['session.device-refused', 'session.proof-invalid'] as const) {
    const relay = new FakeRelay();
    relay.signIn = (path) => (path.endsWith('token') ? problem(told) : undefined);
    t.equal(await codeOf(t, relay.session(never).call(getEpochBatchHead)), 'session.refused', `${told} at sign-in`);
  }
  const relay = new FakeRelay();
  relay.fed = toBase64url(new Uint8Array(32).fill(2)) as FederationId;
  t.equal(await codeOf(t, relay.session(never).call(getEpochBatchHead)), 'federation.mismatch');
});

t.test('an answer that does not fit the contract is never handed on', async (t) => {
  const relay = new FakeRelay();
  const session = relay.session(never);
  for (const body of ['{"batch":null,"more":1}', '{"batch":5}', '{"batch":null,"batch":null}', '{', 'ÿ', '']) {
    relay.answer = () => ({ status: 200, headers: {}, body: Buffer.from(body, 'latin1') });
    t.equal(await codeOf(t, session.call(getEpochBatchHead)), 'relay.misbehaved', body);
  }
  relay.answer = () => json(201, HEAD);
  t.equal(await codeOf(t, session.call(getEpochBatchHead)), 'relay.unreachable', 'another status than agreed');
  relay.answer = () => ({ status: 200, headers: {}, body: new Uint8Array(9 * 1024 * 1024) });
  t.equal(await codeOf(t, session.call(getEpochBatchHead)), 'relay.misbehaved', 'too long');
});

t.test('a call ends when its caller, or the client, gives up; the sign-in goes on for the others', async (t) => {
  const relay = new FakeRelay();
  let letIn: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    letIn = resolve;
  });
  relay.signIn = async () => {
    await gate;
    return undefined as never;
  };
  relay.answer = () => json(200, HEAD);
  const client = new AbortController();
  const session = relay.session(client.signal);
  const abort = new AbortController();
  const impatient = session.call(getEpochBatchHead, { signal: abort.signal });
  const patient = session.call(getEpochBatchHead);
  await eventually(() => relay.requests.length > 0, 'sign-in has begun');
  abort.abort();
  t.equal(await codeOf(t, impatient), 'aborted');
  letIn();
  t.same(await patient, HEAD);
  t.equal(relay.tokens, 1);
  client.abort();
  t.equal(await codeOf(t, session.call(getEpochBatchHead)), 'aborted');
  for (const { signal } of [abort, client]) t.equal(getEventListeners(signal, 'abort').length, 0, 'no listener left');
});

t.test('requests for attachments sign in again too, also where the answer has no body', async (t) => {
  const relay = new FakeRelay();
  relay.answer = ({ method }, token) => {
    if (token !== 'token-1') return { status: 200, headers: { 'upload-offset': '3' }, body: new Uint8Array() };
    return method === 'HEAD' ? { status: 401, headers: {}, body: new Uint8Array() } : problem('session.expired');
  };
  for (const method of ['HEAD', 'PATCH'] as const) {
    relay.tokens = 0;
    const request = { method, path: '/v1/blobs/x', headers: {}, maxResponseBytes: 1000, signal: never };
    const answer = await relay.session(never).blob(request);
    t.equal(answer.headers['upload-offset'], '3', method);
    t.equal(relay.tokens, 2);
  }
  relay.answer = () => problem('blob.not-found');
  const request = { method: 'GET', path: '/v1/blobs/x', headers: {}, maxResponseBytes: 1000, signal: never } as const;
  t.equal((await relay.session(never).blob(request)).status, 404, "other refusals are the caller's to judge");
});

t.test('with a real relay', async (t) => {
  const relay = await relayInProcess();
  t.teardown(() => relay.dispose());
  const device = deviceAt(relay, 0);
  const transport = httpTransport(relay.url);
  t.teardown(() => transport.close());
  const options = {
    transport,
    baseUrl: relay.url,
    device: device.device,
    signingKey: device.key,
    fed: relay.federation.fed,
    origin: () => ORIGIN,
    now: relay.now,
    signal: never,
  };
  const session = createSession(options);
  t.same(await session.call(getEpochBatchHead), HEAD);
  t.match(await session.openCall(OPERATIONS.relayInfo), { fed: relay.federation.fed, origin: ORIGIN });
  relay.advance(20 * 60_000);
  const late = createSession({ ...options, now: () => relay.now() - 19 * 60_000 });
  const wrongClock = await errorOf(t, late.call(getEpochBatchHead));
  t.match(wrongClock, { code: 'session.refused', message: /clock/ });
  t.same(await session.call(getEpochBatchHead), HEAD, 'an ended token is renewed');
  const stranger = createSession({ ...options, signingKey: deviceAt(relay, 1).key });
  t.equal(await codeOf(t, stranger.call(getEpochBatchHead)), 'session.refused', "another device's key");
  const elsewhere = createSession({ ...options, origin: () => 'other.test/holdfast' });
  t.equal(await codeOf(t, elsewhere.call(getEpochBatchHead)), 'session.refused', 'a proof made for another relay');
  const missing = { params: { hash: toBase64url(new Uint8Array(32)) } } as never;
  t.match(await errorOf(t, session.call(OPERATIONS.getDocument, missing)), {
    code: 'relay.refused',
    problem: { code: 'request.not-found' },
  });
});
