// Every primitive against public vectors, and what it does with inputs that are none.
import { createPublicKey, verify } from 'node:crypto';
import {
  equalBytes,
  generateSigningKey,
  generateXwingKeyPair,
  hmacSha256,
  isAcceptablePublicKey,
  isKeysError,
  KEYS_ERRORS,
  KeysError,
  sha256,
  sha256Stream,
  signDetached,
  signingKeyFromSeed,
  verifySignature,
  verifyWithLibsodium,
  verifyWithNodeChecked,
  XWING,
  xwingDecapsulate,
  xwingEncapsulate,
  xwingEncapsulateDeterministic,
  xwingKeyPairFromSeed,
  zeroize,
} from '@holdfast/keys';
import fc from 'fast-check';
import { KDF_HKDF_SHA256 } from 'hpke';
import t from 'tap';
import { gcmOpen, gcmSeal } from '#keys/primitives/aes-256-gcm.js';
import { ARGON2ID_CEILING, ARGON2ID_FLOOR, argon2id } from '#keys/primitives/argon2id.js';
import { chachaOpen, chachaSeal } from '#keys/primitives/chacha20-poly1305.js';
import { hkdfExpandSha512, hkdfSha256 } from '#keys/primitives/hkdf.js';
import { sodium } from '#keys/primitives/sodium.js';
import { xchachaOpen, xchachaSeal } from '#keys/primitives/xchacha20-poly1305.js';
import { hex, readVectors, toHex, wycheproof } from './vectors.js';

const NO_BYTES = new Uint8Array();
const ascii = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));

t.test('Ed25519: one same answer from every verifier on all 914 CCTV vectors', (t) => {
  const vectors = readVectors<{ key: string; sig: string; msg: string; flags: string[] | null }[]>(
    'cctv-ed25519/ed25519vectors.json',
  );
  t.equal(vectors.length, 914);
  let accepted = 0;
  let acceptedByBareNode = 0;
  for (const [number, vector] of vectors.entries()) {
    const signature = hex(vector.sig);
    const message = ascii(vector.msg);
    const key = hex(vector.key);
    const verdict = verifyWithLibsodium(signature, message, key);
    if (verifyWithNodeChecked(signature, message, key) !== verdict) t.fail(`node:crypto differs on vector ${number}`);
    if (verifySignature(signature, message, key) !== verdict) t.fail(`the verdict differs on vector ${number}`);
    const flags = vector.flags ?? [];
    if (
      verdict &&
      flags.some((flag) => flag.startsWith('low_order_R') || flag.startsWith('low_order_A') || flag.startsWith('non_'))
    ) {
      t.fail(`vector ${number} is accepted: ${flags.join(' ')}`);
    }
    if (isAcceptablePublicKey(key) && flags.some((flag) => flag.endsWith('_A'))) t.fail(`key ${number} is acceptable`);
    const bare = createPublicKey({
      key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(key).toString('base64url') },
      format: 'jwk',
    });
    accepted += Number(verdict);
    acceptedByBareNode += Number(verify(null, message, bare, signature));
  }
  t.equal(accepted, 43);
  t.ok(acceptedByBareNode > accepted, 'the check before node:crypto is what makes them agree');
  t.end();
});

t.test('Ed25519: Wycheproof', (t) => {
  type Group = { publicKey: { pk: string } };
  for (const [group, test] of wycheproof<Group, { msg: string; sig: string }>('ed25519')) {
    const verdict = verifySignature(hex(test.sig), hex(test.msg), hex(group.publicKey.pk));
    if (verdict !== (test.result === 'valid')) t.fail(`${test.tcId} ${test.comment}`);
  }
  t.end();
});

t.test('Ed25519: signing, and verification of arbitrary bytes', (t) => {
  const key = generateSigningKey();
  const message = ascii('holdfast/test/v1\0message');
  const signature = signDetached(message, key);
  t.ok(verifySignature(signature, message, key.publicKey));
  t.notOk(verifySignature(signature, ascii('another'), key.publicKey));
  t.notOk(verifySignature(signature, message, generateSigningKey().publicKey));
  t.same(signingKeyFromSeed(key.seed), key);
  t.same(
    signDetached(message, { seed: key.seed, publicKey: generateSigningKey().publicKey }),
    signature,
    'a wrong public key changes nothing',
  );
  t.ok(isAcceptablePublicKey(key.publicKey));
  const seed = Uint8Array.from(key.seed);
  const copied = signingKeyFromSeed(seed);
  zeroize(seed);
  t.same(copied.seed, key.seed, 'the seed is copied');
  t.throws(() => signingKeyFromSeed(new Uint8Array(31)), { code: 'keys.input-invalid' });

  const bytes = fc.uint8Array({ maxLength: 70 });
  const sized = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length });
  fc.assert(
    fc.property(
      bytes,
      bytes,
      bytes,
      (sig, msg, pk) => !verifySignature(sig, msg, pk) && (pk.length === 32 || !isAcceptablePublicKey(pk)),
    ),
  );
  fc.assert(
    fc.property(
      sized(64),
      bytes,
      sized(32),
      (sig, msg, pk) => !verifySignature(sig, msg, pk) && isAcceptablePublicKey(pk) !== undefined,
    ),
  );
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 511 }), (bit) => {
      const changed = Uint8Array.from(signature);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      return !verifySignature(changed, message, key.publicKey) && !verifyWithLibsodium(changed, message, key.publicKey);
    }),
  );
  t.end();
});

t.test('XChaCha20-Poly1305: Wycheproof', (t) => {
  type Test = { key: string; iv: string; aad: string; msg: string; ct: string; tag: string };
  for (const [, test] of wycheproof<object, Test>('xchacha20_poly1305')) {
    const input = { key: hex(test.key), nonce: hex(test.iv), additionalData: hex(test.aad) };
    const sealed = hex(test.ct + test.tag);
    if (test.result === 'valid') {
      t.equal(toHex(xchachaSeal(input, hex(test.msg))), test.ct + test.tag, `seal ${test.tcId}`);
      t.equal(toHex(xchachaOpen(input, sealed)), test.msg, `open ${test.tcId}`);
    } else {
      t.throws(
        () => xchachaOpen(input, sealed),
        { code: input.nonce.length === 24 ? 'keys.decryption-failed' : 'keys.input-invalid' },
        `${test.tcId}`,
      );
    }
  }
  t.end();
});

t.test('HKDF-SHA-256: Wycheproof, the library of HPKE and our own', async (t) => {
  const kdf = KDF_HKDF_SHA256();
  let own = 0;
  for (const [, test] of wycheproof<object, { ikm: string; salt: string; info: string; size: number; okm: string }>(
    'hkdf_sha256',
  )) {
    if (test.result === 'valid') {
      const prk = await kdf.Extract(hex(test.salt), hex(test.ikm));
      t.equal(toHex(await kdf.Expand(prk, hex(test.info), test.size)), test.okm, `hpke ${test.tcId}`);
    }
    if (test.salt !== '') continue;
    own += 1;
    if (test.result === 'valid')
      t.equal(toHex(hkdfSha256(hex(test.ikm), hex(test.info), test.size)), test.okm, `own ${test.tcId}`);
    else t.throws(() => hkdfSha256(hex(test.ikm), hex(test.info), test.size), `own ${test.tcId}`);
  }
  t.ok(own > 3);
  t.throws(() => hkdfExpandSha512(new Uint8Array(32), NO_BYTES, 255 * 64 + 1), { code: 'keys.input-invalid' });
});

t.test('X-Wing: the draft’s vectors', (t) => {
  type Vector = { seed: string; eseed: string; ss: string; pk: string; ct: string };
  const vectors = readVectors<Vector[]>('xwing/test-vectors.json');
  t.equal(vectors.length, 3);
  for (const vector of vectors) {
    const { publicKey, secretKey } = xwingKeyPairFromSeed(hex(vector.seed));
    t.equal(toHex(publicKey), vector.pk);
    const { ciphertext, sharedSecret } = xwingEncapsulateDeterministic(publicKey, hex(vector.eseed));
    t.equal(toHex(ciphertext), vector.ct);
    t.equal(toHex(sharedSecret), vector.ss);
    t.equal(toHex(xwingDecapsulate(ciphertext, secretKey)), vector.ss);
  }
  t.end();
});

t.test('X-Wing: fresh keys, implicit rejection, refused inputs', (t) => {
  const pair = generateXwingKeyPair();
  const { ciphertext, sharedSecret } = xwingEncapsulate(pair.publicKey);
  t.same(xwingDecapsulate(ciphertext, pair.secretKey), sharedSecret);
  t.notSame(xwingEncapsulate(pair.publicKey).sharedSecret, sharedSecret);
  t.notSame(xwingDecapsulate(ciphertext, generateXwingKeyPair().secretKey), sharedSecret);
  for (const at of [0, 1087, 1088, 1119]) {
    const changed = Uint8Array.from(ciphertext);
    changed[at] = (changed[at] ?? 0) ^ 1;
    t.notSame(xwingDecapsulate(changed, pair.secretKey), sharedSecret, `byte ${at}`);
  }
  const refused = { code: 'keys.input-invalid' };
  t.throws(() => xwingEncapsulate(pair.publicKey.subarray(1)), refused);
  t.throws(
    () => xwingEncapsulate(new Uint8Array(XWING.publicKeyBytes).fill(0xff)),
    refused,
    'coefficients that are not reduced',
  );
  t.throws(() => xwingDecapsulate(ciphertext.subarray(1), pair.secretKey), refused);
  t.throws(() => xwingDecapsulate(ciphertext, new Uint8Array(31)), refused);
  t.throws(() => xwingKeyPairFromSeed(new Uint8Array(33)), refused);
  t.end();
});

t.test('ML-KEM-768 beneath X-Wing: Wycheproof', (t) => {
  for (const [, test] of wycheproof<object, { seed: string; ek?: string; c: string; K: string }>('mlkem_768')) {
    let shared: string;
    try {
      const { publicKey, privateKey } = sodium.crypto_kem_mlkem768_seed_keypair(hex(test.seed));
      if (test.ek !== undefined && test.result === 'valid') t.equal(toHex(publicKey), test.ek, `key ${test.tcId}`);
      shared = toHex(sodium.crypto_kem_mlkem768_dec(hex(test.c), privateKey));
    } catch {
      shared = 'refused';
    }
    if (test.result === 'valid') t.equal(shared, test.K, `${test.tcId}`);
    else t.ok(shared === 'refused' || shared !== test.K, `${test.tcId} ${test.comment}`);
  }
  t.end();
});

t.test('the other AEADs: both ways, every changed bit, wrong lengths', (t) => {
  const input = { key: new Uint8Array(32).fill(1), nonce: new Uint8Array(12).fill(2), additionalData: ascii('aad') };
  const plaintext = ascii('plaintext');
  const aeads = {
    chacha: {
      sealed: chachaSeal(input, plaintext),
      open: (sealed: Uint8Array) => chachaOpen(input, sealed),
      openWith: (key: Uint8Array, nonce: Uint8Array) => chachaOpen({ ...input, key, nonce }, new Uint8Array(30)),
    },
    gcm: {
      sealed: gcmSeal(input.key, input.nonce, plaintext),
      open: (sealed: Uint8Array) => gcmOpen(input.key, input.nonce, sealed),
      openWith: (key: Uint8Array, nonce: Uint8Array) => gcmOpen(key, nonce, new Uint8Array(30)),
    },
  };
  for (const [name, { sealed, open, openWith }] of Object.entries(aeads)) {
    t.equal(toHex(open(sealed)), toHex(plaintext), name);
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const changed = Uint8Array.from(sealed);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      t.throws(() => open(changed), { code: 'keys.decryption-failed' }, `${name} bit ${bit}`);
    }
    for (let length = 0; length < sealed.length; length++) {
      t.throws(() => open(sealed.subarray(0, length)), { code: 'keys.decryption-failed' }, `${name} cut to ${length}`);
    }
    t.throws(() => openWith(new Uint8Array(16), input.nonce), { code: 'keys.input-invalid' }, name);
    t.throws(() => openWith(input.key, new Uint8Array(8)), { code: 'keys.input-invalid' }, name);
  }
  t.throws(() => chachaOpen({ ...input, additionalData: NO_BYTES }, aeads.chacha.sealed), {
    code: 'keys.decryption-failed',
  });
  t.end();
});

t.test('Argon2id: libsodium’s answer from a worker; one at a time; called off; no mode below the floor', async (t) => {
  const request = { password: ascii('correct horse'), salt: new Uint8Array(16).fill(7), params: ARGON2ID_FLOOR };
  const running = new AbortController();
  const first = argon2id(request);
  const second = argon2id({ ...request, signal: running.signal });
  t.equal(
    toHex(await first),
    toHex(
      sodium.crypto_pwhash(
        32,
        request.password,
        request.salt,
        3,
        64 * 1024 * 1024,
        sodium.crypto_pwhash_ALG_ARGON2ID13,
      ),
    ),
  );
  setTimeout(() => running.abort(new Error('enough')), 10);
  await t.rejects(second, { code: 'keys.aborted' });
  await t.rejects(argon2id({ ...request, signal: AbortSignal.abort() }), { code: 'keys.aborted' });
  t.notSame(
    await argon2id({ ...request, salt: new Uint8Array(16) }),
    await first,
    'the next in line still gets its turn',
  );
  t.equal(toHex(request.password), toHex(ascii('correct horse')), 'the caller keeps the password');

  const { t: passes, mKiB } = ARGON2ID_FLOOR;
  for (const params of [
    { t: passes - 1, mKiB },
    { t: passes, mKiB: mKiB - 1 },
    { t: ARGON2ID_CEILING.t + 1, mKiB },
    { t: passes, mKiB: ARGON2ID_CEILING.mKiB + 1 },
    { t: 3.5, mKiB },
    { t: Number.NaN, mKiB },
  ]) {
    await t.rejects(argon2id({ ...request, params }), { code: 'keystore.parameters-refused' });
  }
  await t.rejects(argon2id({ ...request, salt: NO_BYTES }), { code: 'keys.input-invalid' });
});

t.test('hashes, comparison, errors', (t) => {
  t.equal(
    toHex(sha256(ascii('abc'))),
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    'FIPS 180-4',
  );
  const hmac = hmacSha256(new Uint8Array(20).fill(0x0b), ascii('Hi There'));
  t.equal(toHex(hmac), 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7', 'RFC 4231, 1');
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 50 })), (pieces) => {
      const stream = sha256Stream();
      for (const piece of pieces) stream.update(piece);
      return equalBytes(stream.digest(), sha256(Uint8Array.from(Buffer.concat(pieces))));
    }),
  );
  t.notOk(equalBytes(ascii('abc'), ascii('abd')));
  t.notOk(equalBytes(ascii('abc'), ascii('ab')));

  const cause = new Error('inner');
  const error = new KeysError('keys.decryption-failed', undefined, { cause });
  t.match(error, { name: 'KeysError', message: KEYS_ERRORS['keys.decryption-failed'].text, cause });
  t.ok(isKeysError(error) && isKeysError(error, 'keys.decryption-failed'));
  t.notOk(isKeysError(error, 'keystore.closed') || isKeysError(cause));
  t.end();
});
