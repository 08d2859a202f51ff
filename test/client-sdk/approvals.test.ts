/** Four eyes over a relay, under a live trust list: no device alone, no drafter alone, one effect from two devices. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  fetchChain,
  type Holdfast,
  isSdkError,
  newBlobId,
  type OfficerSigner,
  openSession,
  revokeKey,
  type Spoken,
} from '@holdfast/client-sdk';
import { isKeysError } from '@holdfast/keys/verify';
import { type EnvelopeId, toBase64url } from '@holdfast/protocol';
import t from 'tap';
import { only } from '../fixtures/federation.js';
import {
  acknowledgeBody,
  makeTestNetwork,
  refuseBody,
  requestBody,
  soon,
  type TestNetwork,
  XA,
  XB,
} from '../fixtures/network.js';
import { withTwoApprovers } from '../fixtures/officers.js';

const codeOf = async (act: Promise<unknown>): Promise<string | undefined> => {
  try {
    await act;
  } catch (error) {
    if (isSdkError(error) || isKeysError(error)) return error.code;
    throw error;
  }
  return undefined;
};

function drafted(spoken: Spoken): EnvelopeId {
  if (spoken.kind !== 'draft') throw new Error('It was sent without approval.');
  return spoken.draft.id;
}

async function delivered(spoken: Spoken): Promise<string> {
  if (spoken.kind !== 'sent') throw new Error('It still awaits approval.');
  const { eh } = await spoken.handle.until('delivered', { signal: soon() });
  return eh ?? '';
}

interface Office {
  readonly analyst: OfficerSigner;
  readonly approver: OfficerSigner;
}

async function officeOf(network: TestNetwork, agency: typeof XA): Promise<Office> {
  return {
    analyst: await network.officer(agency, 'analyst-1', ['analyst', 'duty']),
    approver: await network.officer(agency, 'approver-1', ['approver']),
  };
}

async function open(network: TestNetwork, agency: typeof XA, device = 'gateway'): Promise<Holdfast> {
  const desk = await network.open(agency, { device });
  await desk.caughtUp({ signal: soon() });
  return desk;
}

const until = (desk: Holdfast, holds: () => boolean): Promise<void> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('It did not come about.')), 10_000);
    const look = (): void => {
      if (!holds()) return;
      clearTimeout(timer);
      stop();
      resolve();
    };
    const stop = desk.on(look);
    look();
  });

t.test('a whole alert under a live trust list', async (t) => {
  const network = await makeTestNetwork({ use: 'live' });
  t.teardown(() => network.close());
  const [ours, theirs] = [await officeOf(network, XA), await officeOf(network, XB)];
  const [a, b] = [await open(network, XA), await open(network, XB)];
  const body = await requestBody();

  t.equal(await codeOf(a.freeze.request({ to: XB, body })), 'officer.required', 'a device alone says nothing');
  const id = drafted(await a.as(ours.analyst).freeze.request({ to: XB, body, caseRef: 'A-1' }));
  t.match(a.drafts(), [{ id, state: 'awaiting-approval', drafter: ours.analyst.officer, approvals: [], required: 1 }]);
  t.same(a.outbox(), [], 'nothing is on its way');

  t.equal(await codeOf(a.approve(id, ours.analyst)), 'approval.own-draft', 'the drafter never approves');
  t.equal(await codeOf(a.approve(id, theirs.approver)), 'officer.not-certified', 'nor does a stranger');
  const reason = { language: 'en', text: 'Say which court.' };
  t.equal(await codeOf(a.returnDraft(id, ours.analyst, reason)), 'approval.role', 'only an approver returns it');
  t.match(await a.returnDraft(id, ours.approver, reason), { state: 'draft', reason, decidedBy: ours.approver.officer });
  t.equal(await codeOf(a.approve(id, ours.approver)), 'approval.closed', 'what was returned is not approved');
  const edited = { ...body, urgency: 'urgent' as const };
  t.match(await a.editDraft(id, ours.analyst, edited), { revision: 1, state: 'awaiting-approval', reason: null });
  await delivered(await a.approve(id, ours.approver));
  t.equal(await codeOf(a.approve(id, ours.approver)), 'approval.closed', 'once');
  t.match(a.drafts(), [{ state: 'sent', decidedBy: ours.approver.officer }]);

  const [alert] = b.cases();
  if (alert === undefined) throw new Error('The alert has not come.');
  t.match(alert, { state: 'delivered', caseRef: 'A-1' });
  const { conversation } = alert;
  const step = { conversation, body: await acknowledgeBody() };
  t.equal(
    await codeOf(b.as(theirs.approver).freeze.acknowledge(step)),
    'approval.role',
    'the duty officer acknowledges',
  );
  await delivered(await b.as(theirs.analyst).freeze.acknowledge(step));
  const refusal = drafted(await b.as(theirs.analyst).freeze.refuse({ conversation, body: await refuseBody() }));
  t.equal(b.case(conversation).state, 'acknowledged', 'a draft changes no state');
  await delivered(await b.approve(refusal, theirs.approver));
  t.equal(a.case(conversation).state, 'refused');
  t.equal(b.case(conversation).state, 'refused');
  t.notOk([...a.alarms(), ...b.alarms()].some(({ severity }) => severity === 'alarm'));
});

t.test('an edit voids the approval, and the case is asked again', async (t) => {
  const network = await makeTestNetwork({ entry: withTwoApprovers });
  t.teardown(() => network.close());
  const { analyst, approver } = await officeOf(network, XA);
  const second = await network.officer(XA, 'approver-2', ['approver', 'analyst']);
  const [a, b] = [await open(network, XA), await open(network, XB)];
  const id = drafted(await a.as(analyst).freeze.request({ to: XB, body: await requestBody() }));

  t.match(await a.approve(id, approver), { kind: 'draft', draft: { approvals: [approver.officer], required: 2 } });
  t.equal(await codeOf(a.approve(id, approver)), 'approval.repeated', 'the same one twice is one');
  await a.editDraft(id, second, { ...(await requestBody()), urgency: 'urgent' });
  t.match(a.drafts(), [{ approvals: [], drafter: second.officer, revision: 1 }], 'void, and the editor is the drafter');
  t.equal(await codeOf(a.approve(id, second)), 'approval.own-draft', 'who edited it cannot approve it');
  t.match(await a.approve(id, approver), { kind: 'draft' });
  const third = await network.officer(XA, 'approver-3', ['approver']);
  await a.find({}, { signal: soon() });
  await delivered(await a.approve(id, third));

  const { conversation } = only(b.cases());
  const withdrawal = { conversation, body: { writtenAtMs: Date.now(), reason: { language: 'en', text: 'Over.' } } };
  const withdraw = drafted(await a.as(analyst).freeze.step('freeze.withdraw', withdrawal));
  await b.freeze.acknowledge({ conversation, body: await acknowledgeBody() });
  const refused = await b.freeze.refuse({ conversation, body: await refuseBody() });
  await refused.until('delivered', { signal: soon() });
  t.equal(await codeOf(a.approve(withdraw, approver)), 'case.event-not-allowed', 'refused meanwhile');
  t.equal(await codeOf(a.approve(toId(), approver)), 'approval.no-draft');
});

const toId = (): EnvelopeId => 'AAAAAAAAAAAAAAAAAAAAAA' as EnvelopeId;

t.test('two devices approve the same draft: one effect', async (t) => {
  const network = await makeTestNetwork({ devices: ['gateway', 'second'], use: 'live' });
  t.teardown(() => network.close());
  const { analyst, approver } = await officeOf(network, XA);
  const other = await network.officer(XA, 'approver-2', ['approver']);
  const first = await open(network, XA);
  const second = await open(network, XA, 'second');
  const b = await open(network, XB);
  const id = drafted(await first.as(analyst).freeze.request({ to: XB, body: await requestBody() }));
  await until(second, () => second.drafts().length === 1);
  t.match(second.drafts(), [{ id, state: 'awaiting-approval', drafter: analyst.officer }], 'shown on the other device');
  t.equal(await codeOf(second.approve(id, analyst)), 'approval.own-draft', 'the drafter cannot approve there either');

  const both = await Promise.all([first.approve(id, approver), second.approve(id, other)]);
  const names = await Promise.all(both.map(delivered));
  t.not(names[0], names[1], 'two envelopes');
  const [alert, ...rest] = b.cases();
  t.equal(rest.length, 0);
  t.equal(alert?.timeline.length, 1, 'one act at the recipient');
  for (const desk of [first, second]) {
    await until(desk, () => desk.drafts()[0]?.state === 'sent');
    const { conversation } = only(desk.cases());
    await until(desk, () => desk.case(conversation).state === 'delivered');
    t.equal(desk.case(conversation).timeline.length, 1, 'and one at each device of the sender');
  }
  const stop = new AbortController();
  const read: string[] = [];
  for await (const { eh } of b.inbox({ signal: AbortSignal.any([stop.signal, soon(1000)]) })) read.push(eh);
  t.equal(read.length, 1, 'read once');
  t.notOk(b.alarms().some(({ severity }) => severity === 'alarm'));

  const late = drafted(await first.as(analyst).freeze.request({ to: XB, body: await requestBody() }));
  await until(second, () => second.drafts().some((draft) => draft.id === late));
  await second.approve(late, approver);
  await until(first, () => first.drafts().find((draft) => draft.id === late)?.state === 'sent');
  t.equal(await codeOf(first.approve(late, other)), 'approval.closed', 'the other device has learnt it');
});

t.test('two of two approvals, one on each device: it goes out', async (t) => {
  const network = await makeTestNetwork({
    devices: ['gateway', 'second'],
    use: 'live',
    entry: (sample, agency) => (agency === XA ? withTwoApprovers(sample) : sample),
  });
  t.teardown(() => network.close());
  const { analyst, approver } = await officeOf(network, XA);
  const other = await network.officer(XA, 'approver-2', ['approver']);
  const [first, second, b] = [await open(network, XA), await open(network, XA, 'second'), await open(network, XB)];
  const id = drafted(await first.as(analyst).freeze.request({ to: XB, body: await requestBody() }));
  await until(second, () => second.drafts().length === 1);
  t.match(await Promise.all([first.approve(id, approver), second.approve(id, other)]), [
    { kind: 'draft' },
    { kind: 'draft' },
  ]);
  await until(b, () => b.cases().length === 1);
  t.equal(b.cases()[0]?.timeline.length, 1);
});

t.test('an expired draft is refused by name, a restart keeps drafts, an edit renews', async (t) => {
  const network = await makeTestNetwork();
  t.teardown(() => network.close());
  const { analyst, approver } = await officeOf(network, XA);
  let nowMs = Date.now();
  const now = (): number => nowMs;
  const a = await network.open(XA, { now });
  await a.caughtUp({ signal: soon() });
  const id = drafted(await a.as(analyst).freeze.request({ to: XB, body: await requestBody() }));
  await a.close();
  nowMs += 8 * 86_400_000;
  const again = await network.open(XA, { now });
  t.match(again.drafts(), [{ id, state: 'expired' }]);
  t.equal(await codeOf(again.approve(id, approver)), 'approval.expired');
  await again.editDraft(id, analyst, await requestBody());
  t.match(await again.approve(id, approver), { kind: 'sent' });
  analyst.close();
  t.equal(
    await codeOf(again.as(analyst).freeze.request({ to: XB, body: await requestBody() })),
    'closed',
    'a closed key signs nothing',
  );
});

t.test('a draft with a file is approved and sent from the other device', async (t) => {
  const network = await makeTestNetwork({ devices: ['gateway', 'second'], use: 'live' });
  t.teardown(() => network.close());
  const { analyst, approver } = await officeOf(network, XA);
  const [first, second, b] = [await open(network, XA), await open(network, XA, 'second'), await open(network, XB)];
  const path = join(network.home, 'statement.bin');
  await writeFile(path, Buffer.alloc(50_000, 'statement '));
  const file = { id: newBlobId(), path };
  const named = [{ id: file.id, name: 'statement.bin', mediaType: 'application/octet-stream' }];
  const body = { ...(await requestBody()), attachments: named };
  const id = drafted(await first.as(analyst).freeze.request({ to: XB, body, attachments: [file] }));
  await rm(path);
  await until(second, () => second.drafts().length === 1);
  await first.close();
  await delivered(await second.approve(id, approver));
  const { attachments } = only(only(b.cases()).timeline);
  const target = join(network.home, 'fetched.bin');
  await b.download(only(attachments), target, { signal: soon() });
  t.equal((await readFile(target)).length, 50_000, 'encrypted and uploaded when it was drafted');
});

t.test('an approver who is revoked while the message waits: it is given up by name', async (t) => {
  const network = await makeTestNetwork();
  t.teardown(() => network.close());
  const { analyst, approver } = await officeOf(network, XA);
  const a = await open(network, XA);
  const id = drafted(await a.as(analyst).freeze.request({ to: XB, body: await requestBody() }));
  await network.stopRelay();
  await until(a, () => !a.isOnline);
  t.match(await a.approve(id, approver), { kind: 'sent', handle: { state: 'queued' } });
  await a.close();
  await network.startRelay();
  const session = openSession(network.url, soon());
  const { chain } = await fetchChain(session, XA, network.trust.fed);
  const work = { home: network.agencyHome(XA), chain, session, unlock: network.unlock, nowMs: Date.now() };
  await revokeKey(work, toBase64url(approver.publicKey), 'lost');
  const again = await network.open(XA);
  const handle = again.sent(id);
  await t.rejects(handle.until('accepted', { signal: soon() }), { code: 'relay.refused' });
  t.match(handle.problem, { code: 'approval.officer-revoked', retryable: false });
});
