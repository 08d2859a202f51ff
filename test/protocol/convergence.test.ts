/**
 * Crossing events end in the same state on both sides, whatever the order of arrival: stories of two that crossed, as an officer
 * would tell them, and properties over random graphs of legal and illegal events from two devices on each side.
 */
import {
  type AssetState,
  alertState,
  type FoldedCase,
  foldFreezeCase,
  insteadOf,
  isFrozenAt,
  type SignedEvent,
} from '@holdfast/protocol';
import fc from 'fast-check';
import t from 'tap';
import { ADVANCE_COPY, bodies, HOUR, REFS, START, signed, type Told } from '../fixtures/freeze-events.js';
import { anyGraph } from '../fixtures/freeze-graphs.js';

const EXPIRY = START + 100 * HOUR;
const ALL = { a1: { untilMs: EXPIRY }, a2: { untilMs: EXPIRY }, w1: { untilMs: EXPIRY } } as const;

/** A case as it grows: each line names itself and says what it follows. */
class Story {
  readonly events: SignedEvent[] = [];

  tell(eh: string, told: Told): this {
    this.events.push(signed(eh, told));
    return this;
  }

  fold(nowMs = START + 50 * HOUR): FoldedCase {
    const folds = permutations(this.events).map((events) => {
      const folded = foldFreezeCase('request', events, { isDelivered: true, nowMs });
      if (folded === undefined) throw new Error('no case');
      return folded;
    });
    const [first] = folds;
    if (first === undefined) throw new Error('no fold');
    for (const other of folds) if (text(other) !== text(first)) throw new Error('the order of arrival matters');
    return first;
  }

  asset(ref: string, nowMs?: number): AssetState | undefined {
    return this.fold(nowMs).freezeCase.assets.get(ref)?.state;
  }
}

/** Requested and acknowledged. */
const acknowledged = (): Story =>
  new Story()
    .tell('request', { kind: 'freeze.request', by: 'Q', on: [], at: 0 })
    .tell('acknowledge', { kind: 'freeze.acknowledge', by: 'R', on: ['request'], at: HOUR });
/** And frozen until `EXPIRY`. */
const frozen = (): Story =>
  acknowledged().tell('impose', {
    kind: 'freeze.impose',
    body: bodies.impose(ALL),
    by: 'R',
    on: ['acknowledge'],
    at: 2 * HOUR,
  });

/** Up to 720 orders: all of six events; of more, rotations and the reverse. */
function permutations<T>(items: readonly T[]): T[][] {
  if (items.length > 6) {
    const rotations = items.map((_, index) => [...items.slice(index), ...items.slice(0, index)]);
    return [...rotations, ...rotations.map((order) => [...order].reverse())];
  }
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, index) =>
    permutations([...items.slice(0, index), ...items.slice(index + 1)]).map((rest) => [item, ...rest]),
  );
}

const byName = <T>(entries: ReadonlyMap<string, T>): [string, T][] => [...entries].sort(([a], [b]) => (a < b ? -1 : 1));

/** Everything that must not differ between devices, as text. */
const text = ({ freezeCase, refused, countsAs }: FoldedCase): string =>
  JSON.stringify([{ ...freezeCase, assets: byName(freezeCase.assets) }, byName(refused), byName(countsAs)]);

t.test('a withdrawal crosses the decision: it becomes a request for release, and the freeze stands', async (t) => {
  for (const at of [HOUR + 1, 3 * HOUR]) {
    const story = frozen().tell('withdraw', { kind: 'freeze.withdraw', by: 'Q', on: ['acknowledge'], at });
    const { freezeCase, refused, countsAs } = story.fold();
    t.equal(story.asset('a1'), 'lift-proposed', 'R may still maintain, after hearing Q');
    t.equal(alertState(freezeCase), 'lift-proposed');
    t.equal(refused.size, 0);
    t.equal(countsAs.get('withdraw'), 'release-request');
  }
  const behind = frozen().tell('withdraw', { kind: 'freeze.withdraw', by: 'Q', on: ['impose'], at: 3 * HOUR });
  const { freezeCase, refused } = behind.fold();
  t.equal(behind.asset('a1'), 'in-force', 'one that knows the decision is refused');
  const refusal = refused.get('withdraw');
  t.match(refusal, { state: 'decided', event: 'withdraw' });
  t.ok(refusal && insteadOf(freezeCase, refusal).includes('ask for release'), 'and is told to ask for release');
  const before = acknowledged()
    .tell('withdraw', { kind: 'freeze.withdraw', by: 'Q', on: ['acknowledge'], at: 2 * HOUR })
    .tell('impose', {
      kind: 'freeze.impose',
      body: bodies.impose(ALL),
      by: 'R',
      on: ['withdraw'],
      at: 3 * HOUR,
    });
  t.equal(alertState(before.fold().freezeCase), 'withdrawn', 'a decision that knew the withdrawal changes nothing');
  const refusedBoth = acknowledged()
    .tell('withdraw', { kind: 'freeze.withdraw', by: 'Q', on: ['acknowledge'], at: HOUR + 1 })
    .tell('refuse', { kind: 'freeze.refuse', by: 'R', on: ['acknowledge'], at: 3 * HOUR });
  t.equal(alertState(refusedBoth.fold().freezeCase), 'refused', 'the refusal outranks the withdrawal too');
});

t.test('two devices of R decide: contested, which is not frozen, until a decision follows both', async (t) => {
  const story = frozen().tell('other', {
    kind: 'freeze.impose',
    body: bodies.impose({ ...ALL, a2: 'not-frozen', w1: { untilMs: EXPIRY, action: 'wallet' } }),
    by: 'R',
    on: ['acknowledge'],
    at: 3 * HOUR,
  });
  const { freezeCase } = story.fold();
  t.equal(story.asset('a1'), 'in-force', 'where both say the same, nothing is contested');
  t.equal(story.asset('a2'), 'contested');
  t.equal(story.asset('w1'), 'contested', 'another measure is another decision');
  t.notOk(isFrozenAt(freezeCase, 'a2', START + 4 * HOUR));
  t.equal(alertState(freezeCase), 'contested');
  const half = {
    kind: 'freeze.impose',
    by: 'R',
    body: bodies.impose({ a2: { untilMs: EXPIRY } }),
    at: 5 * HOUR,
  } as const;
  story.tell('half', { ...half, on: ['other'] });
  t.equal(story.asset('a2'), 'contested', 'one that follows only one of them settles nothing');
  t.ok(story.fold().refused.has('half'));
  story.tell('settled', { ...half, on: ['impose', 'other', 'half'], at: 6 * HOUR });
  t.equal(story.asset('a2'), 'in-force');
  t.equal(story.asset('w1'), 'contested', 'asset by asset');

  const unlike = frozen().tell('refuse', { kind: 'freeze.refuse', by: 'R', on: ['acknowledge'], at: 3 * HOUR });
  t.equal(alertState(unlike.fold().freezeCase), 'contested', 'imposed on one device, refused on the other');
  unlike.tell('settled', { kind: 'freeze.refuse', by: 'R', on: ['impose', 'refuse'], at: 4 * HOUR });
  t.equal(alertState(unlike.fold().freezeCase), 'refused', 'R settles it as it likes');
  const alike = acknowledged()
    .tell('one', { kind: 'freeze.refuse', by: 'R', on: ['acknowledge'], at: 2 * HOUR })
    .tell('two', { kind: 'freeze.refuse', by: 'R', on: ['acknowledge'], at: 2 * HOUR });
  t.equal(alertState(alike.fold().freezeCase), 'refused', 'twice the same answer is one answer');
  const none = acknowledged()
    .tell('one', { kind: 'freeze.refuse', by: 'R', on: ['acknowledge'], at: 2 * HOUR })
    .tell('two', { kind: 'freeze.no-assets', by: 'R', on: ['acknowledge'], at: 2 * HOUR });
  t.equal(alertState(none.fold().freezeCase), 'contested');
});

t.test('an extension crosses the lapse', async (t) => {
  const asked = frozen().tell('ask', {
    kind: 'freeze.extension-request',
    body: { assets: ['a1'], untilMs: EXPIRY + 50 * HOUR },
    by: 'Q',
    on: ['impose'],
    at: 40 * HOUR,
  });
  const extension = {
    kind: 'freeze.extension-decision',
    body: bodies.extend({ a1: EXPIRY + 50 * HOUR }),
    by: 'R',
  } as const;
  t.equal(asked.asset('a1', EXPIRY), 'lapsed', 'unanswered, it lapses on time');
  const inTime = new Story();
  inTime.events.push(...asked.events);
  inTime.tell('extend', { ...extension, on: ['ask'], at: 99 * HOUR });
  t.equal(inTime.asset('a1', EXPIRY + HOUR), 'in-force', 'signed before the expiry, whenever it arrives');
  t.equal(inTime.asset('a2', EXPIRY + HOUR), 'lapsed', 'the others lapse as they stood');
  const late = inTime.events.map((event) => (event.eh === 'extend' ? { ...event, storedAtMs: EXPIRY + HOUR } : event));
  const options = { isDelivered: true, nowMs: EXPIRY + 2 * HOUR };
  t.equal(foldFreezeCase('request', late, options)?.freezeCase.assets.get('a1')?.late, true, 'it came late here');
  t.equal(inTime.fold(EXPIRY + HOUR).freezeCase.assets.get('a1')?.late, false, 'and in time there');
  const tooLate = new Story();
  tooLate.events.push(...asked.events);
  tooLate.tell('extend', { ...extension, on: ['ask'], at: 100 * HOUR });
  t.equal(tooLate.asset('a1', EXPIRY + HOUR), 'lapsed');
  const backdated = new Story();
  backdated.events.push(...asked.events);
  backdated
    .tell('note', { kind: 'note', by: 'Q', on: ['ask'], at: 101 * HOUR })
    .tell('extend', { ...extension, on: ['note'], at: 99 * HOUR });
  t.equal(
    backdated.asset('a1', EXPIRY + HOUR),
    'lapsed',
    'what it follows proves that it was signed later than it says',
  );
  const proven = inTime.events.map((event) => (event.eh === 'extend' ? { ...event, notBeforeMs: EXPIRY } : event));
  t.equal(
    foldFreezeCase('request', proven, options)?.freezeCase.assets.get('a1')?.state,
    'lapsed',
    'and so does `seen`',
  );
});

t.test('two devices of R decide on one extension', async (t) => {
  const story = frozen()
    .tell('ask', {
      kind: 'freeze.extension-request',
      body: { assets: ['a1'], untilMs: EXPIRY + 50 * HOUR },
      by: 'Q',
      on: ['impose'],
      at: 40 * HOUR,
    })
    .tell('extend', {
      kind: 'freeze.extension-decision',
      body: bodies.extend({ a1: EXPIRY + 50 * HOUR }),
      by: 'R',
      on: ['ask'],
      at: 50 * HOUR,
    })
    .tell('deny', {
      kind: 'freeze.extension-decision',
      body: bodies.extend({ a1: 'denied' }),
      by: 'R',
      on: ['ask'],
      at: 51 * HOUR,
    });
  t.match(story.fold().freezeCase.assets.get('a1'), {
    state: 'in-force',
    expiresAtMs: EXPIRY,
    extensionContested: true,
    extensionPending: true,
  });
  t.equal(story.asset('a1', EXPIRY), 'lapsed', 'the earlier expiry stands: a contradiction freezes nothing');
  story.tell('settle', {
    kind: 'freeze.extension-decision',
    body: bodies.extend({ a1: EXPIRY + 20 * HOUR }),
    by: 'R',
    on: ['extend', 'deny'],
    at: 60 * HOUR,
  });
  t.match(story.fold(EXPIRY).freezeCase.assets.get('a1'), {
    state: 'in-force',
    expiresAtMs: EXPIRY + 20 * HOUR,
    extensionContested: false,
    extensionPending: false,
  });
});

const PROPOSED = {
  kind: 'freeze.lift-propose',
  body: { assets: ['a1'], writtenAtMs: START, answerByMs: START + 20 * HOUR },
  by: 'R',
  on: ['impose'],
  at: 10 * HOUR,
} as const;

t.test('a restraint crosses the decision to lift: the restraint takes its place', async (t) => {
  const story = frozen()
    .tell('propose', PROPOSED)
    .tell('link', {
      kind: 'freeze.mla-link',
      body: { assets: ['a1'], originalReceivedAtMs: undefined },
      by: 'Q',
      on: ['impose'],
      at: 11 * HOUR,
    })
    .tell('lift', {
      kind: 'freeze.lift-decision',
      body: bodies.lift({ a1: 'lifted' }, bodies.notPossible),
      by: 'R',
      on: ['propose'],
      at: 12 * HOUR,
    })
    .tell('restraint', { kind: 'freeze.restraint', body: { assets: ['a1'] }, by: 'R', on: ['link'], at: 13 * HOUR });
  t.equal(story.asset('a1'), 'superseded');
  t.equal(story.asset('a2'), 'in-force', 'the rest go on');
  t.ok(story.fold().refused.has('lift'));
});

t.test('a court crosses the decision to maintain: the court is obeyed', async (t) => {
  const story = frozen()
    .tell('propose', PROPOSED)
    .tell('maintain', {
      kind: 'freeze.lift-decision',
      body: bodies.lift({ a1: 'maintained' }, bodies.notPossible),
      by: 'R',
      on: ['propose'],
      at: 12 * HOUR,
    })
    .tell('court', { kind: 'freeze.lift-by-law', body: { assets: ['a1'] }, by: 'R', on: ['impose'], at: 11 * HOUR });
  t.equal(story.asset('a1'), 'lifted');
  t.ok(story.fold().refused.has('maintain'), 'shown as refused, and changes nothing');
  const both = frozen()
    .tell('court', { kind: 'freeze.lift-by-law', body: { assets: ['a1'] }, by: 'R', on: ['impose'], at: 13 * HOUR })
    .tell('restraint', { kind: 'freeze.restraint', body: { assets: ['a1'] }, by: 'R', on: ['impose'], at: 11 * HOUR });
  t.equal(both.asset('a1'), 'lifted', 'before the restraint too');
  const feigned = frozen().tell('court', {
    kind: 'freeze.lift-by-law',
    body: { assets: ['a1'] },
    by: 'Q',
    on: ['impose'],
    at: 11 * HOUR,
  });
  t.equal(feigned.asset('a1'), 'in-force', 'Q cannot speak for a court of R');
});

t.test('two devices of R decide on one proposal', async (t) => {
  const lift = (outcome: 'maintained' | 'lifted', at: number) =>
    ({
      kind: 'freeze.lift-decision',
      body: bodies.lift({ a1: outcome }, bodies.notPossible),
      by: 'R',
      on: ['propose'],
      at,
    }) as const;
  const story = frozen()
    .tell('propose', PROPOSED)
    .tell('one', lift('maintained', 12 * HOUR))
    .tell('two', lift('lifted', 12 * HOUR));
  t.equal(story.asset('a1'), 'contested');
  t.equal(story.asset('a2'), 'in-force');
  story.tell('settled', { ...lift('lifted', 14 * HOUR), on: ['one', 'two'] });
  t.equal(story.asset('a1'), 'lifted');
  const alike = frozen()
    .tell('propose', PROPOSED)
    .tell('one', lift('lifted', 12 * HOUR))
    .tell('two', lift('lifted', 13 * HOUR));
  t.equal(alike.asset('a1'), 'lifted');
});

t.test('maintained against one proposal is not maintained against another that was not known', async (t) => {
  const story = frozen()
    .tell('propose', PROPOSED)
    .tell('release', {
      kind: 'freeze.release-request',
      body: { assets: ['a1'] },
      by: 'Q',
      on: ['impose'],
      at: 11 * HOUR,
    })
    .tell('maintain', {
      kind: 'freeze.lift-decision',
      body: bodies.lift({ a1: 'maintained' }, bodies.notPossible),
      by: 'R',
      on: ['propose'],
      at: 12 * HOUR,
    });
  t.equal(story.asset('a1'), 'lift-proposed', "Q's own request is still open");
});

t.test('Q is heard before R lifts', async (t) => {
  const lifted = (hearing: object, on: readonly string[], at: number) =>
    ({ kind: 'freeze.lift-decision', body: bodies.lift({ a1: 'lifted' }, hearing), by: 'R', on, at }) as const;
  const note = { kind: 'note', by: 'Q', at: 12 * HOUR } as const;
  const proposed = (): Story => frozen().tell('propose', PROPOSED);
  const eh = 'ynTE1_Pnzfh1LU9-NTYKT1lFOUNvXtzao9IncFjGnBw';
  const reasonOf = (story: Story): string | undefined => story.fold().refused.get('lift')?.reason;

  const heard = proposed()
    .tell(eh, { ...note, on: ['propose'] })
    .tell('lift', lifted({ kind: 'heard', eh }, [eh], 13 * HOUR));
  t.equal(heard.asset('a1'), 'lifted');
  const earlier = proposed()
    .tell(eh, { ...note, on: ['impose'] })
    .tell('lift', lifted({ kind: 'heard', eh }, [eh, 'propose'], 13 * HOUR));
  t.match(
    reasonOf(earlier),
    /does not answer a proposal to lift a1/,
    'what Q said before the proposal is no answer to it',
  );
  const unread = proposed()
    .tell(eh, { ...note, on: ['propose'] })
    .tell('lift', lifted({ kind: 'heard', eh }, ['propose'], 13 * HOUR));
  t.match(reasonOf(unread), /none of Q that this decision follows/);
  t.match(
    reasonOf(proposed().tell('lift', lifted({ kind: 'no-answer' }, ['propose'], 13 * HOUR))),
    /Q may answer on a1 until/,
  );
  t.equal(
    proposed()
      .tell('lift', lifted({ kind: 'no-answer' }, ['propose'], 20 * HOUR))
      .asset('a1'),
    'lifted',
  );
  const own = frozen()
    .tell(eh, { kind: 'freeze.release-request', body: { assets: ['a1'] }, by: 'Q', on: ['impose'], at: 11 * HOUR })
    .tell('lift', lifted({ kind: 'heard', eh }, [eh], 13 * HOUR));
  t.equal(own.asset('a1'), 'lifted', 'its own request for release is its view');
  t.equal(
    frozen()
      .tell('lift', lifted(bodies.notPossible, ['impose'], 13 * HOUR))
      .asset('a1'),
    'in-force',
    'never without a proposal',
  );
});

t.test('the MLA request: advance copy, original, and no clock stops', async (t) => {
  const link = (body: object, by: 'Q' | 'R', on: readonly string[], at: number) =>
    ({ kind: 'freeze.mla-link', body: { assets: ['a1'], ...body }, by, on, at }) as const;
  const copy = { originalReceivedAtMs: undefined, advanceCopyHash: ADVANCE_COPY };
  const story = frozen().tell('link', link(copy, 'Q', ['impose'], 10 * HOUR));
  t.match(story.fold().freezeCase.assets.get('a1'), {
    mlaLinked: true,
    originalReceivedAtMs: null,
    expiresAtMs: EXPIRY,
  });
  story.tell('original', link({ originalReceivedAtMs: START + 30 * HOUR }, 'R', ['link'], 31 * HOUR));
  t.match(story.fold().freezeCase.assets.get('a1'), { originalReceivedAtMs: START + 30 * HOUR, expiresAtMs: EXPIRY });
  t.equal(story.asset('a1', EXPIRY), 'lapsed');
  const other = frozen().tell(
    'link',
    link({ ...copy, advanceCopyHash: ADVANCE_COPY.replace('l', 'm') }, 'Q', ['impose'], 10 * HOUR),
  );
  t.match(other.fold().refused.get('link')?.reason, /not the one that was announced/);
  const byQ = frozen().tell('link', link({ originalReceivedAtMs: START }, 'Q', ['impose'], 10 * HOUR));
  t.match(byQ.fold().refused.get('link')?.reason, /not for the requesting side/, 'only R knows what it has received');
});

t.test('narrowed and widened: what is held now', async (t) => {
  const story = frozen()
    .tell('narrow', {
      kind: 'freeze.adjust',
      body: bodies.adjust('a1', 'transaction'),
      by: 'R',
      on: ['impose'],
      at: 10 * HOUR,
    })
    .tell('widen', {
      kind: 'freeze.adjust',
      body: bodies.adjust('a1', 'relationship'),
      by: 'R',
      on: ['narrow'],
      at: 9 * HOUR,
    });
  t.match(story.fold().freezeCase.assets.get('a1'), { held: { action: 'relationship' }, expiresAtMs: EXPIRY });
  t.match(story.fold().freezeCase.assets.get('a2'), { held: { action: 'account' } });
});

t.test('a lapse needs no message; R may confirm it, and then nothing revives it', async (t) => {
  const story = frozen()
    .tell('ask', {
      kind: 'freeze.extension-request',
      body: { assets: ['a1'], untilMs: EXPIRY + HOUR },
      by: 'Q',
      on: ['impose'],
      at: HOUR,
    })
    .tell('confirm', { kind: 'freeze.lift-by-law', body: { assets: ['a1'] }, by: 'R', on: ['ask'], at: 101 * HOUR });
  t.match(story.fold(EXPIRY + 2 * HOUR).freezeCase.assets.get('a1'), { state: 'lapsed', endConfirmed: true });
  t.match(story.fold(EXPIRY + 2 * HOUR).freezeCase.assets.get('a2'), { state: 'lapsed', endConfirmed: false });
});

t.test('redirected with the request passed on: only with consent', async (t) => {
  const redirected = acknowledged().tell('redirect', {
    kind: 'freeze.redirect',
    by: 'R',
    on: ['acknowledge'],
    at: 3 * HOUR,
  });
  t.equal(alertState(redirected.fold().freezeCase), 'redirected');
  const guards = { onwardConsent: () => 'the consent was revoked' };
  const fold = foldFreezeCase('request', redirected.events, { isDelivered: true, nowMs: START, guards });
  t.match(fold?.refused.get('redirect'), { reason: 'the consent was revoked' });
  t.equal(fold && alertState(fold.freezeCase), 'acknowledged');
});

t.test('random graphs of legal and illegal events', async (t) => {
  const counts = { graphs: 0, events: 0, refused: 0, contested: 0, crossed: 0, frozen: 0 };
  fc.assert(
    fc.property(
      anyGraph,
      fc.array(fc.nat(), { minLength: 60, maxLength: 60 }),
      fc.nat({ max: 200 }),
      (events, keys, hour) => {
        const options = { isDelivered: true, nowMs: START + hour * HOUR };
        const folded = foldFreezeCase('request', events, options);
        if (folded === undefined) return false;
        // Whatever the order of arrival, on whichever side.
        const shuffled = events.map((event, index) => [keys[index] ?? 0, event] as const).sort(([a], [b]) => a - b);
        for (const order of [shuffled.map(([, event]) => event), [...events].reverse()]) {
          const other = foldFreezeCase('request', order, options);
          if (other === undefined || text(other) !== text(folded)) return false;
        }
        count(counts, folded, events.length);
        return faultOf(folded, events, options.nowMs) === undefined;
      },
    ),
    { numRuns: 300 },
  );
  t.comment(JSON.stringify(counts));
  for (const [name, found] of Object.entries(counts)) t.ok(found > 5, `the graphs have enough of ${name}: ${found}`);
});

t.test('an event that is refused changes nothing', async (t) => {
  const state = ({ freezeCase }: FoldedCase): string =>
    JSON.stringify([freezeCase.alert, ...byName(freezeCase.assets)]);
  fc.assert(
    fc.property(anyGraph, (events) => {
      const options = { isDelivered: true, nowMs: START + 50 * HOUR };
      const folded = foldFreezeCase('request', events, options);
      if (folded === undefined) return false;
      const followed = new Set(events.flatMap(({ on }) => on));
      const last = [...folded.refused.keys()].filter((eh) => !followed.has(eh));
      return last.every((eh) => {
        const without = foldFreezeCase(
          'request',
          events.filter((event) => event.eh !== eh),
          options,
        );
        return without !== undefined && state(without) === state(folded);
      });
    }),
    { numRuns: 120 },
  );
  t.pass('120 graphs');
});

function count(counts: Record<string, number>, { freezeCase, refused, countsAs }: FoldedCase, events: number): void {
  const states = [...freezeCase.assets.values()].map(({ state }) => state);
  const add = (name: string, more: number): void => {
    counts[name] = (counts[name] ?? 0) + more;
  };
  add('graphs', 1);
  add('events', events);
  add('refused', refused.size);
  add('contested', states.filter((state) => state === 'contested').length);
  add('crossed', countsAs.size);
  add('frozen', states.filter((state) => state === 'in-force').length);
}

const outcomeOf = (message: SignedEvent['message'], assetRef: string) =>
  message?.kind === 'freeze.impose'
    ? message.body.outcomes.find((outcome) => outcome.assetRef === assetRef)
    : undefined;
const names = (message: SignedEvent['message'], assetRef: string): boolean =>
  outcomeOf(message, assetRef) !== undefined;
const wordOf = (message: SignedEvent['message'], assetRef: string): string =>
  JSON.stringify(outcomeOf(message, assetRef));

/** Everything that an event follows, found anew and not by the code under test. */
function pastOf(events: readonly SignedEvent[], eh: string): ReadonlySet<string> {
  const past = new Set<string>();
  const open = [eh];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    for (const before of events.find((event) => event.eh === name)?.on ?? []) {
      if (past.has(before)) continue;
      past.add(before);
      open.push(before);
    }
  }
  return past;
}

/** What must hold of every case, whatever crossed. */
function faultOf(
  { freezeCase, refused }: FoldedCase,
  events: readonly SignedEvent[],
  nowMs: number,
): string | undefined {
  const imposed = events.filter(
    ({ eh, by, message }) => by === 'requested' && message?.kind === 'freeze.impose' && !refused.has(eh),
  );
  for (const assetRef of REFS) {
    if (!isFrozenAt(freezeCase, assetRef, nowMs)) continue;
    const asset = freezeCase.assets.get(assetRef);
    const says = imposed.some(
      ({ message }) =>
        message?.kind === 'freeze.impose' &&
        message.body.outcomes.some((outcome) => outcome.assetRef === assetRef && outcome.outcome === 'in-force'),
    );
    const last = imposed.filter(
      ({ eh, message }) =>
        names(message, assetRef) &&
        !imposed.some((other) => names(other.message, assetRef) && pastOf(events, other.eh).has(eh)),
    );
    if (new Set(last.map(({ message }) => wordOf(message, assetRef))).size > 1)
      return `${assetRef} is frozen, and two decisions of R do not agree on it`;
    if (!says) return `${assetRef} is frozen, and R never said so`;
    if (asset?.expiresAtMs === undefined || asset.expiresAtMs === null || asset.expiresAtMs <= nowMs)
      return 'frozen past its expiry';
    if (asset.held === null) return 'frozen, and nobody can say what is held';
  }
  return undefined;
}
