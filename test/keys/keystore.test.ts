// The keystore at rest: format, tampering, unlocking, day wraps, and the folder that holds it.
import { copyFileSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  ARGON2ID_CEILING,
  ARGON2ID_FLOOR,
  createKeystore,
  FileKeystore,
  KEYSTORE_HEADER_MAX_BYTES,
  KEYSTORE_RECORD_MAX_BYTES,
  newDayWrap,
  openKeystore,
  openUnderDay,
  randomBytes,
  readUnlockKey,
  sealUnderDay,
  type Unlock,
} from '@holdfast/keys';
import { canonicalBytes, type FederationId, toBase64url, toFederationId } from '@holdfast/protocol';
import t from 'tap';
import { createFileAtomic, writeFileAtomic } from '#keys/keystore/atomic-file.js';
import { toHex } from './vectors.js';

const text = (value: string): Uint8Array => Uint8Array.from(Buffer.from(value));
const failed = { name: 'KeysError', code: 'keys.decryption-failed' };
const password: Unlock = { kind: 'password', password: 'réunion-42' };
const newKey = (): Unlock => ({ kind: 'key', key: randomBytes(32) });
const newFed = (): FederationId => toFederationId(randomBytes(32));

type HeaderJson = { v: number; fed: string | null; kdf: Record<string, unknown>; nonce: string; wrapped: string };
const readHeader = (header: Uint8Array): HeaderJson => JSON.parse(Buffer.from(header).toString()) as HeaderJson;
const NAME = { table: 'signing-keys', id: 'device', version: 1 };

t.test('a password: opens, spelled either way; a wrong one, and a change to any field, does not', async (t) => {
  const fed = newFed();
  const { header, keystore } = await createKeystore({ unlock: password, params: ARGON2ID_FLOOR, fed });
  const sealed = keystore.sealRecord(NAME, text('secret'));
  const decomposed: Unlock = { kind: 'password', password: 're\u0301union-42' };
  const again = await openKeystore({ header, unlock: decomposed, fed });
  t.equal(toHex(again.openRecord(NAME, sealed)), toHex(text('secret')));
  t.same(again.deriveKey('archive'), keystore.deriveKey('archive'));

  const refused = { name: 'KeysError', code: 'keystore.unlock-failed' };
  await t.rejects(openKeystore({ header, unlock: { kind: 'password', password: 'réunion-43' } }), refused);
  await t.rejects(openKeystore({ header, unlock: newKey() }), refused);
  await t.rejects(openKeystore({ header, unlock: { kind: 'password', password: '' } }), { code: 'keys.input-invalid' });
  await t.rejects(openKeystore({ header, unlock: password, fed: newFed() }), { code: 'keystore.other-federation' });

  const json = readHeader(header);
  t.match(json, { v: 1, fed, kdf: { name: 'argon2id', t: 3, mKiB: 65_536 } });
  const swap = (value: string): string => toBase64url(randomBytes(Buffer.from(value, 'base64url').length));
  const changes: Record<string, HeaderJson> = {
    fed: { ...json, fed: newFed() },
    'no fed': { ...json, fed: null },
    nonce: { ...json, nonce: swap(json.nonce) },
    wrapped: { ...json, wrapped: swap(json.wrapped) },
    salt: { ...json, kdf: { ...json.kdf, salt: swap(String(json.kdf.salt)) } },
    t: { ...json, kdf: { ...json.kdf, t: 4 } },
    mKiB: { ...json, kdf: { ...json.kdf, mKiB: 65_537 } },
    'kdf name': { ...json, kdf: { name: 'hkdf-sha256', salt: json.kdf.salt } },
  };
  for (const [what, changed] of Object.entries(changes)) {
    await t.rejects(openKeystore({ header: canonicalBytes(changed), unlock: password }), refused, what);
  }
  const params = [
    { t: 2 },
    { mKiB: 65_535 },
    { t: ARGON2ID_CEILING.t + 1 },
    { mKiB: ARGON2ID_CEILING.mKiB + 1 },
    { t: 3.5 },
    { mKiB: -1 },
  ];
  for (const param of params) {
    const changed = canonicalBytes({ ...json, kdf: { ...json.kdf, ...param } });
    await t.rejects(
      openKeystore({ header: changed, unlock: password }),
      { code: 'keystore.parameters-refused' },
      JSON.stringify(param),
    );
    const own = { ...ARGON2ID_FLOOR, ...param };
    await t.rejects(
      createKeystore({ unlock: password, params: own }),
      { code: 'keystore.parameters-refused' },
      JSON.stringify(param),
    );
  }
});

t.test('the default is three passes over 256 MiB', async (t) => {
  const { header } = await createKeystore({ unlock: password });
  t.match(readHeader(header), { kdf: { t: 3, mKiB: 262_144 } });
});

t.test('a key: every changed bit, and every malformed header, is refused with a code', async (t) => {
  const unlock = newKey();
  const { header, keystore } = await createKeystore({ unlock });
  const open = async (changed: Uint8Array): Promise<unknown> => await openKeystore({ header: changed, unlock });
  t.same((await openKeystore({ header, unlock })).deriveKey('x'), keystore.deriveKey('x'));
  await t.rejects(openKeystore({ header, unlock: newKey() }), { code: 'keystore.unlock-failed' });
  await t.rejects(openKeystore({ header, unlock: password }), { code: 'keystore.unlock-failed' });
  await t.rejects(openKeystore({ header, unlock: { kind: 'key', key: new Uint8Array(31) } }), {
    code: 'keys.input-invalid',
  });
  for (let bit = 0; bit < header.length * 8; bit++) {
    const changed = Uint8Array.from(header);
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    await t.rejects(open(changed), { name: 'KeysError', code: /^keystore\./ }, `bit ${bit}`);
  }
  const json = readHeader(header);
  const malformed: Record<string, Uint8Array> = {
    empty: new Uint8Array(),
    'not JSON': text('keystore'),
    'not UTF-8': Uint8Array.of(0xff, 0xfe),
    null: text('null'),
    array: text('[]'),
    pretty: text(JSON.stringify(json, undefined, 1)),
    'too large': Uint8Array.from([...header, ...new Uint8Array(KEYSTORE_HEADER_MAX_BYTES).fill(0x20)]),
    version: canonicalBytes({ ...json, v: 2 }),
    'one more member': canonicalBytes({ ...json, test: true }),
    'one member less': canonicalBytes({ v: 1, fed: null, kdf: json.kdf, nonce: json.nonce }),
    'no kdf': canonicalBytes({ ...json, kdf: null }),
    'unknown kdf': canonicalBytes({ ...json, kdf: { ...json.kdf, name: 'none' } }),
    'kdf with more': canonicalBytes({ ...json, kdf: { ...json.kdf, t: 1 } }),
    'short nonce': canonicalBytes({ ...json, nonce: json.nonce.slice(4) }),
    'number as nonce': canonicalBytes({ ...json, nonce: 1 }),
    'short fed': canonicalBytes({ ...json, fed: 'AAAA' }),
    'parameters as text': canonicalBytes({
      ...json,
      kdf: { name: 'argon2id', salt: json.kdf.salt, t: '3', mKiB: 65_536 },
    }),
  };
  for (const [what, changed] of Object.entries(malformed))
    await t.rejects(open(changed), { code: 'keystore.header-invalid' }, what);
});

t.test('records open only where they belong', async (t) => {
  const unlock = newKey();
  const { keystore } = await createKeystore({ unlock, fed: newFed() });
  const sealed = keystore.sealRecord(NAME, text('secret'));
  t.notSame(keystore.sealRecord(NAME, text('secret')), sealed);
  t.throws(() => keystore.openRecord({ ...NAME, id: 'other' }, sealed), failed);
  t.throws(() => keystore.openRecord({ ...NAME, table: 'other' }, sealed), failed);
  t.throws(() => keystore.openRecord({ ...NAME, version: 2 }, sealed), failed);
  t.throws(() => keystore.openRecord({ ...NAME, table: 'signing', id: '-keysdevice' }, sealed), failed);
  for (let bit = 0; bit < sealed.length * 8; bit++) {
    const changed = Uint8Array.from(sealed);
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    t.throws(() => keystore.openRecord(NAME, changed), failed, `bit ${bit}`);
  }
  for (let length = 0; length < sealed.length; length++) {
    t.throws(() => keystore.openRecord(NAME, sealed.subarray(0, length)), failed, `cut to ${length}`);
  }
  const other = (await createKeystore({ unlock, fed: keystore.fed })).keystore;
  t.throws(() => other.openRecord(NAME, sealed), failed, 'another keystore under the same unlock');

  t.equal(keystore.deriveKey('archive').length, 32);
  t.notSame(keystore.deriveKey('archive'), keystore.deriveKey('spool'));
  t.notSame(keystore.deriveKey('archive'), other.deriveKey('archive'));

  keystore.close();
  keystore.close();
  t.throws(() => keystore.openRecord(NAME, sealed), { code: 'keystore.closed' });
  t.throws(() => keystore.sealRecord(NAME, sealed), { code: 'keystore.closed' });
  t.throws(() => keystore.deriveKey('archive'), { code: 'keystore.closed' });
});

t.test('day wraps', (t) => {
  const wrap = newDayWrap(20_500);
  const sealed = sealUnderDay(wrap, 'epoch', text('secret'));
  t.equal(toHex(openUnderDay(wrap, 'epoch', sealed)), toHex(text('secret')));
  t.throws(() => openUnderDay(wrap, 'other', sealed), failed);
  t.throws(() => openUnderDay({ ...wrap, day: 20_501 }, 'epoch', sealed), failed);
  t.throws(() => openUnderDay(newDayWrap(20_500), 'epoch', sealed), failed, 'the wrap is gone, another made');
  t.throws(() => openUnderDay(wrap, 'epoch', sealed.subarray(0, 10)), failed);
  t.end();
});

t.test('the folder: records last, names are checked, what was swapped or cut is refused', async (t) => {
  const folder = join(t.testdir(), 'device', 'keystore');
  const unlock = newKey();
  await t.rejects(FileKeystore.open(folder, { unlock }), { code: 'keystore.not-found' });
  const fed = newFed();
  const store = await FileKeystore.create(folder, { unlock, fed });
  await t.rejects(FileKeystore.create(folder, { unlock }), { code: 'keystore.exists' });
  const before = readFileSync(join(folder, 'header.json'));

  await Promise.all(Array.from({ length: 20 }, async (_, i) => await store.put('keys', 'a', text(`a${i}`))));
  await store.put('keys', '-_B', text('b'));
  t.equal(Buffer.from((await store.get('keys', 'a')) ?? []).toString(), 'a19', 'the last write wins');
  t.same(await store.list('keys'), ['-_B', 'a']);
  t.same(await store.list('nothing'), []);
  t.equal(await store.get('keys', 'nothing'), undefined);
  const file = (id: string): string => join(folder, 'records', 'keys', id);
  t.equal(readFileSync(file('a')).readBigUInt64BE(), 20n, 'each write is a version of its own');
  t.same(readFileSync(join(folder, 'header.json')), before);
  if (process.platform !== 'win32') {
    t.equal(statSync(folder).mode & 0o777, 0o700);
    t.equal(statSync(join(folder, 'records', 'keys')).mode & 0o777, 0o700);
    for (const path of [file('a'), join(folder, 'header.json')]) t.equal(statSync(path).mode & 0o777, 0o600);
  }
  for (const name of ['', '.', '..', '../x', 'a/b', 'a\\b', '.tmp-1', 'x'.repeat(129), 'é', 'a\0']) {
    await t.rejects(store.put('keys', name, text('x')), { code: 'keystore.name-invalid' }, name);
    await t.rejects(store.get(name, 'a'), { code: 'keystore.name-invalid' }, name);
    await t.rejects(store.delete('keys', name), { code: 'keystore.name-invalid' }, name);
    await t.rejects(store.list(name), { code: 'keystore.name-invalid' }, name);
  }
  await t.rejects(store.put('keys', 'big', new Uint8Array(KEYSTORE_RECORD_MAX_BYTES + 1)), {
    code: 'keys.input-invalid',
  });
  await store.close();
  await t.rejects(store.get('keys', 'a'), { code: 'keystore.closed' });
  await t.rejects(store.put('keys', 'a', text('x')), { code: 'keystore.closed' });

  writeFileSync(join(folder, 'records', 'keys', '.tmp-left'), 'half');
  const again = await FileKeystore.open(folder, { unlock, fed });
  t.equal(again.fed, fed);
  t.same(readdirSync(join(folder, 'records', 'keys')).sort(), ['-_B', 'a'], 'what a crash left behind is gone');
  t.equal(Buffer.from((await again.get('keys', 'a')) ?? []).toString(), 'a19');

  const damaged = { code: 'keystore.record-damaged' };
  mkdirSync(join(folder, 'records', 'other'));
  for (const to of [file('-_B'), file('c'), join(folder, 'records', 'other', 'a')]) copyFileSync(file('a'), to);
  await t.rejects(again.get('keys', '-_B'), damaged, 'in the place of another');
  await t.rejects(again.get('keys', 'c'), damaged, 'under a new name');
  await t.rejects(again.get('other', 'a'), damaged, 'in another table');
  const whole = readFileSync(file('a'));
  for (const length of [0, 7, 8, 40, whole.length - 1]) {
    writeFileSync(file('a'), whole.subarray(0, length));
    await t.rejects(again.get('keys', 'a'), damaged, `cut to ${length}`);
  }
  for (const at of [7, 8, 40]) {
    const changed = Buffer.from(whole);
    changed[at] = (changed[at] ?? 0) ^ 1;
    writeFileSync(file('a'), changed);
    await t.rejects(again.get('keys', 'a'), damaged, `byte ${at}`);
  }
  writeFileSync(file('a'), Buffer.alloc(KEYSTORE_RECORD_MAX_BYTES + 100));
  await t.rejects(again.get('keys', 'a'), damaged, 'too large');
  t.equal(await again.delete('keys', 'a'), true);
  t.equal(await again.delete('keys', 'a'), false);
  t.equal(await again.get('keys', 'a'), undefined);
  t.equal(again.deriveKey('archive').length, 32);
  await again.close();

  await t.rejects(FileKeystore.open(folder, { unlock: newKey() }), { code: 'keystore.unlock-failed' });
  await t.rejects(FileKeystore.open(folder, { unlock, fed: newFed() }), { code: 'keystore.other-federation' });
  writeFileSync(join(folder, 'header.json'), Buffer.alloc(KEYSTORE_HEADER_MAX_BYTES + 1, 0x20));
  await t.rejects(FileKeystore.open(folder, { unlock }), { code: 'keystore.header-invalid' });
});

t.test('a write that fails leaves what was there and no temporary file', async (t) => {
  const folder = t.testdir({ taken: { inside: 'one' }, there: 'two' });
  // A folder with something in it cannot be replaced, whoever runs the test.
  await t.rejects(writeFileAtomic(join(folder, 'taken'), text('new')), { code: /EISDIR|ENOTEMPTY|EEXIST|EPERM/ });
  await t.rejects(createFileAtomic(join(folder, 'there'), text('new')), { code: 'EEXIST' });
  t.same(readdirSync(folder).sort(), ['taken', 'there']);
  t.equal(readFileSync(join(folder, 'there'), 'utf8'), 'two');
  await writeFileAtomic(join(folder, 'there'), text('new'));
  t.equal(readFileSync(join(folder, 'there'), 'utf8'), 'new');
});

t.test('unlock keys from a file: raw, hex, base64url', async (t) => {
  const folder = t.testdir();
  const path = join(folder, 'unlock.key');
  const key = randomBytes(32);
  const forms: (string | Uint8Array)[] = [
    key,
    toHex(key),
    `${toHex(key).toUpperCase()}\r\n`,
    toBase64url(key),
    `${toBase64url(key)}\n`,
  ];
  for (const form of forms) {
    writeFileSync(path, form);
    t.equal(toHex(await readUnlockKey(path)), toHex(key));
  }
  const stray = toBase64url(key).slice(0, 42);
  for (const form of [
    '',
    'password',
    toHex(key).slice(2),
    `${toHex(key)}0`,
    ` ${toHex(key)}`,
    `${stray}B`,
    `${toBase64url(key)}=`,
    '0'.repeat(500),
  ]) {
    writeFileSync(path, form);
    await t.rejects(readUnlockKey(path), { code: 'keystore.unlock-key-invalid' }, `${form.length} characters`);
  }
  await t.rejects(readUnlockKey(join(folder, 'none')), { code: 'ENOENT' });
});
