/**
 * Golden vectors of the sealed envelope. Composed here once more from the specification, with fixed randomness, so that they
 * check `sealEnvelope` and `openEnvelope` rather than repeat them.
 */
import {
  encryptChunked,
  hpkeSuite,
  type Padding,
  paddedLength,
  signCompactJws,
  signDetached,
  xwingEncapsulateDeterministic,
} from '@holdfast/keys';
import { sha256 } from '@holdfast/keys/verify';
import { canonicalBytes, concat, fromUtf8, prefixed, toBase64url, u32be, utf8 } from '@holdfast/protocol';
import { type GoldenChain, goldenChains } from './chain.js';
import { deviceIdOf, epochKeyOf, FIRST_DAY, ISSUED_AT_MS, idOf, seedOf, signingKeyOf } from './fixtures.js';
import { goldenFederation } from './trust-list.js';

const SENDER = 'xa-fiu/device-1';
const RECIPIENTS = ['xa-fiu/device-2', 'xb-fiu/device-1', 'xb-fiu/device-2'] as const;
const DAY_MS = 86_400_000;

interface GoldenMessage {
  readonly name: string;
  readonly kind: string;
  readonly prio: string;
  readonly lifeDays: number;
  readonly body: object;
  readonly padding: Padding;
}

const MESSAGES: readonly GoldenMessage[] = [
  {
    name: 'note',
    kind: 'note',
    prio: 'routine',
    lifeDays: 60,
    padding: { kind: 'padme' },
    body: { text: 'Zażółć gęślą jaźń, 汉字, \u{1F50F}' },
  },
  {
    name: 'answer',
    kind: 'freeze.acknowledge',
    prio: 'flash',
    lifeDays: 30,
    padding: { kind: 'bucket', bytes: 16_384 },
    body: { text: 'acknowledged' },
  },
];

const hashText = (...parts: readonly Uint8Array[]): string => toBase64url(sha256(concat(...parts)));

async function sealGolden(message: GoldenMessage, chains: readonly GoldenChain[]): Promise<object> {
  const seed = (what: string): Uint8Array => seedOf(`envelope/${message.name}/${what}`);
  const recipients = RECIPIENTS.map((name) => ({
    name,
    device: deviceIdOf(name),
    ...epochKeyOf(name, FIRST_DAY + 1),
  })).sort((a, b) => (a.device < b.device ? -1 : 1));
  const ts = ISSUED_AT_MS + DAY_MS;
  const core = canonicalBytes({
    v: 1,
    suite: 'HF1',
    fed: goldenFederation(),
    id: idOf(`envelope/${message.name}`),
    from: deviceIdOf(SENDER),
    to: recipients.map(({ device, day, key }) => [device, toBase64url(concat(u32be(day), sha256(key)))]),
    dir: Object.fromEntries(chains.map(({ chain }) => [chain.agency, [chain.seq, chain.head]])),
    ts,
    exp: ts + message.lifeDays * DAY_MS,
    prio: message.prio,
  });
  const ch = sha256(concat(utf8('holdfast/core/v1\0'), core));
  const body = canonicalBytes(message.body);
  const salt = seed('salt');
  const manifest = canonicalBytes({
    ch: toBase64url(ch),
    conversation: idOf(`conversation/${message.name}`),
    rosterHash: hashText(utf8('holdfast/roster/v1\0'), utf8('["xa-fiu","xb-fiu"]')),
    sq: 0,
    prev: null,
    seen: {},
    on: [],
    kind: message.kind,
    caseRef: null,
    bodyHash: hashText(utf8('holdfast/body/v1\0'), salt, body),
    salt: toBase64url(salt),
    termsHash: null,
    attachments: [],
    actor: null,
    actorSig: null,
    approvedUntil: null,
    approvals: [],
    checkpoints: [],
  });
  const jws = await signCompactJws(manifest, 'holdfast.manifest.v1+jws', signingKeyOf(SENDER));
  const packed = concat(prefixed(utf8(jws)), prefixed(body));
  const plaintext = concat(packed, new Uint8Array(paddedLength(packed.length, message.padding) - packed.length));
  const contentKey = seed('content key');
  const chunkedSalt = seed('chunked salt').subarray(0, 24);
  const ct = encryptChunked({ key: contentKey, context: ch, plaintext, salt: chunkedSalt });
  const stanzas: Uint8Array[] = [];
  for (const { name, device, key } of recipients) {
    const info = concat(utf8('holdfast/stanza/v1\0'), ch, sha256(concat(utf8(device), new Uint8Array(1), key)));
    const encapsulationSeed = concat(seed(`${name}/encapsulation 1`), seed(`${name}/encapsulation 2`));
    const suite = hpkeSuite((publicKey) => xwingEncapsulateDeterministic(publicKey, encapsulationSeed));
    const { encapsulatedSecret, ciphertext } = await suite.Seal(await suite.DeserializePublicKey(key), contentKey, {
      info,
      aad: new Uint8Array(),
    });
    stanzas.push(concat(encapsulatedSecret, ciphertext));
  }
  const stanzaHashes = stanzas.map(sha256);
  const H = sha256(concat(...stanzaHashes));
  const signed = concat(ch, H, sha256(ct));
  const sig = signDetached(concat(utf8('holdfast/envelope/v1\0'), signed), signingKeyOf(SENDER));
  return {
    name: message.name,
    core: fromUtf8(core),
    ch: toBase64url(ch),
    manifest: fromUtf8(manifest),
    jws,
    body: fromUtf8(body),
    plaintextBytes: plaintext.length,
    contentKey: toBase64url(contentKey),
    chunkedSalt: toBase64url(chunkedSalt),
    stanzasHash: toBase64url(H),
    ctHash: hashText(ct),
    eh: hashText(utf8('holdfast/envelope-hash/v1\0'), signed),
    submitted: toBase64url(concat(prefixed(core), prefixed(concat(...stanzas)), prefixed(sig), prefixed(ct))),
    recipients: recipients.map(({ device, day, seed: epochSeed }, index) => ({
      device,
      day,
      epochSeed: toBase64url(epochSeed),
      deliveredSha256: hashText(
        prefixed(core),
        prefixed(concat(...stanzaHashes)),
        prefixed(stanzas[index] ?? new Uint8Array()),
        prefixed(sig),
        prefixed(ct),
      ),
    })),
  };
}

/** One flipped bit each, in the parts of what the first recipient of the first envelope is delivered. */
const REFUSED = [
  { why: 'a time in the core', part: 'core', find: '"ts":1767312', step: 3 },
  { why: "the hash of another device's stanza", part: 'stanzaHashes', byte: 95, step: 3 },
  { why: 'the own stanza', part: 'stanza', byte: 1167, step: 3 },
  { why: 'the signature', part: 'sig', byte: 0, step: 3 },
  { why: 'the ciphertext', part: 'ct', byte: 100, step: 3 },
] as const;

export async function envelopeVector(): Promise<object> {
  const chains = await goldenChains();
  const envelopes: object[] = [];
  for (const message of MESSAGES) envelopes.push(await sealGolden(message, chains));
  return {
    about:
      'Sealed envelopes (spec 31 to 34) under chain.json. `submitted` opens with the `epochSeed` (X-Wing secret key) of each recipient, once brought into the delivered form, whose SHA-256 is given. Bodies need not fit the schema of their kind. Each of `refused` flips the lowest bit of one byte of the named part of what recipients[0] of the first envelope is delivered (`find`: the byte after that text) and is refused at that step of spec 33.',
    senderKey: toBase64url(signingKeyOf(SENDER).publicKey),
    envelopes,
    refused: REFUSED,
  };
}
