/**
 * Golden vectors of the rewrap: the first golden envelope given to one more device, by its sender and by a recipient. Composed here once
 * more from the specification (36), so that they check `rewrapEnvelope` and `openRewrapped` rather than repeat them.
 */
import { hpkeSuite, signDetached, xwingEncapsulateDeterministic } from '@holdfast/keys';
import { sha256 } from '@holdfast/keys/verify';
import { canonicalBytes, concat, fromUtf8, prefixed, toBase64url, u32be, utf8 } from '@holdfast/protocol';
import { goldenChains } from './chain.js';
import { envelopeVector } from './envelope.js';
import { deviceIdOf, epochKeyOf, FIRST_DAY, ISSUED_AT_MS, seedOf, signingKeyOf } from './fixtures.js';
import { goldenFederation } from './trust-list.js';

const ADDED = 'xb-fiu/device-3';
const MAKERS = ['xa-fiu/device-1', 'xb-fiu/device-2'] as const;
const TS = ISSUED_AT_MS + 2 * 86_400_000;

interface Original {
  readonly eh: string;
  readonly ch: string;
  readonly contentKey: string;
  readonly submitted: string;
}

const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64url'));

/** The original as delivered to the added device: `stanza` in the place of its own. */
function deliveredWith(submitted: Uint8Array, stanza: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let offset = 0; offset < submitted.length; ) {
    const length = new DataView(submitted.buffer, submitted.byteOffset + offset, 4).getUint32(0);
    parts.push(submitted.subarray(offset + 4, offset + 4 + length));
    offset += 4 + length;
  }
  const [core, stanzas, sig, ct] = parts;
  if (core === undefined || stanzas === undefined || sig === undefined || ct === undefined)
    throw new Error('An envelope has four parts.');
  const hashes: Uint8Array[] = [];
  for (let offset = 0; offset < stanzas.length; offset += 1168)
    hashes.push(sha256(stanzas.subarray(offset, offset + 1168)));
  return concat(prefixed(core), prefixed(concat(...hashes)), prefixed(stanza), prefixed(sig), prefixed(ct));
}

async function wrapGolden(by: string, original: Original, dir: object): Promise<object> {
  const { day, key } = epochKeyOf(ADDED, FIRST_DAY + 2);
  const device = deviceIdOf(ADDED);
  const info = concat(
    utf8('holdfast/stanza/v1\0'),
    bytesOf(original.ch),
    sha256(concat(utf8(device), new Uint8Array(1), key)),
  );
  const encapsulationSeed = concat(seedOf(`rewrap/${by}/encapsulation 1`), seedOf(`rewrap/${by}/encapsulation 2`));
  const suite = hpkeSuite((publicKey) => xwingEncapsulateDeterministic(publicKey, encapsulationSeed));
  const { encapsulatedSecret, ciphertext } = await suite.Seal(
    await suite.DeserializePublicKey(key),
    bytesOf(original.contentKey),
    { info, aad: new Uint8Array() },
  );
  const stanza = concat(encapsulatedSecret, ciphertext);
  const rewrap = canonicalBytes({
    v: 1,
    fed: goldenFederation(),
    eh: original.eh,
    by: deviceIdOf(by),
    device,
    epochKey: toBase64url(concat(u32be(day), sha256(key))),
    stanzaHash: toBase64url(sha256(stanza)),
    dir,
    ts: TS,
  });
  const sig = signDetached(concat(utf8('holdfast/rewrap/v1\0'), rewrap), signingKeyOf(by));
  const submitted = concat(prefixed(rewrap), prefixed(sig), prefixed(stanza));
  const delivered = concat(submitted, deliveredWith(bytesOf(original.submitted), stanza));
  return {
    by,
    byKey: toBase64url(signingKeyOf(by).publicKey),
    rewrap: fromUtf8(rewrap),
    submitted: toBase64url(submitted),
    deliveredSha256: toBase64url(sha256(delivered)),
  };
}

export async function rewrapVector(): Promise<object> {
  const { envelopes } = (await envelopeVector()) as { envelopes: readonly Original[] };
  const [original] = envelopes;
  if (original === undefined) throw new Error('There is no golden envelope.');
  const chains = await goldenChains();
  const dir = Object.fromEntries(chains.map(({ chain }) => [chain.agency, [chain.seq, chain.head]]));
  const rewraps: object[] = [];
  for (const by of MAKERS) rewraps.push(await wrapGolden(by, original, dir));
  return {
    about:
      'Rewraps (spec 36) of the first envelope of envelope.json, by its sender and by a recipient, for xb-fiu/device-3, which chain.json does not have: take it as listed. `submitted`, followed by the original in its delivered form with the stanza of the rewrap, has the SHA-256 that is given, and opens with `epochSeed` (X-Wing secret key). Each of `refused` flips the lowest bit of one byte of the first one as delivered, in the rewrap (`find`: the byte after that text), its signature or its stanza (of the rewrap, of the envelope or, `both`, of the two alike), and is refused with that code of spec 36.',
    eh: original.eh,
    device: deviceIdOf(ADDED),
    epochSeed: toBase64url(epochKeyOf(ADDED, FIRST_DAY + 2).seed),
    rewraps,
    refused: [
      { why: 'a time in the rewrap', part: 'rewrap', find: '"ts":1767', code: 'rewrap.signature' },
      { why: 'the signature', part: 'sig', byte: 0, code: 'rewrap.signature' },
      { why: 'the stanza of the rewrap', part: 'stanza', byte: 1167, code: 'rewrap.misdirected' },
      { why: 'the stanza of the envelope', part: 'inner', byte: 1167, code: 'rewrap.misdirected' },
      { why: 'both stanzas', part: 'both', byte: 1167, code: 'rewrap.misdirected' },
    ],
  };
}
