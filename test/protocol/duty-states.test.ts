/**
 * The duties' tables: every cell against a matrix written by hand from the domain, the specification holds tables and diagrams, words of the
 * originator that cross come to the same whatever the order, the sender has no veto, and due dates are as reckoned by hand.
 */
import { readFileSync } from 'node:fs';
import {
  type Calendar,
  CONSENT_EVENTS,
  CONSENT_PARTIES,
  CONSENT_ROWS,
  CONSENT_STATES,
  type ConsentDecision,
  type ConsentEvent,
  type ConsentThread,
  consentDue,
  type DutyRefusal,
  dutyDiagram,
  EXCULPATORY_EVENTS,
  EXCULPATORY_PARTIES,
  EXCULPATORY_ROWS,
  EXCULPATORY_STATES,
  type ExculpatoryEvent,
  type ExculpatoryMatter,
  FEEDBACK_EVENTS,
  FEEDBACK_PARTIES,
  FEEDBACK_ROWS,
  FEEDBACK_STAGES,
  FEEDBACK_STATES,
  type FeedbackDuty,
  type FeedbackEvent,
  feedbackDue,
  type Hash,
  newConsent,
  newFeedback,
  newMatter,
  nextConsent,
  nextExculpatory,
  nextFeedback,
  refusalText,
  type SharedItem,
  standing,
  toHash,
} from '@holdfast/protocol';
import fc from 'fast-check';
import t from 'tap';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const SPEC = readFileSync('protocol/spec/54-duties.md', 'utf8');
const name = (number: number): Hash => toHash(new Uint8Array(32).fill(number % 251, 1).fill(number / 251, 0, 1));
const prose = (text: string) => ({ language: 'en', text });
const BODY = { name: 'Prosecutor of Corvina', country: 'XC' };
const ITEM: SharedItem = { eh: name(200) };
/** Every event that a test has made so far. */
const made: Hash[] = [];
const next = (): { readonly id: Hash; readonly after: ReadonlySet<Hash> } => {
  const event = { id: name(1000 + made.length), after: new Set(made) };
  made.push(event.id);
  return event;
};

const DECISIONS = {
  granted: { answer: 'granted' },
  conditional: { answer: 'conditional', conditions: [prose('Tell nobody.')] },
  refused: { answer: 'refused', code: 'source-at-risk', reason: prose('A source.') },
} as const satisfies Record<string, ConsentDecision>;

const isRefusal = (result: { readonly kind: string }): result is DutyRefusal => result.kind === 'refusal';
function moved<T extends { readonly kind: string }>(result: T | DutyRefusal): T {
  if (isRefusal(result)) throw new Error(`${result.event} in ${result.state}: ${result.reason}`);
  return result;
}

/** An event that follows every one before it. */
const sent = (by: 'holder' | 'originator', atMs = 10) => ({ by, ...next(), atMs });
const request = {
  ...sent('holder', 1),
  on: 'request',
  asked: { body: BODY, items: [ITEM], urgency: 'urgent' },
} as const;
const share = { body: BODY, items: [ITEM], sharedAtMs: 20, termsHash: name(201) };

function consentIn(state: ConsentThread['state']): ConsentThread {
  const asked = moved(nextConsent(newConsent, request));
  const say = (thread: ConsentThread, event: ConsentEvent): ConsentThread => moved(nextConsent(thread, event));
  switch (state) {
    case 'unasked':
      return newConsent;
    case 'requested':
      return asked;
    case 'unanswered':
      return say(asked, { on: 'clock', by: 'node', atMs: 5, dueAtMs: 5 });
    case 'granted':
    case 'conditional':
    case 'refused':
      return say(asked, { ...sent('originator'), on: 'answer', decision: DECISIONS[state] });
    case 'revoked':
      return say(consentIn('granted'), { ...sent('originator', 30), on: 'revoke' });
  }
}

/** Written by hand: state, then `event by party` and where it leads. What is not here is refused. */
const ANSWERS = {
  'answer granted by originator': 'granted',
  'answer conditional by originator': 'conditional',
  'answer refused by originator': 'refused',
};
const CONSENT: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  unasked: { 'request by holder': 'requested' },
  requested: { ...ANSWERS, 'clock by node': 'unanswered' },
  unanswered: ANSWERS,
  granted: { ...ANSWERS, 'share by holder': 'granted', 'revoke by originator': 'revoked' },
  conditional: { ...ANSWERS, 'share by holder': 'conditional', 'revoke by originator': 'revoked' },
  refused: ANSWERS,
  // The share of the test was made at 20, under a grant; the revocation is of 30.
  revoked: { ...ANSWERS, 'share by holder': 'revoked' },
};

t.test('consent: every cell', async (t) => {
  let cells = 0;
  for (const state of CONSENT_STATES) {
    for (const by of CONSENT_PARTIES) {
      for (const on of CONSENT_EVENTS) {
        for (const decision of on === 'answer' ? Object.values(DECISIONS) : [undefined]) {
          cells += 1;
          const cell = `${on}${decision === undefined ? '' : ` ${decision.answer}`} by ${by}`;
          const base = { by, atMs: 40 };
          const thread = consentIn(state);
          const event = { ...request, ...base, ...next(), on, decision, share, dueAtMs: 40 } as unknown as ConsentEvent;
          const result = nextConsent(thread, event);
          t.equal(isRefusal(result) ? undefined : result.state, CONSENT[state]?.[cell], `${state}: ${cell}`);
          if (isRefusal(result)) t.equal(`${result.state} ${result.event}`, `${state} ${on}`, 'names state and event');
        }
      }
    }
  }
  t.equal(cells, 7 * 3 * 7);
});

t.test('a refusal says state, event, who may, and what can be done instead', async (t) => {
  const refused = nextConsent(consentIn('requested'), { ...sent('holder'), on: 'share', share });
  if (!isRefusal(refused)) throw new Error('shared without an answer');
  t.equal(
    refusalText(refused, 'A consent'),
    'A consent that is requested does not allow share: the table has no such step. Possible now: answer (granted) by the originator; ' +
      'answer (conditional) by the originator; answer (refused) by the originator.',
  );
  const other = nextConsent(consentIn('requested'), { ...sent('holder'), on: 'answer', decision: DECISIONS.granted });
  if (!isRefusal(other)) throw new Error('the holder answered itself');
  t.strictSame([other.reason, other.whoMay], ['it is not for the holder', ['originator']]);
});

t.test('no answer is not consent, however long it is', async (t) => {
  for (const state of ['requested', 'unanswered'] as const) {
    const result = nextConsent(consentIn(state), {
      ...sent('holder', 1e12),
      on: 'share',
      share: { ...share, sharedAtMs: 1e12 },
    });
    t.ok(isRefusal(result), state);
    t.equal(standing(consentIn(state).words, [ITEM]).grant, null);
  }
  const late = moved(
    nextConsent(consentIn('unanswered'), { ...sent('originator', 99), on: 'answer', decision: DECISIONS.granted }),
  );
  t.equal(late.state, 'granted', 'a late answer is an answer');
  const early = nextConsent(consentIn('requested'), { on: 'clock', by: 'node', atMs: 4, dueAtMs: 5 });
  t.equal(moved(early).state, 'requested', 'not before it is due');
});

t.test('what a share must be', async (t) => {
  const granted = consentIn('granted');
  const tried = (
    thread: ConsentThread,
    part: Partial<typeof share>,
    after: ReadonlySet<Hash> = new Set(made),
  ): string => {
    const result = nextConsent(thread, { ...sent('holder', 50), after, on: 'share', share: { ...share, ...part } });
    return isRefusal(result) ? result.reason : 'stands';
  };
  t.equal(tried(granted, {}), 'stands');
  t.equal(tried(granted, { body: { ...BODY, country: 'XA' } }), 'consent was asked for another body');
  t.equal(
    tried(granted, { body: { ...BODY, name: ' prosecutor  OF corvina' } }),
    'stands',
    'the same name, written otherwise',
  );
  t.equal(tried(granted, { items: [{ eh: name(199) }] }), 'the consent does not cover every item');
  t.equal(
    tried(granted, { items: [{ ...ITEM, part: { kind: 'asset', assetRef: 'a1' } }] }),
    'stands',
    'a message covers its parts',
  );
  t.equal(tried(granted, {}, new Set()), 'no consent was held when it was shared', 'it follows no answer');
  const revoked = consentIn('revoked');
  t.equal(tried(revoked, { sharedAtMs: 29 }), 'stands', 'before the revocation, told after');
  t.equal(tried(revoked, { sharedAtMs: 30 }), 'no consent was held when it was shared', 'after it');
  const grant = revoked.words[0];
  if (grant === undefined) throw new Error('no word');
  t.equal(
    tried(revoked, { sharedAtMs: 500 }, new Set([grant.id])),
    'stands',
    'the revocation was not known: it crossed',
  );
  const dated = moved(
    nextConsent(consentIn('requested'), {
      ...sent('originator'),
      on: 'answer',
      decision: {
        ...DECISIONS.conditional,
        items: [{ ...ITEM, part: { kind: 'asset', assetRef: 'a1' } }],
        until: '2026-04-02',
      },
    }),
  );
  const asset = [{ ...ITEM, part: { kind: 'asset', assetRef: 'a1' } as const }];
  t.equal(
    tried(dated, { sharedAtMs: Date.UTC(2026, 3, 2, 23, 59), items: asset }),
    'stands',
    'the last day to its end',
  );
  t.equal(
    tried(dated, { sharedAtMs: Date.UTC(2026, 3, 3), items: asset }),
    'the day until which the consent held had passed',
  );
  t.equal(tried(dated, { sharedAtMs: 20 }), 'the consent does not cover every item', 'only a part was granted');
});

/** A word of the originator, and which earlier ones it knew. */
const wordsOf = fc
  .array(
    fc.record({
      what: fc.constantFrom('granted', 'conditional', 'refused', 'revoked'),
      knows: fc.array(fc.nat(6)),
      atMs: fc.nat(50),
    }),
    { maxLength: 7 },
  )
  .map((drawn) => {
    const all: Parameters<typeof standing>[0][number][] = [];
    drawn.forEach(({ what, knows, atMs }, index) => {
      const after = new Set<Hash>();
      for (const known of all.filter((_, position) => knows.includes(position))) {
        after.add(known.id);
        for (const earlier of known.after) after.add(earlier);
      }
      const decision = what === 'revoked' ? ({ answer: 'revoked' } as const) : DECISIONS[what];
      all.push({ id: name(index), after, atMs, decision });
    });
    return all;
  });

t.test('words that cross come to the same in any order, and the stricter holds', async (t) => {
  fc.assert(
    fc.property(
      wordsOf.chain((words) =>
        fc.tuple(fc.constant(words), fc.shuffledSubarray(words, { minLength: words.length, maxLength: words.length })),
      ),
      ([words, shuffled]) => {
        const here = standing(words, [ITEM]);
        const there = standing(shuffled, [ITEM]);
        t.strictSame([there.state, there.grant], [here.state, here.grant]);
        const unfollowed = words.filter(({ id }) => !words.some(({ after }) => after.has(id)));
        const isBarred = unfollowed.some(({ decision }) => ['refused', 'revoked'].includes(decision.answer));
        t.equal(here.grant === null, isBarred || words.length === 0, 'a no that nothing follows leaves no grant');
      },
    ),
  );
  const [first, second] = [
    { id: name(1), after: new Set<Hash>(), atMs: 1, decision: { ...DECISIONS.granted, until: '2026-09-30' } },
    { id: name(2), after: new Set<Hash>(), atMs: 2, decision: { ...DECISIONS.conditional, until: '2026-06-30' } },
  ] as const;
  const both = standing([first, second], [ITEM]);
  t.match(both, {
    state: 'conditional',
    grant: { conditions: [prose('Tell nobody.')], until: '2026-06-30', sinceMs: 2 },
  });
  const resolving = { id: name(3), after: new Set([name(1), name(2)]), atMs: 3, decision: DECISIONS.granted };
  t.match(standing([first, second, resolving], [ITEM]), { state: 'granted', grant: { until: null } }, 'resolved');
});

function matterIn(state: ExculpatoryMatter['state']): ExculpatoryMatter {
  const say = (matter: ExculpatoryMatter, event: ExculpatoryEvent): ExculpatoryMatter =>
    moved(nextExculpatory(matter, event));
  const base = { by: 'discloser' } as const;
  const disclosed = { ...base, on: 'disclosed', disclosedAtMs: 7 } as const;
  switch (state) {
    case 'unidentified':
      return newMatter;
    case 'identified':
      return say(newMatter, { ...base, on: 'identify', ...next() });
    case 'notified':
      return say(matterIn('identified'), { ...base, on: 'notice', ...next() });
    case 'consulting':
      return say(matterIn('notified'), { ...base, by: 'sender', on: 'consult', ...next() });
    case 'disclosed':
      return say(matterIn('consulting'), { ...disclosed, ...next(), outcome: 'after-notice' });
    case 'uninformed':
      return say(matterIn('identified'), { ...disclosed, ...next(), outcome: 'without-notice' });
    case 'informed':
      return say(matterIn('uninformed'), { ...base, on: 'informed', ...next() });
  }
}
const MATTER: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  unidentified: { 'identify by discloser': 'identified' },
  identified: { 'notice by discloser': 'notified', 'disclosed without-notice by discloser': 'uninformed' },
  notified: {
    'notice by discloser': 'notified',
    'consult by sender': 'consulting',
    'disclosed after-notice by discloser': 'disclosed',
    'disclosed without-notice by discloser': 'uninformed',
  },
  consulting: {
    'notice by discloser': 'consulting',
    'consult by sender': 'consulting',
    'consult by discloser': 'consulting',
    'disclosed after-notice by discloser': 'disclosed',
    'disclosed without-notice by discloser': 'uninformed',
  },
  disclosed: {
    'consult by sender': 'disclosed',
    'consult by discloser': 'disclosed',
    'disclosed after-notice by discloser': 'disclosed',
    'disclosed without-notice by discloser': 'uninformed',
  },
  uninformed: {
    'consult by sender': 'uninformed',
    'consult by discloser': 'uninformed',
    'disclosed without-notice by discloser': 'uninformed',
    'informed by discloser': 'informed',
  },
  informed: {
    'consult by sender': 'informed',
    'consult by discloser': 'informed',
    'disclosed without-notice by discloser': 'uninformed',
    'informed by discloser': 'informed',
  },
};

t.test('exculpatory disclosure: every cell', async (t) => {
  for (const state of EXCULPATORY_STATES) {
    for (const by of EXCULPATORY_PARTIES) {
      for (const on of EXCULPATORY_EVENTS) {
        for (const outcome of on === 'disclosed' ? (['after-notice', 'without-notice'] as const) : [undefined]) {
          const cell = `${on}${outcome === undefined ? '' : ` ${outcome}`} by ${by}`;
          const matter = matterIn(state);
          const event = { on, by, outcome, ...next(), disclosedAtMs: 9 } as unknown as ExculpatoryEvent;
          const result = nextExculpatory(matter, event);
          t.equal(isRefusal(result) ? undefined : result.state, MATTER[state]?.[cell], `${state}: ${cell}`);
        }
      }
    }
  }
});

t.test('the sender has no veto: whatever it does, the discloser may disclose', async (t) => {
  const senders = fc.array(fc.constantFrom('notice', 'consult', 'informed', 'identify', 'disclosed'), {
    maxLength: 12,
  });
  fc.assert(
    fc.property(senders, (events) => {
      let matter = matterIn('notified');
      for (const on of events) {
        const event = { on, by: 'sender', ...next(), disclosedAtMs: 1, outcome: 'after-notice' };
        const result = nextExculpatory(matter, event as ExculpatoryEvent);
        if (!isRefusal(result)) matter = result;
      }
      const disclosed = {
        on: 'disclosed',
        by: 'discloser',
        outcome: 'after-notice',
        id: name(98),
        after: new Set(made),
        disclosedAtMs: 1,
      } as const;
      t.equal(moved(nextExculpatory(matter, disclosed)).state, 'disclosed');
    }),
  );
  t.strictSame(
    [...new Set(EXCULPATORY_ROWS.filter(({ by }) => by.includes('sender')).map(({ on }) => on))],
    ['consult'],
    'it is consulted, and nothing else',
  );
});

t.test(
  'without notice before, the reason is required; one that crossed the information is still to be told of',
  async (t) => {
    const disclosed = { on: 'disclosed', by: 'discloser', id: name(97), disclosedAtMs: 5 } as const;
    const none = nextExculpatory(matterIn('identified'), {
      ...disclosed,
      outcome: 'after-notice',
      after: new Set(made),
    });
    t.match(none, { reason: 'the sender had no notice before; give notice, or say why notice was impossible' });
    const crossed = nextExculpatory(matterIn('notified'), { ...disclosed, outcome: 'after-notice', after: new Set() });
    t.match(crossed, { kind: 'refusal' }, 'a notice that it does not follow is no notice before');
    const twice = moved(
      nextExculpatory(matterIn('uninformed'), {
        ...disclosed,
        outcome: 'without-notice',
        after: new Set(made),
        disclosedAtMs: 6,
      }),
    );
    const [first] = twice.untold;
    if (first === undefined) throw new Error('nothing untold');
    const told = { on: 'informed', by: 'discloser', id: name(96), after: new Set([first.id]) } as const;
    t.match(moved(nextExculpatory(twice, told)), { state: 'uninformed', untold: [{ disclosedAtMs: 6 }] });
  },
);

const DUE = 1000;
function feedbackIn(state: FeedbackDuty['state']): FeedbackDuty {
  const due = moved(nextFeedback(newFeedback, { on: 'begin', by: 'node', atMs: 0, dueAtMs: DUE }));
  const told = { on: 'report', by: 'recipient', atMs: 0, reviewOn: '1970-02-01' } as const;
  switch (state) {
    case 'not-owed':
      return newFeedback;
    case 'due':
      return due;
    case 'overdue':
      return moved(nextFeedback(due, { on: 'clock', by: 'node', atMs: DUE }));
    case 'interim':
    case 'final':
    case 'barred':
      return moved(nextFeedback(due, { ...told, stage: state }));
  }
}
const TOLD = {
  'report interim by recipient': 'interim',
  'report barred by recipient': 'barred',
  'report final by recipient': 'final',
};
const inReturn = (state: string) => ({
  'report interim by sender': state,
  'report barred by sender': state,
  'report final by sender': state,
});
const FEEDBACK: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'not-owed': { 'begin by node': 'due', ...TOLD, ...inReturn('not-owed') },
  due: { ...TOLD, ...inReturn('due'), 'clock by node': 'overdue' },
  interim: { 'begin by node': 'interim', ...TOLD, ...inReturn('interim'), 'clock by node': 'overdue' },
  barred: { 'begin by node': 'barred', ...TOLD, ...inReturn('barred'), 'clock by node': 'overdue' },
  overdue: { ...TOLD, ...inReturn('overdue') },
  final: {
    'begin by node': 'final',
    'report interim by recipient': 'final',
    'report barred by recipient': 'final',
    'report final by recipient': 'final',
    ...inReturn('final'),
  },
};

t.test('feedback: every cell', async (t) => {
  for (const state of FEEDBACK_STATES) {
    for (const by of FEEDBACK_PARTIES) {
      for (const on of FEEDBACK_EVENTS) {
        for (const stage of on === 'report' ? FEEDBACK_STAGES : [undefined]) {
          const cell = `${on}${stage === undefined ? '' : ` ${stage}`} by ${by}`;
          const event = {
            on,
            by,
            stage,
            reviewOn: '2026-09-01',
            atMs: 400 * DAY,
            dueAtMs: DUE,
          } as unknown as FeedbackEvent;
          const result = nextFeedback(feedbackIn(state), event);
          t.equal(isRefusal(result) ? undefined : result.state, FEEDBACK[state]?.[cell], `${state}: ${cell}`);
        }
      }
    }
  }
});

t.test('feedback falls due as reckoned by hand', async (t) => {
  const decided = Date.UTC(2026, 2, 2, 14, 0);
  t.equal(feedbackDue('freeze', decided), Date.UTC(2026, 3, 1, 14, 0), '30 days: 2 March and 30 is 1 April');
  t.equal(feedbackDue('disclosure', decided), Date.UTC(2026, 4, 31, 14, 0), '90 days: 31 May');
  t.equal(
    feedbackDue('disclosure', decided, '2026-04-15'),
    Date.UTC(2026, 3, 16),
    'asked for sooner: the end of that day',
  );
  t.equal(
    feedbackDue('disclosure', decided, '2027-01-01'),
    Date.UTC(2026, 4, 31, 14, 0),
    'asked for later: 90 days all the same',
  );
  t.equal(feedbackDue('disclosure', decided, '2026-01-01'), decided, 'never before it begins');
  const told = (atMs: number, stage: 'interim' | 'barred' | 'final', reviewOn?: string): number | null =>
    moved(
      nextFeedback(feedbackIn('due'), {
        on: 'report',
        by: 'recipient',
        atMs,
        stage,
        ...(reviewOn === undefined ? {} : { reviewOn }),
      }),
    ).dueAtMs;
  t.equal(
    told(Date.UTC(2026, 7, 31, 9, 0), 'interim'),
    Date.UTC(2027, 1, 28, 9, 0),
    'half a year after 31 August is 28 February',
  );
  t.equal(told(decided, 'barred', '2026-09-01'), Date.UTC(2026, 8, 2), 'the end of the review date');
  t.equal(told(decided, 'final'), null, 'after final nothing is due');
  const barred = moved(
    nextFeedback(feedbackIn('due'), {
      on: 'report',
      by: 'recipient',
      atMs: decided,
      stage: 'barred',
      reviewOn: '2026-09-01',
    }),
  );
  const at = (atMs: number): string => moved(nextFeedback(barred, { on: 'clock', by: 'node', atMs })).state;
  t.strictSame([at(Date.UTC(2026, 8, 2) - 1), at(Date.UTC(2026, 8, 2))], ['barred', 'overdue']);
});

t.test('an answer on consent is due by the calendar of the originator', async (t) => {
  const friday = Date.UTC(2026, 3, 3, 15, 0);
  const easter: Calendar = { timeZone: 'Europe/Zurich', weekend: [6, 7], holidays: ['2026-04-03', '2026-04-06'] };
  t.strictSame(consentDue('urgent', friday, easter), {
    expiresAtMs: Date.UTC(2026, 3, 7, 22, 0),
    explanation:
      '1 working day, the day of receipt of the request not counted, Monday 6 April 2026 a holiday: end of Tuesday 7 April 2026 Europe/Zurich',
  });
  t.equal(consentDue('routine', friday, easter).expiresAtMs, Date.UTC(2026, 3, 13, 22, 0), 'Tuesday 7 to Monday 13');
  const plain = consentDue('urgent', friday, null);
  t.equal(plain.expiresAtMs, Date.UTC(2026, 3, 7), 'without a calendar: Monday to its end, UTC');
  t.match(plain.explanation, /Monday to Friday, since the originator has published no calendar$/, 'and it says so');
});

t.test('the specification holds the tables and the diagrams', async (t) => {
  const tables = [
    [CONSENT_ROWS, 'unasked'],
    [EXCULPATORY_ROWS, 'unidentified'],
    [FEEDBACK_ROWS, 'not-owed'],
  ] as const;
  for (const [rows, initial] of tables) {
    t.ok(SPEC.includes(`\`\`\`mermaid\n${dutyDiagram(rows, initial)}\n\`\`\``), `the diagram from ${initial}`);
    for (const { from, on, outcome, by, role, guard, to } of rows) {
      const event = outcome === undefined ? on : `${on} (${outcome})`;
      const line = `| ${from.join(', ')} | ${event} | ${by.join(', ')} | ${role} | ${guard} | ${to} |`;
      t.ok(SPEC.includes(`${line}\n`), line);
    }
  }
});
