/** Drafts that travel, roots of several holders, and administrators who are interrupted half way. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  addOfficer,
  admitMember,
  agencyPaths,
  type DirectoryWork,
  describeDraft,
  draftNext,
  draftRoot,
  fetchChain,
  finishTrustList,
  initFederation,
  keyStatus,
  latestTrustList,
  missingSignatures,
  openSession,
  publishDraft,
  readDraft,
  readOfficer,
  readSigningKey,
  revokeKey,
  rootFolder,
  rotateDirectoryKey,
  signDraft,
  signNext,
  suspendMember,
  withMember,
  withoutMember,
} from '@holdfast/client-sdk';
import { ARGON2ID_FLOOR, FileKeystore, generateSigningKey, randomBytes, type Unlock } from '@holdfast/keys';
import type { AgencyChain } from '@holdfast/keys/verify';
import { encodeTrustList, MS_PER_DAY, parseTrustList, toBase64url } from '@holdfast/protocol';
import t from 'tap';
import { makeTestNetwork, ORIGIN, soon, type TestNetwork, XA, XB } from '../fixtures/network.js';

const key = (): Unlock => ({ kind: 'key', key: randomBytes(32) });
const publicKeyOf = (): string => toBase64url(generateSigningKey().publicKey);

async function temporary(test: { teardown(work: () => Promise<void>): void }): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-test-'));
  test.teardown(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

t.test('a trust list goes from holder to holder as a draft that nobody has to believe', async (t) => {
  const home = await temporary(t);
  const unlocks = [key(), key(), key()];
  const nowMs = Date.UTC(2026, 5, 1);
  await initFederation(home, null, {
    name: 'Three holders',
    use: 'sandbox',
    relay: { origin: ORIGIN, key: publicKeyOf() },
    validDays: 365,
    nowMs,
    root: { threshold: 2, unlocks },
  });
  const request = { agency: XA, name: 'FIU of Arvenia', root: { threshold: 1, keys: [publicKeyOf()] } };
  await t.rejects(
    admitMember(home, unlocks[0] ?? key(), request, nowMs),
    { code: 'signatures.missing', message: /2 more of the root keys: of any 2 of/ },
    'not in one step',
  );
  const holders = await Promise.all(
    unlocks.map((unlock, index) => readSigningKey(join(rootFolder(home), String(index + 1)), unlock)),
  );
  const [one, two, three] = holders;
  if (one === undefined || two === undefined || three === undefined) throw new Error('There are three holders.');
  const { path, draft } = await draftNext(home, withMember(request), nowMs + 1);
  t.match(missingSignatures(draft.asks, draft.signers), [/^2 more of the root keys: of any 2 of/]);
  await t.rejects(signDraft(draft, generateSigningKey()), { code: 'draft.refused' }, 'a key that nobody asks for');
  const first = await signDraft(await signDraft(draft, one), one);
  t.equal(first.signers.size, 1, 'one holder counts once');
  await t.rejects(finishTrustList(home, first), { code: 'signatures.missing' });

  const file = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
  const rewritten = join(home, 'rewritten.json');
  const rewrite = async (change: object) => {
    await writeFile(rewritten, JSON.stringify({ ...file, signatures: first.signatures, ...change }));
    return await readDraft(rewritten);
  };
  const lying = await rewrite({ summary: ['Nothing but its dates change.'] });
  t.match(describeDraft(lying).join('\n'), /xa-fiu "FIU of Arvenia", active/, 'the words come from the payload');
  t.notMatch(describeDraft(lying).join('\n'), /Nothing but its dates/);
  const softened = await rewrite({
    asks: [{ what: 'root', set: { threshold: 1, keys: [toBase64url(one.publicKey)] } }],
  });
  t.strictSame(missingSignatures(softened.asks, softened.signers), []);
  await t.rejects(
    finishTrustList(home, softened),
    { code: 'signatures.missing' },
    'what a file asks for decides nothing',
  );
  const { list } = await latestTrustList(home);
  const other = encodeTrustList({ ...parseTrustList(first.payload), name: 'Another', expiresAtMs: list.expiresAtMs });
  await t.rejects(rewrite({ payload: toBase64url(other) }), { code: 'draft.refused' }, 'signatures of another payload');
  await t.rejects(rewrite({ kind: 'statement' }), { code: 'draft.refused' }, 'signatures of another kind');

  const whole = await signDraft(first, three);
  t.equal((await finishTrustList(home, whole)).list.version, 2);
  t.equal((await finishTrustList(home, whole)).list.version, 2, 'again it does nothing');
  const { draft: late } = await draftNext(home, withoutMember(XA), nowMs + 2);
  const { draft: rival } = await draftNext(home, withMember({ ...request, name: 'FIU' }), nowMs + 2);
  await finishTrustList(home, await signDraft(await signDraft(rival, one), two));
  await t.rejects(
    finishTrustList(home, await signDraft(await signDraft(late, one), two)),
    { code: 'draft.outdated' },
    'something else was signed in between',
  );
  const moved = { ...request, root: { threshold: 1, keys: [publicKeyOf()] } };
  await t.rejects(draftNext(home, withMember(moved), nowMs), { code: 'message.refused' }, 'other root keys, unsaid');
  const { draft: vouching, previous } = await draftNext(home, withMember(moved, { replaceRoot: true }), 0);
  t.match(describeDraft(vouching, previous).join('\n'), /VOUCHES for other root keys of xa-fiu/);
  t.ok(
    vouching.kind === 'trust-list' && vouching.list.issuedAtMs >= previous.issuedAtMs,
    'a wrong clock dates nothing back',
  );
});

t.test('a federation of one holder goes on as before', async (t) => {
  const home = await temporary(t);
  const unlock = key();
  await initFederation(home, unlock, {
    name: 'One holder',
    use: 'sandbox',
    relay: { origin: ORIGIN, key: publicKeyOf() },
    validDays: 365,
    nowMs: 1,
  });
  const request = { agency: XA, name: 'FIU of Arvenia', root: { threshold: 1, keys: [publicKeyOf()] } };
  t.equal((await admitMember(home, unlock, request, 2)).list.version, 2);
  t.equal((await suspendMember(home, unlock, XA, 3)).list.members[0]?.status, 'suspended');
  await t.rejects(signNext(home, key(), withMember(request), 4), { code: 'keystore.unlock-failed' });
  await t.rejects(
    initFederation(home, unlock, {
      name: 'Again',
      use: 'sandbox',
      relay: { origin: ORIGIN, key: publicKeyOf() },
      validDays: 1,
      nowMs: 5,
    }),
    { code: 'message.refused' },
  );
});

async function workOn(network: TestNetwork, session = openSession(network.url, soon())): Promise<DirectoryWork> {
  const { chain } = await fetchChain(openSession(network.url, soon()), XA, network.trust.fed);
  return { home: network.agencyHome(XA), unlock: network.unlock, session, chain, nowMs: Date.now() };
}

/** A session that breaks off at its n-th statement: before it has left, or after the relay has taken it. */
function breakingAt(network: TestNetwork, n: number, when: 'before' | 'after'): DirectoryWork['session'] {
  const session = openSession(network.url, soon());
  let calls = 0;
  return {
    openCall: async (operation, args) => {
      const isHere = ++calls === n;
      if (isHere && when === 'before') throw new Error('The line broke.');
      const answer = await session.openCall(operation, args);
      if (isHere) throw new Error('The line broke.');
      return answer;
    },
  };
}

t.test('an administrator who is interrupted finishes by doing it again', async (t) => {
  const network = await makeTestNetwork();
  t.teardown(() => network.close());
  const home = network.agencyHome(XA);
  const directory = async () =>
    toBase64url((await readSigningKey(agencyPaths(home).directory, network.unlock)).publicKey);
  const inForce = (chain: AgencyChain) => [...chain.directoryKeys.keys()].filter((one) => !chain.revoked.has(one));
  for (const n of [1, 2])
    for (const when of ['before', 'after'] as const) {
      const old = await directory();
      const broken = await workOn(network, breakingAt(network, n, when));
      await t.rejects(rotateDirectoryKey(broken), /line broke/, `${when} statement ${n}`);
      const { chain, key: renewed } = await rotateDirectoryKey(await workOn(network));
      t.not(renewed, old);
      t.equal(await directory(), renewed);
      t.strictSame(inForce(chain), [renewed], 'one directory key is in force');
      t.equal(chain.revoked.get(old)?.reason, 'superseded');
    }

  const officer = key();
  for (const when of ['before', 'after'] as const) {
    const name = `officer-${when}`;
    const request = { name, roles: ['analyst', 'duty'], unlock: officer } as const;
    const broken = await workOn(network, breakingAt(network, 1, when));
    await t.rejects(addOfficer(broken, request), /line broke/);
    const again = addOfficer(await workOn(network), request);
    if (when === 'before') t.equal((await again).officer, (await readOfficer(home, name)).officer, 'the same number');
    else await t.rejects(again, { code: 'officer.exists' }, 'it was certified already');
    const { chain } = await workOn(network);
    const certificate = chain.officers.get((await readOfficer(home, name)).officer);
    const keystore = join(home, 'officers', name, 'keystore');
    t.equal(toBase64url((await readSigningKey(keystore, officer)).publicKey), certificate?.key, 'the key opens');
    await t.rejects(
      readSigningKey(keystore, network.unlock),
      { code: 'keystore.unlock-failed' },
      "not by the gateway's",
    );
  }
  t.equal((await workOn(network)).chain.officers.size, 2);
});

t.test("an officer's key never opens with what the gateway has", async (t) => {
  const network = await makeTestNetwork();
  t.teardown(() => network.close());
  const work = await workOn(network);
  const add = (unlock: Unlock, other: Partial<DirectoryWork> = {}) =>
    addOfficer({ ...work, ...other }, { name: 'analyst-1', roles: ['analyst'], unlock }, ARGON2ID_FLOOR);
  await t.rejects(add(network.unlock), { code: 'officer.unlock-shared' }, "the administrator's key");
  // A gateway that was enrolled by somebody else, under another password, spelt the other way.
  const gateway = join(work.home, 'devices', 'gateway', 'keystore');
  await rm(gateway, { recursive: true });
  const password = { kind: 'password', password: 'caf\u00e9' } as const;
  await (await FileKeystore.create(gateway, { unlock: password, fed: work.chain.fed, params: ARGON2ID_FLOOR })).close();
  await t.rejects(
    add({ kind: 'password', password: 'cafe\u0301' }),
    { code: 'officer.unlock-shared' },
    "the gateway's",
  );
  await t.rejects(add(password, { unlock: password }), { code: 'officer.unlock-shared' }, 'the same password');
  t.equal(work.chain.officers.size, 0);
  const { chain } = await add({ kind: 'password', password: 'her own' });
  t.strictSame(
    [...chain.officers.values()].map(({ roles }) => roles),
    [['analyst']],
  );
  await t.rejects(add({ kind: 'password', password: 'her own' }, { chain }), { code: 'officer.exists' });
});

t.test('what is about to run out is said in time', async (t) => {
  const network = await makeTestNetwork();
  t.teardown(() => network.close());
  const { home, chain, nowMs } = await workOn(network);
  const warnings = async (days: number) =>
    (await keyStatus(home, chain, nowMs + days * MS_PER_DAY)).flatMap(({ what, warning }) =>
      warning === null ? [] : [`${what} ${warning}`],
    );
  t.strictSame(await warnings(0), []);
  t.strictSame(await warnings(14), [], '30 days of day keys are left');
  t.strictSame(await warnings(15), ['device day-keys-run-out']);
  t.strictSame(await warnings(160), ['device expires-soon']);
  t.strictSame(await warnings(181), ['device expired']);
  t.strictSame(await warnings(340), ['directory-key expires-soon', 'device expired']);
});

t.test('a draft is for one agency, one place in its chain, and the thresholds that are in force there', async (t) => {
  const network = await makeTestNetwork();
  t.teardown(() => network.close());
  const home = network.agencyHome(XA);
  const session = openSession(network.url, soon());
  const holder = key();
  const work = await workOn(network);
  await t.rejects(
    draftRoot(work, { threshold: 1, unlocks: [holder], keep: [publicKeyOf()] }),
    { code: 'message.refused' },
    'a stranger among those who stay',
  );
  const { path, holders } = await draftRoot(work, { threshold: 1, unlocks: [holder] });
  t.strictSame(
    holders.map(({ number }) => number),
    [2],
    'a number is never used again',
  );
  const old = await readSigningKey(join(agencyPaths(home).root, '1'), network.unlock);
  const next = await readSigningKey(join(agencyPaths(home).root, '2'), holder);
  const draft = await readDraft(path);
  const half = await signDraft(draft, next);
  await t.rejects(publishDraft(home, half, session), { code: 'signatures.missing', message: /in force until now/ });
  const whole = await signDraft(half, old);
  await t.rejects(publishDraft(network.agencyHome(XB), whole, session), { code: 'draft.refused' }, 'another agency');
  t.match((await publishDraft(home, whole, session)).chain, { rootTrust: 'succeeded' });
  t.match((await publishDraft(home, whole, session)).chain, { rootTrust: 'succeeded' }, 'again it does nothing');
  const [directory] = work.chain.directoryKeys.keys();
  const after = await workOn(network);
  const byOld = await revokeKey(after, directory ?? '', 'lost', 'root').catch((error: unknown) => error);
  t.match(byOld, { code: 'keystore.unlock-failed' }, "the new holder's key does not open with the old one's");
  const revoked = await revokeKey({ ...after, unlock: holder }, directory ?? '', 'lost', 'root');
  t.ok(revoked.chain?.revoked.has(directory ?? ''));
  await t.rejects(
    revokeKey(await workOn(network), only(work.chain), 'lost'),
    { code: 'chain.refused' },
    'the revoked directory key revokes nobody',
  );
  await t.rejects(publishDraft(home, whole, session), { code: 'draft.outdated' });
});

function only(chain: AgencyChain): string {
  const [device] = chain.devices.values();
  if (device === undefined) throw new Error('The chain has a device.');
  return device.key;
}
