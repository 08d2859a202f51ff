/** A member that breaks the rule of four eyes in every way: each is refused by name, and the honest message after them arrives. */
import { fetchChain, openSession, revokeKey } from '@holdfast/client-sdk';
import { MS_PER_DAY, toBase64url } from '@holdfast/protocol';
import t from 'tap';
import { newEnvelopeId } from '#client-sdk/send/enqueue.js';
import { readGolden } from '../fixtures/golden-body.js';
import { makeTestNetwork, soon, XA, XB } from '../fixtures/network.js';
import { type Signing, signedBy, withTwoApprovers } from '../fixtures/officers.js';
import { takeOver, type Written } from '../fixtures/rogue.js';

const KIND = 'freeze.withdraw';

t.test('each way round four eyes is refused by name', async (t) => {
  const network = await makeTestNetwork({ use: 'live', devices: ['gateway', 'second'] });
  t.teardown(() => network.close());
  const analyst = await network.officer(XA, 'analyst-1', ['analyst']);
  const other = await network.officer(XA, 'analyst-2', ['analyst']);
  const approver = await network.officer(XA, 'approver-1', ['approver', 'analyst']);
  const revoked = await network.officer(XA, 'approver-2', ['approver']);
  const bounded = (change: object): Parameters<typeof network.officer>[3] => ({
    kinds: [KIND],
    untilMs: Date.now() + MS_PER_DAY,
    ...change,
  });
  const forNotes = await network.officer(XA, 'liaison-1', ['approver'], bounded({ kinds: ['note'] }));
  const ended = await network.officer(XA, 'liaison-2', ['approver'], bounded({ untilMs: 1000 }));
  const forOthers = await network.officer(XA, 'liaison-3', ['approver'], bounded({ counterparts: ['xc-aca'] }));
  const liaison = await network.officer(XA, 'liaison-4', ['approver'], bounded({ counterparts: [XB] }));
  const session = openSession(network.url, soon());
  const { chain } = await fetchChain(session, XA, network.trust.fed);
  const work = { home: network.agencyHome(XA), chain, session, unlock: network.unlock, nowMs: Date.now() };
  await revokeKey(work, toBase64url(revoked.publicKey), 'lost');

  const b = await network.open(XB);
  await b.caughtUp({ signal: soon() });
  const rogue = await takeOver(network, XA);
  t.teardown(() => rogue.close());
  const body = readGolden(KIND);
  const by = (signing: Signing): Written => ({ officers: signedBy(rogue.chain(), signing) });
  const before = (rogue.chain()?.officers.get(approver.officer)?.seq ?? 0) - 1;
  const beforeHead = rogue.headAt(before);
  const dated: Written['dir'] = (heads) => (beforeHead ? { ...heads, [XA]: [before, beforeHead] } : heads);
  const honest = { drafter: analyst, approvers: [approver] };
  const cases: readonly (readonly [why: string, code: string, written: Written])[] = [
    ['a device alone', 'officers.missing', {}],
    ['a drafter alone', 'approval.incomplete', by({ drafter: analyst })],
    [
      'approvers without a drafter',
      'approval.incomplete',
      { officers: (act) => ({ ...signedBy(rogue.chain(), honest)(act), actor: null, actorSig: null }) },
    ],
    ['the drafter approves', 'approval.own-draft', by({ drafter: approver, approvers: [approver] })],
    ['one approver twice', 'approval.repeated', by({ drafter: analyst, approvers: [approver, approver] })],
    ["no approver's role", 'approval.role', by({ drafter: analyst, approvers: [other] })],
    ['signing in another role', 'approval.role', by({ ...honest, role: 'analyst' })],
    ['a revoked approver', 'approval.officer-revoked', by({ drafter: analyst, approvers: [revoked] })],
    ['an approver not yet certified at that position', 'approval.officer-unknown', { ...by(honest), dir: dated }],
    ['past its end', 'approval.expired', by({ ...honest, approvedUntil: Date.now() - 1 })],
    ['without an end in sight', 'approval.expired', by({ ...honest, approvedUntil: Date.now() + 60 * MS_PER_DAY })],
    ['delegated for another kind', 'approval.delegation', by({ drafter: analyst, approvers: [forNotes] })],
    ['a delegation that has ended', 'approval.delegation', by({ drafter: analyst, approvers: [ended] })],
    ['delegated for another agency', 'approval.delegation', by({ drafter: analyst, approvers: [forOthers] })],
    [
      'signed for another body',
      'approval.signature',
      by({
        ...honest,
        shown: (act) => ({
          ...act,
          manifest: {
            ...act.manifest,
            bodyHash: act.manifest.conversation.padEnd(43, 'A') as typeof act.manifest.bodyHash,
          },
        }),
      }),
    ],
    [
      'signed for another envelope',
      'approval.signature',
      by({ ...honest, shown: (act) => ({ ...act, core: { ...act.core, id: newEnvelopeId() } }) }),
    ],
  ];
  for (const [, , written] of cases) await rogue.submit(await rogue.seal(XB, { kind: KIND, body, ...written }));

  // The honest ones: they come last, so that everything before them has been judged when they are here.
  const id = newEnvelopeId();
  const good = await rogue.seal(XB, { kind: KIND, body, id, ...by(honest) });
  await rogue.submit(good);
  const delegate = await rogue.seal(XB, { kind: KIND, body, ...by({ drafter: analyst, approvers: [liaison] }) });
  await rogue.submit(delegate);
  const stop = new AbortController();
  const read: string[] = [];
  for await (const { eh } of b.inbox({ signal: AbortSignal.any([stop.signal, soon()]) })) {
    read.push(eh);
    if (read.length === 2) stop.abort();
  }
  t.same(read, [good.eh, delegate.eh], 'what meets the rule arrives, and nothing else');
  const refusals = (): unknown[] =>
    b.alarms().flatMap(({ code, detail }) => (code === 'envelope.refused' ? [detail.code] : []));
  for (const [index, [why, code]] of cases.entries()) t.equal(refusals()[index], code, why);
  t.equal(refusals().length, cases.length);

  const second = await takeOver(network, XA, 'second');
  t.teardown(() => second.close());
  const raised = new Promise((resolve) => {
    b.on((event) => event.event === 'alarm' && event.code === 'envelope.refused' && resolve(event.detail));
  });
  const reused = await second.seal(XB, { kind: KIND, body, id, ...by(honest) });
  await second.submit(reused);
  t.match(await raised, { code: 'approval.id-reused' }, 'another act under an id that was approved for a first one');
});

t.test('an agency that asks two approvers of itself is held to it', async (t) => {
  const network = await makeTestNetwork({ entry: withTwoApprovers });
  t.teardown(() => network.close());
  const drafter = await network.officer(XA, 'analyst-1', ['analyst']);
  const one = await network.officer(XA, 'approver-1', ['approver']);
  const two = await network.officer(XA, 'approver-2', ['approver']);
  const b = await network.open(XB);
  await b.caughtUp({ signal: soon() });
  const rogue = await takeOver(network, XA);
  t.teardown(() => rogue.close());
  const seal = async (approvers: Signing['approvers'] = []) =>
    await rogue.seal(XB, {
      kind: KIND,
      body: readGolden(KIND),
      officers: signedBy(rogue.chain(), { drafter, approvers }),
    });
  await rogue.submit(await seal([one]));
  const good = await seal([one, two]);
  await rogue.submit(good);
  for await (const { eh } of b.inbox({ signal: soon() })) {
    t.equal(eh, good.eh);
    break;
  }
  t.match(b.alarms().at(-1), { code: 'envelope.refused', detail: { code: 'approval.incomplete' } });
});
