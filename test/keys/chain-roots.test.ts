/**
 * The life of signing keys in a chain: who may replace a root, what a revocation is worth, and what a thief of each key can do.
 * The rule is written a second time here, as a model, and compared with `extendChain` over random statements by random signers.
 */
import {
  federationOf,
  generateSigningKey,
  nextStatement,
  type SigningKey,
  type StatementContent,
  signGeneralJws,
  signStatement,
  signTrustList,
} from '@holdfast/keys';
import {
  type AgencyChain,
  acceptTrustList,
  extendChain,
  isKeysError,
  needsComparison,
  rootsOf,
  startChain,
  startMemberChain,
} from '@holdfast/keys/verify';
import {
  type AgencyId,
  encodeStatement,
  type GeneralJws,
  type KeySet,
  MS_PER_DAY,
  STATEMENT_TYP,
  type Statement,
  sameKeySet,
  toBase64url,
  toDeviceId,
  toFederationId,
  toOfficerId,
} from '@holdfast/protocol';
import fc from 'fast-check';
import t from 'tap';
import { type FixtureAgency, makeFederation, NOW_MS, only } from '../fixtures/federation.js';

const key = (signing: SigningKey): string => toBase64url(signing.publicKey);
const setOf = (threshold: number, ...keys: readonly SigningKey[]): KeySet => ({ threshold, keys: keys.map(key) });
const FED = toFederationId(new Uint8Array(32).fill(7));
const AGENCY = 'xa-fiu' as AgencyId;
const validity = (days = 100) => ({ notBeforeMs: NOW_MS - 1000, notAfterMs: NOW_MS + days * MS_PER_DAY });
const certify = (directory: SigningKey): StatementContent => ({
  kind: 'directory-key',
  key: key(directory),
  ...validity(),
});
const deviceOf = (device: SigningKey, n: number): StatementContent => ({
  kind: 'device',
  device: toDeviceId(new Uint8Array(16).fill(n)),
  key: key(device),
  ...validity(),
});
const revoke = (target: SigningKey): StatementContent => ({
  kind: 'revoke',
  target: key(target),
  reason: 'compromised',
});

async function signed(
  chain: AgencyChain,
  content: StatementContent,
  keys: readonly SigningKey[],
  change: Partial<Statement> = {},
): Promise<GeneralJws> {
  const statement = { ...nextStatement(chain, content, NOW_MS), ...change } as Statement;
  return await signGeneralJws(encodeStatement(statement), STATEMENT_TYP, keys);
}

// --- the property ---------------------------------------------------------------------------------------------------------

const POOL = Array.from({ length: 12 }, generateSigningKey);
/** Sets over the first keys of the pool, so that they overlap; the rest become directory keys, devices and officers. */
const SETS: readonly KeySet[] = [
  [2, 0, 1, 2],
  [2, 1, 2, 3],
  [1, 3],
  [2, 3, 4],
  [1, 4, 5],
].map(([threshold = 1, ...keys]) => setOf(threshold, ...keys.map((index) => only(POOL, index))));

interface Step {
  readonly kind: 'directory-key' | 'officer' | 'device' | 'archive' | 'entry' | 'revoke' | 'root';
  readonly subject: number;
  readonly set: number;
  readonly signers: readonly number[];
  /** Signs with all that the rule could ask for, whatever `signers` says. */
  readonly isGenerous: boolean;
  readonly atOffsetMs: number;
  readonly days: number;
  readonly misplaced: 'no' | 'seq' | 'agency' | 'fed';
  /** One more trust list, which names another set for the agency. */
  readonly list: number | null;
}

/** Begins most runs, so that there is somebody to certify. */
const OPENING: Step = {
  kind: 'directory-key',
  subject: 8,
  set: 0,
  signers: [],
  isGenerous: true,
  atOffsetMs: 0,
  days: 396,
  misplaced: 'no',
  list: null,
};
const poolIndex = fc.integer({ min: 0, max: POOL.length - 1 });
const stepArbitrary: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(
    'directory-key',
    'officer',
    'officer',
    'device',
    'device',
    'archive',
    'entry',
    'revoke',
    'root',
    'root',
  ),
  subject: poolIndex,
  set: fc.integer({ min: 0, max: SETS.length - 1 }),
  signers: fc.uniqueArray(poolIndex, { minLength: 1, maxLength: 5 }),
  isGenerous: fc.constantFrom(true, true, false),
  atOffsetMs: fc.constantFrom(0, 0, 0, 1, 1000, 40 * MS_PER_DAY, -1),
  days: fc.constantFrom(30, 30, 30, 30, 210, 210, 211, 396, 397, 761, 762),
  misplaced: fc.constantFrom('no', 'no', 'no', 'no', 'no', 'no', 'no', 'seq', 'agency', 'fed'),
  list: fc.option(fc.integer({ min: 0, max: SETS.length - 1 }), { freq: 3 }),
});

interface Certified {
  readonly kind: Step['kind'];
  readonly from: number;
  readonly to: number;
  revoked: boolean;
}
/** The rule of spec 22, said once more: what has been certified, and which root sets have been in force. */
interface Model {
  readonly keys: Map<string, Certified>;
  readonly ids: Set<string>;
  readonly roots: KeySet[];
  /** How many of the federation's namings are used up. */
  namings: number;
  atMs: number;
}

const LIFE: Readonly<Record<string, number>> = { 'directory-key': 396, officer: 396, device: 210, archive: 761 };
const holds = (set: KeySet, by: ReadonlySet<string>): boolean =>
  set.keys.filter((k) => by.has(k)).length >= set.threshold;
const currentRoot = (model: Model): KeySet => only(model.roots, model.roots.length - 1);

function isAllowed(model: Model, statement: Statement, by: ReadonlySet<string>, namings: readonly KeySet[]): boolean {
  const byRoot = holds(currentRoot(model), by);
  const byDirectory = [...model.keys].some(
    ([k, { kind, from, to, revoked }]) =>
      kind === 'directory-key' && by.has(k) && !revoked && from <= statement.atMs && statement.atMs <= to,
  );
  const isShort =
    'notAfterMs' in statement &&
    statement.notAfterMs - statement.notBeforeMs <= (LIFE[statement.kind] ?? 0) * MS_PER_DAY;
  const isNew = (k: string): boolean => !model.keys.has(k) && model.roots.every(({ keys }) => !keys.includes(k));
  switch (statement.kind) {
    case 'directory-key':
      return byRoot && by.has(statement.key) && isNew(statement.key) && isShort;
    case 'officer':
    case 'device': {
      const id = statement.kind === 'officer' ? `o ${statement.officer}` : `d ${statement.device}`;
      return byDirectory && by.has(statement.key) && isNew(statement.key) && isShort && !model.ids.has(id);
    }
    case 'archive':
      return byDirectory && isShort;
    case 'entry':
    case 'capability':
      return byDirectory;
    case 'revoke':
      return (byRoot || byDirectory) && model.keys.get(statement.target)?.revoked === false;
    case 'root': {
      const isVouched = namings.some((set, index) => index > model.namings && sameKeySet(set, statement.root));
      const isFresh = !model.roots.some((set) => sameKeySet(set, statement.root));
      const isFree = statement.root.keys.every((k) => !model.keys.has(k));
      return holds(statement.root, by) && isFresh && isFree && (byRoot || isVouched);
    }
  }
}

function applyTo(model: Model, statement: Statement, by: ReadonlySet<string>, namings: readonly KeySet[]): void {
  model.atMs = statement.atMs;
  if ('key' in statement)
    model.keys.set(statement.key, {
      kind: statement.kind,
      from: statement.notBeforeMs,
      to: statement.notAfterMs,
      revoked: false,
    });
  if (statement.kind === 'officer') model.ids.add(`o ${statement.officer}`);
  if (statement.kind === 'device') model.ids.add(`d ${statement.device}`);
  if (statement.kind === 'revoke') {
    const certified = model.keys.get(statement.target);
    if (certified !== undefined) certified.revoked = true;
  }
  if (statement.kind === 'root') {
    if (!holds(currentRoot(model), by))
      model.namings = namings.findIndex((set, index) => index > model.namings && sameKeySet(set, statement.root));
    model.roots.push(statement.root);
  }
}

/** A generous step is about a key that fits it, where there is one. */
function subjectOf(step: Step, model: Model): SigningKey {
  const isKnown = (signing: SigningKey): boolean => model.keys.has(key(signing));
  const isFree = (signing: SigningKey): boolean =>
    !isKnown(signing) && model.roots.every(({ keys }) => !keys.includes(key(signing)));
  const fitting = step.isGenerous ? POOL.filter(step.kind === 'revoke' ? isKnown : isFree) : [];
  return fitting[step.subject % Math.max(1, fitting.length)] ?? only(POOL, step.subject);
}

function contentOf(step: Step, model: Model): StatementContent {
  const subject = subjectOf(step, model);
  const life = { notBeforeMs: NOW_MS, notAfterMs: NOW_MS + step.days * MS_PER_DAY };
  const id = new Uint8Array(16).fill(step.subject);
  switch (step.kind) {
    case 'directory-key':
      return { kind: step.kind, key: key(subject), ...life };
    case 'officer':
      return { kind: step.kind, officer: toOfficerId(id), roles: ['duty'], key: key(subject), ...life };
    case 'device':
      return { kind: step.kind, device: toDeviceId(id), key: key(subject), ...life };
    case 'archive':
      return { kind: step.kind, archiveKey: 'A'.repeat(1622), ...life };
    case 'entry': {
      const hash = FED as string;
      return { kind: step.kind, documentHash: hash as never, expiresAtMs: NOW_MS + MS_PER_DAY };
    }
    case 'revoke':
      return { kind: step.kind, target: key(subject), reason: 'lost' };
    case 'root':
      return { kind: step.kind, root: only(SETS, step.set) };
  }
}

function signersOf(step: Step, model: Model): readonly SigningKey[] {
  if (!step.isGenerous) return step.signers.map((index) => only(POOL, index));
  const wanted = new Set([...currentRoot(model).keys, ...(step.kind === 'root' ? only(SETS, step.set).keys : [])]);
  for (const [k, { kind }] of model.keys) if (kind === 'directory-key') wanted.add(k);
  wanted.add(key(subjectOf(step, model)));
  return POOL.filter((signing) => wanted.has(key(signing)));
}

function outcome<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    if (isKeysError(error)) return undefined;
    throw error;
  }
}

t.test('random statements by random signers: what is accepted is what the rule says, and replays agree', async (t) => {
  const seen = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(
      fc.boolean(),
      fc.array(stepArbitrary, { minLength: 4, maxLength: 14 }),
      async (isOpened, random) => {
        const steps = isOpened ? [OPENING, ...random] : random;
        const admitted = only(SETS);
        const model: Model = { keys: new Map(), ids: new Set(), roots: [admitted], namings: 0, atMs: 0 };
        const namings: KeySet[] = [admitted];
        const accepted: GeneralJws[] = [];
        let chain = startChain(AGENCY, admitted, FED);
        for (const step of steps) {
          if (step.list !== null) namings.push(only(SETS, step.list));
          const statement = {
            ...nextStatement(chain, contentOf(step, model), NOW_MS),
            atMs: Math.max(chain.atMs, NOW_MS) + step.atOffsetMs,
            ...(step.misplaced === 'seq' ? { seq: chain.seq + 2, prev: FED as string as never } : {}),
            ...(step.misplaced === 'agency' ? { agency: 'xb-fiu' as AgencyId } : {}),
            ...(step.misplaced === 'fed' ? { fed: toFederationId(new Uint8Array(32)) } : {}),
          } as Statement;
          const signers = signersOf(step, model);
          const by = new Set(signers.map(key));
          const expected =
            step.misplaced === 'no' && statement.atMs >= model.atMs && isAllowed(model, statement, by, namings);
          const jws = await signGeneralJws(encodeStatement(statement), STATEMENT_TYP, signers);
          const extension = outcome(() => extendChain(chain, jws, namings));
          if ((extension !== undefined) !== expected)
            throw new Error(`${statement.kind} was ${expected ? 'refused' : 'accepted'} against the rule`);
          const verdict = `${statement.kind} ${expected ? 'accepted' : 'refused'}`;
          seen.set(verdict, (seen.get(verdict) ?? 0) + 1);
          if (extension === undefined) continue;
          applyTo(model, statement, by, namings);
          accepted.push(jws);
          chain = extension.chain;
        }
        const replay = (lists: readonly KeySet[]): AgencyChain =>
          accepted.reduce((state, jws) => extendChain(state, jws, lists).chain, startChain(AGENCY, admitted, FED));
        t.strictSame(replay(namings), chain, 'however many lists are known by now');
        t.strictSame(replay([...namings, ...SETS]), chain, 'or will be');
        t.strictSame(
          new Set(chain.revoked.keys()),
          new Set([...model.keys].filter(([, { revoked }]) => revoked).map(([k]) => k)),
        );
        t.strictSame(
          chain.roots.map(({ root }) => root),
          model.roots,
        );
      },
    ),
    { numRuns: 60 },
  );
  for (const kind of ['directory-key', 'officer', 'device', 'archive', 'entry', 'revoke', 'root'])
    for (const verdict of ['accepted', 'refused'])
      t.ok((seen.get(`${kind} ${verdict}`) ?? 0) > 0, `${kind} ${verdict}: ${seen.get(`${kind} ${verdict}`)}`);
});

// --- roots ----------------------------------------------------------------------------------------------------------------

const [a, b, c, d, e] = POOL.map((signing) => signing) as [SigningKey, SigningKey, SigningKey, SigningKey, SigningKey];
const OLD = setOf(2, a, b, c);
const NEXT = setOf(2, b, c, d);

t.test('a root is replaced by the old and the new threshold, and the old keys sign nothing after it', async (t) => {
  const start = startChain(AGENCY, OLD, FED);
  const directory = generateSigningKey();
  const { chain } = await signStatement(start, certify(directory), NOW_MS, [a, b, directory]);
  const root: StatementContent = { kind: 'root', root: NEXT };
  for (const [why, signers] of [
    ['one of the old root', [a, d]],
    ['one of the new root', [a, b]],
    ['the directory key, which appoints nobody', [directory, b, d]],
    ['nobody of the old root', [d, e]],
  ] as const)
    await t.rejects(signStatement(chain, root, NOW_MS, signers), { code: 'chain.refused' }, `signed by ${why}`);
  const changed = await signStatement(chain, root, NOW_MS, [a, b, d]);
  t.match(changed.chain, { rootTrust: 'succeeded', rootSeq: 1, root: NEXT });
  t.notOk(
    needsComparison(changed.chain, () => false),
    'its predecessor has signed: nothing to compare',
  );
  const another = generateSigningKey();
  const act = (keys: readonly SigningKey[]) =>
    signStatement(changed.chain, certify(another), NOW_MS, [...keys, another]);
  await t.rejects(act([a, b]), { code: 'chain.refused' }, 'the old threshold, one key of which is in the new set');
  await t.resolves(act([b, c]), 'the new threshold');
  await t.rejects(
    signStatement(changed.chain, { kind: 'root', root: OLD }, NOW_MS, [a, b, c, d]),
    { code: 'chain.refused' },
    'a set that was replaced does not return',
  );
  await t.rejects(
    signStatement(changed.chain, certify(a), NOW_MS, [b, c, a]),
    { code: 'chain.refused' },
    'a former root key gets no other part',
  );
  await t.rejects(
    signStatement(changed.chain, { kind: 'root', root: setOf(1, directory) }, NOW_MS, [b, c, directory]),
    { code: 'chain.refused' },
    'nor does a directory key become a root key',
  );
  await t.rejects(
    signStatement(changed.chain, { kind: 'root', root: { threshold: 3, keys: [key(a), key(e)] } }, NOW_MS, [a, b, e]),
    { code: 'statement.invalid' },
    'a threshold that nobody can reach',
  );
});

t.test('a root that only the federation vouches for stays to be compared, whatever it signs', async (t) => {
  const start = startChain(AGENCY, OLD, FED);
  const stranger = setOf(1, d);
  const root: StatementContent = { kind: 'root', root: stranger };
  await t.rejects(signStatement(start, root, NOW_MS, [d], [OLD]), { code: 'chain.refused' }, 'not named');
  await t.rejects(
    signStatement(start, root, NOW_MS, [d], [OLD, setOf(1, d, e)]),
    { code: 'chain.refused' },
    'another set with this key is named',
  );
  const vouched = await signStatement(start, root, NOW_MS, [d], [OLD, setOf(1, e), stranger]);
  t.match(vouched.chain, { rootTrust: 'vouched', rootSeq: 0, vouchedIndex: 2 });
  t.ok(needsComparison(vouched.chain, () => false));
  const next = setOf(1, a);
  const laundered = await signStatement(vouched.chain, { kind: 'root', root: next }, NOW_MS, [d, a]);
  t.match(laundered.chain, { rootTrust: 'vouched', rootSeq: 0 }, 'a signature of its own does not make it trusted');
  t.ok(
    needsComparison(laundered.chain, (set) => sameKeySet(set, OLD)),
    'the old root was compared, not this one',
  );
  t.notOk(
    needsComparison(laundered.chain, (set) => sameKeySet(set, stranger)),
    'the set before was compared and signed it',
  );
  t.notOk(needsComparison(laundered.chain, (set) => sameKeySet(set, next)));
  await t.rejects(
    signStatement(vouched.chain, { kind: 'root', root: setOf(1, e) }, NOW_MS, [e], [OLD, setOf(1, e), stranger]),
    { code: 'chain.refused' },
    'a set that the federation has replaced since cannot be taken up behind its back',
  );
  await t.rejects(
    signStatement(vouched.chain, { kind: 'root', root: OLD }, NOW_MS, [a, b], [OLD, stranger, OLD]),
    { code: 'chain.refused' },
    'nor the one of the admission',
  );
});

t.test('a trust list may give a member another root; the chain still begins under the first', async (t) => {
  const federation = await makeFederation([{ agency: 'xa-fiu', devices: 1 }]);
  const { list, hash } = federation.trust;
  const named = setOf(1, d);
  const member = { ...only(list.members), root: named };
  const next = { ...list, version: 2, prev: hash, members: [member] };
  const accept = async (changed: typeof next) =>
    acceptTrustList(federation.trust, await signTrustList(changed, [federation.root]), federation.fed);
  const accepted = await accept(next);
  const before = only(list.members).root;
  t.strictSame(rootsOf(accepted, member.agency), [before, named]);
  t.strictSame(startMemberChain(accepted, member.agency)?.root, before);
  const again = { ...next, version: 3, prev: accepted.hash };
  t.strictSame(
    rootsOf(acceptTrustList(accepted, await signTrustList(again, [federation.root]), federation.fed), member.agency),
    [before, named],
    'named again it is not added again',
  );
  await t.rejects(accept({ ...next, members: [] }), { code: 'trust-list.refused' }, 'a member is left out');
  await t.rejects(accept({ ...next, issuedAtMs: list.issuedAtMs - 1 }), { code: 'trust-list.refused' }, 'dated back');
  t.equal((await accept({ ...next, issuedAtMs: list.issuedAtMs })).list.version, 2, 'the same moment will do');
  const reordered = { ...list, root: setOf(2, a, b, c) };
  const first = acceptTrustList(undefined, await signTrustList(reordered, [a, c]), federationOf(reordered));
  for (const [why, signers] of [
    ['one of the old threshold', [a, d]],
    ['one of the new threshold', [a, b]],
  ] as const) {
    const rotated = { ...reordered, version: 2, prev: first.hash, root: setOf(2, c, d, e) };
    const jws = await signTrustList(rotated, signers);
    t.throws(() => acceptTrustList(first, jws, first.fed), { code: 'trust-list.refused' }, `federation root: ${why}`);
  }
});

// --- what a thief can do ----------------------------------------------------------------------------------------------------

t.test('what a thief of a key, a fellow member or the relay can put into a chain: nothing', async (t) => {
  const federation = await makeFederation([
    { agency: 'xa-fiu', devices: 1 },
    { agency: 'xb-fiu', devices: 1 },
  ]);
  const [xa, xb] = federation.agencies as [FixtureAgency, FixtureAgency];
  const device = only(xa.devices);
  const refuses = (why: string, chain: AgencyChain, jws: GeneralJws, code = 'chain.refused') =>
    t.throws(() => extendChain(chain, jws, rootsOf(federation.trust, chain.agency)), { code }, why);

  const ghost = generateSigningKey();
  const fresh = generateSigningKey();
  const renewed = await signStatement(xa.chain, certify(fresh), NOW_MS, [xa.root, fresh]);
  const { chain } = await signStatement(renewed.chain, revoke(xa.directoryKey), NOW_MS + 5000, [fresh]);
  t.ok(chain.devices.has(device.device), 'what a directory key certified before its revocation stands');

  const byThief = [xa.directoryKey, ghost];
  refuses('a ghost device by a revoked directory key', chain, await signed(chain, deviceOf(ghost, 1), byThief));
  refuses(
    'the same, dated before the revocation',
    chain,
    await signed(chain, deviceOf(ghost, 1), byThief, { atMs: NOW_MS + 4999 }),
  );
  refuses('the same, dated with it', chain, await signed(chain, deviceOf(ghost, 1), byThief, { atMs: NOW_MS + 5000 }));
  refuses(
    'the same, in the place of the revocation',
    chain,
    await signed(renewed.chain, deviceOf(ghost, 1), byThief),
    'chain.out-of-order',
  );
  refuses(
    'a revocation of the new key by the revoked one',
    chain,
    await signed(chain, revoke(fresh), [xa.directoryKey]),
  );
  refuses('a revoked key revoked again', chain, await signed(chain, revoke(xa.directoryKey), [xa.root]));
  refuses(
    'a revoked key certified again',
    chain,
    await signed(chain, certify(xa.directoryKey), [xa.root, xa.directoryKey]),
  );

  const officer = (holder: SigningKey): StatementContent => ({
    kind: 'officer',
    officer: toOfficerId(new Uint8Array(16).fill(3)),
    roles: ['approver'],
    key: key(holder),
    ...validity(),
  });
  refuses('an officer with the key of a device', chain, await signed(chain, officer(device.key), [fresh, device.key]));
  refuses('an officer with the key of the root', chain, await signed(chain, officer(xa.root), [fresh, xa.root]));
  refuses('a device with the directory key', chain, await signed(chain, deviceOf(fresh, 4), [fresh]));
  refuses('an officer certified by a device', chain, await signed(chain, officer(ghost), [device.key, ghost]));
  refuses('a revocation by a device', chain, await signed(chain, revoke(fresh), [device.key]));
  refuses('a revocation by the root of another agency', chain, await signed(chain, revoke(fresh), [xb.root]));
  refuses(
    'a revocation of a root key, which is replaced instead',
    chain,
    await signed(chain, revoke(xa.root), [xa.root]),
  );

  const archive: StatementContent = { kind: 'archive', archiveKey: 'A'.repeat(1622), ...validity() };
  refuses('an archive key by a device', chain, await signed(chain, archive, [device.key]));
  refuses('an archive key by the revoked directory key', chain, await signed(chain, archive, [xa.directoryKey]));
  refuses('an archive key by a fellow member', chain, await signed(chain, archive, [xb.directoryKey]));
  const archived = await signStatement(chain, archive, NOW_MS + 6000, [fresh]);
  t.match(archived.chain.archive, { key: archive.archiveKey, seq: archived.chain.seq });

  const foreign = await signed(xb.chain, deviceOf(ghost, 5), [xb.directoryKey, ghost]);
  refuses("another agency's statement", xa.chain, foreign);
  const elsewhere = await signed(xa.chain, deviceOf(ghost, 5), [xa.directoryKey, ghost], { fed: FED });
  refuses("another federation's statement", xa.chain, elsewhere);
  const genuine = await signed(chain, deviceOf(ghost, 6), [fresh, ghost]);
  const after = extendChain(chain, genuine, []).chain;
  refuses('a statement of long ago, replayed', after, genuine, 'chain.out-of-order');
});
