// Suite HF1: HPKE with X-Wing and the chunked body against public vectors; streams, tampering, padding.
import { createHash } from 'node:crypto';
import { inflateSync } from 'node:zlib';
import {
  BUCKET_BYTES,
  CHUNK_BYTES,
  CHUNKED_HEADER_BYTES,
  type ChunkTransform,
  chunkedCiphertextLength,
  chunkedDecryptor,
  chunkedEncryptor,
  chunkedPlaintextLength,
  chunkedRange,
  decryptChunkAt,
  decryptChunked,
  encryptChunked,
  generateXwingKeyPair,
  hpkeOpen,
  hpkeSeal,
  isKeysError,
  PADME_MIN_BYTES,
  paddedLength,
  padmeLength,
  randomBytes,
  SEALED_CHUNK_BYTES,
  STANZA_BYTES,
  XWING,
  xwingEncapsulateDeterministic,
  xwingKeyPairFromSeed,
} from '@holdfast/keys';
import fc from 'fast-check';
import t from 'tap';
import { chunkNonce, openChunks } from '#keys/suite/chunk-cipher.js';
import { hpkeSuite } from '#keys/suite/hpke.js';
import { publicXwingKey, secretXwingKey } from '#keys/suite/hpke-adapter.js';
import { hex, readVectors, toHex, wycheproof } from './vectors.js';

const failed = { name: 'KeysError', code: 'keys.decryption-failed' };
const text = (value: string): Uint8Array => Uint8Array.from(Buffer.from(value));

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const out = Uint8Array.from(bytes);
  out[bit >> 3] = (out[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return out;
}

async function* split(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array, void, undefined> {
  let offset = 0;
  for (let i = 0; offset < bytes.length; i++) {
    const size = sizes.length === 0 ? bytes.length : (sizes[i % sizes.length] ?? 1);
    yield await Promise.resolve(bytes.subarray(offset, offset + size));
    offset += size;
  }
}

/** What a transform gives, and the error that ended it. */
async function run(
  transform: ChunkTransform,
  bytes: Uint8Array,
  sizes: readonly number[] = [],
): Promise<{ out: Uint8Array; error: unknown }> {
  const pieces: Uint8Array[] = [];
  let error: unknown;
  try {
    for await (const piece of transform(split(bytes, sizes))) pieces.push(Uint8Array.from(piece));
  } catch (thrown) {
    error = thrown;
  }
  return { out: Uint8Array.from(Buffer.concat(pieces)), error };
}

t.test('HPKE: the published vector of KEM 0x647a, KDF 0x0001, AEAD 0x0003', async (t) => {
  type Encryption = { aad: string; ct: string; pt: string };
  type Export = { exporter_context: string; L: number; exported_value: string };
  type Vector = {
    mode: number;
    kem_id: number;
    kdf_id: number;
    aead_id: number;
    info: string;
    ikmE: string;
    skRm: string;
  };
  type Whole = Vector & { pkRm: string; enc: string; encryptions: Encryption[]; exports: Export[] };
  const vector = readVectors<Whole[]>('hpke-pq/test-vectors.json').find(
    (entry) => entry.mode === 0 && entry.kem_id === 0x647a && entry.kdf_id === 1 && entry.aead_id === 3,
  );
  if (vector === undefined) throw new Error('the vector is missing');
  const { publicKey, secretKey } = xwingKeyPairFromSeed(hex(vector.skRm));
  t.equal(toHex(publicKey), vector.pkRm);
  const info = hex(vector.info);

  const suite = hpkeSuite((key) => xwingEncapsulateDeterministic(key, hex(vector.ikmE)));
  const sender = await suite.SetupSender(publicXwingKey(publicKey), { info });
  t.equal(toHex(sender.encapsulatedSecret), vector.enc);
  const recipient = await suite.SetupRecipient(secretXwingKey(secretKey), hex(vector.enc), { info });
  t.equal(vector.encryptions.length, 10);
  for (const { aad, pt, ct } of vector.encryptions) {
    t.equal(toHex(await sender.ctx.Seal(hex(pt), hex(aad))), ct);
    t.equal(toHex(await recipient.Open(hex(ct), hex(aad))), pt);
  }
  for (const { exporter_context, L, exported_value } of vector.exports) {
    t.equal(toHex(await recipient.Export(hex(exporter_context), L)), exported_value);
  }
  const first = vector.encryptions[0];
  if (first === undefined) throw new Error('the vector is empty');
  const opened = await hpkeOpen({ secretKey, info, sealed: hex(vector.enc + first.ct), aad: hex(first.aad) });
  t.equal(toHex(opened), first.pt, 'single shot');
});

t.test('HPKE: stanzas open for their key, info and aad alone', async (t) => {
  const pair = generateXwingKeyPair();
  const plaintext = randomBytes(32);
  const info = text('holdfast/stanza/v1\0info');
  const sealed = await hpkeSeal({ publicKey: pair.publicKey, info, plaintext });
  t.equal(sealed.length, STANZA_BYTES);
  t.equal(STANZA_BYTES, 1168);
  const open = async (change: object): Promise<Uint8Array> =>
    await hpkeOpen({ secretKey: pair.secretKey, info, sealed, ...change });
  t.same(await open({}), plaintext);
  t.notSame(await hpkeSeal({ publicKey: pair.publicKey, info, plaintext }), sealed, 'fresh every time');

  await t.rejects(open({ secretKey: generateXwingKeyPair().secretKey }), failed);
  await t.rejects(open({ info: text('holdfast/stanza/v1\0other') }), failed);
  await t.rejects(open({ aad: text('aad') }), failed);
  await t.rejects(open({ sealed: Uint8Array.of(...sealed, 0) }), failed);
  for (const length of [
    0,
    1,
    XWING.ciphertextBytes - 1,
    XWING.ciphertextBytes,
    XWING.ciphertextBytes + 15,
    STANZA_BYTES - 1,
  ]) {
    await t.rejects(open({ sealed: sealed.subarray(0, length) }), failed, `cut to ${length}`);
  }
  for (let bit = 0; bit < STANZA_BYTES * 8; bit += 61)
    await t.rejects(open({ sealed: flipped(sealed, bit) }), failed, `bit ${bit}`);
  await t.rejects(open({ secretKey: new Uint8Array(31) }), { code: 'keys.input-invalid' });
  const unreduced = new Uint8Array(XWING.publicKeyBytes).fill(0xff);
  for (const publicKey of [unreduced, pair.publicKey.subarray(1)]) {
    await t.rejects(hpkeSeal({ publicKey, info, plaintext }), { name: 'KeysError', code: 'keys.input-invalid' });
  }
});

type ChunkedTest = {
  key: string;
  ctx: string;
  ct: string;
  aeadKey?: string;
  baseNonce?: string;
  msgLength?: number;
  msgSha512?: string;
};

t.test('chunked: Wycheproof, at once, streamed, at random and raw', async (t) => {
  const sha512 = (bytes: Uint8Array): string => createHash('sha512').update(bytes).digest('hex');
  let raw = 0;
  for (const [, test] of wycheproof<object, ChunkedTest>('c2sp_chunked_encryption_aes_256_gcm')) {
    const name = `${test.tcId} ${test.comment}`;
    // Their `ct` is compressed; see doc/c2sp_chunked_encryption.md of Wycheproof.
    const ciphertext = Uint8Array.from(inflateSync(Buffer.from(test.ct, 'hex')));
    const key = { key: hex(test.key), context: hex(test.ctx) };
    const streamed = await run(chunkedDecryptor(key), ciphertext, [1000, 40_000]);
    t.equal(streamed.out.length, test.msgLength ?? 0, `${name}: streamed length`);
    if (test.msgSha512 !== undefined) t.equal(sha512(streamed.out), test.msgSha512, `${name}: streamed`);

    if (test.result === 'valid') {
      t.equal(streamed.error, undefined, name);
      t.equal(sha512(decryptChunked({ ...key, ciphertext })), test.msgSha512, `${name}: at once`);
      t.equal(chunkedPlaintextLength(ciphertext.length), test.msgLength, `${name}: length`);
      const again = encryptChunked({ ...key, plaintext: streamed.out, salt: ciphertext.subarray(0, 24) });
      t.ok(Buffer.from(again).equals(ciphertext), `${name}: encrypted anew`);
    } else {
      t.ok(isKeysError(streamed.error), `${name}: stream refused`);
      t.throws(() => decryptChunked({ ...key, ciphertext }), { name: 'KeysError' }, `${name}: refused`);
    }

    if (test.aeadKey !== undefined && test.baseNonce !== undefined) {
      raw += 1;
      const keys = { key: hex(test.aeadKey), baseNonce: hex(test.baseNonce) };
      const body = ciphertext.subarray(CHUNKED_HEADER_BYTES);
      if (test.result === 'valid') t.equal(sha512(openChunks(keys, body)), test.msgSha512, `${name}: raw`);
      else t.throws(() => openChunks(keys, body), failed, `${name}: raw refused`);
    }

    if (test.flags.includes('HeaderFailure')) continue;
    const index = Math.max(0, Math.ceil((ciphertext.length - CHUNKED_HEADER_BYTES) / SEALED_CHUNK_BYTES) - 1);
    const sealed = ciphertext.subarray(CHUNKED_HEADER_BYTES + index * SEALED_CHUNK_BYTES);
    const at = (): { isLast: boolean } =>
      decryptChunkAt({ ...key, header: ciphertext.subarray(0, CHUNKED_HEADER_BYTES), index, sealed });
    if (test.result === 'valid' || test.flags.includes('ValidFinalChunk')) {
      // A message that ends in a whole chunk has its empty one after it; the vectors' last chunk is always the short one.
      t.equal(at().isLast, true, `${name}: last chunk`);
    } else if (sealed.length < SEALED_CHUNK_BYTES) {
      t.throws(at, failed, `${name}: last chunk refused`);
    } else {
      t.equal(at().isLast, false, `${name}: the last chunk is not one`);
    }
  }
  t.equal(raw, 25);
});

t.test('chunked: streaming equals one shot, however the pieces fall', async () => {
  const lengths = fc.oneof(
    fc.integer({ min: 0, max: 3 * CHUNK_BYTES }),
    fc.constantFrom(0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES),
  );
  const sizes = fc
    .array(fc.integer({ min: 1, max: 40_000 }), { maxLength: 5 })
    .map((all) => all.map((size) => Math.max(size, 100)));
  await fc.assert(
    fc.asyncProperty(
      lengths,
      sizes,
      sizes,
      fc.uint8Array({ maxLength: 40 }),
      async (length, inSizes, outSizes, context) => {
        const key = { key: randomBytes(32), context };
        const plaintext = randomBytes(length);
        const salt = randomBytes(24);
        const ciphertext = encryptChunked({ ...key, plaintext, salt });
        const streamed = await run(chunkedEncryptor({ ...key, salt }), plaintext, inSizes);
        const back = await run(chunkedDecryptor(key), ciphertext, outSizes);
        return (
          streamed.error === undefined &&
          Buffer.from(streamed.out).equals(ciphertext) &&
          ciphertext.length === chunkedCiphertextLength(length) &&
          chunkedPlaintextLength(ciphertext.length) === length &&
          back.error === undefined &&
          Buffer.from(back.out).equals(plaintext) &&
          Buffer.from(decryptChunked({ ...key, ciphertext })).equals(plaintext)
        );
      },
    ),
    { numRuns: 60 },
  );
});

t.test('chunked: truncation, extension, changed bits, other keys', async (t) => {
  const key = { key: randomBytes(32), context: text('holdfast/body') };
  const plaintext = randomBytes(2 * CHUNK_BYTES + 500);
  const ciphertext = encryptChunked({ ...key, plaintext, salt: randomBytes(24) });
  const refused = async (changed: Uint8Array, what: string): Promise<void> => {
    t.throws(() => decryptChunked({ ...key, ciphertext: changed }), failed, what);
    const { out, error } = await run(chunkedDecryptor(key), changed, [7000]);
    t.match(error, failed, `${what}, streamed`);
    t.ok(
      Buffer.from(plaintext).subarray(0, out.length).equals(out) && out.length % CHUNK_BYTES === 0,
      `${what}: only true chunks came out`,
    );
  };
  const cuts = new Set([0, 1, 24, CHUNKED_HEADER_BYTES - 1, CHUNKED_HEADER_BYTES, CHUNKED_HEADER_BYTES + 16]);
  for (let chunk = 1; chunk <= 2; chunk++) {
    for (const by of [-1, 0, 1, 15, 16, 17]) cuts.add(CHUNKED_HEADER_BYTES + chunk * SEALED_CHUNK_BYTES + by);
  }
  cuts.add(ciphertext.length - 1);
  for (const cut of cuts) await refused(ciphertext.subarray(0, cut), `cut to ${cut}`);
  for (const extra of [1, 16, SEALED_CHUNK_BYTES])
    await refused(Uint8Array.from([...ciphertext, ...new Uint8Array(extra)]), `${extra} more`);
  for (let bit = 0; bit < CHUNKED_HEADER_BYTES * 8; bit++)
    t.throws(() => decryptChunked({ ...key, ciphertext: flipped(ciphertext, bit) }), failed);
  for (let bit = 0; bit < ciphertext.length * 8; bit += 9973) await refused(flipped(ciphertext, bit), `bit ${bit}`);

  t.throws(() => decryptChunked({ ...key, context: text('holdfast/other'), ciphertext }), failed);
  t.throws(() => decryptChunked({ ...key, key: randomBytes(32), ciphertext }), failed);
  t.throws(() => encryptChunked({ ...key, plaintext, salt: new Uint8Array(23) }), { code: 'keys.input-invalid' });
  t.throws(() => encryptChunked({ ...key, key: new Uint8Array(31), plaintext, salt: randomBytes(24) }), {
    code: 'keys.input-invalid',
  });

  const header = ciphertext.subarray(0, CHUNKED_HEADER_BYTES);
  for (let index = 0; index <= 2; index++) {
    const sealed = ciphertext.subarray(...chunkedRange(index, ciphertext.length));
    const { plaintext: chunk, isLast } = decryptChunkAt({ ...key, header, index, sealed });
    t.ok(
      Buffer.from(plaintext.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES)).equals(chunk),
      `chunk ${index}`,
    );
    t.equal(isLast, index === 2);
    t.throws(
      () => decryptChunkAt({ ...key, header, index: index + 1, sealed }),
      failed,
      `chunk ${index} in another place`,
    );
  }
  t.throws(() => chunkedRange(3, ciphertext.length), { code: 'keys.input-invalid' });
  t.throws(() => chunkedRange(-1, ciphertext.length), { code: 'keys.input-invalid' });
});

t.test('chunked: lengths and nonces at the far end', (t) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 2 ** 45 }),
      (length) => chunkedPlaintextLength(chunkedCiphertextLength(length)) === length,
    ),
  );
  for (const length of [0, 55, 56, 71, 56 + SEALED_CHUNK_BYTES, 56 + SEALED_CHUNK_BYTES + 15]) {
    t.equal(chunkedPlaintextLength(length), undefined, `${length}`);
  }
  const base = new Uint8Array(12).fill(0xff);
  t.equal(toHex(chunkNonce(base, 0)), 'ffffffffffffffffffffffff');
  t.equal(toHex(chunkNonce(base, 0x01_0203)), 'fffffffffffffffffffefdfc');
  t.equal(toHex(chunkNonce(base, 2 ** 38 - 1)), 'ffffffffffffffc000000000');
  t.throws(() => chunkNonce(base, 2 ** 38), { code: 'keys.input-invalid' });
  t.end();
});

t.test('padding: Padmé and buckets', (t) => {
  t.equal(padmeLength(0), PADME_MIN_BYTES);
  t.equal(padmeLength(1024), 1024);
  t.equal(padmeLength(1025), 1088);
  t.equal(padmeLength(2 ** 20 + 1), 2 ** 20 + 2 ** 15);
  const length = fc.oneof(fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 0, max: 2 ** 31 }));
  fc.assert(
    fc.property(length, length, (a, b) => {
      const padded = padmeLength(a);
      const ordered = a > b || padded <= padmeLength(b);
      return padded >= a && padmeLength(padded) === padded && ordered && (a < PADME_MIN_BYTES || padded <= a * 1.12);
    }),
    { numRuns: 1000 },
  );
  t.equal(
    new Set(Array.from({ length: 2 ** 16 - 1024 }, (_, i) => padmeLength(1024 + i))).size < 150,
    true,
    'few lengths are left',
  );
  for (const bad of [-1, 1.5, Number.NaN, 2 ** 31 + 1])
    t.throws(() => padmeLength(bad), { code: 'keys.input-invalid' }, `${bad}`);

  t.equal(paddedLength(5, { kind: 'padme' }), 1024);
  for (const bytes of [BUCKET_BYTES.answer, ...BUCKET_BYTES.request]) {
    t.equal(paddedLength(0, { kind: 'bucket', bytes }), bytes);
    t.equal(paddedLength(bytes, { kind: 'bucket', bytes }), bytes);
    t.throws(() => paddedLength(bytes + 1, { kind: 'bucket', bytes }), { code: 'suite.padding-overflow' });
  }
  t.end();
});
