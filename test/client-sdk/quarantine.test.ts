/** An agency's root replaced on the federation's word alone: nothing is sent to it or believed of it before a person has compared. */
import { join } from 'node:path';
import { type Holdfast, isSdkError, openSession } from '@holdfast/client-sdk';
import { generateSigningKey, signStatement, signTrustList } from '@holdfast/keys';
import { type AgencyChain, acceptTrustList, extendChain, rootsOf, startMemberChain } from '@holdfast/keys/verify';
import { type AgencyId, OPERATIONS, toBase64url } from '@holdfast/protocol';
import t from 'tap';
import { replayTrustLists } from '#client-sdk/directory/replay.js';
import { readSigningKey } from '#client-sdk/enrolment/agency.js';
import { disclosureBody, makeTestNetwork, soon, type TestNetwork, XA, XB } from '../fixtures/network.js';

/** The federation names another root for `agency`, and whoever has it writes the agency's chain with it. */
async function replaceRoot(network: TestNetwork, agency: AgencyId): Promise<void> {
  const session = openSession(network.url, soon());
  const federation = await readSigningKey(join(network.home, 'federation', 'root'), network.unlock);
  const root = generateSigningKey();
  const keys = { threshold: 1, keys: [toBase64url(root.publicKey)] };
  const { lists } = await session.openCall(OPERATIONS.getTrustLists, { query: { from: '1' } });
  const current = replayTrustLists(undefined, lists, network.trust.fed);
  if (current === undefined) throw new Error('There is no trust list.');
  const { list } = current;
  const next = {
    ...list,
    version: list.version + 1,
    prev: current.hash,
    members: list.members.map((member) => (member.agency === agency ? { ...member, root: keys } : member)),
  };
  const jws = await signTrustList(next, [federation]);
  const trust = acceptTrustList(current, jws, current.fed);
  await session.openCall(OPERATIONS.publishTrustList, { body: jws });

  const { statements } = await session.openCall(OPERATIONS.getStatements, { params: { agency }, query: { from: '0' } });
  let chain: AgencyChain | undefined = startMemberChain(trust, agency);
  for (const statement of statements)
    chain = chain === undefined ? undefined : extendChain(chain, statement, rootsOf(trust, agency)).chain;
  if (chain === undefined) throw new Error(`${agency} is no member.`);
  const signed = await signStatement(chain, { kind: 'root', root: keys }, Date.now(), [root], rootsOf(trust, agency));
  await session.openCall(OPERATIONS.appendStatement, {
    params: { agency },
    body: { statement: signed.jws, document: null },
  });
}

async function alarmed(desk: Holdfast, code: string): Promise<Readonly<Record<string, unknown>>> {
  const past = desk.alarms().find((alarm) => alarm.code === code);
  if (past !== undefined) return past.detail;
  return new Promise((resolve, reject) => {
    const signal = soon();
    const late = (): void => reject(new Error(`no ${code}`));
    signal.addEventListener('abort', late);
    const stop = desk.on((event) => {
      if (event.event !== 'alarm' || event.code !== code) return;
      stop();
      signal.removeEventListener('abort', late);
      resolve(event.detail);
    });
  });
}

t.test('a root that nobody has compared', async (t) => {
  const network = await makeTestNetwork();
  t.teardown(() => network.close());
  const [a, b] = [await network.open(XA), await network.open(XB)];
  await Promise.all([a.online({ signal: soon() }), b.online({ signal: soon() })]);
  const before = a.fingerprint(XB);
  const hello = await a.disclose({ to: XB, body: await disclosureBody() });
  await hello.until('delivered', { signal: soon() });

  await replaceRoot(network, XB);
  await a.find({}, { signal: soon() });
  const { digits, words } = await alarmed(a, 'directory.root-replaced');
  t.not(digits, before.digits, 'another fingerprint');
  t.strictSame([digits, words], [a.fingerprint(XB).digits, a.fingerprint(XB).words]);
  const [published] = await a.find({ agency: XB }, { signal: soon() });
  t.equal(published?.quarantined, true);
  const refused = await a.disclose({ to: XB, body: await disclosureBody() }).catch((error: unknown) => error);
  t.ok(isSdkError(refused, 'directory.quarantined'), 'nothing is sent to it');

  const note = await b.note({
    conversation: hello.conversation,
    body: { text: { text: 'it is really us', language: 'en' }, writtenAtMs: Date.now() },
  });
  await note.until('accepted', { signal: soon() });
  t.match(await alarmed(a, 'envelope.refused'), { code: 'sender.quarantined' }, 'nothing is believed of it, or lost');
  t.equal(a.case(hello.conversation).timeline.length, 1);

  t.equal(await a.confirmRoot(XB, before.digits), false, 'the old fingerprint does not open it');
  t.equal(await a.confirmRoot(XB, String(words).toUpperCase()), true, 'the new one, as the other side reads it out');
  t.equal(a.case(hello.conversation).timeline.length, 2, 'what was kept aside is opened');
  const again = await a.disclose({ to: XB, body: await disclosureBody() });
  await again.until('accepted', { signal: soon() });
  await a.close();
  const later = await network.open(XA);
  await later.online({ signal: soon() });
  t.equal((await later.find({ agency: XB }, { signal: soon() }))[0]?.quarantined, false, 'remembered');
});
