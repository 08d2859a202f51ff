import {
  federationOf,
  generateEpochKeys,
  generateSigningKey,
  type SigningKey,
  signEpochBatch,
  signGeneralJws,
  signStatement,
  signTrustList,
} from '@holdfast/keys';
import {
  type AgencyChain,
  acceptEpochBatch,
  acceptTrustList,
  activeDevice,
  epochLeaves,
  extendChain,
  sha256,
  verifyEpochKey,
  verifyGeneralJws,
} from '@holdfast/keys/verify';
import { treeOf } from '@holdfast/log';
import {
  type EpochKeyProof,
  encodeTrustList,
  MS_PER_DAY,
  STATEMENT_TYP,
  TRUST_LIST_TYP,
  type TrustList,
  toBase64url,
  toDeviceId,
  toHash,
  toOfficerId,
} from '@holdfast/protocol';
import t from 'tap';
import { type FixtureAgency, makeFederation, NOW_MS, only } from '../fixtures/federation.js';

const federation = await makeFederation([
  { agency: 'xa-fiu', devices: 1 },
  { agency: 'xb-fiu', devices: 2 },
]);
const agency: FixtureAgency = only(federation.agencies);
const key = (signing: SigningKey): string => toBase64url(signing.publicKey);
const validity = { notBeforeMs: NOW_MS, notAfterMs: NOW_MS + 30 * MS_PER_DAY };

t.test('trust list: only the next version, signed by the old root and its own, naming its predecessor', async (t) => {
  const { list, hash } = federation.trust;
  const next: TrustList = { ...list, version: 2, prev: hash };
  const sign = (changed: TrustList, keys: SigningKey[] = [federation.root]) => signTrustList(changed, keys);
  const refused = async (changed: TrustList, keys?: SigningKey[]) => {
    const jws = await sign(changed, keys);
    t.throws(() => acceptTrustList(federation.trust, jws, federation.fed), { code: 'trust-list.refused' });
  };
  t.equal(acceptTrustList(federation.trust, await sign(next), federation.fed).list.version, 2);
  await refused({ ...next, version: 3 });
  await refused({ ...next, prev: toHash(new Uint8Array(32)) });
  await refused(next, [generateSigningKey()]);
  await refused({ ...next, use: 'live' });
  const newRoot = generateSigningKey();
  const rotated = { ...next, root: { threshold: 1, keys: [key(newRoot)] } };
  await refused(rotated, [newRoot]);
  await refused(rotated, [federation.root]);
  t.equal(
    acceptTrustList(federation.trust, await sign(rotated, [federation.root, newRoot]), federation.fed).list.version,
    2,
  );
  const first: TrustList = { ...list, name: 'Another federation' };
  const other = await sign(first);
  t.throws(() => acceptTrustList(undefined, other, federation.fed), { code: 'trust-list.refused' });
  t.equal(acceptTrustList(undefined, other, federationOf(first)).list.name, 'Another federation');
});

t.test('a chain replays to the same state, and refuses a statement out of its place', (t) => {
  const [first, second] = agency.statements;
  if (first === undefined || second === undefined) throw new Error('The fixture has two statements.');
  const start: AgencyChain = {
    ...agency.chain,
    seq: -1,
    head: null,
    atMs: 0,
    directoryKeys: new Map(),
    devices: new Map(),
  };
  t.throws(() => extendChain(start, second, []), { code: 'chain.out-of-order' });
  const replayed = extendChain(extendChain(start, first, []).chain, second, []).chain;
  t.same(replayed, agency.chain);
  t.throws(() => extendChain(agency.chain, first, []), { code: 'chain.out-of-order' });
  const another = only(federation.agencies, 1);
  t.throws(
    () => extendChain({ ...another.chain, seq: -1, head: null, atMs: 0 }, first, []),
    { code: 'chain.refused' },
    "another agency's chain",
  );
  t.end();
});

t.test('who may say what: each statement needs its authority and the proof of the new key', async (t) => {
  const fresh = generateSigningKey();
  const device = {
    kind: 'device',
    device: toDeviceId(new Uint8Array(16).fill(9)),
    key: key(fresh),
    ...validity,
  } as const;
  const officer: Parameters<typeof signStatement>[1] = {
    kind: 'officer',
    officer: toOfficerId(new Uint8Array(16)),
    roles: ['analyst'],
    key: key(fresh),
    ...validity,
  };
  const directory = { kind: 'directory-key', key: key(fresh), ...validity } as const;
  const revoke = { kind: 'revoke', target: key(agency.directoryKey), reason: 'lost' } as const;
  const { chain, root, directoryKey } = agency;
  const refused: readonly [string, Parameters<typeof signStatement>[1], SigningKey[]][] = [
    ['a device without proof of possession', device, [directoryKey]],
    ['a device certified by itself', device, [fresh]],
    ['a device certified by the root', device, [root, fresh]],
    ['an officer without the directory key', officer, [fresh, generateSigningKey()]],
    ['a directory key without the root', directory, [directoryKey, fresh]],
    ['a key that would live too long', { ...device, notAfterMs: NOW_MS + 400 * MS_PER_DAY }, [directoryKey, fresh]],
    ['a device id that is taken', { ...device, device: only(agency.devices).device }, [directoryKey, fresh]],
    ['a key that has another part already', { ...device, key: key(directoryKey) }, [directoryKey]],
    ['a revocation by a stranger', revoke, [fresh]],
    ['a revocation of an unknown key', { ...revoke, target: key(fresh) }, [root]],
  ];
  for (const [name, content, keys] of refused) {
    await t.rejects(signStatement(chain, content, NOW_MS, keys), { code: 'chain.refused' }, name);
  }
  const enrolled = await signStatement(chain, device, NOW_MS, [directoryKey, fresh]);
  t.ok(activeDevice(enrolled.chain, device.device, NOW_MS));
  t.notOk(activeDevice(enrolled.chain, device.device, validity.notAfterMs + 1), 'past its time');
  const revoked = await signStatement(enrolled.chain, { ...revoke, target: key(fresh) }, NOW_MS, [directoryKey]);
  t.notOk(activeDevice(revoked.chain, device.device, NOW_MS), 'revoked on sight');
  const noDirectory = await signStatement(revoked.chain, revoke, NOW_MS, [root]);
  await t.rejects(
    signStatement(
      noDirectory.chain,
      { ...device, device: toDeviceId(new Uint8Array(16).fill(8)), key: key(generateSigningKey()) },
      NOW_MS,
      [directoryKey, fresh],
    ),
    { code: 'chain.refused' },
    'a revoked directory key',
  );
});

t.test('a signature of one context is worthless in another, and every bit of a JWS matters', async (t) => {
  const payload = encodeTrustList(federation.trust.list);
  const jws = await signGeneralJws(payload, STATEMENT_TYP, [federation.root]);
  t.throws(() => verifyGeneralJws(jws, { typ: TRUST_LIST_TYP }), { code: 'jws.invalid' });
  const text = JSON.stringify(jws);
  for (let i = 2; i < text.length; i += 5) {
    const changed = `${text.slice(0, i)}${text[i] === 'A' ? 'B' : 'A'}${text.slice(i + 1)}`;
    let parsed: unknown;
    try {
      parsed = JSON.parse(changed);
    } catch {
      continue;
    }
    t.throws(() => verifyGeneralJws(parsed, { typ: STATEMENT_TYP }), { code: 'jws.invalid' }, `character ${i}`);
  }
  const embedded = { ...jws, signatures: [{ ...only(jws.signatures), header: { jwk: {} } }] };
  t.throws(() => verifyGeneralJws(embedded, { typ: STATEMENT_TYP }), { code: 'jws.invalid' }, 'an unprotected header');
  t.throws(
    () =>
      verifyGeneralJws({ ...jws, signatures: [only(jws.signatures), only(jws.signatures)] }, { typ: STATEMENT_TYP }),
    { code: 'jws.invalid' },
    'one key twice',
  );
});

t.test('epoch keys: only what the device signed, in the order it signed it', async (t) => {
  const { device, key: deviceKey, batch, epochKeys } = only(agency.devices);
  const owner = { fed: federation.fed, agency: agency.agency, device, key: deviceKey.publicKey };
  const publics = epochKeys.map(({ publicKey }) => publicKey);
  const tree = treeOf(sha256, epochLeaves(batch.batch.firstDay, publics));
  const proof = (index: number): EpochKeyProof => ({
    device,
    batch: batch.jws,
    day: batch.batch.firstDay + index,
    key: toBase64url(only(publics, index)),
    path: tree.inclusionPath(index).map(toHash),
  });
  for (const index of publics.keys()) t.same(verifyEpochKey(proof(index), owner).key, only(publics, index));
  t.throws(
    () => verifyEpochKey({ ...proof(0), key: toBase64url(only(publics, 1)) }, owner),
    { code: 'epoch.refused' },
    'a swapped key',
  );
  t.throws(() => verifyEpochKey({ ...proof(0), day: proof(1).day }, owner), { code: 'epoch.refused' }, 'another day');
  t.throws(() => verifyEpochKey(proof(0), { ...owner, device: only(only(federation.agencies, 1).devices).device }), {
    code: 'epoch.refused',
  });
  t.throws(() => verifyEpochKey(proof(0), { ...owner, key: generateSigningKey().publicKey }), { code: 'jws.invalid' });
  const next = await signEpochBatch(batch, generateEpochKeys(batch.batch.firstDay + 3, 2), owner, deviceKey);
  t.equal(next.batch.n, 1);
  t.throws(() => acceptEpochBatch(undefined, next.jws, owner, []), { code: 'epoch.out-of-order' });
  t.throws(
    () => acceptEpochBatch(batch, next.jws, owner, publics),
    { code: 'epoch.refused' },
    'other keys than it names',
  );
});
