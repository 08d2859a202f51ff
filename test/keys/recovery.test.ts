// Custodians and archive wraps: any two open, none alone; what was changed, moved or made by another is refused with a code.
import {
  addCustodian,
  archiveKeyHash,
  type Custodian,
  encodeRecoveryFile,
  generateArchiveKey,
  generateSigningKey,
  generateXwingKeyPair,
  hpkeOpen,
  isKeysError,
  openArchiveWrap,
  openByCustodians,
  parseRecoveryFile,
  type RecoveryFile,
  type RecoveryScope,
  randomBytes,
  removeCustodian,
  sealArchiveWrap,
  sealToCustodians,
  type UnlockedCustodian,
  type WrapName,
} from '@holdfast/keys';
import {
  type AgencyId,
  canonicalBytes,
  concat,
  context,
  fromBase64url,
  toBase64url,
  toDeviceId,
  toFederationId,
  toOfficerId,
  utf8,
} from '@holdfast/protocol';
import t from 'tap';
import { toHex } from './vectors.js';

const scope: RecoveryScope = { fed: toFederationId(randomBytes(32)), agency: 'xa-fiu' as AgencyId };
type Person = Custodian & UnlockedCustodian;
const newPerson = (): Person => ({ number: toOfficerId(randomBytes(16)), ...generateXwingKeyPair() });
const at = <T>(items: readonly T[], index: number): T => {
  const item = items[index];
  if (item === undefined) throw new RangeError(`no item ${index}`);
  return item;
};

t.test('any two of four custodians open the key, in either order; one alone does not', async (t) => {
  const people = [newPerson(), newPerson(), newPerson(), newPerson()];
  const archive = generateArchiveKey();
  const file = parseRecoveryFile(encodeRecoveryFile(await sealToCustodians(scope, archive, people)));
  t.equal(file.pairs.length, 6);
  for (const one of people) {
    for (const other of people) {
      const opening = openByCustodians(file, scope, one, other);
      if (one === other) await t.rejects(opening, { code: 'recovery.two-custodians' });
      else t.equal(toHex((await opening).secretKey), toHex(archive.secretKey));
    }
  }
  const text = Buffer.from(encodeRecoveryFile(file)).toString();
  t.notOk(text.includes(toBase64url(archive.secretKey)), 'the key is not in the file');
});

t.test('the first layer gives one custodian no more than the second layer', async (t) => {
  const people = [newPerson(), newPerson()].sort((a, b) => (a.number < b.number ? -1 : 1));
  const archive = generateArchiveKey();
  const file = await sealToCustodians(scope, archive, people);
  const [first, second] = [at(people, 0), at(people, 1)];
  const sealed = fromBase64url(at(file.pairs, 0).sealed);
  const binding = canonicalBytes({
    agency: scope.agency,
    archive: archiveKeyHash(archive.publicKey),
    custodians: [first.number, second.number],
    fed: scope.fed,
  });
  const open = (secretKey: Uint8Array, layer: string, bytes: Uint8Array): Promise<Uint8Array> =>
    hpkeOpen({ secretKey, info: concat(context(`archive-custody-${layer}`), binding), sealed: bytes });
  const inner = await open(first.secretKey, 'outer', sealed);
  const failed = { code: 'keys.decryption-failed' };
  await t.rejects(open(first.secretKey, 'inner', inner), failed, 'the first alone');
  await t.rejects(open(second.secretKey, 'outer', sealed), failed, 'the second alone, outer');
  await t.rejects(open(second.secretKey, 'inner', sealed), failed, 'the second alone, inner');
  t.equal(toHex(await open(second.secretKey, 'inner', inner)), toHex(archive.secretKey));
});

t.test('strangers, another agency, another file and changed pairs are refused, each with its code', async (t) => {
  const people = [newPerson(), newPerson(), newPerson()];
  const [a, b, c] = [at(people, 0), at(people, 1), at(people, 2)];
  const file = await sealToCustodians(scope, generateArchiveKey(), people);
  const other = { ...scope, agency: 'xb-fiu' as AgencyId };
  const foreigners = [newPerson(), newPerson()];
  const foreign = await sealToCustodians(other, generateArchiveKey(), foreigners);
  const refuses = (used: RecoveryFile, one: Person, two: Person, code: string): Promise<unknown> =>
    t.rejects(openByCustodians(used, scope, one, two), { name: 'KeysError', code });
  await refuses(file, at(foreigners, 0), at(foreigners, 1), 'recovery.not-custodian');
  await refuses(file, a, at(foreigners, 1), 'recovery.not-custodian');
  await refuses(file, a, { ...b, secretKey: c.secretKey }, 'recovery.not-custodian');
  await refuses(foreign, at(foreigners, 0), at(foreigners, 1), 'recovery.other-agency');
  await refuses({ ...foreign, agency: scope.agency }, at(foreigners, 0), at(foreigners, 1), 'recovery.custody-damaged');
  await refuses({ ...file, archiveKey: foreign.archiveKey }, a, b, 'recovery.custody-damaged');
  const swapped = file.pairs.map((pair, i) => ({ ...pair, sealed: at(file.pairs, (i + 1) % 3).sealed }));
  await refuses({ ...file, pairs: swapped }, a, b, 'recovery.custody-damaged');
  const sealed = fromBase64url(at(file.pairs, 0).sealed);
  for (let byte = 0; byte < sealed.length; byte += 41) {
    const changed = toBase64url(sealed.map((value, i) => (i === byte ? value ^ 1 : value)));
    const pairs = file.pairs.map((pair) => ({ ...pair, sealed: changed }));
    await refuses({ ...file, pairs }, a, b, 'recovery.custody-damaged');
  }
});

t.test('a custodian comes and goes with two who are present', async (t) => {
  const people = [newPerson(), newPerson()];
  const [a, b, c] = [at(people, 0), at(people, 1), newPerson()];
  const file = await sealToCustodians(scope, generateArchiveKey(), people);
  const archive = await openByCustodians(file, scope, a, b);
  const three = await addCustodian(file, archive, c);
  t.equal(toHex((await openByCustodians(three, scope, c, a)).secretKey), toHex(archive.secretKey));
  const without = await removeCustodian(three, archive, a.number);
  t.equal(toHex((await openByCustodians(without, scope, c, b)).secretKey), toHex(archive.secretKey));
  await t.rejects(openByCustodians(without, scope, a, b), { code: 'recovery.not-custodian' });
  await t.rejects(removeCustodian(without, archive, a.number), { code: 'recovery.not-custodian' });
  await t.rejects(removeCustodian(without, archive, b.number), { code: 'recovery.custodians' }, 'one is too few');
  await t.rejects(addCustodian(file, generateArchiveKey(), c), { code: 'recovery.wrong-archive-key' });
  await t.rejects(sealToCustodians(scope, archive, [a, { ...b, publicKey: a.publicKey }]), {
    code: 'recovery.custodians',
  });
  await t.rejects(sealToCustodians(scope, archive, Array.from({ length: 17 }, newPerson)), {
    code: 'recovery.custodians',
  });
});

t.test('a recovery file of another form is refused', async (t) => {
  const file = await sealToCustodians(scope, generateArchiveKey(), [newPerson(), newPerson(), newPerson()]);
  const reversed = [...file.custodians].reverse();
  const forms: Record<string, unknown> = {
    'not sorted': { ...file, custodians: reversed },
    'a pair too few': { ...file, pairs: file.pairs.slice(1) },
    'a pair twice': { ...file, pairs: [...file.pairs, at(file.pairs, 0)] },
    'one custodian': { ...file, custodians: file.custodians.slice(0, 1), pairs: [] },
    'another version': { ...file, v: 2 },
    'a member more': { ...file, name: 'Ada' },
    'a short key': { ...file, archiveKey: 'AAAA' },
  };
  for (const [what, form] of Object.entries(forms))
    t.throws(() => parseRecoveryFile(canonicalBytes(form)), { code: 'recovery.file-invalid' }, what);
  t.throws(() => parseRecoveryFile(utf8('{')), { code: 'recovery.file-invalid' });
});

t.test('a wrap opens under its name only, and only if the device signed it', async (t) => {
  const archive = generateArchiveKey();
  const signingKey = generateSigningKey();
  const name: WrapName = { ...scope, device: toDeviceId(randomBytes(16)), number: 7 };
  const record = utf8('the record');
  const bytes = await sealArchiveWrap({ name, archiveKey: archive.publicKey, signingKey, record });
  const opening = { name, archive, deviceKey: signingKey.publicKey };
  t.equal(toHex(await openArchiveWrap(bytes, opening)), toHex(record));
  t.notOk(Buffer.from(bytes).includes('record'));
  const again = await sealArchiveWrap({ name, archiveKey: archive.publicKey, signingKey, record: utf8('other') });
  t.equal(again.length, bytes.length, 'a short record and a shorter one have one size');

  const invalid = { code: 'recovery.wrap-invalid' };
  for (const changed of [
    { number: 8 },
    { device: toDeviceId(randomBytes(16)) },
    { agency: 'xb-fiu' as AgencyId },
    { fed: toFederationId(randomBytes(32)) },
  ])
    await t.rejects(openArchiveWrap(bytes, { ...opening, name: { ...name, ...changed } }), invalid);
  await t.rejects(openArchiveWrap(bytes, { ...opening, archive: generateArchiveKey() }), {
    code: 'recovery.wrong-archive-key',
  });
  const forged = await sealArchiveWrap({
    name,
    archiveKey: archive.publicKey,
    signingKey: generateSigningKey(),
    record,
  });
  await t.rejects(openArchiveWrap(forged, opening), invalid, 'made by who knows the archive key and no device');

  const passed: number[] = [];
  for (let at = 0; at < bytes.length; at++) {
    const changed = bytes.map((byte, index) => (index === at ? byte ^ 1 : byte));
    try {
      await openArchiveWrap(changed, opening);
      passed.push(at);
    } catch (error) {
      if (!isKeysError(error)) throw error;
    }
  }
  t.strictSame(passed, [], 'every changed byte is refused');
  for (const length of [0, 1, 1168, bytes.length - 1])
    await t.rejects(openArchiveWrap(bytes.subarray(0, length), opening), invalid, `${length} bytes`);
});
