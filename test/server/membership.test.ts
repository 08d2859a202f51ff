/** Who is a member, by signatures alone: trust lists, agency chains, documents, and what the relay adds, which is limits. */
import {
  generateSigningKey,
  randomBytes,
  type SigningKey,
  type StatementContent,
  signStatement,
  signTrustList,
} from '@holdfast/keys';
import { type AgencyChain, sha256 } from '@holdfast/keys/verify';
import {
  documentHash,
  type GeneralJws,
  LIMITS,
  MS_PER_DAY,
  type SaltedDocument,
  type TrustList,
  toBase64url,
  toDeviceId,
  toHash,
} from '@holdfast/protocol';
import t from 'tap';
import { type FixtureAgency, type FixtureDevice, only } from '../fixtures/federation.js';
import { type Answer, call, JSON_BODY } from '../fixtures/relay-client.js';
import { deviceAt, type RelayInProcess, relayInProcess } from '../fixtures/relay-fixture.js';

interface Scene {
  readonly relay: RelayInProcess;
  readonly agency: FixtureAgency;
}

async function withRelay(run: (scene: Scene) => Promise<void>): Promise<void> {
  const relay = await relayInProcess({ limits: { signedPerAddress: 100_000 } });
  try {
    await run({ relay, agency: only(relay.federation.agencies) });
  } finally {
    await relay.dispose();
  }
}

const post = (relay: RelayInProcess, path: string, body: unknown): Promise<Answer> =>
  call(`${relay.url}${path}`, { method: 'POST', headers: JSON_BODY, body: JSON.stringify(body) });
const append = (
  relay: RelayInProcess,
  agency: string,
  statement: GeneralJws,
  document: SaltedDocument | null = null,
): Promise<Answer> => post(relay, `/v1/agencies/${agency}/statements`, { statement, document });
const codeOf = (answer: Answer): string => (answer.status < 300 ? 'ok' : answer.problem().code);

/** A statement and the key that proves itself in it. */
function newDevice(nowMs: number, days = 100): { readonly content: StatementContent; readonly key: SigningKey } {
  const key = generateSigningKey();
  return {
    key,
    content: {
      kind: 'device',
      device: toDeviceId(randomBytes(16)),
      key: toBase64url(key.publicKey),
      notBeforeMs: nowMs - 1000,
      notAfterMs: nowMs + days * MS_PER_DAY,
    },
  };
}

t.test('a statement is taken at its place in the chain, with the signatures it needs, and nowhere else', (t) =>
  withRelay(async ({ relay, agency }) => {
    const { content, key } = newDevice(relay.now());
    const next = await signStatement(agency.chain, content, relay.now(), [agency.directoryKey, key]);
    const tampered = { ...next.jws, payload: `${next.jws.payload.slice(0, -2)}AA` };
    t.equal(codeOf(await append(relay, agency.agency, tampered)), 'statement.invalid', 'tampered with');
    t.equal(codeOf(await append(relay, 'xb-fiu', next.jws)), 'statement.invalid', "in another agency's chain");
    t.equal(
      codeOf(await append(relay, agency.agency, only(agency.statements))),
      'statement.conflict',
      'one of long ago',
    );
    const answer = await append(relay, agency.agency, next.jws);
    t.strictSame([answer.status, answer.json()], [201, { seq: next.chain.seq, head: next.chain.head }]);
    t.equal(codeOf(await append(relay, agency.agency, next.jws)), 'statement.conflict', 'again');
    const heads = (await call(`${relay.url}/v1/agencies`)).json() as {
      agencies: { agency: string; seq: number; head: string }[];
    };
    t.match(
      heads.agencies.find(({ agency: id }) => id === agency.agency),
      { seq: next.chain.seq, head: next.chain.head },
    );
    const page = (await call(`${relay.url}/v1/agencies/${agency.agency}/statements?from=1`)).json();
    t.strictSame(page, { statements: [...agency.statements.slice(1), next.jws], next: null });
    const ahead = await signStatement(
      next.chain,
      newDevice(relay.now()).content,
      relay.now() + LIMITS.clockAheadMs + 1000,
      [agency.directoryKey],
    ).catch(() => undefined);
    t.equal(ahead, undefined, 'a key that does not prove itself cannot even be signed for');
    const late = newDevice(relay.now());
    const dated = await signStatement(next.chain, late.content, relay.now() + LIMITS.clockAheadMs + 1000, [
      agency.directoryKey,
      late.key,
    ]);
    t.equal(codeOf(await append(relay, agency.agency, dated.jws)), 'statement.invalid', 'dated ahead');
  }),
);

t.test('a document comes with the statement that names it, and is kept for who is signed in', (t) =>
  withRelay(async ({ relay, agency }) => {
    const salt = randomBytes(32);
    const document = { name: 'Financial Intelligence Unit', languages: ['en'] };
    const hash = toHash(documentHash(sha256, salt, document));
    const next = await signStatement(
      agency.chain,
      { kind: 'entry', documentHash: hash, expiresAtMs: relay.now() + MS_PER_DAY },
      relay.now(),
      [agency.directoryKey],
    );
    const salted = { salt: toBase64url(salt), document };
    t.equal(codeOf(await append(relay, agency.agency, next.jws)), 'statement.invalid', 'without it');
    t.equal(
      codeOf(await append(relay, agency.agency, next.jws, { ...salted, document: { ...document, name: 'Other' } })),
      'statement.invalid',
      'with another',
    );
    t.equal(
      codeOf(await append(relay, agency.agency, next.jws, { ...salted, salt: toBase64url(randomBytes(32)) })),
      'statement.invalid',
      'with another salt',
    );
    t.equal(
      codeOf(
        await append(relay, agency.agency, next.jws, { ...salted, document: { a: 'a'.repeat(LIMITS.documentBytes) } }),
      ),
      'encoding.too-large',
      'too large',
    );
    t.equal(codeOf(await append(relay, agency.agency, next.jws, salted)), 'ok');
    t.equal(codeOf(await call(`${relay.url}/v1/documents/${hash}`)), 'session.required');
    const reader = await relay.signedIn(deviceAt(relay, 2));
    t.strictSame((await reader.request(`/v1/documents/${hash}`)).json(), salted);
    t.equal(codeOf(await reader.request(`/v1/documents/${toHash(randomBytes(32))}`)), 'request.not-found');
  }),
);

t.test('an agency may append so many statements a day, revocations and changes of root apart', (t) =>
  withRelay(async ({ relay, agency }) => {
    let chain: AgencyChain = agency.chain;
    const add = async (content: StatementContent, ...keys: SigningKey[]): Promise<string> => {
      const next = await signStatement(chain, content, relay.now(), keys);
      const code = codeOf(await append(relay, agency.agency, next.jws));
      if (code === 'ok') chain = next.chain;
      return code;
    };
    const addDevice = (): Promise<string> => {
      const { content, key } = newDevice(relay.now());
      return add(content, agency.directoryKey, key);
    };
    for (let n = agency.statements.length; n < LIMITS.statementsPerDay; n++) {
      const code = await addDevice();
      if (code !== 'ok') return void t.fail(`statement ${n}: ${code}`);
    }
    t.equal(await addDevice(), 'statement.quota');
    const lost = deviceAt(relay, 0);
    t.equal(
      await add({ kind: 'revoke', target: toBase64url(lost.key.publicKey), reason: 'lost' }, agency.directoryKey),
      'ok',
    );
    const newRoot = generateSigningKey();
    const root = { threshold: 1, keys: [toBase64url(newRoot.publicKey)] };
    t.equal(await add({ kind: 'root', root }, agency.root, newRoot), 'ok', 'a thief who uses up the day stops no root');
    t.equal(await addDevice(), 'statement.quota', 'still');
    relay.advance(MS_PER_DAY);
    t.equal(await addDevice(), 'ok', 'the next day');
  }),
);

t.test('the next trust list is taken, and holds at once: a suspended agency is out, and may only revoke', (t) =>
  withRelay(async ({ relay, agency }) => {
    const { trust, root } = relay.federation;
    const next = (changes: Partial<TrustList>): TrustList => ({
      ...trust.list,
      version: 2,
      prev: trust.hash,
      ...changes,
    });
    const members = trust.list.members.map((member) =>
      member.agency === agency.agency ? { ...member, status: 'suspended' as const } : member,
    );
    const publish = async (list: TrustList, ...keys: SigningKey[]): Promise<string> =>
      codeOf(await post(relay, '/v1/trust-lists', await signTrustList(list, keys)));
    t.equal(await publish(next({ members }), generateSigningKey()), 'trust-list.invalid', 'signed by somebody');
    t.equal(await publish(next({ members: members.slice(1) }), root), 'trust-list.invalid', 'with a member gone');
    t.equal(await publish(next({ version: 3 }), root), 'trust-list.conflict', 'with a gap');
    t.equal(codeOf(await post(relay, '/v1/trust-lists', trust.jws)), 'trust-list.conflict', 'the one that is there');
    const suspended = deviceAt(relay, 0);
    const stream = await (await relay.signedIn(suspended)).resumeStream();
    const other = await (await relay.signedIn(deviceAt(relay, 2))).resumeStream();
    const jws = await signTrustList(next({ members }), [root]);
    t.strictSame((await post(relay, '/v1/trust-lists', jws)).json(), { version: 2 });
    t.equal(await stream.closed, 4403);
    await t.rejects(relay.signedIn(suspended), /session\.device-refused/);
    await t.rejects(other.submit(relay.envelope(deviceAt(relay, 2), [suspended]).bytes, 4), {
      message: 'envelope.recipient-unavailable',
    });
    await other.close();
    const { content, key } = newDevice(relay.now());
    const device = await signStatement(agency.chain, content, relay.now(), [agency.directoryKey, key]);
    t.equal(codeOf(await append(relay, agency.agency, device.jws)), 'request.not-found');
    const revocation = await signStatement(
      agency.chain,
      { kind: 'revoke', target: toBase64url(suspended.key.publicKey), reason: 'lost' },
      relay.now(),
      [agency.directoryKey],
    );
    t.equal(codeOf(await append(relay, agency.agency, revocation.jws)), 'ok');
    t.strictSame((await call(`${relay.url}/v1/trust-lists?from=1`)).json(), { lists: [trust.jws, jws], latest: 2 });
    t.strictSame((await call(`${relay.url}/v1/trust-lists?from=2`)).json(), { lists: [jws], latest: 2 });
    t.strictSame((await call(`${relay.url}/v1/trust-lists?from=3`)).json(), { lists: [], latest: 2 });
  }),
);

t.test("past its trust list's end a relay serves 30 days more, then takes nothing in", (t) =>
  withRelay(async ({ relay, agency }) => {
    const isReady = async (): Promise<boolean> => (await call(`${relay.url}/readyz`)).status === 200;
    relay.advance(365 * MS_PER_DAY + 29 * MS_PER_DAY);
    t.equal(await isReady(), true);
    // The fixture's keys have ended by now: a new directory key, a new device.
    const directoryKey = generateSigningKey();
    const validity = { notBeforeMs: relay.now() - 1000, notAfterMs: relay.now() + 100 * MS_PER_DAY };
    const first = await signStatement(
      agency.chain,
      { kind: 'directory-key', key: toBase64url(directoryKey.publicKey), ...validity },
      relay.now(),
      [agency.root, directoryKey],
    );
    t.equal(codeOf(await append(relay, agency.agency, first.jws)), 'ok');
    let { chain } = first;
    const enrolled: FixtureDevice[] = [];
    for (const { content, key } of [newDevice(relay.now()), newDevice(relay.now())]) {
      const signed = await signStatement(chain, content, relay.now(), [directoryKey, key]);
      t.equal(codeOf(await append(relay, agency.agency, signed.jws)), 'ok');
      chain = signed.chain;
      if (content.kind === 'device') enrolled.push({ ...deviceAt(relay, 0), device: content.device, key });
    }
    const [from, to] = [only(enrolled), only(enrolled, 1)];
    const sender = await relay.signedIn(from);
    t.equal(codeOf(await sender.submit(relay.envelope(from, [to]).bytes)), 'ok');
    relay.advance(2 * MS_PER_DAY);
    t.equal(await isReady(), false);
    await sender.signIn();
    t.equal(codeOf(await sender.submit(relay.envelope(from, [to]).bytes)), 'relay.unavailable');
    const receiver = await relay.signedIn(to);
    t.ok((await receiver.request('/v1/mailboxes/routine?after=0')).bytes.length > 0, 'what is there can be fetched');
  }),
);
