/** The relay as an operator runs it: killed in a storm, told to stop, misconfigured; and attachments that survive all of it. */
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomBytes } from '@holdfast/keys';
import { sha256, verifyReceipt } from '@holdfast/keys/verify';
import {
  decodeDelivered,
  decodeDelivery,
  encodeCursor,
  ProtocolError,
  type Receipt,
  toBase64url,
} from '@holdfast/protocol';
import { readConfig } from '@holdfast/server';
import t from 'tap';
import { ORIGIN } from '../fixtures/federation.js';
import type { Answer, RelayClient, TestStream } from '../fixtures/relay-client.js';
import type { TestEnvelope } from '../fixtures/relay-envelope.js';
import { deviceAt, type RelayAsProcess, relayAsProcess } from '../fixtures/relay-fixture.js';

const nameOf = (ct: Uint8Array): string => toBase64url(sha256(ct));

async function withRelay(run: (relay: RelayAsProcess) => Promise<void>): Promise<void> {
  const relay = await relayAsProcess();
  try {
    await run(relay);
  } finally {
    await relay.dispose();
  }
}

interface Sent {
  readonly envelope: TestEnvelope;
  receipt?: Receipt;
}

/** Submits without pause, 32 at a time, until the stream ends; says each receipt. */
async function storm(stream: TestStream, make: () => TestEnvelope, sent: Sent[], onReceipt: () => void): Promise<void> {
  let request = 1000;
  const lane = async (): Promise<void> => {
    for (;;) {
      const one: Sent = { envelope: make() };
      sent.push(one);
      one.receipt = await stream.submit(one.envelope.bytes, ++request);
      onReceipt();
    }
  };
  await Promise.allSettled(Array.from({ length: 32 }, lane));
}

/** Everything in the mailbox, in order, acknowledged as it comes. */
async function drain(client: RelayClient): Promise<string[]> {
  const stream = await client.resumeStream({ window: 200 });
  const got: string[] = [];
  for (;;) {
    const frame = await stream.take(
      ({ type, payload }) => type === 'delivery' || (type === 'live' && payload[0] === 1),
      'the end of the mailbox',
    );
    if (frame.type === 'live') break;
    const { mailbox, number, bytes } = decodeDelivery(frame.payload);
    if (number !== got.length + 1) throw new Error(`number ${number} came instead of ${got.length + 1}`);
    got.push(nameOf(decodeDelivered(bytes).ct));
    stream.send('acknowledge', number, encodeCursor({ mailbox, cursor: number }));
  }
  await stream.close();
  return got;
}

t.test('SIGKILL in a storm: every receipt is kept, nothing comes twice, numbers have no gap', (t) =>
  withRelay(async (relay) => {
    const [alice, bob] = [deviceAt(relay, 0), deviceAt(relay, 2)];
    const sent: Sent[] = [];
    for (let round = 0; round < 3; round++) {
      const before = sent.length;
      const stream = await (await relay.signedIn(alice)).resumeStream();
      // Some hundreds of receipts in, in the middle of whatever it is doing.
      let receipts = 0;
      const end = await new Promise<{ readonly storm: Promise<void> }>((resolve) => {
        const make = (): TestEnvelope => relay.envelope(alice, [bob], { ctBytes: 500 });
        const ended: Promise<void> = storm(stream, make, sent, () => {
          receipts += 1;
          if (receipts === 200) resolve({ storm: ended });
        });
      });
      t.equal(await relay.end('SIGKILL'), 'SIGKILL');
      await end.storm;
      t.ok(sent.length > before);
      await relay.start();
    }
    const again = await (await relay.signedIn(alice)).resumeStream();
    const unanswered = sent.filter(({ receipt }) => receipt === undefined);
    t.ok(unanswered.length > 0, `${unanswered.length} of ${sent.length} had no receipt when the relay died`);
    for (const [index, one] of unanswered.entries()) one.receipt = await again.submit(one.envelope.bytes, index + 1);
    const relayKey = relay.federation.relayKey.publicKey;
    for (const { envelope, receipt } of sent) {
      if (receipt === undefined) throw new Error('A retry got no receipt.');
      verifyReceipt(receipt, { eh: envelope.eh, origin: ORIGIN, relayKey });
    }
    const batches = new Map(
      sent.flatMap(({ receipt }) => (receipt === undefined ? [] : [[receipt.batch.n, receipt.batch.sig] as const])),
    );
    for (const { receipt } of sent)
      if (receipt !== undefined && batches.get(receipt.batch.n) !== receipt.batch.sig)
        t.fail(`two batches have the number ${receipt.batch.n}`);
    const got = await drain(await relay.signedIn(bob));
    t.equal(got.length, new Set(got).size, 'nothing twice');
    t.strictSame(
      new Set(got),
      new Set(sent.map(({ envelope }) => nameOf(envelope.ct))),
      `all ${sent.length} are there, and nothing else`,
    );
    await again.close();
  }),
);

t.test('acknowledgements that were answered survive SIGKILL too', (t) =>
  withRelay(async (relay) => {
    const [alice, bob] = [deviceAt(relay, 0), deviceAt(relay, 2)];
    const sender = await relay.signedIn(alice);
    for (let i = 0; i < 5; i++) await sender.submit(relay.envelope(alice, [bob]).bytes);
    const stream = await (await relay.signedIn(bob)).resumeStream();
    for (let i = 0; i < 5; i++) await stream.next('delivery');
    stream.send('acknowledge', 9, encodeCursor({ mailbox: 'routine', cursor: 3 }));
    await stream.next('acknowledged');
    await relay.end('SIGKILL');
    await relay.start();
    const again = await (await relay.signedIn(bob)).resumeStream();
    t.equal(decodeDelivery((await again.next('delivery')).payload).number, 4);
    await again.close();
  }),
);

t.test('SIGTERM ends it in order, with exit code 0, also while clients are connected', (t) =>
  withRelay(async (relay) => {
    const stream = await (await relay.signedIn(deviceAt(relay, 0))).resumeStream();
    const [ended, code] = await Promise.all([relay.end('SIGTERM'), stream.closed]);
    t.strictSame([ended, code], [0, 4503]);
    t.match(relay.log.at(-1), '"event":"relay.stopped"');
    await relay.start();
    t.equal((await fetch(`${relay.url}/readyz`)).status, 200, 'and starts again');
  }),
);

const TUS = { 'tus-resumable': '1.0.0' } as const;
const create = (client: RelayClient, id: string, size: number): Promise<Answer> =>
  client.request('/v1/blobs', {
    method: 'POST',
    headers: { ...TUS, 'upload-length': String(size), 'upload-metadata': `id ${Buffer.from(id).toString('base64')}` },
  });
const append = (client: RelayClient, id: string, offset: number, body: Uint8Array): Promise<Answer> =>
  client.request(`/v1/blobs/${id}`, {
    method: 'PATCH',
    headers: { ...TUS, 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' },
    body,
  });
const offsetOf = async (client: RelayClient, id: string): Promise<number> => {
  const answer = await client.request(`/v1/blobs/${id}`, { method: 'HEAD', headers: TUS });
  return Number(answer.headers.get('upload-offset'));
};

t.test(
  'an attachment is resumed after SIGKILL, by a sibling too, and fetched in ranges by whoever knows its name',
  (t) =>
    withRelay(async (relay) => {
      const id = toBase64url(randomBytes(16));
      const content = randomBytes(3_000_000);
      const client = await relay.signedIn(deviceAt(relay, 0));
      t.equal((await create(client, id, content.length)).status, 201);
      t.equal((await append(client, id, 0, content.subarray(0, 1_000_000))).status, 204);
      await relay.end('SIGKILL');
      await relay.start();
      const sibling = await relay.signedIn(deviceAt(relay, 1));
      t.equal((await create(sibling, id, content.length)).problem().code, 'blob.conflict', 'it was begun');
      const offset = await offsetOf(sibling, id);
      t.equal(offset, 1_000_000);
      t.equal((await append(sibling, id, 0, content.subarray(0, 10))).problem().code, 'blob.offset-mismatch');
      const last = await append(sibling, id, offset, content.subarray(offset));
      t.strictSame([last.status, last.headers.get('upload-offset')], [204, String(content.length)]);

      const reader = await relay.signedIn(deviceAt(relay, 2));
      const get = (range?: string): Promise<Answer> =>
        reader.request(`/v1/blobs/${id}`, range === undefined ? {} : { headers: { range } });
      const whole = await get();
      t.equal(whole.status, 200);
      t.equal(Buffer.compare(whole.bytes, content), 0);
      for (const [range, start, end] of [
        ['bytes=0-0', 0, 1],
        ['bytes=999999-2000000', 999_999, 2_000_001],
        ['bytes=2999999-', 2_999_999, 3_000_000],
        ['bytes=2999000-9999999', 2_999_000, 3_000_000],
      ] as const) {
        const part = await get(range);
        t.strictSame(
          [part.status, part.headers.get('content-range'), part.headers.get('etag')],
          [206, `bytes ${start}-${end - 1}/3000000`, whole.headers.get('etag')],
          range,
        );
        t.equal(Buffer.compare(part.bytes, content.subarray(start, end)), 0, range);
      }
      const beyond = await get('bytes=3000000-');
      t.strictSame([beyond.status, beyond.headers.get('content-range')], [416, 'bytes */3000000']);
    }),
);

t.test('an attachment that was begun and never made, since the relay died in between, can be made', (t) =>
  withRelay(async (relay) => {
    const id = toBase64url(randomBytes(16));
    const client = await relay.signedIn(deviceAt(relay, 0));
    t.equal((await create(client, id, 10)).status, 201);
    for (const name of [id, `${id}.json`]) rmSync(join(relay.folder, 'data', 'blobs', name));
    t.equal((await create(client, id, 11)).problem().code, 'blob.conflict', 'of another size');
    t.equal((await create(client, id, 10)).status, 201);
    t.equal((await append(client, id, 0, randomBytes(10))).status, 204);
  }),
);

const run = (args: readonly string[]) =>
  spawnSync(process.execPath, ['server/dist/main.js', ...args], { encoding: 'utf8' });

t.test('a configuration is checked: what is wrong is named, and nothing starts', (t) =>
  withRelay(async (relay) => {
    const good = JSON.parse(readFileSync(relay.configFile, 'utf8')) as object;
    const file = join(relay.folder, 'candidate.json');
    const write = (config: unknown): void =>
      writeFileSync(file, typeof config === 'string' ? config : JSON.stringify(config));
    const check = (config: unknown, env: Readonly<Record<string, string>> = {}): unknown => {
      write(config);
      try {
        return readConfig(file, env);
      } catch (error) {
        return error;
      }
    };
    t.match(check(good), { dataDir: join(relay.folder, 'data'), limits: { requestsPerMinute: 6000 } });
    for (const [what, config, says] of [
      ['an unknown key', { ...good, prot: 1 }, /prot/],
      ['an unknown limit', { ...good, limits: { mailboxItem: 1 } }, /mailboxItem/],
      ['a port out of range', { ...good, port: 70_000 }, /port/],
      ['a port as text', { ...good, port: '4640' }, /port/],
      ['no data folder', { ...good, dataDir: undefined }, /dataDir/],
      ['a federation that is none', { ...good, fed: 'abc' }, /fed/],
      ['no JSON', '{', /JSON/],
      ['a key twice', '{"port":1,"port":2}', /twice/],
    ] as const) {
      const error = check(config);
      t.ok(error instanceof ProtocolError, what);
      t.match(String(error), says, what);
    }
    t.match(check(good, { HOLDFAST_RELAY_PORT: '4700' }), { port: 4700 }, 'the environment goes before the file');
    t.match(String(check(good, { HOLDFAST_RELAY_PRT: '1' })), /HOLDFAST_RELAY_PRT/, 'an unknown variable is fatal too');
    t.match(String(check(good, { HOLDFAST_RELAY_PORT: 'x' })), /port/);
    write({ ...good, prot: 1 });
    const { status, stderr } = run(['start', '--config', file]);
    t.equal(status, 2);
    t.match(stderr, /prot/);
    t.notMatch(stderr, /\n\s+at /, 'no stack');
  }),
);

t.test('the key is made once and printed in its public half only', (t) => {
  const folder = t.testdir();
  const { status, stdout } = run(['init', '--data-dir', folder]);
  t.equal(status, 0);
  const { publicKey, event } = JSON.parse(stdout) as { publicKey: string; event: string };
  t.equal(event, 'relay.key-made');
  t.match(publicKey, /^[A-Za-z0-9_-]{43}$/);
  t.notMatch(stdout, readFileSync(join(folder, 'relay.key'), 'utf8').trim());
  t.not(run(['init', '--data-dir', folder]).status, 0, 'not a second time');
  t.end();
});

t.test('a relay whose key the trust list does not name does not start', (t) =>
  withRelay(async (relay) => {
    await relay.end('SIGTERM');
    const config = JSON.parse(readFileSync(relay.configFile, 'utf8')) as { keyFile: string };
    writeFileSync(config.keyFile, toBase64url(randomBytes(32)));
    const { status, stderr } = run(['start', '--config', relay.configFile]);
    t.equal(status, 1);
    t.match(stderr, /trust list names another key/i);
  }),
);
