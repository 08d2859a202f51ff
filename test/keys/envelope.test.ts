import {
  hpkeSeal,
  inspectEnvelope,
  isKeysError,
  type OpenedEnvelope,
  openEnvelope,
  type SealRequest,
  sealEnvelope,
  signDetached,
  stanzaKeyHash,
} from '@holdfast/keys';
import { sha256 } from '@holdfast/keys/verify';
import {
  canonicalBytes,
  coreHash,
  decodeSubmitted,
  encodeDelivered,
  encodeSubmitted,
  envelopeSigningBytes,
  epochKeyNameBytes,
  type Hash,
  isProtocolError,
  stanzaInfo,
  stanzasHash,
  toBase64url,
  toConversationId,
  toEnvelopeId,
} from '@holdfast/protocol';
import fc from 'fast-check';
import t from 'tap';
import {
  type FixtureDevice,
  type FixtureFederation,
  makeFederation,
  NOW_MS,
  only,
  recipientKey,
} from '../fixtures/federation.js';
import { bareManifest } from '../fixtures/manifest.js';

const BODY = canonicalBytes({ text: 'Account GB29NWBK60161331926819 is being emptied.', writtenAtMs: NOW_MS });

const federation = await makeFederation([
  { agency: 'xa-fiu', devices: 1 },
  { agency: 'xb-fiu', devices: 2 },
]);
const sender = only(only(federation.agencies).devices);
const recipients = only(federation.agencies, 1).devices;

function request(overrides: Partial<SealRequest> = {}): SealRequest {
  const conversation = toConversationId(new Uint8Array(16).fill(7));
  const manifest = bareManifest(
    conversation,
    federation.agencies.map(({ agency }) => agency),
  );
  return {
    fed: federation.fed,
    id: toEnvelopeId(new Uint8Array(16).fill(1)),
    from: sender.device,
    signingKey: sender.key,
    to: recipients.map(recipientKey),
    dir: Object.fromEntries(
      federation.agencies.map(({ agency, chain }) => [agency, [chain.seq, chain.head ?? ('' as Hash)]]),
    ),
    atMs: NOW_MS,
    expiresAtMs: NOW_MS + 86_400_000,
    priority: 'routine',
    manifest,
    body: BODY,
    padding: { kind: 'padme' },
    ...overrides,
  };
}

/** What the relay makes of a submission for one recipient. */
function delivered(submitted: Uint8Array, index: number): Uint8Array {
  const { core, stanzas, sig, ct } = decodeSubmitted(submitted);
  return encodeDelivered({ core, stanzaHashes: stanzas.map(sha256), stanza: only(stanzas, index), sig, ct });
}

async function open(
  bytes: Uint8Array,
  self: FixtureDevice,
  world: Pick<FixtureFederation, 'fed'> = federation,
): Promise<OpenedEnvelope> {
  return await openEnvelope(inspectEnvelope(bytes), {
    fed: world.fed,
    self: self.device,
    nowMs: NOW_MS,
    senderKey: () => sender.key.publicKey,
    checkRecipients: () => undefined,
    epochSecret: (name) => {
      const pair = self.epochKeys.find(
        ({ day, publicKey }) => toBase64url(epochKeyNameBytes(sha256, day, publicKey)) === name,
      );
      return pair === undefined ? undefined : { publicKey: pair.publicKey, secret: pair.secret };
    },
  });
}

const inOrder = [...recipients].sort((a, b) => (a.device < b.device ? -1 : 1));

t.test('every addressed device opens the envelope and reads what was sealed', async (t) => {
  const sealed = await sealEnvelope(request());
  for (const [index, self] of inOrder.entries()) {
    const opened = await open(delivered(sealed.bytes, index), self);
    t.same(opened.body, BODY);
    t.equal(opened.eh, sealed.eh);
    t.same(opened.manifest, sealed.manifest);
  }
});

t.test('every byte of a delivered envelope matters: flipping any one is refused', async (t) => {
  const sealed = await sealEnvelope(request());
  const bytes = delivered(sealed.bytes, 0);
  const self = only(inOrder);
  const codes = new Set<string>();
  // Every byte of the headers and hashes, and a stride through the long parts that still meets each of their regions.
  for (let offset = 0; offset < bytes.length; offset += offset < 1200 ? 1 : 7) {
    const tampered = Uint8Array.from(bytes);
    tampered[offset] = (tampered[offset] ?? 0) ^ (1 << (offset % 8));
    const error: unknown = await open(tampered, self).then(
      () => undefined,
      (cause: unknown) => cause,
    );
    if (isKeysError(error) || isProtocolError(error)) codes.add(error.code);
    else t.fail(`byte ${offset} was not refused with a typed error`, { error });
  }
  t.ok(codes.has('envelope.signature'), 'most changes break the signature');
  t.ok(codes.has('envelope.misdirected'), 'a changed stanza is not the signed one');
});

t.test('truncated, extended, swapped and foreign envelopes are refused', async (t) => {
  const [first, second] = [
    await sealEnvelope(request()),
    await sealEnvelope(request({ id: toEnvelopeId(new Uint8Array(16).fill(2)) })),
  ];
  const self = only(inOrder);
  const bytes = delivered(first.bytes, 0);
  for (const length of [0, 3, 4, 100, bytes.length - 1]) {
    t.throws(() => inspectEnvelope(bytes.subarray(0, length)), `cut to ${length}`);
  }
  t.throws(() => inspectEnvelope(Uint8Array.from([...bytes, 0])), { code: 'encoding.malformed' });
  await t.rejects(open(delivered(first.bytes, 1), self), { code: 'envelope.misdirected' }, "another device's stanza");
  const a = decodeSubmitted(first.bytes);
  const b = decodeSubmitted(second.bytes);
  const mixed = encodeDelivered({ ...a, ct: b.ct, stanzaHashes: a.stanzas.map(sha256), stanza: only(a.stanzas) });
  await t.rejects(open(mixed, self), { code: 'envelope.signature' }, "another envelope's ciphertext");
  await t.rejects(open(bytes, self, { fed: toBase64url(new Uint8Array(32)) as FixtureFederation['fed'] }), {
    code: 'envelope.other-federation',
  });
  await t.rejects(open(bytes, sender), { code: 'envelope.reflected' });
});

t.test(
  'two plaintexts under one envelope: a sender who wraps another content key to one device is refused there',
  async (t) => {
    const sealed = await sealEnvelope(request());
    const { core, stanzas, ct } = decodeSubmitted(sealed.bytes);
    const victim = only(inOrder, 1);
    const { publicKey } = only(victim.epochKeys);
    const info = stanzaInfo(coreHash(sha256, core), stanzaKeyHash(victim.device, publicKey));
    const other = await hpkeSeal({ publicKey, info, plaintext: new Uint8Array(32).fill(3) });
    const both = [only(stanzas), other];
    const digests = {
      ch: coreHash(sha256, core),
      stanzasHash: stanzasHash(sha256, both.map(sha256)),
      ctHash: sha256(ct),
    };
    const sig = signDetached(envelopeSigningBytes(digests), sender.key);
    const forked = encodeSubmitted({ core, stanzas: both, sig, ct });
    t.same((await open(delivered(forked, 0), only(inOrder))).body, BODY, 'the others read the one plaintext');
    // The ciphertext commits to its key: under another one there is nothing to read, not something else.
    await t.rejects(open(delivered(forked, 1), victim), { code: 'envelope.decryption' });
  },
);

t.test('a manifest cannot be moved to another envelope, nor a body under another manifest', async (t) => {
  const signedByAnother = await sealEnvelope(request({ signingKey: only(recipients).key }));
  await t.rejects(open(delivered(signedByAnother.bytes, 0), only(inOrder)), { code: 'envelope.signature' });
});

t.test('the day key is gone: a code of its own, so that the user can ask for it again', async (t) => {
  const sealed = await sealEnvelope(request());
  const self = only(inOrder);
  await t.rejects(open(delivered(sealed.bytes, 0), { ...self, epochKeys: [] }), { code: 'envelope.key-gone' });
});

t.test('approve and refuse look alike: one bucket gives one length, whatever the body', async (t) => {
  const lengths = new Set<number>();
  for (const size of [10, 200, 5000]) {
    const body = canonicalBytes({ text: 'x'.repeat(size) });
    lengths.add((await sealEnvelope(request({ body, padding: { kind: 'bucket', bytes: 16_384 } }))).bytes.length);
  }
  t.equal(lengths.size, 1);
  await t.rejects(sealEnvelope(request({ body: new Uint8Array(20_000), padding: { kind: 'bucket', bytes: 16_384 } })), {
    code: 'suite.padding-overflow',
  });
});

t.test('any body comes back as it went in', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 40_000 }), async (body) => {
      const sealed = await sealEnvelope(request({ body }));
      const opened = await open(delivered(sealed.bytes, 0), only(inOrder));
      return Buffer.from(opened.body).equals(body);
    }),
    { numRuns: 20 },
  );
});
