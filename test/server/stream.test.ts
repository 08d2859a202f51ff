/** The stream: nothing missed, nothing twice, nothing out of order, whatever happens at the same time. */
import { generateSigningKey, signStatement } from '@holdfast/keys';
import { sha256, verifyCompactJws, verifyReceipt } from '@holdfast/keys/verify';
import {
  CLOSE_CODES,
  controlJson,
  type Delivery,
  decodeCursor,
  decodeDelivered,
  decodeDelivery,
  decodeMailbox,
  encodeCursor,
  fromBase64url,
  fromUtf8,
  type Mailbox,
  NOTICE_TYP,
  parseNotice,
  parseReceipt,
  parseResumed,
  parseStrict,
  toBase64url,
} from '@holdfast/protocol';
import t from 'tap';
import { type FixtureDevice, ORIGIN, only } from '../fixtures/federation.js';
import { call, JSON_BODY, type TestStream } from '../fixtures/relay-client.js';
import { deviceAt, type FixtureOptions, type RelayInProcess, relayInProcess } from '../fixtures/relay-fixture.js';

interface Scene {
  readonly relay: RelayInProcess;
  readonly alice: FixtureDevice;
  readonly bob: FixtureDevice;
}

async function withRelay(run: (scene: Scene) => Promise<void>, options: FixtureOptions = {}): Promise<void> {
  const relay = await relayInProcess(options);
  try {
    await run({ relay, alice: deviceAt(relay, 0), bob: deviceAt(relay, 2) });
  } finally {
    await relay.dispose();
  }
}

async function nextDelivery(stream: TestStream): Promise<Delivery> {
  return decodeDelivery((await stream.next('delivery')).payload);
}

const acknowledge = (stream: TestStream, mailbox: Mailbox, cursor: number, request = 1): void =>
  stream.send('acknowledge', request, encodeCursor({ mailbox, cursor }));

/** What was submitted, as a recipient recognises it. */
const ctOf = ({ bytes }: Delivery): string => toBase64url(sha256(decodeDelivered(bytes).ct));
const keyOf = (ct: Uint8Array): string => toBase64url(sha256(ct));

t.test('an envelope goes from one stream to the other, with a receipt that verifies', (t) =>
  withRelay(async ({ relay, alice, bob }) => {
    const [from, to] = [
      await (await relay.signedIn(alice)).resumeStream(),
      await (await relay.signedIn(bob)).resumeStream(),
    ];
    const envelope = relay.envelope(alice, [bob], { priority: 'flash' });
    const receipt = await from.submit(envelope.bytes, 9);
    t.doesNotThrow(() =>
      verifyReceipt(receipt, { eh: envelope.eh, origin: ORIGIN, relayKey: relay.federation.relayKey.publicKey }),
    );
    const delivery = await nextDelivery(to);
    t.match(delivery, { mailbox: 'alert', number: 1, item: 'envelope', acceptedAtMs: receipt.atMs });
    t.equal(ctOf(delivery), keyOf(envelope.ct));
    acknowledge(to, 'alert', 1, 5);
    t.strictSame(decodeCursor((await to.next('acknowledged')).payload), { mailbox: 'alert', cursor: 1 });
    await Promise.all([from.close(), to.close()]);
  }),
);

t.test('frames sent behind `resume` in one go are carried out in order', (t) =>
  withRelay(async ({ relay, alice, bob }) => {
    const stream = await (await relay.signedIn(alice)).openStream();
    const envelopes = [1, 2, 3].map(() => relay.envelope(alice, [bob]));
    stream.sendJson('resume', 1, { alert: 0, routine: 0, window: 10 });
    for (const [index, { bytes }] of envelopes.entries()) stream.send('submit', index + 2, bytes);
    await stream.next('resumed');
    for (const [index, { eh }] of envelopes.entries()) {
      const { payload } = await stream.take(({ request }) => request === index + 2, 'the receipt');
      t.equal(parseReceipt(controlJson(payload)).eh, eh);
    }
    await stream.close();
  }),
);

t.test('backfill becomes live without a gap or a repeat while others submit', (t) =>
  withRelay(async ({ relay, alice, bob }) => {
    const from = await (await relay.signedIn(alice)).resumeStream();
    const total = 400;
    const sent = new Set<string>();
    let request = 10;
    const submit = async (): Promise<void> => {
      const { bytes, ct } = relay.envelope(alice, [bob], { ctBytes: 200 });
      sent.add(keyOf(ct));
      await from.submit(bytes, ++request);
    };
    await Promise.all(Array.from({ length: total / 2 }, submit));
    const receiver = await relay.signedIn(bob);
    const storm = Array.from({ length: total / 2 }, submit);
    const to = await receiver.resumeStream({ window: 4096 });
    const got: string[] = [];
    for (let number = 1; number <= total; number++) {
      const delivery = await nextDelivery(to);
      if (delivery.number !== number) return void t.fail(`number ${delivery.number} came instead of ${number}`);
      got.push(ctOf(delivery));
    }
    await Promise.all(storm);
    t.strictSame(new Set(got), sent, 'everything came');
    t.equal(got.length, new Set(got).size, 'once');
    const live = [decodeMailbox((await to.next('live')).payload), decodeMailbox((await to.next('live')).payload)];
    t.strictSame(live.sort(), ['alert', 'routine'], 'each mailbox said once that it is live');
    await Promise.all([from.close(), to.close()]);
  }),
);

t.test('submissions that arrive together share a signed commit; each receipt has its own path', (t) =>
  withRelay(async ({ relay, alice, bob }) => {
    const from = await (await relay.signedIn(alice)).resumeStream();
    const envelopes = Array.from({ length: 100 }, () => relay.envelope(alice, [bob], { ctBytes: 100 }));
    const receipts = await Promise.all(envelopes.map(({ bytes }, index) => from.submit(bytes, index + 10)));
    const relayKey = relay.federation.relayKey.publicKey;
    for (const [index, receipt] of receipts.entries())
      verifyReceipt(receipt, { eh: only(envelopes, index).eh, origin: ORIGIN, relayKey });
    const batches = new Map(receipts.map(({ batch }) => [batch.n, batch]));
    t.ok(batches.size < 50, `${batches.size} commits for 100 envelopes`);
    t.equal(
      [...batches.values()].reduce((sum, { size }) => sum + size, 0),
      100,
      'the sizes add up',
    );
    const openings = new Set(receipts.map(({ opening }) => opening));
    t.equal(openings.size, 100, 'each leaf has an opening of its own');
    const again = await Promise.all(envelopes.slice(0, 5).map(({ bytes }, index) => from.submit(bytes, index + 500)));
    t.strictSame(again, receipts.slice(0, 5), 'a repeat gets the receipt of the first time');
    const twice = relay.envelope(alice, [bob]);
    const [one, two] = await Promise.all([from.submit(twice.bytes, 600), from.submit(twice.bytes, 601)]);
    t.strictSame(one, two, 'also when both arrive together');
    await from.close();
  }),
);

t.test('no more than the window is under way; an acknowledgement makes room', (t) =>
  withRelay(async ({ relay, alice, bob }) => {
    const from = await (await relay.signedIn(alice)).resumeStream();
    for (let i = 0; i < 7; i++) await from.submit(relay.envelope(alice, [bob]).bytes, i + 10);
    const to = await (await relay.signedIn(bob)).resumeStream({ window: 3 });
    t.strictSame(
      [(await nextDelivery(to)).number, (await nextDelivery(to)).number, (await nextDelivery(to)).number],
      [1, 2, 3],
    );
    acknowledge(to, 'routine', 2, 7);
    await to.next('acknowledged');
    t.strictSame([(await nextDelivery(to)).number, (await nextDelivery(to)).number], [4, 5]);
    // An answer to something sent later: whatever else was under way is here by now.
    acknowledge(to, 'routine', 2, 8);
    await to.next('acknowledged');
    t.equal(to.frames.filter(({ type }) => type === 'delivery').length, 0, 'and not one more');
    await Promise.all([from.close(), to.close()]);
  }),
);

t.test('the mailboxes are independent: an acknowledged alert swallows no unread lead', (t) =>
  withRelay(async ({ relay, alice, bob }) => {
    const from = await (await relay.signedIn(alice)).resumeStream();
    await from.submit(relay.envelope(alice, [bob], { priority: 'routine' }).bytes, 10);
    await from.submit(relay.envelope(alice, [bob], { priority: 'urgent' }).bytes, 11);
    const receiver = await relay.signedIn(bob);
    const to = await receiver.resumeStream();
    await nextDelivery(to);
    await nextDelivery(to);
    acknowledge(to, 'alert', 1);
    await to.next('acknowledged');
    await to.close();
    const again = await receiver.openStream();
    again.sendJson('resume', 1, { alert: 1, routine: 0, window: 10 });
    t.match(parseResumed(controlJson((await again.next('resumed')).payload)), { alert: 1, routine: 0 });
    t.match(await nextDelivery(again), { mailbox: 'routine', number: 1 });
    await Promise.all([from.close(), again.close()]);
  }),
);

t.test('what was not acknowledged comes again after a reconnect, with the same number', (t) =>
  withRelay(async ({ relay, alice, bob }) => {
    const from = await (await relay.signedIn(alice)).resumeStream();
    for (let i = 0; i < 4; i++) await from.submit(relay.envelope(alice, [bob]).bytes, i + 10);
    const receiver = await relay.signedIn(bob);
    const to = await receiver.resumeStream();
    const first = [await nextDelivery(to), await nextDelivery(to), await nextDelivery(to), await nextDelivery(to)];
    acknowledge(to, 'routine', 2);
    await to.next('acknowledged');
    to.socket.terminate();
    await to.closed;
    await relay.relay.housekeeping();
    const again = await receiver.resumeStream();
    const second = [await nextDelivery(again), await nextDelivery(again)];
    t.strictSame(
      second.map(({ number }) => number),
      [3, 4],
    );
    t.strictSame(second.map(ctOf), first.slice(2).map(ctOf));
    await Promise.all([from.close(), again.close()]);
  }),
);

t.test('a newer stream of the device fences the older, whose acknowledgements no longer count', (t) =>
  withRelay(async ({ relay, alice, bob }) => {
    const from = await (await relay.signedIn(alice)).resumeStream();
    await from.submit(relay.envelope(alice, [bob]).bytes, 10);
    const receiver = await relay.signedIn(bob);
    const older = await receiver.resumeStream();
    await nextDelivery(older);
    const newer = await receiver.resumeStream();
    acknowledge(older, 'routine', 1);
    t.equal(await older.closed, CLOSE_CODES.fenced);
    t.equal((await nextDelivery(newer)).number, 1, 'still unacknowledged for the newer');
    acknowledge(newer, 'routine', 1);
    await newer.next('acknowledged');
    await Promise.all([from.close(), newer.close()]);
  }),
);

t.test('a client that does not read is cut off, and its mailbox is intact', (t) =>
  withRelay(
    async ({ relay, alice, bob }) => {
      const from = await (await relay.signedIn(alice)).resumeStream();
      const count = 24;
      for (let i = 0; i < count; i++)
        await from.submit(relay.envelope(alice, [bob], { ctBytes: 1_000_000 }).bytes, i + 10);
      const receiver = await relay.signedIn(bob);
      const deaf = await receiver.openStream();
      deaf.sendJson('resume', 1, { alert: 0, routine: 0, window: 4096 });
      deaf.socket.pause();
      const isCut = (line: string) => line.includes('stream.closed') && line.includes(bob.device);
      await relay.logged(isCut);
      t.match(relay.log.filter(isCut), [/"code":(1006|4413)/]);
      deaf.socket.terminate();
      const to = await receiver.resumeStream({ window: 4 });
      for (let number = 1; number <= count; number++) {
        const delivery = await nextDelivery(to);
        if (delivery.number !== number) return void t.fail(`number ${delivery.number} came instead of ${number}`);
        acknowledge(to, 'routine', number);
      }
      t.pass('all is there');
      await Promise.all([from.close(), to.close()]);
    },
    { config: { timeouts: { slowReaderMs: 200 } } },
  ),
);

t.test('a revoked device is put out at once, and no longer let in or written to', (t) =>
  withRelay(async ({ relay, alice, bob }) => {
    const sender = await relay.signedIn(alice);
    const from = await sender.resumeStream();
    const receiver = await relay.signedIn(bob);
    const to = await receiver.resumeStream();
    const before = relay.envelope(alice, [bob]);
    const receipt = await from.submit(before.bytes, 5);
    const agency = relay.federation.agencies.find(({ agency: id }) => id === bob.agency);
    if (agency === undefined) return void t.fail('no such agency');
    const content = { kind: 'revoke', target: toBase64url(bob.key.publicKey), reason: 'lost' } as const;
    const { jws } = await signStatement(agency.chain, content, relay.now(), [agency.directoryKey]);
    const appended = await call(`${relay.url}/v1/agencies/${agency.agency}/statements`, {
      method: 'POST',
      headers: JSON_BODY,
      body: JSON.stringify({ statement: jws, document: null }),
    });
    t.equal(appended.status, 201);
    t.equal(await to.closed, CLOSE_CODES.deviceRefused);
    t.strictSame(
      controlJson((await from.next('directory')).payload),
      { agency: bob.agency },
      'the others are told to look',
    );
    t.equal((await receiver.request('/v1/mailboxes/alert?after=0')).problem().code, 'session.device-refused');
    await t.rejects(from.submit(relay.envelope(alice, [bob]).bytes, 6), { message: 'envelope.recipient-unavailable' });
    t.strictSame(
      await from.submit(before.bytes, 7),
      receipt,
      'a repeat of what was taken before still has its receipt',
    );
    const stranger = relay.envelope(alice, [
      { device: toBase64url(generateSigningKey().seed.slice(0, 16)) as typeof bob.device },
    ]);
    await t.rejects(
      from.submit(stranger.bytes, 8),
      { message: 'envelope.recipient-unavailable' },
      'the unknown looks the same',
    );
    await from.close();
  }),
);

t.test('an envelope that nobody fetched in time goes, and its sender gets a signed notice', (t) =>
  withRelay(async ({ relay, alice, bob }) => {
    const sender = await relay.signedIn(alice);
    const from = await sender.resumeStream();
    const short = relay.envelope(alice, [bob], { core: { exp: relay.now() + 60_000 }, priority: 'urgent' });
    await from.submit(short.bytes, 5);
    await from.submit(relay.envelope(alice, [bob], { priority: 'urgent' }).bytes, 6);
    relay.advance(60_000);
    await relay.relay.housekeeping();
    const notice = await nextDelivery(from);
    t.match(notice, { mailbox: 'alert', number: 1, item: 'notice' });
    const payload = verifyCompactJws(fromUtf8(notice.bytes), {
      typ: NOTICE_TYP,
      key: relay.federation.relayKey.publicKey,
    });
    const said = parseNotice(parseStrict(fromUtf8(payload)));
    t.match(said, {
      notice: 'expired',
      eh: short.eh,
      undelivered: [bob.device],
      origin: ORIGIN,
      fed: relay.federation.fed,
    });
    const to = await (await relay.signedIn(bob)).resumeStream();
    const [first, second] = [await nextDelivery(to), await nextDelivery(to)];
    t.strictSame(
      [first.item, first.number, second.item, second.number],
      ['notice', 1, 'envelope', 2],
      'no gap for the recipient',
    );
    t.strictSame(fromUtf8(first.bytes), fromUtf8(notice.bytes));
    await Promise.all([from.close(), to.close()]);
  }),
);

t.test('a stop lets those who wait have their receipts, then closes in order', (t) =>
  withRelay(async ({ relay, alice, bob }) => {
    const from = await (await relay.signedIn(alice)).resumeStream();
    const envelopes = Array.from({ length: 50 }, () => relay.envelope(alice, [bob], { ctBytes: 50_000 }));
    const answers = envelopes.map(({ bytes }, index) =>
      from.submit(bytes, index + 10).then(
        ({ eh }) => eh,
        (error: unknown) => String(error),
      ),
    );
    await answers[0];
    await relay.relay.stop();
    const codes = await Promise.all(answers);
    const taken = codes.filter((answer, index) => answer === only(envelopes, index).eh).length;
    const refused = codes.filter(
      (answer) => answer === 'Error: relay.draining' || answer.startsWith('Error: The stream closed'),
    ).length;
    t.equal(taken + refused, 50, 'each has a receipt, or was told or cut off before it was taken');
    t.ok(taken > 0);
    t.equal(await from.closed, CLOSE_CODES.draining);
  }),
);

t.test('a mailbox over HTTP is the same mailbox', (t) =>
  withRelay(async ({ relay, alice, bob }) => {
    const sender = await relay.signedIn(alice);
    const envelopes = [relay.envelope(alice, [bob]), relay.envelope(alice, [bob])];
    for (const { bytes } of envelopes) t.equal((await sender.submit(bytes)).status, 200);
    const receiver = await relay.signedIn(bob);
    const page = Buffer.from((await receiver.request('/v1/mailboxes/routine?after=0')).bytes);
    const got: string[] = [];
    for (let offset = 0; offset < page.length; ) {
      const length = page.readUInt32BE(offset);
      got.push(ctOf(decodeDelivery(new Uint8Array(page.subarray(offset + 4, offset + 4 + length)))));
      offset += 4 + length;
    }
    t.strictSame(
      got,
      envelopes.map(({ ct }) => keyOf(ct)),
    );
    const ack = async (cursor: number) =>
      receiver.request('/v1/mailboxes/routine/acknowledge', {
        method: 'POST',
        headers: JSON_BODY,
        body: JSON.stringify({ cursor }),
      });
    t.equal((await ack(3)).problem().code, 'mailbox.cursor-ahead');
    t.strictSame((await ack(2)).json(), { cursor: 2 });
    const stream = await receiver.openStream();
    stream.sendJson('resume', 1, { alert: 0, routine: 0, window: 5 });
    t.match(parseResumed(controlJson((await stream.next('resumed')).payload)), { routine: 2 });
    await stream.close();
  }),
);

t.test('epoch keys are taken in order and handed out with a proof', (t) =>
  withRelay(async ({ relay, alice, bob }) => {
    const publish = (device: FixtureDevice, keys = device.epochKeys) => ({
      batch: device.batch.jws,
      keys: keys.map(({ publicKey }) => toBase64url(publicKey)),
    });
    const owner = await relay.signedIn(bob);
    const post = async (body: object) =>
      owner.request('/v1/epoch-batches', { method: 'POST', headers: JSON_BODY, body: JSON.stringify(body) });
    t.equal(
      (await post(publish(bob, [...bob.epochKeys].reverse()))).problem().code,
      'epoch-batch.invalid',
      'other keys than it names',
    );
    t.equal((await post(publish(alice))).problem().code, 'epoch-batch.invalid', "another device's batch");
    t.strictSame((await post(publish(bob))).json(), { n: 0 });
    t.equal((await post(publish(bob))).problem().code, 'epoch-batch.conflict', 'the same position again');
    const reader = await relay.signedIn(alice);
    const day = only(bob.epochKeys, 1).day;
    const page = (await reader.request(`/v1/epoch-keys?day=${day}&agency=${bob.agency}`)).json() as {
      keys: { device: string; day: number; key: string }[];
      next: null;
    };
    t.match(page, {
      keys: [{ device: bob.device, day, key: toBase64url(only(bob.epochKeys, 1).publicKey) }],
      next: null,
    });
    t.equal(fromBase64url(only(page.keys).key).length, 1216);
  }),
);
