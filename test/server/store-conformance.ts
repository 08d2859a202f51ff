/**
 * What every adapter of the relay's Store must do, whatever it is built on. `open` gives an empty store and a way to open the
 * same data again, so that durability is part of conformance.
 */
import {
  type AgencyId,
  type BlobId,
  type DeviceId,
  decodeDelivered,
  decodeDeliveredRewrap,
  type EnvelopeId,
  encodeSubmittedRewrap,
  type GeneralJws,
  type Hash,
  type Mailbox,
  type Receipt,
  type ReceiptBatch,
  toBase64url,
} from '@holdfast/protocol';
import type { NewEnvelope, Store } from '@holdfast/server';
import fc from 'fast-check';
import t, { type Test } from 'tap';

export interface StoreUnderTest {
  readonly store: Store;
  /** Closes the store and opens the same data again. */
  reopen(): Promise<StoreUnderTest>;
  /** Closes and deletes. */
  dispose(): Promise<void>;
}

const NOW = 1_772_000_000_000;
const bytesOf = (n: number, length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => (n * 31 + i * 7 + (n >> 8)) & 255);
const textOf = (n: number, length: number): string => {
  const bytes = new Uint8Array(length);
  new DataView(bytes.buffer).setUint32(length - 4, n);
  return toBase64url(bytes);
};
const deviceOf = (n: number): DeviceId => textOf(n, 16) as DeviceId;
const idOf = (n: number): EnvelopeId => textOf(n, 16) as EnvelopeId;
const hashOf = (n: number): Hash => textOf(n, 32) as Hash;
const ALICE = deviceOf(1);
const BOB = deviceOf(2);
const CAROL = deviceOf(3);

const batchOf = (n: number, size: number): ReceiptBatch => ({
  n,
  prev: hashOf(n),
  root: hashOf(n + 1),
  size,
  atMs: NOW,
  sig: textOf(n, 64),
});

const receiptOf = (eh: Hash, batch: ReceiptBatch, index: number): Receipt => ({
  origin: 'relay.test/holdfast',
  eh,
  atMs: NOW,
  leaf: toBase64url(bytesOf(index, 34)),
  opening: toBase64url(bytesOf(index, 32)),
  index,
  path: [],
  batch,
});

interface Wanted {
  readonly n: number;
  readonly from?: DeviceId;
  readonly to?: readonly DeviceId[];
  readonly mailbox?: Mailbox;
  readonly expiresAtMs?: number;
  readonly ctBytes?: number;
}

function envelopeOf(wanted: Wanted, batch: ReceiptBatch, index: number): NewEnvelope {
  const { n, from = ALICE, to = [BOB], mailbox = 'routine', expiresAtMs = NOW + 1000, ctBytes = 64 } = wanted;
  const eh = hashOf(n);
  return {
    eh,
    from,
    id: idOf(n),
    mailbox,
    expiresAtMs,
    acceptedAtMs: NOW + n,
    core: bytesOf(n, 40),
    sig: bytesOf(n, 64),
    ct: bytesOf(n, ctBytes),
    stanzasHash: bytesOf(n, 32),
    ctHash: bytesOf(n + 1, 32),
    recipients: to.map((device, i) => ({ device, stanza: bytesOf(n * 10 + i, 1168) })),
    receipt: receiptOf(eh, batch, index),
  };
}

/** Takes the envelopes in as one group commit, numbered after the newest. */
async function accept(store: Store, ...wanted: readonly Wanted[]): Promise<'stored' | 'raced'> {
  const last = await store.lastBatch();
  const batch = batchOf(last === undefined ? 0 : last.n + 1, wanted.length);
  return store.acceptEnvelopes(
    wanted.map((one, index) => envelopeOf(one, batch, index)),
    batch,
  );
}

const numbers = async (store: Store, device: DeviceId, mailbox: Mailbox, after = 0): Promise<number[]> =>
  (await store.nextFor(device, mailbox, after, 1000, 1e9)).map(({ number }) => number);

const jwsOf = (text: string): GeneralJws => ({
  payload: Buffer.from(text).toString('base64url'),
  signatures: [{ protected: 'e30', signature: textOf(1, 64) }],
});

/** Registers the suite for one adapter. */
export function storeConformance(name: string, open: () => Promise<StoreUnderTest>): void {
  const withStore = (title: string, run: (t: Test, under: StoreUnderTest) => Promise<void>): void => {
    t.test(`${name}: ${title}`, async (t) => {
      const under = await open();
      try {
        await run(t, under);
      } finally {
        await under.dispose();
      }
    });
  };

  withStore('an envelope is stored once and numbered in each recipient mailbox', async (t, { store }) => {
    t.equal(await accept(store, { n: 1, to: [BOB, CAROL] }, { n: 2, to: [CAROL] }), 'stored');
    t.equal(await accept(store, { n: 3, to: [CAROL], mailbox: 'alert' }), 'stored');
    t.strictSame(await numbers(store, BOB, 'routine'), [1]);
    t.strictSame(await numbers(store, CAROL, 'routine'), [1, 2]);
    t.strictSame(await numbers(store, CAROL, 'alert'), [1], 'each mailbox counts for itself');
    t.strictSame(await numbers(store, ALICE, 'routine'), [], 'nobody else has anything');
    t.strictSame(await store.cursors(CAROL), {
      alert: { acknowledged: 0, highest: 1 },
      routine: { acknowledged: 0, highest: 2 },
    });
  });

  withStore('each recipient gets its own stanza, and the hashes of all in the order of `to`', async (t, { store }) => {
    await accept(store, { n: 5, to: [BOB, CAROL] });
    const [forBob] = await store.nextFor(BOB, 'routine', 0, 1, 1e9);
    const [forCarol] = await store.nextFor(CAROL, 'routine', 0, 1, 1e9);
    if (forBob === undefined || forCarol === undefined) return void t.fail('nothing was delivered');
    const bob = decodeDelivered(forBob.bytes);
    const carol = decodeDelivered(forCarol.bytes);
    t.same(bob.stanza, bytesOf(50, 1168));
    t.same(carol.stanza, bytesOf(51, 1168));
    t.equal(bob.stanzaHashes.length, 2);
    t.same(bob.stanzaHashes, carol.stanzaHashes);
    t.notSame(bob.stanzaHashes[0], bob.stanzaHashes[1]);
    t.same([bob.core, bob.sig, bob.ct], [bytesOf(5, 40), bytesOf(5, 64), bytesOf(5, 64)]);
    t.equal(forBob.acceptedAtMs, NOW + 5);
    t.equal(forBob.item, 'envelope');
  });

  withStore('a group commit is whole or nothing', async (t, { store }) => {
    await accept(store, { n: 1 });
    t.equal(await accept(store, { n: 2 }, { n: 1 }), 'raced', 'envelope 1 is taken, so 2 does not go in either');
    t.strictSame(await numbers(store, BOB, 'routine'), [1]);
    t.equal(await store.receiptOf(ALICE, idOf(2)), undefined);
    t.equal((await store.lastBatch())?.n, 0, 'nor does the batch');
    t.equal(await accept(store, { n: 2 }), 'stored', 'and its number was not used up');
    t.strictSame(await numbers(store, BOB, 'routine'), [1, 2]);
  });

  withStore('a batch number is taken once and without gap', async (t, { store }) => {
    const batch = batchOf(0, 1);
    t.equal(await store.acceptEnvelopes([envelopeOf({ n: 1 }, batch, 0)], batch), 'stored');
    t.equal(await store.acceptEnvelopes([envelopeOf({ n: 2 }, batch, 0)], batch), 'raced');
    const ahead = batchOf(2, 1);
    t.equal(await store.acceptEnvelopes([envelopeOf({ n: 2 }, ahead, 0)], ahead), 'raced');
    t.strictSame(await store.lastBatch(), batch);
  });

  withStore('the receipt of (sender, id) is kept as given', async (t, { store }) => {
    await accept(store, { n: 7 });
    t.strictSame(await store.receiptOf(ALICE, idOf(7)), receiptOf(hashOf(7), batchOf(0, 1), 0));
    t.equal(await store.receiptOf(BOB, idOf(7)), undefined, 'of another sender');
  });

  withStore('pages are bounded by number and by bytes, and have at least one item', async (t, { store }) => {
    await accept(store, ...[1, 2, 3, 4].map((n) => ({ n, ctBytes: 4000 })));
    t.equal((await store.nextFor(BOB, 'routine', 0, 3, 1e9)).length, 3);
    t.equal((await store.nextFor(BOB, 'routine', 0, 10, 1)).length, 1);
    const [one] = await store.nextFor(BOB, 'routine', 0, 1, 1e9);
    t.equal((await store.nextFor(BOB, 'routine', 0, 10, 2 * (one?.bytes.length ?? 0))).length, 2);
    t.strictSame(await numbers(store, BOB, 'routine', 3), [4]);
  });

  withStore('cursors go forward only, and not past the highest number', async (t, { store }) => {
    await accept(store, { n: 1 }, { n: 2 }, { n: 3 });
    const acknowledged = async (cursor: number) => {
      await store.acknowledge([{ device: BOB, mailbox: 'routine', cursor }]);
      return (await store.cursors(BOB)).routine.acknowledged;
    };
    t.equal(await acknowledged(2), 2);
    t.equal(await acknowledged(1), 2);
    t.equal(await acknowledged(99), 3);
    t.strictSame((await store.cursors(BOB)).alert, { acknowledged: 0, highest: 0 }, 'the other mailbox is untouched');
  });

  withStore('what every device has acknowledged is swept; numbers go on after it', async (t, { store }) => {
    await accept(store, { n: 1, to: [BOB, CAROL] }, { n: 2, to: [BOB] });
    t.equal(await store.sweep(100), 0);
    await store.acknowledge([{ device: BOB, mailbox: 'routine', cursor: 2 }]);
    t.equal(await store.sweep(100), 2);
    t.strictSame(await numbers(store, BOB, 'routine'), []);
    t.strictSame(await numbers(store, CAROL, 'routine'), [1], 'still there for whoever has not');
    t.equal(await store.sweep(100), 0);
    await accept(store, { n: 3, to: [BOB] });
    t.strictSame(await numbers(store, BOB, 'routine'), [3]);
    t.ok(await store.receiptOf(ALICE, idOf(2)), 'receipts stay');
  });

  withStore('a sweep in small steps comes to the same end', async (t, { store }) => {
    await accept(store, ...[1, 2, 3, 4, 5].map((n) => ({ n })));
    await store.acknowledge([{ device: BOB, mailbox: 'routine', cursor: 4 }]);
    t.strictSame([await store.sweep(3), await store.sweep(3), await store.sweep(3)], [3, 1, 0]);
    t.strictSame(await numbers(store, BOB, 'routine'), [5]);
  });

  withStore('an expired envelope is named with those who had not acknowledged it', async (t, { store }) => {
    await accept(store, { n: 1, to: [BOB, CAROL], mailbox: 'alert', expiresAtMs: NOW }, { n: 2, expiresAtMs: NOW + 1 });
    await store.acknowledge([{ device: BOB, mailbox: 'alert', cursor: 1 }]);
    t.strictSame(await store.expired(NOW - 1, 10), []);
    t.strictSame(await store.expired(NOW, 10), [
      { eh: hashOf(1), from: ALICE, mailbox: 'alert', undelivered: [CAROL] },
    ]);
  });

  withStore('expiry puts the notice in the sender mailbox and keeps numbers without gap', async (t, { store }) => {
    await accept(store, { n: 1, to: [BOB], mailbox: 'alert', expiresAtMs: NOW }, { n: 2, to: [BOB], mailbox: 'alert' });
    const [expired] = await store.expired(NOW, 10);
    if (expired === undefined) return void t.fail('nothing has expired');
    await store.expire(expired, Buffer.from('the notice'), NOW + 5);
    t.strictSame(await store.expired(NOW, 10), []);
    const toSender = await store.nextFor(ALICE, 'alert', 0, 10, 1e9);
    t.match(toSender, [{ number: 1, acceptedAtMs: NOW + 5, item: 'notice' }]);
    t.equal(Buffer.from(toSender[0]?.bytes ?? []).toString(), 'the notice');
    const toRecipient = await store.nextFor(BOB, 'alert', 0, 10, 1e9);
    t.strictSame(
      toRecipient.map(({ number, item }) => [number, item]),
      [
        [1, 'notice'],
        [2, 'envelope'],
      ],
    );
  });

  withStore('an expired envelope that everybody had goes without a notice', async (t, { store }) => {
    await accept(store, { n: 1, expiresAtMs: NOW });
    await store.acknowledge([{ device: BOB, mailbox: 'routine', cursor: 1 }]);
    for (const expired of await store.expired(NOW, 10)) await store.expire(expired, Buffer.from('no'), NOW);
    t.strictSame(await numbers(store, ALICE, 'routine'), []);
    t.strictSame(await store.expired(NOW, 10), []);
  });

  const rewrapFor = (n: number, device: DeviceId, by = ALICE, stanza = bytesOf(900 + n, 1168)) => {
    const submitted = { rewrap: bytesOf(700 + n, 300), sig: bytesOf(800 + n, 64), stanza };
    return {
      eh: hashOf(n),
      device,
      by,
      submitted: encodeSubmittedRewrap(submitted),
      stanza,
      acceptedAtMs: NOW + 77,
    };
  };

  withStore('a rewrap puts a held envelope into one more mailbox, once', async (t, { store }) => {
    await accept(store, { n: 1, to: [BOB], mailbox: 'alert' }, { n: 2, to: [CAROL], mailbox: 'alert' });
    t.equal(await store.rewrapperOf(hashOf(1), CAROL), undefined);
    t.equal(await store.rewrap(rewrapFor(1, CAROL), undefined), 'stored');
    t.equal(await store.rewrap(rewrapFor(1, CAROL), undefined), 'duplicate');
    t.equal(await store.rewrap(rewrapFor(1, CAROL, BOB), undefined), 'duplicate', 'whoever made it');
    t.equal(await store.rewrapperOf(hashOf(1), CAROL), ALICE);
    const items = await store.nextFor(CAROL, 'alert', 0, 10, 1e9);
    t.strictSame(
      items.map(({ number, item, acceptedAtMs }) => [number, item, acceptedAtMs]),
      [
        [1, 'envelope', NOW + 2],
        [2, 'rewrapped', NOW + 77],
      ],
      'under the next number of its mailbox',
    );
    const { rewrap, sig, stanza, envelope } = decodeDeliveredRewrap(items[1]?.bytes ?? new Uint8Array());
    t.same([rewrap, sig, stanza], [bytesOf(701, 300), bytesOf(801, 64), bytesOf(901, 1168)]);
    const original = decodeDelivered(envelope);
    t.same(original.stanza, bytesOf(901, 1168), 'with its stanza in the place of the own one');
    const [toBob] = await store.nextFor(BOB, 'alert', 0, 1, 1e9);
    t.equal(toBob?.item, 'envelope', 'the first recipient has it as before');
    t.same(original.stanzaHashes, decodeDelivered(toBob?.bytes ?? new Uint8Array()).stanzaHashes);
    t.same([original.core, original.sig, original.ct], [bytesOf(1, 40), bytesOf(1, 64), bytesOf(1, 64)]);
  });

  withStore('an envelope lives until the added device has acknowledged it too', async (t, { store }) => {
    await accept(store, { n: 1, to: [BOB] });
    t.strictSame((await store.heldEnvelope(hashOf(1)))?.core, Buffer.from(bytesOf(1, 40)));
    await store.rewrap(rewrapFor(1, CAROL), undefined);
    await store.acknowledge([{ device: BOB, mailbox: 'routine', cursor: 1 }]);
    await store.sweep(100);
    t.strictSame(await numbers(store, CAROL, 'routine'), [1]);
    t.equal((await store.nextFor(CAROL, 'routine', 0, 1, 1e9))[0]?.item, 'rewrapped');
    t.equal(await store.rewrap(rewrapFor(1, CAROL), undefined), 'duplicate');
    await store.acknowledge([{ device: CAROL, mailbox: 'routine', cursor: 1 }]);
    await store.sweep(100);
    t.equal(await store.heldEnvelope(hashOf(1)), undefined, 'then it goes');
    t.equal(await store.rewrap(rewrapFor(1, CAROL), undefined), 'gone');
    t.equal(await store.rewrapperOf(hashOf(1), CAROL), undefined, 'and leaves nothing behind');
    t.strictSame(await numbers(store, CAROL, 'routine'), []);
  });

  withStore('what is acknowledged is not rewrapped again while others still have to fetch it', async (t, under) => {
    await accept(under.store, { n: 1, to: [BOB] });
    await under.store.rewrap(rewrapFor(1, CAROL), undefined);
    await under.store.acknowledge([{ device: CAROL, mailbox: 'routine', cursor: 1 }]);
    await under.store.sweep(100);
    const { store } = await under.reopen();
    t.equal(await store.rewrap(rewrapFor(1, CAROL), undefined), 'duplicate');
    t.strictSame(await numbers(store, CAROL, 'routine'), []);
  });

  withStore('a rewrap is superseded only by one that names it', async (t, { store }) => {
    await accept(store, { n: 1, to: [BOB] });
    await store.rewrap(rewrapFor(1, CAROL, BOB), undefined);
    t.equal(await store.rewrap(rewrapFor(1, CAROL, ALICE, bytesOf(5, 1168)), CAROL), 'duplicate');
    t.equal(await store.rewrap(rewrapFor(1, CAROL, ALICE, bytesOf(5, 1168)), BOB), 'stored');
    t.equal(await store.rewrapperOf(hashOf(1), CAROL), ALICE);
    t.equal(
      await store.rewrap(rewrapFor(1, CAROL, ALICE, bytesOf(5, 1168)), BOB),
      'duplicate',
      'the race is lost once',
    );
    const stanzas = (await store.nextFor(CAROL, 'routine', 0, 10, 1e9)).map(
      ({ bytes }) => decodeDeliveredRewrap(bytes).stanza,
    );
    t.same(stanzas, [bytesOf(901, 1168), bytesOf(5, 1168)], 'the mailbox keeps its order, and both as they came');
  });

  withStore('a rewrapped envelope expires with its original', async (t, { store }) => {
    await accept(store, { n: 1, to: [BOB], expiresAtMs: NOW });
    await store.rewrap(rewrapFor(1, CAROL), undefined);
    const [expired] = await store.expired(NOW, 10);
    t.strictSame(expired, { eh: hashOf(1), from: ALICE, mailbox: 'routine', undelivered: [BOB, CAROL] });
    if (expired === undefined) return;
    await store.expire(expired, Buffer.from('the notice'), NOW);
    t.match(await store.nextFor(CAROL, 'routine', 0, 10, 1e9), [{ number: 1, item: 'notice' }]);
    t.equal(await store.rewrap(rewrapFor(1, CAROL), undefined), 'gone');
  });

  withStore('the newest envelope taken from each device is kept, whatever becomes of it', async (t, under) => {
    const { store } = under;
    t.equal(await store.lastSubmission(ALICE), undefined);
    await accept(store, { n: 1 }, { n: 2, from: CAROL }, { n: 3 });
    const third = {
      eh: hashOf(3),
      core: toBase64url(bytesOf(3, 40)),
      stanzasHash: toBase64url(bytesOf(3, 32)),
      ctHash: toBase64url(bytesOf(4, 32)),
      sig: toBase64url(bytesOf(3, 64)),
    };
    t.strictSame(await store.lastSubmission(ALICE), third, 'of a group its last');
    t.equal((await store.lastSubmission(CAROL))?.eh, hashOf(2));
    t.equal(await store.lastSubmission(BOB), undefined, 'nothing for whoever only receives');
    t.equal(await accept(store, { n: 4 }, { n: 1 }), 'raced');
    t.equal((await store.lastSubmission(ALICE))?.eh, hashOf(3), 'what was not taken does not count');
    await store.acknowledge([{ device: BOB, mailbox: 'routine', cursor: 9 }]);
    await store.sweep(100);
    const reopened = await under.reopen();
    t.strictSame(await reopened.store.lastSubmission(ALICE), third);
  });

  withStore('trust lists and statements are appended in order, once', async (t, { store }) => {
    const agency = 'xa-fiu' as AgencyId;
    t.equal(await store.appendTrustList(1, jwsOf('one')), 'stored');
    t.equal(await store.appendTrustList(1, jwsOf('another one')), 'conflict');
    t.equal(await store.appendTrustList(3, jwsOf('three')), 'conflict');
    t.equal(await store.appendTrustList(2, jwsOf('two')), 'stored');
    t.strictSame(await store.trustLists(1, 10, 1e9), [jwsOf('one'), jwsOf('two')]);
    t.strictSame(await store.trustLists(2, 10, 1e9), [jwsOf('two')]);
    t.strictSame(await store.trustLists(1, 1, 1e9), [jwsOf('one')]);
    t.strictSame(await store.trustLists(1, 10, 1), [jwsOf('one')], 'at least one, whatever its size');
    t.strictSame(await store.trustLists(3, 10, 1e9), []);
    const document = { hash: hashOf(9), salt: textOf(9, 32), json: '{"a":1}' };
    t.equal(
      await store.appendStatement({ agency, seq: 0, jws: jwsOf('s0'), atMs: NOW, isCounted: true, document: document }),
      'stored',
    );
    t.equal(
      await store.appendStatement({
        agency,
        seq: 0,
        jws: jwsOf('other'),
        atMs: NOW,
        isCounted: true,
        document: { ...document, hash: hashOf(8) },
      }),
      'conflict',
    );
    t.equal(await store.document(hashOf(8)), undefined, 'the document of a refused statement is not kept');
    t.equal(
      await store.appendStatement({ agency, seq: 2, jws: jwsOf('s2'), atMs: NOW, isCounted: true, document: null }),
      'conflict',
    );
    t.equal(
      await store.appendStatement({
        agency,
        seq: 1,
        jws: jwsOf('s1'),
        atMs: NOW + 10,
        isCounted: true,
        document: null,
      }),
      'stored',
    );
    t.strictSame(await store.statements(agency, 0, 10), [jwsOf('s0'), jwsOf('s1')]);
    t.strictSame(await store.statements(agency, 1, 10), [jwsOf('s1')]);
    t.strictSame(await store.statements(agency, 0, 1), [jwsOf('s0')]);
    t.equal(await store.statementsSince(agency, NOW + 1), 1);
    const revocation = { agency, seq: 2, jws: jwsOf('s2'), atMs: NOW + 11, isCounted: false, document: null };
    t.equal(await store.appendStatement(revocation), 'stored');
    t.equal(await store.statementsSince(agency, NOW + 1), 1, 'what is not counted is not counted');
    t.equal((await store.statements(agency, 2, 10)).length, 1, 'and is there');
    t.strictSame(await store.document(hashOf(9)), { salt: document.salt, json: document.json });
  });

  withStore('epoch keys: the one of the day, else the last before it, from the newest batch', async (t, { store }) => {
    const agency = 'xa-fiu' as AgencyId;
    const key = (n: number) => bytesOf(n, 1216);
    const days = (first: number, n: number) =>
      [0, 1].map((i) => ({ day: first + i, key: key(n + i), path: [hashOf(n + i)] }));
    t.equal(await store.publishEpochBatch({ agency, device: BOB, n: 0, jws: 'batch 0', keys: days(100, 1) }), 'stored');
    t.equal(await store.publishEpochBatch({ agency, device: BOB, n: 0, jws: 'other', keys: days(100, 7) }), 'conflict');
    t.equal(
      await store.publishEpochBatch({ agency, device: BOB, n: 1, jws: 'batch 1', keys: days(101, 11) }),
      'stored',
    );
    t.equal(
      await store.publishEpochBatch({ agency, device: CAROL, n: 0, jws: 'batch c', keys: days(100, 21) }),
      'stored',
    );
    t.equal(await store.epochBatchHead(BOB), 'batch 1');
    t.equal(await store.epochBatchHead(ALICE), undefined);
    const found = async (day: number, ...devices: DeviceId[]) =>
      (await store.epochKeys(day, devices)).map((k) => [k.device, k.day, k.batch]);
    t.strictSame(await found(99, BOB), []);
    t.strictSame(await found(100, BOB, CAROL), [
      [BOB, 100, 'batch 0'],
      [CAROL, 100, 'batch c'],
    ]);
    t.strictSame(await found(101, BOB), [[BOB, 101, 'batch 1']], 'the newer batch names the day again');
    t.strictSame(
      await found(500, CAROL, BOB),
      [
        [BOB, 102, 'batch 1'],
        [CAROL, 101, 'batch c'],
      ],
      'stale, in order of device',
    );
    const [stale] = await store.epochKeys(500, [BOB]);
    t.equal(Buffer.compare(stale?.key ?? new Uint8Array(), key(12)), 0, 'the last key of the newest batch');
    t.strictSame(stale?.path, [hashOf(12)]);
    t.strictSame(await store.epochKeys(100, []), []);
  });

  withStore('a value is used once until it has expired', async (t, { store }) => {
    t.equal(await store.useOnce('a', NOW + 10, NOW), true);
    t.equal(await store.useOnce('a', NOW + 10, NOW + 9), false);
    t.equal(await store.useOnce('b', NOW + 10, NOW), true);
    t.equal(await store.useOnce('a', NOW + 30, NOW + 11), true, 'forgotten after its expiry');
  });

  withStore('session epochs grow, each device for itself', async (t, { store }) => {
    const epochs = [
      await store.nextSessionEpoch(BOB),
      await store.nextSessionEpoch(BOB),
      await store.nextSessionEpoch(CAROL),
    ];
    t.ok((epochs[1] ?? 0) > (epochs[0] ?? 0));
    t.equal(epochs[2], epochs[0]);
  });

  withStore('attachments are counted against the agency', async (t, { store }) => {
    const blob = (n: number, size: number, agency = 'xa-fiu') => ({
      id: idOf(n) as string as BlobId,
      agency: agency as AgencyId,
      size,
      expiresAtMs: NOW + n,
    });
    t.equal(await store.createBlob(blob(1, 60), 100), 'stored');
    t.equal(await store.createBlob(blob(1, 10), 100), 'conflict');
    t.equal(await store.createBlob(blob(2, 41), 100), 'quota');
    t.equal(await store.createBlob(blob(3, 41, 'xb-fiu'), 100), 'stored', 'another agency has its own');
    t.strictSame(await store.blob(blob(1, 60).id), blob(1, 60));
    t.strictSame(await store.expiredBlobs(NOW + 1, 10), [blob(1, 60).id]);
    await store.deleteBlob(blob(1, 60).id);
    t.equal(await store.blob(blob(1, 60).id), undefined);
    t.equal(await store.createBlob(blob(2, 41), 100), 'stored', 'what is deleted no longer counts');
  });

  withStore('everything is there after the store was closed and opened', async (t, under) => {
    await accept(under.store, { n: 1 }, { n: 2 });
    await under.store.acknowledge([{ device: BOB, mailbox: 'routine', cursor: 1 }]);
    const { store } = await under.reopen();
    t.strictSame(await store.cursors(BOB), {
      alert: { acknowledged: 0, highest: 0 },
      routine: { acknowledged: 1, highest: 2 },
    });
    t.strictSame(await numbers(store, BOB, 'routine', 1), [2]);
    t.equal((await store.lastBatch())?.n, 0);
    t.equal(await accept(store, { n: 2 }), 'raced');
    await store.probe();
  });

  t.test(`${name}: any sequence of accept, acknowledge and sweep is as the model says`, async (t) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const under = await open();
        try {
          await runModel(under.store, steps);
        } finally {
          await under.dispose();
        }
      }),
      { numRuns: 40 },
    );
    t.pass('40 sequences');
  });
}

const DEVICES = [ALICE, BOB, CAROL] as const;
const device = fc.constantFrom(...DEVICES);
const mailbox = fc.constantFrom<Mailbox>('alert', 'routine');
const step = fc.oneof(
  fc.record({
    do: fc.constant('accept' as const),
    to: fc.uniqueArray(device, { minLength: 1 }),
    mailbox,
    copies: fc.integer({ min: 1, max: 4 }),
  }),
  fc.record({ do: fc.constant('acknowledge' as const), device, mailbox, cursor: fc.integer({ min: 0, max: 40 }) }),
  fc.record({ do: fc.constant('sweep' as const), limit: fc.integer({ min: 1, max: 5 }) }),
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** A mailbox is a list that is only appended to, with a cursor that only goes forward; a sweep is never seen. */
async function runModel(store: Store, steps: readonly Step[]): Promise<void> {
  const model = new Map<string, { eh: Hash[]; acknowledged: number }>();
  const boxOf = (of: DeviceId, in_: Mailbox) => {
    const found = model.get(`${of} ${in_}`) ?? { eh: [], acknowledged: 0 };
    model.set(`${of} ${in_}`, found);
    return found;
  };
  let n = 0;
  for (const one of steps) {
    switch (one.do) {
      case 'accept': {
        const wanted = Array.from({ length: one.copies }, () => ({ n: ++n, to: one.to, mailbox: one.mailbox }));
        if ((await accept(store, ...wanted)) !== 'stored') throw new Error('A fresh envelope was not stored.');
        for (const { n: taken } of wanted) for (const to of one.to) boxOf(to, one.mailbox).eh.push(hashOf(taken));
        break;
      }
      case 'acknowledge': {
        const box = boxOf(one.device, one.mailbox);
        box.acknowledged = Math.max(box.acknowledged, Math.min(one.cursor, box.eh.length));
        await store.acknowledge([{ device: one.device, mailbox: one.mailbox, cursor: one.cursor }]);
        break;
      }
      case 'sweep':
        await store.sweep(one.limit);
        break;
    }
    for (const of of DEVICES) {
      const cursors = await store.cursors(of);
      for (const in_ of ['alert', 'routine'] as const) {
        const box = boxOf(of, in_);
        const got = { ...cursors[in_], numbers: await numbers(store, of, in_, box.acknowledged) };
        const wanted = {
          acknowledged: box.acknowledged,
          highest: box.eh.length,
          numbers: box.eh.slice(box.acknowledged).map((_, i) => box.acknowledged + i + 1),
        };
        if (JSON.stringify(got) !== JSON.stringify(wanted))
          throw new Error(`${of} ${in_}: ${JSON.stringify(got)} instead of ${JSON.stringify(wanted)}`);
      }
    }
  }
}
