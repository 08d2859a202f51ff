/**
 * The disclosure's table: every cell has its answer, the specification holds table and diagram, terms are never tightened after the
 * fact, and a refusal says state, event, who may, and what can be done instead.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  assertNextDisclosure,
  axesOf,
  DISCLOSURE_EVENTS,
  DISCLOSURE_ROWS,
  DISCLOSURE_STATES,
  type DisclosureCase,
  type DisclosureEvent,
  type DisclosureEventName,
  type DisclosureParty,
  type DisclosureState,
  disclosureDiagram,
  effectiveRestrictions,
  isRelaxation,
  isUnrestricted,
  newDisclosureCase,
  nextDisclosure,
  RESTRICTION_AXES,
  type Restrictions,
  relaxed,
  restrictionsAt,
  termsHash,
  tightenedAxes,
  toHash,
  USES,
} from '@holdfast/protocol';
import fc from 'fast-check';
import t from 'tap';
import { readGolden } from '../fixtures/golden-body.js';

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
const hash = (n: number) => toHash(sha256(Uint8Array.of(n)));
const { terms } = readGolden('disclosure.offer');
const termsName = toHash(termsHash(sha256, terms));
const [OFFER, ACCEPT, RELEASE] = [hash(1), hash(2), hash(3)];
const NOW = 1_000_000;
const UNTIL = NOW + 1000;
const PARTIES: readonly DisclosureParty[] = ['sender', 'recipient', 'node'];

/** A case in which every guard of `state` can hold. */
const caseIn = (state: DisclosureState): DisclosureCase => ({
  ...newDisclosureCase(),
  state,
  offer: state === 'draft' ? null : { eh: OFFER, terms, termsHash: termsName, openUntilMs: UNTIL },
  accepted: ['terms-accepted', 'released', 'in-use', 'closed'].includes(state) ? [ACCEPT] : [],
  released: ['released', 'in-use', 'closed'].includes(state) ? [RELEASE] : [],
});

function eventOf(on: DisclosureEventName, by: DisclosureParty): DisclosureEvent {
  const base = { by, atMs: NOW, eh: hash(9) };
  const offered = { terms, termsHash: termsName };
  switch (on) {
    case 'offer':
      return { ...base, ...offered, on, openUntilMs: UNTIL };
    case 'send-directly':
      return { ...base, ...offered, on };
    case 'accept':
      return { ...base, on, offer: OFFER, termsHash: termsName };
    case 'decline':
      return { ...base, on, offer: OFFER };
    case 'revise':
      return { ...base, ...offered, on, offer: OFFER, change: 'revised', openUntilMs: UNTIL };
    case 'release':
      return { ...base, on, offer: OFFER, accept: ACCEPT };
    case 'open':
      return { ...base, on, of: RELEASE };
    case 'relax':
      return { ...base, on, relaxation: { tlp: 'CLEAR' }, fromMs: NOW };
    case 'clock':
      return { ...base, on, atMs: UNTIL };
    case 'withdraw':
    case 'close':
      return { ...base, on };
  }
}

t.test('every cell', async (t) => {
  let allowed = 0;
  for (const state of DISCLOSURE_STATES)
    for (const on of DISCLOSURE_EVENTS)
      for (const by of PARTIES) {
        const row = DISCLOSURE_ROWS.find((each) => each.on === on && each.by === by && each.from.includes(state));
        const result = nextDisclosure(caseIn(state), eventOf(on, by));
        const cell = `${state} × ${on} by ${by}`;
        if (row === undefined) t.match(result, { kind: 'refusal', state, event: on, by }, cell);
        else {
          allowed++;
          t.match(result, { kind: 'disclosure-case', state: row.to === 'same' ? state : row.to }, cell);
        }
      }
  t.equal(allowed, DISCLOSURE_ROWS.flatMap(({ from }) => from).length);
});

t.test('guards', async (t) => {
  const refused = (state: DisclosureState, event: DisclosureEvent, reason: RegExp): void => {
    t.match(nextDisclosure(caseIn(state), event), { kind: 'refusal', reason }, `${event.on}: ${reason}`);
  };
  const base = { by: 'recipient', atMs: NOW, eh: hash(9) } as const;
  refused('offered', { ...base, on: 'accept', offer: hash(7), termsHash: termsName }, /another offer/);
  refused('offered', { ...base, on: 'accept', offer: OFFER, termsHash: hash(7) }, /hash of other terms/);
  refused('offered', { ...base, on: 'accept', offer: OFFER, termsHash: termsName, atMs: UNTIL }, /had run out/);
  refused('offered', { ...base, on: 'decline', offer: hash(7) }, /another offer/);
  const sender = { ...base, by: 'sender' } as const;
  refused('terms-accepted', { ...sender, on: 'release', offer: hash(7), accept: ACCEPT }, /another offer/);
  refused('terms-accepted', { ...sender, on: 'release', offer: OFFER, accept: hash(7) }, /no acceptance/);
  refused('released', { ...base, on: 'open', of: hash(7) }, /nothing was released/);
  refused('in-use', { ...sender, on: 'relax', relaxation: { tlp: 'RED' }, fromMs: NOW }, /not loosen tlp/);
  refused('offered', { on: 'clock', by: 'node', atMs: UNTIL - 1 }, /not run out/);
  t.throws(() => assertNextDisclosure(caseIn('offered'), eventOf('close', 'recipient')), {
    code: 'state.event-not-allowed',
    message:
      "A disclosure that is offered does not allow close: the table has no such step. It is for the recipient's approver. The recipient can do this instead: accept, decline.",
  });
});

const restrictions: fc.Arbitrary<Restrictions> = fc.record({
  confidentiality: fc.oneof(
    fc.constant({ kind: 'none' } as const),
    fc.constant({ kind: 'indefinite' } as const),
    fc.constantFrom('2026-05-01', '2027-01-01').map((date) => ({ kind: 'until-date', date }) as const),
    fc
      .constantFrom('a', 'b')
      .map((text) => ({ kind: 'until-condition', condition: { language: 'en', text } }) as const),
  ),
  permittedUses: fc.subarray([...USES]),
  forbiddenUses: fc.subarray([...USES]),
  evidentialUse: fc.constantFrom('permitted', 'after-mla-request', 'with-consent', 'never'),
  onward: fc.oneof(
    fc.constantFrom({ kind: 'free' } as const, { kind: 'with-consent' } as const, { kind: 'none' } as const),
    fc.subarray(['x', 'y'], { minLength: 1 }).map((bodies) => ({ kind: 'named', bodies }) as const),
  ),
  handlingCode: fc.constantFrom('H0', 'H1', 'H2'),
  tlp: fc.constantFrom('CLEAR', 'GREEN', 'AMBER', 'AMBER+STRICT', 'RED'),
});

t.test('relaxing is a partial order, and applying one never tightens', async (t) => {
  fc.assert(
    fc.property(restrictions, restrictions, restrictions, (a, b, c) => {
      if (!isRelaxation(a, a)) throw new Error('not reflexive');
      if (isRelaxation(a, b) && isRelaxation(b, c) && !isRelaxation(a, c)) throw new Error('not transitive');
      const after = relaxed(a, b);
      if (!isRelaxation(a, after)) throw new Error('tightened');
      if (isRelaxation(a, b) && !isRelaxation(b, after)) throw new Error('a relaxation was not taken whole');
      if (isRelaxation(a, b) !== (tightenedAxes(a, b).length === 0)) throw new Error('two answers to one question');
    }),
    { numRuns: 2000 },
  );
  t.strictSame(axesOf(terms), [...RESTRICTION_AXES], 'no axis is forgotten');
  const members = new Set(Object.keys(terms));
  for (const axis of RESTRICTION_AXES) members.delete(axis === 'handling' ? 'handlingCode' : axis);
  members.delete('handlingNote');
  t.strictSame([...members], [], 'and every member of the terms is of an axis');
});

t.test('what does not compare is no relaxation', async (t) => {
  const not = (before: Partial<Restrictions>, after: Partial<Restrictions>): void => {
    t.notOk(isRelaxation({ ...terms, ...before }, { ...terms, ...after }), JSON.stringify([before, after]));
    t.notOk(isRelaxation({ ...terms, ...after }, { ...terms, ...before }), 'nor the other way round');
  };
  const condition = { kind: 'until-condition', condition: { language: 'en', text: 'x' } } as const;
  not({ confidentiality: { kind: 'until-date', date: '2026-01-01' } }, { confidentiality: condition });
  not({ evidentialUse: 'with-consent' }, { evidentialUse: 'after-mla-request' });
  not({ onward: { kind: 'with-consent' } }, { onward: { kind: 'named', bodies: ['x'] } });
  not({ handlingCode: 'H1' }, { handlingCode: 'H2' });
});

t.test('a date ends a restriction by itself; a relaxation counts from its instant', async (t) => {
  const until: Restrictions = { ...terms, confidentiality: { kind: 'until-date', date: '2026-05-01' } };
  const over = Date.UTC(2026, 4, 2, 12);
  t.match(restrictionsAt(until, over - 1).confidentiality, { kind: 'until-date' });
  t.match(restrictionsAt(until, over).confidentiality, { kind: 'none' }, 'once the day is over everywhere');
  t.strictSame({ ...restrictionsAt(until, over), confidentiality: null }, { ...until, confidentiality: null });
  const later = assertNextDisclosure(caseIn('in-use'), {
    on: 'relax',
    by: 'sender',
    atMs: NOW,
    relaxation: { tlp: 'GREEN' },
    fromMs: NOW + 500,
  });
  const now = assertNextDisclosure(later, {
    on: 'relax',
    by: 'sender',
    atMs: NOW,
    relaxation: { tlp: 'AMBER' },
    fromMs: NOW,
  });
  t.strictSame(
    [NOW - 1, NOW, NOW + 499, NOW + 500].map((atMs) => effectiveRestrictions(now, atMs)?.tlp),
    [terms.tlp, 'AMBER', 'AMBER', 'GREEN'],
  );
  t.ok(
    isUnrestricted({
      ...relaxed(terms, { confidentiality: { kind: 'none' }, evidentialUse: 'permitted' }),
      permittedUses: [...USES],
      forbiddenUses: [],
      onward: { kind: 'free' },
      handlingCode: 'H0',
      tlp: 'CLEAR',
    }),
  );
  t.notOk(isUnrestricted(terms));
});

t.test('the specification holds the table and the diagram', async (t) => {
  const spec = readFileSync('protocol/spec/53-disclosure.md', 'utf8');
  t.ok(spec.includes(`\`\`\`mermaid\n${disclosureDiagram()}\n\`\`\``), 'diagram');
  for (const { from, on, by, role, guard, to } of DISCLOSURE_ROWS) {
    const who = by === 'node' ? 'every node' : `${by}'s ${role}`;
    const line = `| ${from.join(', ')} | ${on} | ${who} | ${guard} | ${to} |`;
    t.ok(spec.includes(line), line);
  }
});
