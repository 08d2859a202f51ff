/**
 * What a device makes of rewraps: those of a relay, a stranger or a thief are refused, each with its own error, in the order of spec 36;
 * an honest one is opened, stored and answered like any message, once.
 */
import {
  type EpochSecret,
  rewrapEnvelope,
  type SealedEnvelope,
  sealEnvelope,
  signDetached,
  signStatement,
} from '@holdfast/keys';
import { sha256 } from '@holdfast/keys/verify';
import {
  canonicalBytes,
  coreHash,
  decodeDelivery,
  decodeFrame,
  decodeSubmitted,
  decodeSubmittedRewrap,
  type EpochKeyName,
  encodeCore,
  encodeDelivered,
  encodeDeliveredRewrap,
  encodeDelivery,
  encodeFrame,
  encodeRewrap,
  encodeSubmittedRewrap,
  epochKeyNameBytes,
  type Frame,
  isProtocolError,
  LIMITS,
  parseRewrap,
  type Rewrap,
  rewrapSigningBytes,
  type SubmittedRewrap,
  toBase64url,
  toConversationId,
  toEnvelopeId,
  toHash,
} from '@holdfast/protocol';
import t from 'tap';
import { DirectoryAlarm } from '#client-sdk/directory/alarm.js';
import { emptyView, withStatements } from '#client-sdk/directory/replay.js';
import { checkRecipients, type DirectoryView, headsOf, senderOf } from '#client-sdk/directory/view.js';
import { inspectItem, openItem } from '#client-sdk/rewrap/open-item.js';
import { httpTransport } from '#client-sdk/transport/http.js';
import type { FrameSocket, RelayTransport } from '#client-sdk/transport/port.js';
import { type FixtureDevice, makeFederation, NOW_MS, only, recipientKey } from '../fixtures/federation.js';
import { enrolIn, lose, readInboxOf, threeAlerts, watchDesk } from '../fixtures/lost-device.js';
import { bareManifest } from '../fixtures/manifest.js';
import { makeTestNetwork, soon, XA, XB } from '../fixtures/network.js';

const federation = await makeFederation([
  { agency: 'xa-fiu', devices: 2 },
  { agency: 'xb-fiu', devices: 3 },
  { agency: 'xc-aca', devices: 1 },
]);
const [xa, xb, xc] = [only(federation.agencies), only(federation.agencies, 1), only(federation.agencies, 2)];
const sender = only(xa.devices);
const [lost, sibling, added] = [only(xb.devices), only(xb.devices, 1), only(xb.devices, 2)];
const stranger = only(xc.devices);
const view = federation.agencies.reduce(
  (known, { agency, statements }) => withStatements(known, agency, statements),
  emptyView(federation.trust),
);
const DIR = headsOf(
  view,
  federation.agencies.map(({ agency }) => agency),
);
const BODY = canonicalBytes({ text: 'Account GB29NWBK60161331926819 is being emptied.' });

const seal = (id: number): Promise<SealedEnvelope> =>
  sealEnvelope({
    fed: federation.fed,
    id: toEnvelopeId(new Uint8Array(16).fill(id)),
    from: sender.device,
    signingKey: sender.key,
    to: [lost, sibling].map(recipientKey),
    dir: DIR,
    atMs: NOW_MS,
    expiresAtMs: NOW_MS + 86_400_000,
    priority: 'routine',
    manifest: bareManifest(toConversationId(new Uint8Array(16).fill(7)), [xa.agency, xb.agency]),
    body: BODY,
    padding: { kind: 'padme' },
  });
const original = await seal(1);

interface Wanted {
  readonly by?: FixtureDevice;
  readonly device?: FixtureDevice;
  readonly contentKey?: Uint8Array;
  readonly dir?: Rewrap['dir'];
  /** Signed as changed. */
  readonly change?: Partial<Rewrap>;
  readonly signedBy?: FixtureDevice;
}

/** A rewrap as its maker would submit it, or as somebody else would like to. */
async function wrap({ by = sender, device = added, contentKey, dir = DIR, change = {}, signedBy = by }: Wanted = {}) {
  const made = await rewrapEnvelope({
    fed: federation.fed,
    eh: original.eh,
    ch: coreHash(sha256, encodeCore(original.core)),
    contentKey: contentKey ?? original.contentKey,
    by: by.device,
    signingKey: by.key,
    recipient: recipientKey(device),
    dir,
    atMs: NOW_MS + 1000,
  });
  const { rewrap, stanza } = decodeSubmittedRewrap(made.bytes);
  const bytes = encodeRewrap({ ...parseRewrap(rewrap), ...change });
  return { rewrap: bytes, sig: signDetached(rewrapSigningBytes(bytes), signedBy.key), stanza };
}

/** What the relay makes of a rewrap and its envelope; `stanza`: what it puts into the envelope. */
function delivered(wrapped: SubmittedRewrap, of = original, stanza = wrapped.stanza, flip?: 'core' | 'sig' | 'ct') {
  const { core, stanzas, sig, ct } = decodeSubmitted(of.bytes);
  const parts = { core, sig, ct };
  if (flip !== undefined) parts[flip] = parts[flip].map((byte, index) => (index === 60 ? byte ^ 1 : byte));
  const envelope = encodeDelivered({ ...parts, stanzaHashes: stanzas.map(sha256), stanza });
  return encodeDeliveredRewrap({ ...wrapped, envelope });
}

const secretOf = (self: FixtureDevice) => (name: EpochKeyName) =>
  self.epochKeys.find(({ day, publicKey }): boolean => toBase64url(epochKeyNameBytes(sha256, day, publicKey)) === name);

interface Opening {
  readonly self?: FixtureDevice;
  readonly at?: DirectoryView;
  readonly epochSecret?: (name: EpochKeyName) => EpochSecret | undefined;
}

async function open(bytes: Uint8Array, { self = added, at = view, epochSecret = secretOf(self) }: Opening = {}) {
  const inspected = inspectItem('rewrapped', bytes);
  return await openItem(inspected, at, {
    fed: federation.fed,
    self: self.device,
    nowMs: NOW_MS + 2000,
    senderKey: (device) => senderOf(at, device, inspected.core.ts).key,
    checkRecipients: (core) => checkRecipients(at, core),
    epochSecret,
  });
}

t.test('sender and sibling each give the added device what was sealed', async (t) => {
  for (const by of [sender, sibling]) {
    const opened = await open(delivered(await wrap({ by })));
    t.equal(opened.eh, original.eh, 'under its own name');
    t.same(opened.body, BODY);
    t.same(opened.manifest, original.manifest, 'with the evidence of its sender');
    t.same(opened.contentKey, original.contentKey, 'and what a later rewrap needs');
  }
});

t.test('each lie has its own error', async (t) => {
  const other = await seal(2);
  const honest = await wrap();
  const toStranger = { device: stranger };
  const revocation = { kind: 'revoke', target: toBase64url(sibling.key.publicKey), reason: 'lost' } as const;
  const revoked = await signStatement(xb.chain, revocation, NOW_MS + 1, [xb.directoryKey]);
  const afterwards = withStatements(view, xb.agency, [revoked.jws]);
  const early: Rewrap['dir'] = { ...DIR, [xb.agency]: [2, view.agencies.get(xb.agency)?.heads[2] ?? original.eh] };
  const foreign = toBase64url(new Uint8Array(32)) as Rewrap['fed'];
  const cases: readonly (readonly [string, Uint8Array, string, Opening?])[] = [
    ['by a stranger', delivered(await wrap({ by: stranger })), 'rewrap.not-party'],
    ["by a stranger, in the sender's name", delivered(await wrap({ signedBy: stranger })), 'rewrap.signature'],
    ['by the relay, for another device', delivered(await wrap({ device: only(xa.devices, 1) })), 'rewrap.misdirected'],
    ['by a sibling of the sender', delivered(await wrap({ by: only(xa.devices, 1) })), 'rewrap.not-party'],
    ['with a stanza swapped', delivered({ ...honest, stanza: (await wrap()).stanza }), 'rewrap.misdirected'],
    ['with another in the envelope', delivered(honest, original, (await wrap()).stanza), 'rewrap.misdirected'],
    ['of another envelope', delivered(honest, other), 'rewrap.misdirected'],
    ['of an original with another ciphertext', delivered(honest, original, undefined, 'ct'), 'envelope.signature'],
    ['of an original with another signature', delivered(honest, original, undefined, 'sig'), 'envelope.signature'],
    ['by a device revoked since', delivered(await wrap({ by: sibling })), 'sender.revoked', { at: afterwards }],
    ['of another federation', delivered(await wrap({ change: { fed: foreign } })), 'envelope.other-federation'],
    ['for a third agency, by the sender', delivered(await wrap(toStranger)), 'rewrap.other-agency', { self: stranger }],
    [
      'for a third agency, by a recipient',
      delivered(await wrap({ by: sibling, ...toStranger })),
      'rewrap.other-agency',
      { self: stranger },
    ],
    [
      "for the sender's agency, by a recipient",
      delivered(await wrap({ by: sibling, device: only(xa.devices, 1) })),
      'rewrap.other-agency',
      { self: only(xa.devices, 1) },
    ],
    [
      'for the sender itself',
      delivered(await wrap({ by: sibling, device: sender })),
      'envelope.reflected',
      { self: sender },
    ],
    ['for a device that was not there', delivered(await wrap({ dir: early })), 'recipient.ghost'],
    ['without a directory', delivered(await wrap({ dir: {} })), 'recipient.ghost'],
    ['from a later directory', delivered(await wrap({ dir: { [xb.agency]: [99, original.eh] } })), 'directory.behind'],
    ['from another directory', delivered(await wrap({ dir: { [xb.agency]: [1, original.eh] } })), 'directory.forked'],
    [
      'from the future',
      delivered(await wrap({ change: { ts: NOW_MS + 3000 + LIMITS.clockAheadMs } })),
      'envelope.time',
    ],
    ['with another key', delivered(await wrap({ contentKey: new Uint8Array(32) })), 'envelope.decryption'],
    ['to a day that is gone', delivered(honest), 'envelope.key-gone', { epochSecret: () => undefined }],
  ];
  for (const [what, bytes, code, opening] of cases) await t.rejects(open(bytes, opening), { code }, what);
  const both = delivered(await wrap({ by: stranger }), original, undefined, 'ct');
  await t.rejects(open(both), { code: 'envelope.signature' }, 'the original comes first');
});

t.test('every byte of a rewrap matters', async (t) => {
  const bytes = delivered(await wrap());
  let refused = 0;
  for (let offset = 0; offset < bytes.length; offset += 11) {
    const tampered = Uint8Array.from(bytes);
    tampered[offset] = (tampered[offset] ?? 0) ^ (1 << (offset % 8));
    const error: unknown = await open(tampered).catch((cause: unknown) => cause);
    const isTyped =
      error instanceof DirectoryAlarm ||
      isProtocolError(error) ||
      (error instanceof Error && error.name === 'KeysError');
    if (!isTyped) t.fail(`byte ${offset} was not refused with a typed error`, { error });
    refused += 1;
  }
  t.ok(refused > 300, `${refused} places`);
  t.throws(() => inspectItem('rewrapped', bytes.subarray(0, 40)), { code: 'encoding.truncated' });
  const self = encodeSubmittedRewrap(await wrap({ change: { device: sender.device } }));
  t.throws(() => parseRewrap(decodeSubmittedRewrap(self).rewrap), { code: 'rewrap.malformed' });
  t.equal(toHash(sha256(bytes)).length, 43);
});

/** The honest relay, with somebody in between who changes what it sends. */
function between(
  url: string,
  lies: { frame?: (frame: Frame) => readonly Frame[]; isHiding?: boolean },
): RelayTransport {
  const honest = httpTransport(url);
  let agencies: Awaited<ReturnType<RelayTransport['request']>> | undefined;
  return {
    ...honest,
    request: async (asked) => {
      const response = await honest.request(asked);
      if (asked.path !== '/v1/agencies') return response;
      if (lies.isHiding !== true) agencies = response;
      return agencies ?? response;
    },
    openStream: async (options) => {
      const socket = await honest.openStream(options);
      async function* frames() {
        for await (const bytes of socket.frames)
          for (const frame of lies.frame?.(decodeFrame(bytes)) ?? [decodeFrame(bytes)]) yield encodeFrame(frame);
      }
      const lying: FrameSocket = {
        ...socket,
        send: (frame) => socket.send(frame),
        close: () => socket.close(),
        frames: frames(),
      };
      return lying;
    },
  };
}

t.test('a relay that spoils, repeats and withholds: each message is seen once, what is refused is kept', async (t) => {
  const network = await makeTestNetwork();
  t.teardown(() => network.close());
  const a = await network.open(XA);
  await a.online({ signal: soon() });
  const alerts = await threeAlerts(a);
  const seenByA = watchDesk(a);
  await a.close();
  await lose(network, XB, 'gateway');
  await enrolIn(network, XB, 'second');

  const lies: Parameters<typeof between>[1] = {};
  const b = await network.open(XB, { device: 'second', transport: between(network.url, lies) });
  const seenByB = watchDesk(b);
  await b.caughtUp({ signal: soon() });
  const kinds: string[] = [];
  lies.frame = (frame) => {
    if (frame.type !== 'delivery') return [frame];
    const delivery = decodeDelivery(frame.payload);
    kinds.push(delivery.item);
    const bytes = Uint8Array.from(delivery.bytes);
    // The first byte of the signature of the rewrap.
    const at = 4 + new DataView(bytes.buffer).getUint32(0) + 4;
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    return [{ ...frame, payload: encodeDelivery({ ...delivery, bytes }) }, frame, frame];
  };
  const again = await network.open(XA);
  t.strictSame(await readInboxOf(b, 3), alerts, 'all three, in order, each once');
  t.strictSame([...new Set(kinds)], ['rewrapped']);
  t.strictSame(
    seenByB.alarms.flatMap((event) =>
      event.event === 'alarm' && event.code === 'envelope.refused' ? [event.detail.code] : [],
    ),
    ['rewrap.signature', 'rewrap.signature', 'rewrap.signature'],
  );
  t.strictSame(seenByA.alarms, []);
  await again.close();
});

t.test('a rewrap from a newer directory than the relay shows waits here until it is shown', async (t) => {
  const network = await makeTestNetwork();
  t.teardown(() => network.close());
  const before = await network.open(XA);
  await before.online({ signal: soon() });
  const alerts = await threeAlerts(before);
  await before.close();
  await lose(network, XB, 'gateway');
  await enrolIn(network, XB, 'second');
  const lies: Parameters<typeof between>[1] = {};
  const b = await network.open(XB, { device: 'second', transport: between(network.url, lies) });
  await b.caughtUp({ signal: soon() });
  lies.isHiding = true;
  await enrolIn(network, XB, 'third');
  const held = new Promise<void>((resolve) => {
    let count = 0;
    b.on((event) => {
      if (event.event === 'alarm' && event.code === 'envelope.refused' && ++count === alerts.length) resolve();
    });
  });
  await network.open(XA);
  await held;
  t.equal(b.cases().length, 0, 'nothing is believed yet');
  lies.isHiding = false;
  await b.find({}, { signal: soon() });
  t.strictSame(await readInboxOf(b, 3), alerts, 'nothing was lost, and the order is that of arrival');
});
