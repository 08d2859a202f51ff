/**
 * The duties of a case: the same on both sides from the same signed messages in whatever order they came, nothing shared that no consent
 * covers, alarms told once; and a whole consent, an exculpatory disclosure with and without notice, and feedback over a real relay.
 */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Case,
  type Holdfast,
  isSdkError,
  mayShareOnward,
  newDutyRef,
  onwardTerms,
  onwardTermsHash,
} from '@holdfast/client-sdk';
import {
  type AgencyId,
  type ConversationId,
  canonicalBytes,
  type DeviceId,
  type DutyKind,
  type Hash,
  type MessageBody,
  parseMessage,
  toConversationId,
  toDeviceId,
  toDutyRef,
  toHash,
} from '@holdfast/protocol';
import fc from 'fast-check';
import t from 'tap';
import { type Archive, openArchive } from '#client-sdk/archive/archive.js';
import type { StoredMessage } from '#client-sdk/archive/message-table.js';
import { noRecords } from '#client-sdk/directory/records-at-hand.js';
import { foldDuties } from '#client-sdk/duties/fold-duties.js';
import { DutyWatch } from '#client-sdk/duties/overdue-duties.js';
import { readMessage } from '#client-sdk/receive/read-message.js';
import {
  acknowledgeBody,
  disclosureBody,
  imposeDraft,
  makeTestNetwork,
  requestBody,
  soon,
  XA,
  XB,
  XC,
} from '../fixtures/network.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const WRITTEN = Date.UTC(2026, 2, 2, 14, 0);
const bytes = (length: number, value: number): Uint8Array => new Uint8Array(length).fill(value);
const prose = (text: string) => ({ language: 'en', text });
const REF = toDutyRef(bytes(16, 1));
const BODY = { name: 'Anti-Corruption Agency of Corvina', country: 'XC' };
const PROCEEDINGS = { country: 'XB', authority: 'Court of Port Belmora', reference: '4/26' };
const CONTACT = { role: 'prosecutor', phone: '+998 31 5550 101' };
const CONVERSATION: ConversationId = toConversationId(bytes(16, 9));
const OPENING = toHash(bytes(32, 255));

interface Said {
  readonly eh: Hash;
  readonly agency: AgencyId;
  readonly device: DeviceId;
  readonly atMs: number;
  readonly follows: readonly Hash[];
  readonly kind: string;
  readonly body: object;
}
const stored = ({ eh, agency, device, atMs, follows, kind, body }: Said, arrival = 0): StoredMessage => ({
  arrival,
  eh,
  direction: 'in',
  conversation: CONVERSATION,
  kind,
  agency,
  device,
  tsMs: atMs,
  storedAtMs: atMs,
  priority: 'routine',
  caseRef: null,
  follows,
  body: canonicalBytes(body),
  jws: '',
  handled: true,
  envelopeId: null,
  sq: 0,
  prev: null,
  flags: [],
  ready: 1,
  erasedAtMs: null,
  bodyHash: null,
});

/** What A (the originator, two devices) and B (two devices) may say. */
const BODIES: readonly (readonly [by: AgencyId, kind: DutyKind, body: object])[] = [
  [
    XB,
    'consent.request',
    {
      body: BODY,
      use: 'investigation',
      purpose: prose('Same contractor.'),
      items: [{ eh: OPENING }],
      urgency: 'urgent',
    },
  ],
  [XA, 'consent.answer', { decision: { answer: 'granted' } }],
  [XA, 'consent.answer', { decision: { answer: 'conditional', conditions: [prose('Tell nobody.')] } }],
  [XA, 'consent.answer', { decision: { answer: 'refused', code: 'source-at-risk', reason: prose('A source.') } }],
  [XB, 'consent.shared', { body: BODY, items: [{ eh: OPENING }], sharedAtMs: WRITTEN, termsHash: OPENING }],
  [XA, 'consent.revoke', { reason: prose('A source.') }],
  [
    XB,
    'exculpatory.notice',
    { items: [{ eh: OPENING }], proceedings: PROCEEDINGS, reason: prose('He had left.'), contact: CONTACT },
  ],
  [XA, 'exculpatory.consult', { text: prose('Please.') }],
  [XB, 'exculpatory.disclosed', { items: [{ eh: OPENING }], disclosedAtMs: WRITTEN, to: 'Defence' }],
  [
    XB,
    'exculpatory.disclosed',
    { items: [{ eh: OPENING }], disclosedAtMs: WRITTEN, to: 'Defence', withoutNotice: prose('At night.') },
  ],
  [XB, 'exculpatory.informed', { proceedings: PROCEEDINGS, reason: prose('He had left.'), contact: CONTACT }],
  [XB, 'feedback.report', { stage: 'interim', outcomes: [{ outcome: 'investigation' }] }],
  [XB, 'feedback.report', { stage: 'final', outcomes: [{ outcome: 'convicted' }] }],
];
const opening: Said = {
  eh: OPENING,
  agency: XA,
  device: toDeviceId(bytes(16, 1)),
  atMs: WRITTEN,
  follows: [],
  kind: 'note',
  body: { writtenAtMs: WRITTEN, text: prose('About a contractor.') },
};

/** Each message follows some of those before it, never all of them for certain: what crosses, crosses here. */
const conversations = fc
  .array(
    fc.record({
      what: fc.nat(BODIES.length - 1),
      device: fc.constantFrom(1, 2),
      knows: fc.array(fc.nat(11), { maxLength: 4 }),
      afterMs: fc.nat(50),
    }),
    {
      maxLength: 12,
    },
  )
  .map((drawn) => {
    const said: Said[] = [opening];
    drawn.forEach(({ what, device, knows, afterMs }, index) => {
      const [agency, kind, body] = BODIES[what] ?? BODIES[0] ?? [XA, 'consent.request', {}];
      const known = said.filter((_, position) => knows.includes(position));
      const isThread = kind !== 'feedback.report';
      said.push({
        eh: toHash(bytes(32, index + 1)),
        agency,
        device: toDeviceId(bytes(16, device)),
        atMs: WRITTEN + afterMs,
        follows: [OPENING, ...known.map(({ eh }) => eh)].filter((eh, position, all) => all.indexOf(eh) === position),
        kind,
        body: parseMessage(kind, { writtenAtMs: WRITTEN, ...(isThread ? { ref: REF } : {}), ...body }).body,
      });
    });
    return said;
  });

function folded(said: readonly Said[], nowMs = WRITTEN + HOUR) {
  const events = said.map((one, index) => stored(one, index));
  const messages = new Map(events.map((event) => [event.eh, readMessage(event)]));
  const { duties, refused } = foldDuties(events, messages, { agencies: [XA, XB], calendarOf: () => null, nowMs });
  return { duties, refused: Object.fromEntries(refused) };
}

t.test('the same messages make the same duties, in whatever order they arrive', async (t) => {
  let shares = 0;
  let breaches = 0;
  fc.assert(
    fc.property(
      conversations.chain((said) =>
        fc.tuple(fc.constant(said), fc.shuffledSubarray(said, { minLength: said.length, maxLength: said.length })),
      ),
      ([said, shuffled]) => {
        const here = folded(said);
        t.strictSame(folded(shuffled), here);
        for (const { state, grant, shares: made, breaches: broken } of here.duties.consents) {
          t.equal(
            grant !== null,
            state === 'granted' || state === 'conditional',
            'a grant only where there is consent',
          );
          shares += made.length;
          breaches += broken.length;
        }
        for (const { state, disclosures } of here.duties.exculpatory)
          t.equal(disclosures.length > 0, ['disclosed', 'uninformed', 'informed'].includes(state), state);
      },
    ),
    { numRuns: 400 },
  );
  t.ok(shares > 0 && breaches > 0, `${shares} shares under a grant, ${breaches} without: both were drawn`);
});

/** A consent that was asked for and granted, and what else is said, each after what it names. */
function thread(
  ...more: readonly (readonly [by: AgencyId, kind: DutyKind, body: object, follows: readonly number[], atMs?: number])[]
) {
  const said: Said[] = [opening];
  const add = ([agency, kind, body, follows, atMs = said.length]: (typeof more)[number]): void => {
    said.push({
      eh: toHash(bytes(32, said.length)),
      agency,
      device: opening.device,
      atMs: WRITTEN + atMs,
      follows: follows.flatMap((index) => said[index]?.eh ?? []),
      kind,
      body: parseMessage(kind, { writtenAtMs: WRITTEN + 1000, ref: REF, ...body }).body,
    });
  };
  const [request, grant] = BODIES;
  if (request === undefined || grant === undefined) throw new Error('no bodies');
  add([...request, [0]]);
  add([...grant, [1]]);
  for (const one of more) add(one);
  return said;
}
const refusal = { decision: { answer: 'refused', code: 'source-at-risk', reason: prose('A source.') } };
const sharedAt = (atMs: number) => ({
  body: BODY,
  items: [{ eh: OPENING }],
  sharedAtMs: WRITTEN + atMs,
  termsHash: OPENING,
});

t.test('crossings', async (t) => {
  const consent = (said: readonly Said[]) => {
    const [found] = folded(said).duties.consents;
    if (found === undefined) throw new Error('no consent');
    return found;
  };
  const two = thread([XA, 'consent.answer', refusal, [1]]);
  t.equal(consent(two).state, 'refused', 'two devices of the originator answer at once: the stricter holds');
  const resolved = thread(
    [XA, 'consent.answer', refusal, [1]],
    [XA, 'consent.answer', { decision: { answer: 'granted' } }, [2, 3]],
  );
  t.equal(consent(resolved).state, 'granted', 'until a word that follows both');

  const crossed = thread(
    [XA, 'consent.revoke', { reason: prose('A source.') }, [2]],
    [XB, 'consent.shared', sharedAt(90), [2], 95],
  );
  t.match(
    consent(crossed),
    { state: 'revoked', shares: { length: 1 }, breaches: { length: 0 } },
    'a share that crosses the revocation stands',
  );
  const before = thread(
    [XB, 'consent.shared', sharedAt(5), [2]],
    [XA, 'consent.revoke', { reason: prose('A source.') }, [3]],
  );
  t.match(consent(before), { state: 'revoked', shares: { length: 1 } }, 'so does one before it');
  const after = thread(
    [XA, 'consent.revoke', { reason: prose('A source.') }, [2]],
    [XB, 'consent.shared', sharedAt(90), [3], 95],
  );
  t.match(
    consent(after),
    { shares: { length: 0 }, breaches: [{ reason: /no consent was held when it was shared/ }] },
    'not one after',
  );

  const matter = (said: readonly Said[]) => folded(said).duties.exculpatory[0];
  const notice = BODIES[6]?.[2] ?? {};
  const told = { items: [{ eh: OPENING }], disclosedAtMs: WRITTEN, to: 'Defence' };
  const consulted = thread(
    [XB, 'exculpatory.notice', notice, [2]],
    [XA, 'exculpatory.consult', { text: prose('Please.') }, [3]],
    [XB, 'exculpatory.disclosed', told, [3]],
  );
  t.match(
    matter(consulted),
    { state: 'disclosed', consultations: [{ afterDisclosure: false }], informByMs: null },
    'a consultation that crosses the disclosure stops nothing',
  );
  const late = thread(
    [XB, 'exculpatory.notice', notice, [2]],
    [XB, 'exculpatory.disclosed', told, [3]],
    [XA, 'exculpatory.consult', { text: prose('Please.') }, [4]],
  );
  t.match(
    matter(late),
    { state: 'disclosed', consultations: [{ afterDisclosure: true }] },
    'after it, it is on record',
  );
  const noNotice = folded(thread([XB, 'exculpatory.disclosed', told, [2]]));
  t.match(Object.values(noNotice.refused), [
    /the sender had no notice before; give notice, or say why notice was impossible/,
  ]);
});

async function archiveOf(said: readonly Said[]): Promise<Archive> {
  const archive = openArchive(join(await mkdtemp(join(tmpdir(), 'holdfast-duties-')), 'archive.db'), bytes(32, 1));
  archive.conversations.create(CONVERSATION, [XA, XB], WRITTEN);
  const { jws } = { jws: `${btoa('{}')}.` };
  for (const one of said) archive.messages.insert({ ...stored(one), jws: evidenceOf(one, jws), isReady: true });
  return archive;
}

/** A manifest that nobody signed: cases read the hash of the terms from it. */
function evidenceOf({ kind, follows }: Said, header: string): string {
  const manifest = {
    ch: OPENING,
    conversation: CONVERSATION,
    rosterHash: OPENING,
    sq: 0,
    prev: null,
    seen: {},
    on: follows,
    kind,
    caseRef: null,
    bodyHash: OPENING,
    salt: OPENING,
    termsHash: null,
    attachments: [],
    actor: null,
    actorSig: null,
    approvedUntil: null,
    approvals: [],
    checkpoints: [],
  };
  return `${header}${Buffer.from(canonicalBytes(manifest)).toString('base64url')}.`;
}

t.test('a duty that nobody has met is told once, on the node that it concerns', async (t) => {
  const request = thread().slice(0, 2);
  const archive = await archiveOf([
    ...request,
    ...thread([
      XB,
      'exculpatory.disclosed',
      { items: [{ eh: OPENING }], disclosedAtMs: WRITTEN, to: 'Defence', withoutNotice: prose('At night.') },
      [1],
    ]).slice(3),
  ]);
  t.teardown(() => archive.close());
  const told = (self: AgencyId, atMs: number): readonly string[] =>
    archive.atomically(() => new DutyWatch(archive, self, noRecords).overdue(WRITTEN + atMs)).map(({ code }) => code);
  t.strictSame(told(XB, DAY - 1), [], 'not yet');
  t.strictSame(told(XA, DAY), [], 'the sender of the information is not the one to inform');
  t.strictSame(told(XB, DAY), ['exculpatory.uninformed'], 'a day after the disclosure');
  t.strictSame(told(XB, DAY), [], 'told once, also by another process');
  t.strictSame(told(XB, 34 * HOUR - 1), [], 'Tuesday is a working day to its end, UTC');
  t.strictSame(told(XB, 34 * HOUR), ['consent.unanswered'], '14:00 on Monday and one working day');
  t.strictSame(told(XB, 900 * DAY), [], 'and nothing else, ever');
  t.strictSame(
    archive.arrivals.alarms().map(({ code }) => code),
    ['exculpatory.uninformed', 'consent.unanswered'],
    'both are kept',
  );
  const watch = new DutyWatch(archive, XB, noRecords);
  watch.overdue(WRITTEN + 900 * DAY);
  archive.messages.insert({
    ...stored({
      ...opening,
      eh: toHash(bytes(32, 77)),
      agency: XB,
      kind: 'consent.shared',
      follows: [OPENING],
      body: { writtenAtMs: WRITTEN + HOUR, ref: REF, ...sharedAt(1) },
    }),
    jws: evidenceOf(opening, `${btoa('{}')}.`),
    isReady: true,
  });
  t.strictSame(
    watch.overdue(WRITTEN + 900 * DAY).map(({ code }) => code),
    ['consent.breached'],
    'shared without consent: seen as soon as it is here',
  );
});

const until = async (desk: Holdfast, conversation: ConversationId, holds: (found: Case) => boolean): Promise<Case> => {
  for await (const _ of desk.inbox({ signal: soon(20_000) })) if (holds(desk.case(conversation))) break;
  return desk.case(conversation);
};

t.test('consent over a real relay', async (t) => {
  const network = await makeTestNetwork();
  t.teardown(() => network.close());
  const [a, b] = [await network.open(XA), await network.open(XB)];
  const { conversation } = await a.disclose({ to: XB, body: await disclosureBody() });
  const received = await until(b, conversation, ({ timeline }) => timeline.length === 1);
  const eh = received.timeline[0]?.eh ?? OPENING;
  const ask = (found: Case, atMs = Date.now()) => mayShareOnward(found, BODY, { eh }, atMs);
  t.match(ask(received), { allowed: false, reason: /has not been asked/, advice: /^Ask for consent/ });
  const under = (onward: MessageBody<'disclosure'>['restrictions']['onward']): boolean => {
    const timeline = received.timeline.map((entry) => {
      if (entry.message.kind !== 'disclosure') return entry;
      const { body } = entry.message;
      const restrictions = { ...body.restrictions, onward };
      return { ...entry, message: { ...entry.message, body: { ...body, restrictions } } };
    });
    return mayShareOnward({ ...received, timeline }, { ...BODY, agency: XC }, { eh }, Date.now()).allowed;
  };
  t.strictSame(
    [
      under({ kind: 'free' }),
      under({ kind: 'named', bodies: ['Other agency', 'anti-corruption agency of Corvina'] }),
      under({ kind: 'named', bodies: [XC] }),
      under({ kind: 'named', bodies: ['Other agency'] }),
      under({ kind: 'none' }),
    ],
    [true, true, true, false, false],
    'terms that leave it free, or name the body, need no consent',
  );
  t.match(mayShareOnward(a.case(conversation), BODY, { eh }, Date.now()), { allowed: true, by: 'own' });
  const ref = newDutyRef();
  const terms = received.timeline[0]?.termsHash ?? null;
  t.not(terms, null, 'the disclosure came under terms');
  const request = {
    ref,
    body: BODY,
    use: 'investigation' as const,
    purpose: prose('Same contractor.'),
    items: [{ eh }],
    urgency: 'urgent' as const,
  };
  await b.consent.request({ conversation, body: { writtenAtMs: Date.now(), ...request } });
  const shared = (grant: Parameters<typeof onwardTerms>[1]): MessageBody<'consent.shared'> => {
    const nowMs = Date.now();
    const termsHash = onwardTermsHash(onwardTerms(request, grant, request.items, () => terms));
    return { writtenAtMs: nowMs, ref, body: BODY, items: [{ eh }], sharedAtMs: nowMs, termsHash };
  };
  const none = { conditions: [], until: null };
  const error = await b.consent.shared({ conversation, body: shared(none) }).catch((cause: unknown) => cause);
  t.ok(isSdkError(error, 'consent.required'), 'before the answer nothing is shared');
  t.match(error, { message: /does not allow share.*Ask for consent first; no answer is not consent/ });

  await until(a, conversation, ({ duties }) => duties.consents.length === 1);
  await t.rejects(
    b.consent.answer({ conversation, body: { writtenAtMs: 1, ref, decision: { answer: 'granted' } } }),
    { code: 'case.event-not-allowed' },
    'the holder does not answer itself',
  );
  const conditions = [prose('Tell nobody.')];
  await a.consent.answer({
    conversation,
    body: { writtenAtMs: Date.now(), ref, decision: { answer: 'conditional', conditions } },
  });
  const granted = await until(b, conversation, ({ duties }) => duties.consents[0]?.state === 'conditional');
  t.match(ask(granted), { allowed: true, by: 'consent', consent: { ref, grant: { conditions } } });
  t.match(
    mayShareOnward(granted, { ...BODY, country: 'XA' }, { eh }, Date.now()),
    { allowed: false },
    'for that body only',
  );
  await t.rejects(
    b.consent.shared({ conversation, body: shared(none) }),
    { code: 'message.refused' },
    'the terms travel along, or it is not said',
  );
  await b.consent.shared({ conversation, body: shared({ conditions, until: null }) });
  const told = await until(a, conversation, ({ duties }) => duties.consents[0]?.shares.length === 1);
  t.match(
    told.duties.consents[0]?.shares,
    [{ body: BODY, items: [{ eh }], termsMatch: true }],
    'the originator knows to whom, what, and that the terms went along',
  );

  await a.consent.revoke({ conversation, body: { writtenAtMs: Date.now(), ref, reason: prose('A source.') } });
  const revoked = await until(b, conversation, ({ duties }) => duties.consents[0]?.state === 'revoked');
  t.match(revoked.duties.consents[0], { shares: { length: 1 }, breaches: { length: 0 } }, 'what was shared stands');
  t.match(ask(revoked), { allowed: false, reason: /is revoked/ }, 'for the future it is over');
  t.match(
    ask(revoked, revoked.duties.consents[0]?.shares[0]?.sharedAtMs),
    { allowed: true },
    'at its time it was allowed',
  );
  await t.rejects(b.consent.shared({ conversation, body: shared({ conditions, until: null }) }), {
    code: 'consent.required',
  });
  t.strictSame(a.case(conversation).duties.consents, b.case(conversation).duties.consents, 'both sides see the same');
});

t.test('exculpatory disclosure and feedback over a real relay', async (t) => {
  const network = await makeTestNetwork();
  t.teardown(() => network.close());
  const [a, b] = [await network.open(XA), await network.open(XB)];
  const { conversation } = await a.freeze.request({ to: XB, body: await requestBody() });
  const received = await until(b, conversation, ({ timeline }) => timeline.length === 1);
  const items = [{ eh: received.timeline[0]?.eh ?? OPENING, part: { kind: 'asset', assetRef: 'a1' } as const }];
  const ref = newDutyRef();
  const disclosed = (to: string, disclosedAtMs = Date.now()) => ({
    writtenAtMs: Date.now(),
    ref,
    items,
    disclosedAtMs,
    to,
  });
  await t.rejects(
    b.exculpatory.disclosed({ conversation, body: disclosed('Defence') }),
    { code: 'case.event-not-allowed', message: /no notice before; give notice, or say why/ },
    'not without a notice, by accident',
  );
  const notice = {
    writtenAtMs: Date.now(),
    ref,
    items,
    proceedings: PROCEEDINGS,
    reason: prose('He had left.'),
    contact: CONTACT,
  };
  await b.exculpatory.notify({ conversation, body: notice });
  await until(a, conversation, ({ duties }) => duties.exculpatory[0]?.state === 'notified');
  await a.exculpatory.consult({
    conversation,
    body: { writtenAtMs: Date.now(), ref, wishes: ['later-date'], text: prose('Please do not.') },
  });
  await until(b, conversation, ({ duties }) => duties.exculpatory[0]?.state === 'consulting');
  await b.exculpatory.disclosed({ conversation, body: disclosed('Defence') });
  const told = await until(a, conversation, ({ duties }) => duties.exculpatory[0]?.state === 'disclosed');
  t.match(told.duties.exculpatory, [{ sender: XA, discloser: XB, consultations: [{ from: XA }], informByMs: null }]);

  const urgent = newDutyRef();
  const atNight = {
    ...disclosed('Custody judge', Date.now() - 25 * HOUR),
    ref: urgent,
    withoutNotice: prose('The hearing was at night.'),
  };
  await b.exculpatory.disclosed({ conversation, body: atNight });
  await until(a, conversation, ({ duties }) => duties.exculpatory[1]?.state === 'uninformed');
  await b.close();
  const again = await network.open(XB);
  await again.caughtUp({ signal: soon(20_000) });
  t.ok(
    again.alarms().some(({ code }) => code === 'exculpatory.uninformed'),
    'a day has passed: the alarm, on the own node',
  );
  t.notOk(a.alarms().some(({ code }) => code === 'exculpatory.uninformed'));
  const { writtenAtMs, proceedings, reason, contact } = notice;
  await again.exculpatory.inform({ conversation, body: { writtenAtMs, ref: urgent, proceedings, reason, contact } });
  await until(a, conversation, ({ duties }) => duties.exculpatory[1]?.state === 'informed');

  t.equal(again.case(conversation).duties.feedback.state, 'not-owed', 'before the decision nothing is owed');
  await again.freeze.acknowledge({ conversation, body: await acknowledgeBody() });
  const decision = await again.freeze.impose({
    conversation,
    body: await again.freeze.imposition({ conversation, input: await imposeDraft() }),
  });
  await decision.until('accepted', { signal: soon() });
  const owed = again.case(conversation);
  const decidedAtMs = owed.timeline.find(({ message }) => message.kind === 'freeze.impose')?.sentAtMs ?? 0;
  t.match(owed.duties.feedback, { state: 'due', owedBy: [XB], dueAtMs: decidedAtMs + 30 * DAY });
  const outcomes = [{ outcome: 'confiscated', assetRef: 'a1', amount: { value: '1000.00', currency: 'EUR' } }] as const;
  await again.feedback.report({
    conversation,
    body: { writtenAtMs: Date.now(), stage: 'final', outcomes: [...outcomes] },
  });
  const final = await until(a, conversation, ({ duties }) => duties.feedback.state === 'final');
  t.match(final.duties.feedback, { dueAtMs: null, reports: [{ from: XB, stage: 'final', outcomes }] });
});
