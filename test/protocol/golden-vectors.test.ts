/**
 * The golden vectors: the committed files are what the fixed seeds give, the implementation accepts and opens what they hold
 * and refuses what they say is refused, and every hash in them follows from the specification with node:crypto alone.
 */
import { createHash, createHmac } from 'node:crypto';
import { inspectEnvelope, inspectRewrapped, openEnvelope, openRewrapped, xwingKeyPairFromSeed } from '@holdfast/keys';
import {
  type AcceptedEpochBatch,
  type AcceptedTrustList,
  type AgencyChain,
  acceptEpochBatch,
  acceptTrustList,
  extendChain,
  type FingerprintSubject,
  isKeysError,
  rootFingerprint,
  rootsOf,
  sha256,
  startChain,
  verifyEpochKey,
  verifyReceipt,
  verifySignature,
} from '@holdfast/keys/verify';
import {
  type AgencyId,
  type ApprovedAct,
  approvalBytes,
  concat,
  type DeliveredEnvelope,
  decodeSubmitted,
  decodeSubmittedRewrap,
  encodeDelivered,
  encodeDeliveredRewrap,
  type FederationId,
  fromBase64url,
  type Hash,
  isProtocolError,
  MS_PER_DAY,
  parseCanonical,
  parseReceipt,
  type SubmittedRewrap,
  toBase64url,
  utf8,
} from '@holdfast/protocol';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import t from 'tap';
import { GOLDEN_VECTORS } from '../tools/golden/index.js';
import { type GoldenEnvelope, goldenText, readGolden, type TrustListVector } from './golden-files.js';

const hash = (...parts: (string | Uint8Array)[]): string => {
  const h = createHash('sha256');
  for (const part of parts) h.update(part);
  return h.digest('base64url');
};
const b64 = (value: string): Buffer => Buffer.from(value, 'base64url');

/** Is `act` refused with an error of ours? Any other error is thrown on: it would be a fault of the test or a crash. */
function refuses(act: () => unknown): boolean {
  try {
    act();
  } catch (error) {
    if (isKeysError(error) || isProtocolError(error)) return true;
    throw error;
  }
  return false;
}

t.test('the committed files are what the seeds give', async (t) => {
  for (const [name, make] of Object.entries(GOLDEN_VECTORS)) {
    t.equal(
      goldenText(name),
      `${JSON.stringify(await make(), null, 2)}\n`,
      `${name}: run node build/test/tools/golden-vectors.js`,
    );
  }
});

function replayLists({ fed, lists }: TrustListVector): AcceptedTrustList[] {
  const accepted: AcceptedTrustList[] = [];
  for (const { jws } of lists) accepted.push(acceptTrustList(accepted.at(-1), jws, fed));
  return accepted;
}

t.test('trust lists', async (t) => {
  const vector = readGolden('trust-list');
  const accepted = replayLists(vector);
  t.equal(hash('holdfast/fed/v1\0', vector.lists[0]?.payload ?? ''), vector.fed);
  for (const [index, list] of vector.lists.entries()) {
    t.equal(accepted[index]?.hash, list.hash);
    t.equal(hash('holdfast/trust-list/v1\0', list.payload), list.hash);
    t.equal(b64(list.jws.payload).toString(), list.payload);
  }
  for (const { why, after, jws } of vector.refused) {
    t.ok(
      refuses(() => acceptTrustList(accepted[after - 1], jws, vector.fed)),
      why,
    );
  }
  t.equal(vector.refused.length, 9);
});

t.test('agency chains', async (t) => {
  const trust = readGolden('trust-list');
  const vector = readGolden('chain');
  const members = replayLists(trust).at(-1)?.list.members ?? [];
  const states = new Map<string, AgencyChain>();
  for (const { agency, root, statements } of vector.chains) {
    t.strictSame(members.find((member) => member.agency === agency)?.root, root);
    let chain = startChain(agency, root, trust.fed);
    states.set(`${agency} -1`, chain);
    for (const { seq, head, payload, jws } of statements) {
      chain = extendChain(chain, jws, [root]).chain;
      states.set(`${agency} ${seq}`, chain);
      t.equal(chain.head, head);
      t.equal(hash('holdfast/statement/v1\0', payload), head);
    }
    t.equal(chain.devices.size, 2);
    t.equal(chain.revoked.size, 1);
  }
  const { salt, document } = vector.document;
  t.equal(hash('holdfast/document/v1\0', b64(salt), JSON.stringify(document)), vector.document.hash);
  for (const { why, after, jws } of vector.refused) {
    const chain = states.get(`xa-fiu ${after}`);
    t.ok(chain !== undefined && refuses(() => extendChain(chain, jws, [chain.root])), why);
  }
  t.equal(vector.refused.length, 13);
});

t.test('changes of root', async (t) => {
  const trustLists = readGolden('trust-list');
  const vector = readGolden('root');
  const accepted = replayLists({ ...trustLists, lists: [...trustLists.lists, ...vector.lists] });
  const trust = accepted.at(-1);
  if (trust === undefined) throw new Error('There are no golden lists.');
  const states = new Map<string, AgencyChain>();
  for (const { agency, root, statements } of readGolden('chain').chains) {
    let chain = startChain(agency, root, trust.fed);
    for (const { jws } of statements) chain = extendChain(chain, jws, rootsOf(trust, agency)).chain;
    states.set(`${agency} ${chain.seq}`, chain);
    const more = vector.chains.find((continued) => continued.agency === agency);
    t.strictSame(rootsOf(trust, agency), more?.vouched);
    for (const { seq, head, payload, jws } of more?.statements ?? []) {
      chain = extendChain(chain, jws, rootsOf(trust, agency)).chain;
      states.set(`${agency} ${seq}`, chain);
      t.equal(chain.head, head);
      t.equal(hash('holdfast/statement/v1\0', payload), head);
    }
    const { rootTrust, rootSeq, archive } = chain;
    t.strictSame({ root: chain.root, rootTrust, rootSeq, archive }, more?.state);
  }
  for (const { why, agency, after, jws } of vector.refused) {
    const chain = states.get(`${agency} ${after}`);
    t.ok(chain !== undefined && refuses(() => extendChain(chain, jws, rootsOf(trust, agency))), why);
  }
  t.equal(vector.refused.length, 11);
});

t.test('epoch keys', async (t) => {
  const vector = readGolden('epoch-batch');
  const owner = { ...vector.owner, key: b64(vector.owner.key) };
  let previous: AcceptedEpochBatch | undefined;
  for (const { hash: batchHash, payload, jws, keys } of vector.batches) {
    previous = acceptEpochBatch(
      previous,
      jws,
      owner,
      keys.map(({ key }) => fromBase64url(key)),
    );
    t.equal(previous.hash, batchHash);
    t.equal(hash('holdfast/epoch-batch/v1\0', payload), batchHash);
    for (const { day, seed, key, name } of keys) {
      t.equal(toBase64url(xwingKeyPairFromSeed(fromBase64url(seed)).publicKey), key);
      const dayBytes = Buffer.alloc(4);
      dayBytes.writeUInt32BE(day);
      t.equal(Buffer.concat([dayBytes, b64(hash(b64(key)))]).toString('base64url'), name);
    }
  }
  const [first] = vector.batches;
  t.ok(
    refuses(() => acceptEpochBatch(previous, first?.jws ?? '', owner, [])),
    'the first batch does not follow the last',
  );
  for (const proof of vector.proofs) t.equal(verifyEpochKey(proof, owner).day, proof.day);
  t.equal(vector.proofs.length, 7);
  for (const { why, proof } of vector.refused)
    t.ok(
      refuses(() => verifyEpochKey(proof, owner)),
      why,
    );
  t.equal(vector.refused.length, 7);
});

const deliveredTo = (golden: GoldenEnvelope, index: number): DeliveredEnvelope => {
  const { core, stanzas, sig, ct } = decodeSubmitted(fromBase64url(golden.submitted));
  const stanzaHashes = stanzas.map((stanza) => b64(hash(stanza)));
  return { core, stanzaHashes, stanza: stanzas[index] ?? new Uint8Array(), sig, ct };
};

/** Opens the envelope as recipient `index`; the directory's verdicts are not what these vectors are about. */
async function openAs(golden: GoldenEnvelope, index: number, bytes: Uint8Array, senderKey: Uint8Array) {
  const recipient = golden.recipients[index];
  if (recipient === undefined) throw new Error('there is no such recipient');
  const pair = xwingKeyPairFromSeed(fromBase64url(recipient.epochSeed));
  const inspected = inspectEnvelope(bytes);
  return await openEnvelope(inspected, {
    fed: (JSON.parse(golden.core) as { fed: FederationId }).fed,
    self: recipient.device,
    nowMs: (JSON.parse(golden.core) as { ts: number }).ts,
    senderKey: () => senderKey,
    checkRecipients: () => undefined,
    epochSecret: () => ({ publicKey: pair.publicKey, secret: pair.secretKey }),
  });
}

t.test('envelopes', async (t) => {
  const vector = readGolden('envelope');
  const senderKey = fromBase64url(vector.senderKey);
  for (const golden of vector.envelopes) {
    const { ct } = decodeSubmitted(fromBase64url(golden.submitted));
    const signed = Buffer.concat([golden.ch, golden.stanzasHash, golden.ctHash].map(b64));
    t.equal(hash('holdfast/core/v1\0', golden.core), golden.ch);
    t.equal(hash(...deliveredTo(golden, 0).stanzaHashes), golden.stanzasHash);
    t.equal(hash(ct), golden.ctHash);
    t.equal(ct.length, golden.plaintextBytes + 56 + 16 * (Math.floor(golden.plaintextBytes / 16_384) + 1));
    t.equal(hash('holdfast/envelope-hash/v1\0', signed), golden.eh);
    const manifest = JSON.parse(golden.manifest) as { salt: string; bodyHash: string; rosterHash: string };
    t.equal(hash('holdfast/body/v1\0', b64(manifest.salt), golden.body), manifest.bodyHash);
    t.equal(hash('holdfast/roster/v1\0', '["xa-fiu","xb-fiu"]'), manifest.rosterHash);
    for (const [index, { deliveredSha256 }] of golden.recipients.entries()) {
      const bytes = encodeDelivered(deliveredTo(golden, index));
      t.equal(hash(bytes), deliveredSha256);
      const opened = await openAs(golden, index, bytes, senderKey);
      t.equal(opened.eh, golden.eh);
      t.equal(opened.jws, golden.jws);
      t.equal(Buffer.from(opened.body).toString(), golden.body);
      t.strictSame(opened.manifest, JSON.parse(golden.manifest));
    }
  }
  t.equal(vector.envelopes.length, 2);
});

t.test('envelopes with one flipped bit are refused at the signature', async (t) => {
  const vector = readGolden('envelope');
  const [golden] = vector.envelopes;
  if (golden === undefined) throw new Error('there is no envelope');
  for (const { why, part, byte, find } of vector.refused) {
    const delivered = deliveredTo(golden, 0);
    const at = find === undefined ? (byte ?? 0) : Buffer.from(delivered.core).indexOf(find) + find.length;
    const flip = (bytes: Uint8Array): Uint8Array => bytes.map((value, index) => (index === at ? value ^ 1 : value));
    const changed: DeliveredEnvelope =
      part === 'stanzaHashes'
        ? { ...delivered, stanzaHashes: splitHashes(flip(concat(...delivered.stanzaHashes))) }
        : { ...delivered, [part]: flip(delivered[part]) };
    await t.rejects(
      openAs(golden, 0, encodeDelivered(changed), fromBase64url(vector.senderKey)),
      { code: /^envelope\.(signature|misdirected)$/ },
      why,
    );
  }
  t.equal(vector.refused.length, 5);
});

/** BIP-39 by its text: the bytes, then the first 4 bits of their SHA-256, eleven bits a word. */
function bip39(entropy: Uint8Array): string {
  const sum = createHash('sha256').update(entropy).digest();
  const bits = [...entropy, sum[0] ?? 0].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return Array.from({ length: 12 }, (_, i) => wordlist[Number.parseInt(bits.slice(11 * i, 11 * i + 11), 2)]).join(' ');
}

const splitHashes = (bytes: Uint8Array): Uint8Array[] =>
  Array.from({ length: bytes.length / 32 }, (_, index) => bytes.subarray(32 * index, 32 * index + 32));

t.test('fingerprints', async (t) => {
  const { fingerprints } = readGolden('fingerprint');
  for (const { subject, digits, words } of fingerprints) {
    const sum = createHash('sha512').update('holdfast/fingerprint/v1\0').update(subject).digest();
    const groups = Array.from({ length: 12 }, (_, i) => String(sum.readUIntBE(5 * i, 5) % 100_000).padStart(5, '0'));
    t.equal(digits, groups.join(' '));
    t.equal(words, bip39(sum.subarray(0, 16)));
    t.strictSame(rootFingerprint(JSON.parse(subject) as FingerprintSubject), { digits, words });
  }
  t.equal(fingerprints.length, 3);
});

/** Opens what the added device is delivered; the directory lists it with the second recipient's agency. */
async function openAdded(bytes: Uint8Array, byKey: string) {
  const { device, epochSeed } = readGolden('rewrap');
  const { envelopes, senderKey } = readGolden('envelope');
  const [golden] = envelopes;
  if (golden === undefined) throw new Error('there is no envelope');
  const core = JSON.parse(golden.core) as { fed: FederationId; ts: number };
  const pair = xwingKeyPairFromSeed(fromBase64url(epochSeed));
  const inspected = inspectRewrapped(bytes);
  return await openRewrapped(inspected, {
    fed: core.fed,
    self: device,
    nowMs: core.ts + 2 * MS_PER_DAY,
    senderKey: () => fromBase64url(senderKey),
    rewrapperKey: () => fromBase64url(byKey),
    checkRecipients: () => undefined,
    agencyAt: () => 'xb-fiu' as AgencyId,
    epochSecret: () => ({ publicKey: pair.publicKey, secret: pair.secretKey }),
  });
}

t.test('rewraps', async (t) => {
  const vector = readGolden('rewrap');
  const [golden] = readGolden('envelope').envelopes;
  if (golden === undefined) throw new Error('there is no envelope');
  const deliveredOf = (wrapped: SubmittedRewrap, inner = wrapped.stanza): Uint8Array =>
    encodeDeliveredRewrap({
      ...wrapped,
      envelope: encodeDelivered({ ...deliveredTo(golden, 0), stanza: inner }),
    });
  for (const { submitted, rewrap, byKey, deliveredSha256 } of vector.rewraps) {
    const wrapped = decodeSubmittedRewrap(fromBase64url(submitted));
    t.equal(Buffer.from(wrapped.rewrap).toString(), rewrap);
    t.equal((JSON.parse(rewrap) as { stanzaHash: string }).stanzaHash, hash(wrapped.stanza));
    const bytes = deliveredOf(wrapped);
    t.equal(hash(bytes), deliveredSha256);
    const opened = await openAdded(bytes, byKey);
    t.equal(opened.eh, vector.eh);
    t.equal(opened.eh, golden.eh);
    t.equal(Buffer.from(opened.body).toString(), golden.body);
    t.equal(opened.jws, golden.jws);
  }
  t.equal(vector.rewraps.length, 2);
  const [first] = vector.rewraps;
  const wrapped = decodeSubmittedRewrap(fromBase64url(first?.submitted ?? ''));
  for (const { why, part, byte, find, code } of vector.refused) {
    const at = find === undefined ? (byte ?? 0) : Buffer.from(wrapped.rewrap).indexOf(find) + find.length;
    const flip = (bytes: Uint8Array): Uint8Array => bytes.map((value, index) => (index === at ? value ^ 1 : value));
    const isOuter = part !== 'inner';
    const name = part === 'both' || part === 'inner' ? 'stanza' : part;
    const changed = isOuter ? { ...wrapped, [name]: flip(wrapped[name]) } : wrapped;
    const inner = part === 'both' || part === 'inner' ? flip(wrapped.stanza) : wrapped.stanza;
    await t.rejects(openAdded(deliveredOf(changed, inner), first?.byKey ?? ''), { code }, why);
  }
  t.equal(vector.refused.length, 5);
});

t.test('receipts', async (t) => {
  const vector = readGolden('receipt');
  const relayKey = fromBase64url(vector.relayKey);
  for (const [index, receipt] of vector.receipts.entries()) {
    verifyReceipt(parseReceipt(receipt), { eh: receipt.eh, origin: receipt.origin, relayKey });
    const event = b64(hash(vector.events[index] ?? ''));
    const mac = createHmac('sha256', b64(receipt.opening)).update('holdfast-audit/v1\0').update(event).digest();
    t.equal(Buffer.concat([Buffer.from([1, 0]), mac]).toString('base64url'), receipt.leaf);
    const entry = JSON.stringify({
      eh: receipt.eh,
      leafHash: hash(Uint8Array.of(0), b64(receipt.leaf)),
      ts: receipt.atMs,
    });
    t.equal(entry, vector.entries[index]);
  }
  const [a, b, c] = vector.entries.map((entry) => b64(hash(Uint8Array.of(0), utf8(entry))));
  if (a === undefined || b === undefined || c === undefined) throw new Error('a batch of three is expected');
  const node = (left: Uint8Array, right: Uint8Array): Buffer => b64(hash(Uint8Array.of(1), left, right));
  const [first] = vector.receipts;
  t.equal(node(node(a, b), c).toString('base64url'), first?.batch.root);
  for (const { why, receipt } of vector.refused) {
    const expected = { eh: first?.eh ?? ('' as Hash), origin: first?.origin ?? '', relayKey };
    t.ok(
      refuses(() => verifyReceipt(parseReceipt(receipt), expected)),
      why,
    );
  }
  t.equal(vector.refused.length, 9);
});

t.test('approval bytes', async (t) => {
  const vector = readGolden('approval');
  const payload = parseCanonical(utf8(vector.payload));
  if (!isActPayload(payload)) throw new Error('The payload has no id.');
  const { exp, ...act } = payload;
  const bytes = approvalBytes(sha256, { ...act, approvedUntil: exp, attachments: [...vector.attachments] });
  t.equal(
    Buffer.from(bytes).toString(),
    `holdfast/approval/v1\0${vector.payload}`,
    'the implementation makes the same bytes',
  );
  t.equal(hash(bytes), vector.sha256);
  t.equal(hash('holdfast/body/v1\0', b64(vector.salt), vector.body), act.bodyHash);
  for (const { key, sig } of [vector.actor, vector.approver])
    t.ok(verifySignature(fromBase64url(sig), bytes, fromBase64url(key)));
  t.equal(vector.actor.officer, act.drafter);
});

const isActPayload = (value: unknown): value is Omit<ApprovedAct, 'approvedUntil' | 'attachments'> & { exp: number } =>
  typeof value === 'object' && value !== null && 'exp' in value;
