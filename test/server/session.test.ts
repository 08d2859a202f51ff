/** Signing in and staying signed in: what proves a device's key, and everything that does not. */
import { generateSigningKey, type SigningKey } from '@holdfast/keys';
import { sha256 } from '@holdfast/keys/verify';
import { controlJson, type FederationId, MS_PER_DAY, parseReauthed, toBase64url, utf8 } from '@holdfast/protocol';
import { importJWK, SignJWT, UnsecuredJWT } from 'jose';
import t from 'tap';
import { ORIGIN } from '../fixtures/federation.js';
import { call, type RelayClient, TestStream, UpgradeRefused } from '../fixtures/relay-client.js';
import { deviceAt, type FixtureOptions, type RelayInProcess, relayInProcess } from '../fixtures/relay-fixture.js';

const MINUTE = 60_000;
const HEAD = '/v1/epoch-batches/head';
const jwkOf = (key: SigningKey) => ({ kty: 'OKP', crv: 'Ed25519', x: toBase64url(key.publicKey) });
const privateOf = (key: SigningKey) => importJWK({ ...jwkOf(key), d: toBase64url(key.seed) }, 'EdDSA');

async function withRelay(run: (relay: RelayInProcess) => Promise<void>, options?: FixtureOptions): Promise<void> {
  const relay = await relayInProcess(options);
  try {
    await run(relay);
  } finally {
    await relay.dispose();
  }
}

t.test('a device that proves its key gets a token and is let in', (t) =>
  withRelay(async (relay) => {
    const client = await relay.signedIn(deviceAt(relay, 0));
    const answer = await client.request(HEAD);
    t.equal(answer.status, 200);
    t.strictSame(answer.json(), { batch: null });
    const page = await client.request('/v1/epoch-keys?day=20000');
    t.equal(page.status, 200, 'the query is no part of the proof (RFC 9449)');
  }),
);

t.test('an assertion is refused unless it is fresh, for this relay and federation, by the registered key', (t) =>
  withRelay(async (relay) => {
    const client = relay.client(deviceAt(relay, 0));
    const other = deviceAt(relay, 1);
    const refuse = async (
      what: string,
      code: string,
      assertion: (nonce: string) => Promise<string>,
      device?: string,
    ) => {
      const answer = await client.exchange(await assertion(await client.challenge()), device);
      t.equal(answer.problem().code, code, what);
    };
    await refuse('another key', 'session.proof-invalid', (nonce) =>
      client.assertion(nonce, { key: generateSigningKey() }),
    );
    await refuse('another device of the same agency', 'session.proof-invalid', (nonce) =>
      client.assertion(nonce, { key: other.key }),
    );
    await refuse('another audience', 'session.proof-invalid', (nonce) =>
      client.assertion(nonce, { origin: 'other.test/relay' }),
    );
    await refuse('another federation', 'session.proof-invalid', (nonce) =>
      client.assertion(nonce, { fed: toBase64url(sha256(utf8('other'))) as FederationId }),
    );
    await refuse('issued by one device, shown for another', 'session.proof-invalid', (nonce) =>
      client.assertion(nonce, { device: other.device }),
    );
    await refuse('too old', 'session.expired', (nonce) => client.assertion(nonce, { nowMs: relay.now() - 3 * MINUTE }));
    await refuse('dated ahead', 'session.proof-invalid', (nonce) =>
      client.assertion(nonce, { nowMs: relay.now() + 3 * MINUTE }),
    );
    await refuse(
      'an unknown device',
      'session.device-refused',
      (nonce) => client.assertion(nonce),
      toBase64url(new Uint8Array(16)),
    );
    await refuse('a nonce of nobody', 'session.nonce-used', () => client.assertion('1.AAAA.AAAA'));
    const { key } = client.options;
    const claims = async (nonce: string) =>
      new SignJWT({ fed: client.options.fed, nonce })
        .setIssuer(client.options.device)
        .setAudience(ORIGIN)
        .setIssuedAt(Math.floor(relay.now() / 1000))
        .setJti('j');
    await refuse('no expiry', 'session.proof-invalid', async (nonce) =>
      (await claims(nonce))
        .setProtectedHeader({ alg: 'EdDSA', typ: 'holdfast.session.v1+jwt' })
        .sign(await privateOf(key)),
    );
    await refuse('another typ', 'session.proof-invalid', async (nonce) =>
      (await claims(nonce))
        .setExpirationTime('1m')
        .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt' })
        .sign(await privateOf(key)),
    );
    await refuse('HS256 with the public key as secret, shorter than any of ours', 'request.malformed', async (nonce) =>
      (await claims(nonce))
        .setExpirationTime('1m')
        .setProtectedHeader({ alg: 'HS256', typ: 'holdfast.session.v1+jwt' })
        .sign(key.publicKey),
    );
  }),
);

t.test('a challenge is good once, and for a minute', (t) =>
  withRelay(async (relay) => {
    const client = relay.client(deviceAt(relay, 0));
    const nonce = await client.challenge();
    t.equal((await client.exchange(await client.assertion(nonce))).status, 200);
    t.equal((await client.exchange(await client.assertion(nonce))).problem().code, 'session.nonce-used');
    const late = await client.challenge();
    relay.advance(MINUTE + 1);
    t.equal((await client.exchange(await client.assertion(late))).problem().code, 'session.nonce-used');
  }),
);

t.test('a request is refused without token and proof, and with any other proof than its own', (t) =>
  withRelay(async (relay) => {
    const client = await relay.signedIn(deviceAt(relay, 0));
    const { baseUrl, key } = client.options;
    const url = `${baseUrl}${HEAD}`;
    const good = await client.headers('GET', url);
    const refuse = async (what: string, code: string, headers: Record<string, string>) => {
      const answer = await call(url, { headers });
      t.equal(answer.problem().code, code, what);
      t.equal(answer.status, code === 'session.device-refused' ? 403 : 401, `${what}: status`);
    };
    await refuse('nothing', 'session.required', {});
    await refuse('a token alone', 'session.required', { authorization: good.authorization });
    await refuse('a token as bearer', 'session.required', {
      ...good,
      authorization: good.authorization.replace('DPoP', 'Bearer'),
    });
    await refuse('a proof for another method', 'session.proof-invalid', await client.headers('POST', url));
    await refuse(
      'a proof for another path',
      'session.proof-invalid',
      await client.headers('GET', `${baseUrl}/v1/epoch-keys`),
    );
    await refuse(
      'a proof for another host',
      'session.proof-invalid',
      await client.headers('GET', `http://other.test${HEAD}`),
    );
    await refuse('a proof of yesterday', 'session.expired', await client.headers('GET', url, relay.now() - MS_PER_DAY));
    await refuse(
      'a proof of tomorrow',
      'session.proof-invalid',
      await client.headers('GET', url, relay.now() + MS_PER_DAY),
    );
    const token = client.token ?? '';
    const proof = (signer: SigningKey, header: object, claims: object = {}) =>
      proofBy(
        signer,
        header,
        {
          htm: 'GET',
          htu: url,
          ath: toBase64url(sha256(utf8(token))),
          jti: toBase64url(generateSigningKey().publicKey.slice(0, 16)),
          ...claims,
        },
        relay.now(),
      );
    const stranger = generateSigningKey();
    await refuse('a stranger with its own key', 'session.proof-invalid', {
      ...good,
      dpop: await proof(stranger, { jwk: jwkOf(stranger) }),
    });
    await refuse('a stranger that shows our key', 'session.proof-invalid', {
      ...good,
      dpop: await proof(stranger, { jwk: jwkOf(key) }),
    });
    await refuse('our key, another shown', 'session.proof-invalid', {
      ...good,
      dpop: await proof(key, { jwk: jwkOf(stranger) }),
    });
    await refuse('no key shown', 'session.proof-invalid', { ...good, dpop: await proof(key, {}) });
    await refuse('a private key shown', 'session.proof-invalid', {
      ...good,
      dpop: await proof(key, { jwk: { ...jwkOf(key), d: toBase64url(key.seed) } }),
    });
    await refuse('another typ', 'session.proof-invalid', {
      ...good,
      dpop: await proof(key, { jwk: jwkOf(key), typ: 'jwt' }),
    });
    await refuse('of another token', 'session.proof-invalid', {
      ...good,
      dpop: await proof(key, { jwk: jwkOf(key) }, { ath: toBase64url(sha256(utf8('x'))) }),
    });
    await refuse('without a number', 'session.proof-invalid', {
      ...good,
      dpop: await proof(key, { jwk: jwkOf(key) }, { jti: undefined }),
    });
    await refuse('an enormous one', 'session.proof-invalid', { ...good, dpop: 'a'.repeat(5000) });
    await refuse('rubbish', 'session.proof-invalid', { ...good, dpop: 'a.b.c' });
    await refuse('rubbish for a token', 'session.proof-invalid', { authorization: 'DPoP rubbish', dpop: good.dpop });
    const unsigned = new UnsecuredJWT({ htm: 'GET', htu: url }).setIssuedAt().encode();
    await refuse('an unsigned one', 'session.proof-invalid', { ...good, dpop: unsigned });
    t.equal((await call(url, { headers: { ...good } })).status, 200, 'its own is taken');
    await refuse('its own, again', 'session.nonce-used', { ...good });
  }),
);

async function proofBy(signer: SigningKey, header: object, claims: object, nowMs: number): Promise<string> {
  return new SignJWT({ ...claims })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'dpop+jwt', ...header })
    .setIssuedAt(Math.floor(nowMs / 1000))
    .sign(await privateOf(signer));
}

t.test("a token is the relay's own, unexpired, and bound to one device", (t) =>
  withRelay(async (relay) => {
    const client = await relay.signedIn(deviceAt(relay, 0));
    const url = `${client.options.baseUrl}${HEAD}`;
    const withToken = async (token: string): Promise<string> => {
      client.token = token;
      return (await call(url, { headers: await client.headers('GET', url) })).problem().code;
    };
    const real = client.token ?? '';
    const [head = '', body = '', signature = ''] = real.split('.');
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as Record<string, unknown>;
    t.equal(
      await withToken(await proofBy(client.options.key, { typ: 'at+jwt' }, claims, relay.now())),
      'session.proof-invalid',
      'signed by the device',
    );
    const forged = Buffer.from(JSON.stringify({ ...claims, sub: deviceAt(relay, 1).device })).toString('base64url');
    t.equal(await withToken(`${head}.${forged}.${signature}`), 'session.proof-invalid', 'for another device');
    t.equal(
      await withToken(`${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')}.${body}.`),
      'session.proof-invalid',
      'alg none',
    );
    const thief = relay.client(deviceAt(relay, 1));
    thief.token = real;
    t.equal((await thief.request(HEAD)).problem().code, 'session.proof-invalid', 'stolen: the thief has another key');
    relay.advance(10 * MINUTE + 1000);
    t.equal(await withToken(real), 'session.expired', 'after ten minutes');
  }),
);

t.test('the stream is refused before the upgrade without a proof for its own address', (t) =>
  withRelay(async (relay) => {
    const client = await relay.signedIn(deviceAt(relay, 0));
    const refuse = async (what: string, headers: Record<string, string>, code: string, status = 401) => {
      const error: unknown = await TestStream.open(client.streamUrl, headers).catch((reason: unknown) => reason);
      if (!(error instanceof UpgradeRefused)) return void t.fail(`${what}: ${String(error)}`);
      t.equal(error.status, status, what);
      t.match(error.body, `"code":"${code}"`, what);
    };
    await refuse('nothing', {}, 'session.required');
    await refuse(
      'a proof for HTTP',
      await client.headers('GET', client.streamUrl.replace('ws:', 'http:')),
      'session.proof-invalid',
    );
    await refuse('a proof for POST', await client.headers('POST', client.streamUrl), 'session.proof-invalid');
    const headers = await client.headers('GET', client.streamUrl);
    await refuse('a page of somebody else', { ...headers, origin: 'https://evil.test' }, 'request.origin', 403);
    const stream = await TestStream.open(client.streamUrl, await client.headers('GET', client.streamUrl));
    await stream.close();
  }),
);

t.test("a stream goes on under a new token, and ends under another device's or an old one", (t) =>
  withRelay(async (relay) => {
    const client = await relay.signedIn(deviceAt(relay, 0));
    const stream = await client.resumeStream();
    const reauth = async (by: RelayClient) => {
      const { authorization, dpop } = await by.headers('GET', by.streamUrl);
      return { accessToken: authorization.slice(5), proof: dpop };
    };
    relay.advance(5 * MINUTE);
    await client.signIn();
    stream.sendJson('reauth', 7, await reauth(client));
    const { expiresAtMs } = parseReauthed(controlJson((await stream.next('reauthed')).payload));
    t.ok(expiresAtMs > relay.now() + 9 * MINUTE, 'ten minutes from now');
    const other = await relay.signedIn(deviceAt(relay, 1));
    stream.sendJson('reauth', 8, await reauth(other));
    t.equal((await stream.problem()).code, 'session.proof-invalid');
    t.equal(await stream.closed, 4401);
    const again = await client.resumeStream();
    const stale = await reauth(client);
    relay.advance(11 * MINUTE);
    again.sendJson('reauth', 9, stale);
    t.equal((await again.problem()).code, 'session.expired');
    t.equal(await again.closed, 4401);
  }),
);

t.test(
  'limits: of a device, whatever its address; of what costs a signature, per address; each says when to come again',
  (t) =>
    withRelay(
      async (relay) => {
        const client = await relay.signedIn(deviceAt(relay, 0));
        const other = await relay.signedIn(deviceAt(relay, 1));
        for (let i = 0; i < 3; i++) t.equal((await client.request(HEAD)).status, 200);
        const over = await client.request(HEAD);
        t.strictSame([over.status, over.problem().code], [429, 'request.rate-limited']);
        t.ok(Number(over.headers.get('retry-after')) > 0);
        t.equal((await other.request(HEAD)).status, 200, 'a sibling behind the same address has its own');
        const assertion = await client.assertion(await client.challenge());
        const codes: number[] = [];
        for (let i = 0; i < 12; i++) codes.push((await client.exchange(assertion)).status);
        t.equal(codes.at(-1), 429, 'guessing is slowed down');
        const late = await client.exchange(assertion);
        t.equal(late.problem().code, 'request.rate-limited');
        t.ok(Number(late.headers.get('retry-after')) > 0);
      },
      { limits: { requestsPerMinute: 3, signedPerAddress: 10 } },
    ),
);
