// A keystore as one file, and back: what is in it, what is not, and that nothing in it can be changed.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  ARGON2ID_CEILING,
  ARGON2ID_FLOOR,
  exportKeystore,
  FileKeystore,
  importKeystore,
  isKeysError,
  KEYSTORE_EXPORT_BYTES,
  newDayWrap,
  openKeystoreExport,
  randomBytes,
  sealUnderDay,
  type Unlock,
} from '@holdfast/keys';
import { canonicalBytes, type FederationId, toFederationId, u32be, utf8 } from '@holdfast/protocol';
import t from 'tap';
import { toHex } from './vectors.js';

const newKey = (): Unlock => ({ kind: 'key', key: randomBytes(32) });
const newFed = (): FederationId => toFederationId(randomBytes(32));
const about = utf8('{"role":"device"}');
const HEAD_BYTES = 1028;

interface Source {
  readonly keystore: FileKeystore;
  readonly fed: FederationId;
  readonly seed: Uint8Array;
  readonly daySecrets: readonly Uint8Array[];
}

async function deviceKeystore(folder: string): Promise<Source> {
  const fed = newFed();
  const keystore = await FileKeystore.create(folder, { unlock: newKey(), fed });
  const seed = randomBytes(32);
  await keystore.put('signing-key', 'main', seed);
  const wrap = newDayWrap(20_453);
  const epoch = randomBytes(32);
  await keystore.put('day-wrap', '20453', wrap.key);
  await keystore.put('epoch', '20453', sealUnderDay(wrap, 'epoch', epoch));
  await keystore.put('epoch-last', '20453', new Uint8Array());
  return { keystore, fed, seed, daySecrets: [wrap.key, epoch] };
}

t.test('an export opens with its own key, holds everything but the days, and becomes a keystore again', async (t) => {
  const folder = t.testdir();
  const { keystore, fed, seed } = await deviceKeystore(join(folder, 'from'));
  const [unlock, next] = [newKey(), newKey()];
  const file = await exportKeystore(keystore, { unlock, about });
  t.equal(file.length, KEYSTORE_EXPORT_BYTES);
  const opened = await openKeystoreExport(file, { unlock, fed });
  t.equal(opened.fed, fed);
  t.equal(toHex(opened.about), toHex(about));
  t.strictSame(
    opened.records.map(({ table, id, value }) => [table, id, toHex(value)]),
    [['signing-key', 'main', toHex(seed)]],
  );
  const target = join(folder, 'home', 'keystore');
  await importKeystore(opened, target, { unlock: next });
  const again = await FileKeystore.open(target, { unlock: next, fed });
  t.equal(toHex((await again.get('signing-key', 'main')) ?? new Uint8Array()), toHex(seed));
  t.strictSame(await again.tables(), ['signing-key']);
  t.not(toHex(again.deriveKey('archive')), toHex(keystore.deriveKey('archive')), 'a root key of its own');
  t.strictSame(readdirSync(join(folder, 'home')), ['keystore'], 'no temporary folder is left');
});

t.test('the size says nothing, and two exports of one keystore share no bytes beyond the header', async (t) => {
  const folder = t.testdir();
  const { keystore } = await deviceKeystore(join(folder, 'from'));
  const unlock = newKey();
  const one = await exportKeystore(keystore, { unlock, about });
  for (let i = 0; i < 200; i++) await keystore.put('more', String(i), randomBytes(64));
  const other = await exportKeystore(keystore, { unlock, about });
  t.equal(other.length, one.length);
  const same = one.filter((byte, index) => index >= HEAD_BYTES && byte === other[index]).length;
  t.ok(same < one.length / 100, `${same} bytes agree by chance`);
});

t.test('more than fits is refused with a code, and nothing is written', async (t) => {
  const { keystore } = await deviceKeystore(join(t.testdir(), 'from'));
  await keystore.put('more', 'big', randomBytes(64_300));
  const fits = await exportKeystore(keystore, { unlock: newKey(), about: new Uint8Array() });
  t.equal(fits.length, KEYSTORE_EXPORT_BYTES);
  await keystore.put('more', 'big', randomBytes(64_500));
  await t.rejects(exportKeystore(keystore, { unlock: newKey(), about }), { code: 'keystore.export-too-large' });
});

t.test('every changed byte is refused, in the head bit by bit', async (t) => {
  const { keystore } = await deviceKeystore(join(t.testdir(), 'from'));
  const unlock = newKey();
  const file = await exportKeystore(keystore, { unlock, about });
  const codes = new Set<string>();
  const refused = async (at: number, bit: number): Promise<boolean> => {
    const changed = Uint8Array.from(file);
    changed[at] = (changed[at] ?? 0) ^ (1 << bit);
    try {
      await openKeystoreExport(changed, { unlock });
      return false;
    } catch (error) {
      if (!isKeysError(error)) throw error;
      codes.add(error.code);
      return true;
    }
  };
  const passed: string[] = [];
  for (let at = 0; at < HEAD_BYTES; at++)
    for (let bit = 0; bit < 8; bit++) if (!(await refused(at, bit))) passed.push(`${at}.${bit}`);
  // Every byte of nonce, first and last block; one byte of each 64 between.
  for (let at = HEAD_BYTES; at < file.length; at += at < HEAD_BYTES + 128 || at >= file.length - 64 ? 1 : 64)
    if (!(await refused(at, at % 8))) passed.push(String(at));
  t.strictSame(passed, []);
  t.strictSame([...codes].sort(), ['keystore.export-invalid', 'keystore.header-invalid', 'keystore.unlock-failed']);
  for (const bytes of [new Uint8Array(), file.subarray(1), Uint8Array.of(...file, 0), new Uint8Array(file.length)])
    await t.rejects(openKeystoreExport(bytes, { unlock }), { code: /^keystore\./ });
});

t.test('a password: its parameters are stored, authenticated, and refused before anything is stretched', async (t) => {
  const { keystore } = await deviceKeystore(join(t.testdir(), 'from'));
  const unlock: Unlock = { kind: 'password', password: 'réunion-42' };
  const file = await exportKeystore(keystore, { unlock, about, params: ARGON2ID_FLOOR });
  t.equal((await openKeystoreExport(file, { unlock })).records.length, 1);
  const length = Buffer.from(file).readUInt32BE(0);
  const header = JSON.parse(Buffer.from(file.subarray(4, 4 + length)).toString()) as { kdf: Record<string, unknown> };
  t.match(header.kdf, { name: 'argon2id', t: 3, mKiB: 65_536 });
  const withKdf = (kdf: object): Uint8Array => {
    const changed = canonicalBytes({ ...header, kdf: { ...header.kdf, ...kdf } });
    const out = Uint8Array.from(file);
    out.fill(0, 0, HEAD_BYTES);
    out.set(u32be(changed.length));
    out.set(changed, 4);
    return out;
  };
  // Called off before it begins: whatever gets as far as stretching says so.
  const signal = AbortSignal.abort();
  await t.rejects(openKeystoreExport(file, { unlock, signal }), { code: 'keys.aborted' });
  for (const [what, kdf] of Object.entries({
    'a pass less': { t: 2 },
    'less memory': { mKiB: 65_535 },
    'too many passes': { t: ARGON2ID_CEILING.t + 1 },
    'more memory than the machine has': { mKiB: 2 ** 40 },
  })) {
    await t.rejects(
      openKeystoreExport(withKdf(kdf), { unlock, signal }),
      { code: 'keystore.parameters-refused' },
      what,
    );
  }
  const failed = { code: 'keystore.unlock-failed' };
  await t.rejects(openKeystoreExport(withKdf({ t: 4 }), { unlock }), failed, 'allowed, but not what was sealed');
  await t.rejects(openKeystoreExport(file, { unlock: { kind: 'password', password: 'réunion-43' } }), failed);
  await t.rejects(openKeystoreExport(file, { unlock: newKey() }), failed);
});

t.test('an import writes over nothing, and another federation is refused', async (t) => {
  const folder = t.testdir({ taken: { 'notes.txt': 'mine' }, file: 'text' });
  const { keystore, fed } = await deviceKeystore(join(folder, 'from'));
  const unlock = newKey();
  const file = await exportKeystore(keystore, { unlock, about });
  await t.rejects(openKeystoreExport(file, { unlock, fed: newFed() }), { code: 'keystore.other-federation' });
  const header = readFileSync(join(folder, 'from', 'header.json'));
  for (const name of ['from', 'taken', 'file']) {
    const opened = await openKeystoreExport(file, { unlock, fed });
    await t.rejects(importKeystore(opened, join(folder, name), { unlock }), { code: 'keystore.exists' }, name);
  }
  t.strictSame(readFileSync(join(folder, 'from', 'header.json')), header);
  t.equal(readFileSync(join(folder, 'taken', 'notes.txt'), 'utf8'), 'mine');
  t.strictSame(readdirSync(folder).sort(), ['file', 'from', 'taken'], 'no temporary folder is left');
  await mkdir(join(folder, 'empty'));
  await importKeystore(await openKeystoreExport(file, { unlock, fed }), join(folder, 'empty'), { unlock });
  t.ok(existsSync(join(folder, 'empty', 'header.json')), 'an empty folder holds nothing');
});

t.test('no day key is in an export, under whatever key it is read', async (t) => {
  const folder = t.testdir();
  const { keystore, daySecrets } = await deviceKeystore(join(folder, 'from'));
  const unlock = newKey();
  const file = await exportKeystore(keystore, { unlock, about });
  const { records } = await openKeystoreExport(file, { unlock });
  const all = records.map(({ table, id, value }) => `${table}/${id}=${toHex(value)}`).join();
  for (const secret of daySecrets) t.notOk(all.includes(toHex(secret)));
  t.notOk(/day-wrap|epoch/.test(all));
  writeFileSync(join(folder, 'export'), file);
  t.equal(readFileSync(join(folder, 'export')).length, KEYSTORE_EXPORT_BYTES);
});
