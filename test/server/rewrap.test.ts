/** Rewraps and the last submission at the relay's door: who may, what is alike, what it delivers; a real relay over HTTP and stream. */
import { rewrapEnvelope, type SigningKey, signStatement } from '@holdfast/keys';
import { sha256 } from '@holdfast/keys/verify';
import {
  type AgencyId,
  ByteReader,
  concat,
  type DeviceId,
  decodeDelivered,
  decodeDeliveredRewrap,
  decodeDelivery,
  decodeSubmitted,
  encodeRewrap,
  encodeSubmittedRewrap,
  envelopeHash,
  fromBase64url,
  type Hash,
  LIMITS,
  type ProtocolErrorCode,
  parseRewrap,
  type Rewrap,
  toBase64url,
  toHash,
} from '@holdfast/protocol';
import t from 'tap';
import { type FixtureAgency, type FixtureDevice, only, recipientKey } from '../fixtures/federation.js';
import { type Answer, call, JSON_BODY, OCTET_BODY, type RelayClient } from '../fixtures/relay-client.js';
import { type RelayInProcess, relayInProcess } from '../fixtures/relay-fixture.js';

const AGENCIES = [
  { agency: 'xa-fiu', devices: 2 },
  { agency: 'xb-fiu', devices: 3 },
  { agency: 'xc-aca', devices: 1 },
] as const;

interface World {
  readonly relay: RelayInProcess;
  readonly sender: FixtureDevice;
  readonly lost: FixtureDevice;
  readonly sibling: FixtureDevice;
  readonly added: FixtureDevice;
  readonly stranger: FixtureDevice;
  /** Sent by `sender` to `lost` and `sibling`. */
  readonly envelope: ReturnType<RelayInProcess['envelope']>;
}

async function makeWorld(limits: Readonly<Record<string, number>> = {}): Promise<World> {
  const relay = await relayInProcess({ agencies: AGENCIES, limits });
  const [a, b, c] = relay.federation.agencies.map(({ devices }) => devices);
  const [sender, lost, sibling, added, stranger] = [
    only(a ?? []),
    only(b ?? []),
    only(b ?? [], 1),
    only(b ?? [], 2),
    only(c ?? []),
  ];
  const envelope = relay.envelope(sender, [lost, sibling], { priority: 'urgent' });
  await (await relay.signedIn(sender)).submit(envelope.bytes);
  return { relay, sender, lost, sibling, added, stranger, envelope };
}

interface Wanted {
  readonly by: FixtureDevice;
  readonly device: FixtureDevice;
  readonly eh?: Hash;
  readonly change?: Partial<Rewrap>;
}

async function rewrapBytes({ relay, envelope }: World, { by, device, eh = envelope.eh, change }: Wanted) {
  const { bytes } = await rewrapEnvelope({
    fed: relay.federation.fed,
    eh,
    ch: new Uint8Array(32),
    contentKey: new Uint8Array(32),
    by: by.device,
    signingKey: by.key,
    recipient: recipientKey(device),
    dir: {},
    atMs: relay.now(),
  });
  if (change === undefined) return bytes;
  const reader = new ByteReader(bytes);
  const rewrap = { ...parseRewrap(reader.prefixed(LIMITS.rewrapBytes)), ...change };
  const [sig, stanza] = [reader.prefixed(64), reader.prefixed(LIMITS.stanzaBytes)];
  return encodeSubmittedRewrap({ rewrap: encodeRewrap(rewrap), sig, stanza });
}

const submit = (client: RelayClient, bytes: Uint8Array): Promise<Answer> =>
  client.request('/v1/envelopes/rewrap', { method: 'POST', headers: OCTET_BODY, body: bytes });

async function rewrap(world: World, wanted: Wanted): Promise<Answer> {
  return submit(await world.relay.signedIn(wanted.by), await rewrapBytes(world, wanted));
}

async function revoke(relay: RelayInProcess, { agency, chain, directoryKey }: FixtureAgency, key: SigningKey) {
  const content = { kind: 'revoke', target: toBase64url(key.publicKey), reason: 'lost' } as const;
  const { jws } = await signStatement(chain, content, relay.now(), [directoryKey]);
  const answer = await call(`${relay.url}/v1/agencies/${agency}/statements`, {
    method: 'POST',
    headers: JSON_BODY,
    body: JSON.stringify({ statement: jws, document: null }),
  });
  if (answer.status !== 201) throw new Error(answer.problem().code);
}

t.test('sender and sibling add a device; it gets rewrap and envelope, on the stream and by HTTP', async (t) => {
  const world = await makeWorld();
  t.teardown(() => world.relay.dispose());
  const { relay, sender, sibling, added, envelope } = world;
  const stream = await (await relay.signedIn(added)).resumeStream();
  const answer = await rewrap(world, { by: sender, device: added });
  t.equal(answer.status, 200);
  t.strictSame(answer.json(), { eh: envelope.eh, device: added.device, by: sender.device });
  const delivery = decodeDelivery((await stream.next('delivery')).payload);
  await stream.close();
  t.match(delivery, { mailbox: 'alert', number: 1, item: 'rewrapped' }, 'in the mailbox of the original priority');
  const wrapped = decodeDeliveredRewrap(delivery.bytes);
  const original = decodeDelivered(wrapped.envelope);
  const submitted = decodeSubmitted(envelope.bytes);
  t.match(parseRewrap(wrapped.rewrap), { eh: envelope.eh, by: sender.device, device: added.device });
  const text = (...parts: readonly Uint8Array[]): string[] => parts.map(toBase64url);
  t.strictSame(text(original.core, original.sig, original.ct), text(submitted.core, submitted.sig, submitted.ct));
  t.strictSame(text(...original.stanzaHashes), text(...submitted.stanzas.map(sha256)));
  t.strictSame(text(original.stanza), text(wrapped.stanza));

  const again = await rewrap(world, { by: sibling, device: added });
  t.strictSame(again.json(), { eh: envelope.eh, device: added.device, by: sender.device }, 'the first one stands');
  const page = await (await relay.signedIn(added)).request('/v1/mailboxes/alert?after=0');
  const reader = new ByteReader(page.bytes);
  t.match(decodeDelivery(reader.prefixed(LIMITS.frameBytes)), { number: 1, item: 'rewrapped' });
  t.equal(reader.remaining, 0, 'one item');
});

t.test('everything that an outsider could probe with is answered alike', async (t) => {
  const world = await makeWorld();
  t.teardown(() => world.relay.dispose());
  const { relay, sender, lost, sibling, added, stranger } = world;
  const [xa, xb] = [only(relay.federation.agencies), only(relay.federation.agencies, 1)];
  const cousin = only(xa.devices, 1);
  const unknown = { ...added, device: toBase64url(new Uint8Array(16).fill(9)) as DeviceId };
  const cases: readonly (readonly [string, Wanted])[] = [
    ['an envelope that is not here', { by: sender, device: added, eh: toHash(new Uint8Array(32)) }],
    ['one that is here, by a stranger, for itself', { by: stranger, device: added }],
    ['for an agency that is not in it, by its sender', { by: sender, device: stranger }],
    ['for another agency, by a recipient', { by: sibling, device: cousin }],
    ["for the sender's agency, which it has not addressed", { by: sender, device: cousin }],
    ['for a device that has it already', { by: sender, device: sibling }],
    ['for the sender', { by: sibling, device: sender }],
    ['for a device that nobody knows', { by: sender, device: unknown }],
  ];
  const bodies = new Set<string>();
  const refused = async (what: string, wanted: Wanted): Promise<void> => {
    const answer = await rewrap(world, wanted);
    t.equal(answer.status, 404, what);
    const { instance: _, ...problem } = { instance: undefined, ...answer.json() };
    bodies.add(JSON.stringify({ ...problem, requestId: undefined }));
  };
  for (const [what, wanted] of cases) await refused(what, wanted);
  await revoke(relay, xb, added.key);
  await refused('for a revoked device', { by: sender, device: added });
  t.equal(bodies.size, 1, [...bodies].join('\n'));
  t.match([...bodies][0], 'rewrap.refused');
  for (const device of [added, stranger, cousin, lost])
    if (device !== added)
      t.equal(
        (await (await relay.signedIn(device)).request('/v1/mailboxes/alert?after=0')).bytes.length > 0,
        device === lost,
        'and nobody has got anything',
      );
});

t.test('malformed, misattributed and early rewraps each have their code', async (t) => {
  const world = await makeWorld();
  t.teardown(() => world.relay.dispose());
  const { relay, sender, sibling, added } = world;
  const client = await relay.signedIn(sender);
  const whole = await rewrapBytes(world, { by: sender, device: added });
  const long = concat(new Uint8Array([0, 0, 0x80, 1]), new Uint8Array(LIMITS.rewrapBytes + 1));
  const cases: readonly (readonly [string, Uint8Array, ProtocolErrorCode])[] = [
    ['nothing', new Uint8Array(), 'encoding.truncated'],
    ['cut', whole.subarray(0, whole.length - 1), 'encoding.truncated'],
    ['with a tail', concat(whole, new Uint8Array(1)), 'encoding.malformed'],
    ['too large a rewrap', long, 'encoding.too-large'],
    ["another's", await rewrapBytes(world, { by: sibling, device: added }), 'envelope.sender-mismatch'],
    [
      'of another federation',
      await rewrapBytes(world, {
        by: sender,
        device: added,
        change: { fed: toBase64url(new Uint8Array(32)) as Rewrap['fed'] },
      }),
      'envelope.federation-mismatch',
    ],
    [
      'with another stanza than it names',
      await rewrapBytes(world, { by: sender, device: added, change: { stanzaHash: toHash(new Uint8Array(32)) } }),
      'rewrap.malformed',
    ],
    [
      'dated ahead',
      await rewrapBytes(world, { by: sender, device: added, change: { ts: relay.now() + LIMITS.clockAheadMs + 1 } }),
      'envelope.time-refused',
    ],
    [
      'for itself',
      await rewrapBytes(world, { by: sender, device: added, change: { device: sender.device } }),
      'rewrap.malformed',
    ],
  ];
  for (const [what, bytes, code] of cases) t.equal((await submit(client, bytes)).problem().code, code, what);
  const unsigned = await call(`${relay.url}/v1/envelopes/rewrap`, { method: 'POST', headers: OCTET_BODY, body: whole });
  t.equal(unsigned.problem().code, 'session.required');
  t.equal((await submit(client, whole)).status, 200, 'and the relay works on');
});

t.test('a full mailbox refuses, and what has expired is gone', async (t) => {
  const world = await makeWorld({ mailboxItems: 1 });
  t.teardown(() => world.relay.dispose());
  const { relay, sender, added, envelope } = world;
  await (await relay.signedIn(sender)).submit(relay.envelope(sender, [added], { priority: 'urgent' }).bytes);
  t.equal((await rewrap(world, { by: sender, device: added })).problem().code, 'mailbox.full');
  const client = await relay.signedIn(added);
  await client.request('/v1/mailboxes/alert/acknowledge', { method: 'POST', headers: JSON_BODY, body: '{"cursor":1}' });
  t.equal((await rewrap(world, { by: sender, device: added })).status, 200);
  t.equal((await rewrap(world, { by: sender, device: added })).status, 200, 'a repeat passes a full mailbox');
  relay.advance(envelope.core.exp - relay.now() + 1);
  t.equal((await rewrap(world, { by: sender, device: added })).problem().code, 'rewrap.refused', 'past its expiry');
  await relay.relay.housekeeping();
  const page = await (await relay.signedIn(added)).request('/v1/mailboxes/alert?after=1');
  t.match(decodeDelivery(new ByteReader(page.bytes).prefixed(LIMITS.frameBytes)), { number: 2, item: 'notice' });
});

t.test('what the thief of a lost device has spoilt is mended once the device is revoked', async (t) => {
  const world = await makeWorld();
  t.teardown(() => world.relay.dispose());
  const { relay, sender, lost, sibling, added } = world;
  t.equal((await rewrap(world, { by: lost, device: added })).status, 200, 'a party still');
  t.match((await rewrap(world, { by: sender, device: added })).json(), { by: lost.device }, 'its rewrap stands');
  await revoke(relay, only(relay.federation.agencies, 1), lost.key);
  t.match((await rewrap(world, { by: sibling, device: added })).json(), { by: sibling.device });
  t.match((await rewrap(world, { by: sender, device: added })).json(), { by: sibling.device });
  const page = await (await relay.signedIn(added)).request('/v1/mailboxes/alert?after=0');
  const reader = new ByteReader(page.bytes);
  const by = [1, 2].map((number) => {
    const delivery = decodeDelivery(reader.prefixed(LIMITS.frameBytes));
    t.equal(delivery.number, number);
    return parseRewrap(decodeDeliveredRewrap(delivery.bytes).rewrap).by;
  });
  t.strictSame(by, [lost.device, sibling.device], 'the good one after the bad one');
  t.equal(reader.remaining, 0);
});

t.test('a device learns the newest envelope that was taken from it, and can prove whose it is', async (t) => {
  const world = await makeWorld();
  t.teardown(() => world.relay.dispose());
  const { relay, sender, sibling, envelope } = world;
  const last = async (device: FixtureDevice) =>
    (await (await relay.signedIn(device)).request('/v1/submissions/last')).json().submission;
  t.equal(await last(sibling), null, 'none from a device that has sent nothing');
  const { core, sig, stanzas } = decodeSubmitted(envelope.bytes);
  const found = await last(sender);
  t.match(found, { eh: envelope.eh, core: toBase64url(core), sig: toBase64url(sig) });
  const { stanzasHash, ctHash } = { stanzasHash: '', ctHash: '', ...(found as object) };
  t.equal(stanzasHash, toBase64url(sha256(concat(...stanzas.map(sha256)))));
  const digests = {
    ch: sha256(concat(Buffer.from('holdfast/core/v1\0'), core)),
    stanzasHash: fromBase64url(stanzasHash),
    ctHash: fromBase64url(ctHash),
  };
  t.equal(toHash(envelopeHash(sha256, digests)), envelope.eh, 'the hashes give its name');
  const next = relay.envelope(sender, [sibling]);
  const client = await relay.signedIn(sender);
  await client.submit(next.bytes);
  await client.submit(envelope.bytes);
  t.match(await last(sender), { eh: next.eh }, 'a repeat of an older one is not a newer one');
  t.equal((await call(`${relay.url}/v1/submissions/last`)).problem().code, 'session.required');
});

t.test('a stream hears of a device that can be sealed to for the first time', async (t) => {
  const relay = await relayInProcess({ agencies: AGENCIES });
  t.teardown(() => relay.dispose());
  const [a, b] = [only(relay.devices), only(only(relay.federation.agencies, 1).devices)];
  const stream = await (await relay.signedIn(a)).resumeStream();
  const publish = async (): Promise<Answer> =>
    (await relay.signedIn(b)).request('/v1/epoch-batches', {
      method: 'POST',
      headers: JSON_BODY,
      body: JSON.stringify({ batch: b.batch.jws, keys: b.epochKeys.map(({ publicKey }) => toBase64url(publicKey)) }),
    });
  t.equal((await publish()).status, 201);
  t.strictSame(JSON.parse(Buffer.from((await stream.next('directory')).payload).toString()), {
    agency: 'xb-fiu' as AgencyId,
  });
  await stream.close();
});
