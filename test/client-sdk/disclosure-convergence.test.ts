/**
 * Crossing events of a disclosure (spec 53-disclosure, "Convergence"): the state is a function of the set of messages. Whatever the
 * order of arrival, both sides see the same, and once a key is out by an acceptance nothing undoes it.
 */
import { sha256 } from '@holdfast/keys/verify';
import { type AgencyId, type Hash, type Message, parseMessage, termsHash, toHash, utf8 } from '@holdfast/protocol';
import fc from 'fast-check';
import t from 'tap';
import { type DisclosureMessage, replayDisclosure } from '#client-sdk/cases/replay-disclosure.js';
import { readGolden } from '../fixtures/golden-body.js';
import { XA, XB } from '../fixtures/network.js';

const name = (text: string): Hash => toHash(sha256(utf8(text)));
const { terms } = readGolden('disclosure.offer');
const waived = { ...terms, evidentialUse: 'permitted' as const };
const [hash, waivedHash] = [terms, waived].map((each) => toHash(termsHash(sha256, each))) as [Hash, Hash];
const WORDS = { language: 'en', text: 'So it is.' };

/** A message by its short name; `on` are the short names that it follows. */
function message(
  id: string,
  agency: AgencyId,
  kind: Message['kind'],
  body: object,
  on: readonly string[],
  tsMs: number,
): DisclosureMessage {
  const full = { ...(kind === 'disclosure.offer' ? readGolden(kind) : {}), writtenAtMs: 1_775_030_400_000, ...body };
  const termsName = kind === 'disclosure.offer' ? hash : 'termsHash' in body ? (body.termsHash as Hash) : null;
  return {
    eh: name(id),
    agency,
    tsMs: 1_775_030_400_000 + tsMs,
    follows: on.map(name),
    termsHash: kind === 'disclosure.revise' ? waivedHash : termsName,
    message: parseMessage(kind, full),
  };
}

const offer = message('offer', XA, 'disclosure.offer', {}, [], 0);
const accept = (id: string, on: readonly string[], of = 'offer', termsName = hash, tsMs = 10): DisclosureMessage =>
  message(id, XB, 'disclosure.accept', { offer: name(of), termsHash: termsName }, on, tsMs);
const decline = (on: readonly string[], tsMs = 10): DisclosureMessage =>
  message(
    'decline',
    XB,
    'disclosure.decline',
    { offer: name('offer'), terms: [{ term: 'tlp', reason: WORDS }] },
    on,
    tsMs,
  );
const withdraw = (on: readonly string[], tsMs = 10): DisclosureMessage =>
  message('withdraw', XA, 'disclosure.withdraw', { reason: WORDS }, on, tsMs);
const { content, openUntilMs } = readGolden('disclosure.offer');
const revise = (on: readonly string[], tsMs = 10): DisclosureMessage =>
  message(
    'revise',
    XA,
    'disclosure.revise',
    {
      offer: name('offer'),
      change: 'waived',
      reason: WORDS,
      terms: waived,
      content,
      openUntilMs,
      automaticRelease: true,
    },
    on,
    tsMs,
  );
const release = (id: string, acceptance: string, on: readonly string[], of = 'offer', tsMs = 20): DisclosureMessage =>
  message(
    id,
    XA,
    'disclosure.release',
    { offer: name(of), accept: name(acceptance), key: readGolden('disclosure.release').key },
    on,
    tsMs,
  );
const opened = (on: string): DisclosureMessage => message('opened', XB, 'receipt.opened', { eh: name(on) }, [on], 30);
const relax = (id: string, on: readonly string[], restrictions: object, tsMs = 40): DisclosureMessage =>
  message(id, XA, 'disclosure.relax', { restrictions, fromMs: 0, reason: WORDS }, on, tsMs);
const close = (on: readonly string[]): DisclosureMessage =>
  message('close', XB, 'disclosure.close', { retention: readGolden('disclosure.close').retention }, on, 40);

interface Outcome {
  readonly state: string;
  readonly refused: readonly string[];
}

function outcome(messages: readonly DisclosureMessage[]): Outcome & { readonly whole: string } {
  const replayed = replayDisclosure(messages);
  if (replayed === undefined) throw new Error('no disclosure');
  const names = [...messages].filter(({ eh }) => replayed.refused.has(eh)).map(({ message: { kind } }) => kind);
  const whole = JSON.stringify([replayed.disclosureCase, [...replayed.refused].sort(([a], [b]) => (a < b ? -1 : 1))]);
  return { state: replayed.disclosureCase.state, refused: names.sort(), whole };
}

/** The same in every order of arrival; and what it is. */
function converges(
  t: { strictSame(found: unknown, wanted: unknown, what: string): boolean },
  what: string,
  messages: readonly DisclosureMessage[],
  expected: Outcome,
): void {
  const first = outcome(messages);
  fc.assert(
    fc.property(fc.shuffledSubarray([...messages], { minLength: messages.length }), (order) => {
      if (outcome(order).whole !== first.whole) throw new Error('another order, another case');
    }),
    { numRuns: 100 },
  );
  t.strictSame({ state: first.state, refused: first.refused }, expected, what);
}

t.test('what crosses ends the same on both sides, by the rule', async (t) => {
  const at = (tsMs: number) => tsMs;
  for (const [early, late] of [
    [5, 10],
    [10, 5],
  ] as const) {
    converges(
      t,
      'withdrawal over acceptance: the key is not out, and is destroyed',
      [offer, accept('a', ['offer'], 'offer', hash, early), withdraw(['offer'], late)],
      {
        state: 'withdrawn',
        refused: ['disclosure.accept'],
      },
    );
    converges(
      t,
      'a revision makes an acceptance of the old terms none',
      [offer, accept('a', ['offer'], 'offer', hash, early), revise(['offer'], late)],
      {
        state: 'offered',
        refused: ['disclosure.accept'],
      },
    );
    converges(t, 'a refusal before a withdrawal', [offer, decline(['offer'], early), withdraw(['offer'], late)], {
      state: 'withdrawn',
      refused: [],
    });
    converges(
      t,
      'a refusal of what was revised meanwhile',
      [offer, decline(['offer'], early), revise(['offer'], late)],
      {
        state: 'offered',
        refused: [],
      },
    );
    converges(
      t,
      'one officer accepts, another cannot comply: no content',
      [offer, accept('a', ['offer'], 'offer', hash, early), decline(['offer'], late)],
      {
        state: 'terms-declined',
        refused: ['disclosure.accept'],
      },
    );
  }
  converges(
    t,
    'two acceptances are one',
    [offer, accept('a', ['offer']), accept('b', ['offer'], 'offer', hash, at(11))],
    {
      state: 'terms-accepted',
      refused: [],
    },
  );
});

t.test('what is out is out: a due release stands against whatever it did not know of', async (t) => {
  const out = [offer, accept('a', ['offer']), release('r', 'a', ['a'])];
  converges(t, 'a withdrawal of another device', [...out, withdraw(['offer'], 1)], {
    state: 'released',
    refused: ['disclosure.withdraw'],
  });
  converges(t, 'a revision of another device', [...out, revise(['offer'], 1)], {
    state: 'released',
    refused: ['disclosure.revise'],
  });
  converges(t, 'a refusal by another officer', [...out, decline(['offer'], 1)], {
    state: 'released',
    refused: ['disclosure.decline'],
  });
  converges(t, 'released by two devices', [...out, release('s', 'a', ['a'], 'offer', 21)], {
    state: 'released',
    refused: [],
  });
  converges(
    t,
    'opened, then closed while the sender relaxes',
    [...out, opened('r'), relax('x', ['r'], { tlp: 'GREEN' }), close(['r'])],
    {
      state: 'closed',
      refused: [],
    },
  );
  converges(
    t,
    'a release after a withdrawal that it follows is none',
    [offer, accept('a', ['offer']), withdraw(['offer'], 1), release('r', 'a', ['a', 'withdraw'])],
    {
      state: 'withdrawn',
      refused: ['disclosure.accept', 'disclosure.release'],
    },
  );
  converges(t, 'a release without acceptance is none', [offer, release('r', 'a', ['offer'])], {
    state: 'offered',
    refused: ['disclosure.release'],
  });
});

t.test('two relaxations give the looser of each axis, in either order', async (t) => {
  const out = [offer, accept('a', ['offer']), release('r', 'a', ['a']), opened('r')];
  for (const [first, second] of [
    [40, 41],
    [41, 40],
  ] as const) {
    const both = [
      ...out,
      relax('x', ['r'], { tlp: 'GREEN', onward: { kind: 'free' } }, first),
      relax('y', ['r'], { tlp: 'CLEAR', evidentialUse: 'permitted' }, second),
    ];
    const replayed = replayDisclosure(both);
    t.equal(replayed?.refused.size, 0);
    converges(t, `first at ${first}`, both, { state: 'in-use', refused: [] });
  }
});

t.test('any set of messages folds alike in any order, and nothing but a due release lets content out', async (t) => {
  const names = ['offer', 'a', 'b', 'decline', 'withdraw', 'revise', 'c', 'r', 's', 'opened', 'x', 'close'];
  const ons = fc.subarray(names, { maxLength: 3 });
  const set = fc.tuple(...names.map(() => ons)).chain((follows) =>
    fc.subarray(
      names.map((id, index): DisclosureMessage => {
        // Hashes cannot form a cycle: each follows only what comes before it in the list.
        const on = (follows[index] ?? []).filter((other) => names.indexOf(other) < index);
        switch (id) {
          case 'a':
          case 'b':
            return accept(id, on);
          case 'c':
            return accept(id, on, 'revise', waivedHash);
          case 'decline':
            return decline(on);
          case 'withdraw':
            return withdraw(on);
          case 'revise':
            return revise(on);
          case 'r':
            return release('r', 'a', on);
          case 's':
            return release('s', 'c', on, 'revise');
          case 'opened':
            return opened('r');
          case 'x':
            return relax('x', on, { tlp: 'CLEAR' });
          case 'close':
            return close(on);
          default:
            return offer;
        }
      }),
      { minLength: 2 },
    ),
  );
  const states = new Set<string>();
  fc.assert(
    fc.property(
      set
        .filter((messages) => messages.includes(offer))
        .chain((messages) =>
          fc.tuple(fc.constant(messages), fc.shuffledSubarray(messages, { minLength: messages.length })),
        ),
      ([messages, order]) => {
        const [one, other] = [outcome(messages), outcome(order)];
        states.add(one.state);
        if (one.whole !== other.whole) throw new Error('another order, another case');
        const replayed = replayDisclosure(messages);
        for (const eh of replayed?.disclosureCase.released ?? []) {
          const found = messages.find((each) => each.eh === eh)?.message;
          if (found?.kind !== 'disclosure.release') throw new Error('released by what is no release');
          if (!messages.some((each) => each.eh === found.body.accept && each.agency === XB))
            throw new Error('released without an acceptance');
        }
      },
    ),
    { numRuns: 1500 },
  );
  t.ok(states.size >= 6, [...states].join());
});
