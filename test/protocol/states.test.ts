/**
 * The freeze table: every cell has its answer, no sequence of events leaves the defined states, the specification holds the table
 * and the diagram, and the promises of the domain hold: silence never means frozen.
 */
import { readFileSync } from 'node:fs';
import {
  ALERT_ROWS,
  ALERT_STATES,
  type AlertState,
  ASSET_ROWS,
  ASSET_STATES,
  type AssetCase,
  type AssetPart,
  type AssetState,
  alertState,
  assertNext,
  DELIVERY_EVENTS,
  DELIVERY_STATES,
  decidedAsset,
  FREEZE_EVENTS,
  type FreezeCase,
  type FreezeEvent,
  type FreezeEventName,
  freezeDiagram,
  freezeEventOf,
  furthest,
  isFrozenAt,
  KINDS,
  LOCAL_EVENTS,
  newFreezeCase,
  next,
  nextDelivery,
  type Party,
  parseMessage,
  type Refusal,
  requestedAssetState,
  STATE_CLOCKS,
  warningsMs,
} from '@holdfast/protocol';
import fc from 'fast-check';
import t from 'tap';

const HOUR = 3_600_000;
const REFS = ['a1', 'a2', 'w1'];
const EXPIRY = 100 * HOUR;
const SPEC = readFileSync('protocol/spec/50-states.md', 'utf8');

const OUTCOMES: Partial<Record<FreezeEventName, readonly NonNullable<AssetPart['outcome']>[]>> = {
  impose: ['in-force', 'not-frozen'],
  'extension-decision': ['extended', 'denied'],
  'lift-decision': ['maintained', 'lifted'],
  'mla-link': ['advance-copy', 'original-received'],
};
const ALERT_EVENTS = [
  'submit',
  'return',
  'send',
  'receive',
  'acknowledge',
  'ask',
  'supply',
  'redirect',
  'refuse',
  'no-assets',
  'withdraw',
];
const PARTIES: readonly Party[] = ['requesting', 'requested', 'node'];

function eventOf(on: FreezeEventName, by: Party, atMs: number, assets: readonly AssetPart[]): FreezeEvent {
  return (on === 'clock' || ALERT_EVENTS.includes(on) ? { on, by, atMs } : { on, by, atMs, assets }) as FreezeEvent;
}
const part = (assetRef: string, outcome?: AssetPart['outcome'], expiresAtMs = EXPIRY): AssetPart => ({
  assetRef,
  ...(outcome === undefined ? {} : { outcome }),
  ...(outcome === 'in-force' || outcome === 'extended' ? { expiresAtMs } : {}),
});

const by = (party: Party, on: FreezeEventName, assets: readonly AssetPart[] = [], atMs = HOUR): FreezeEvent =>
  eventOf(on, party, atMs, assets);
const Q = (on: FreezeEventName, assets?: readonly AssetPart[], atMs?: number): FreezeEvent =>
  by('requesting', on, assets, atMs);
const R = (on: FreezeEventName, assets?: readonly AssetPart[], atMs?: number): FreezeEvent =>
  by('requested', on, assets, atMs);
const clock = (atMs: number): FreezeEvent => ({ on: 'clock', by: 'node', atMs });
const play = (events: readonly FreezeEvent[], from = newFreezeCase(REFS)): FreezeCase =>
  events.reduce(assertNext, from);

const DELIVERED = [Q('submit'), Q('send'), R('receive'), R('acknowledge')];
const IMPOSE = R('impose', [part('a1', 'in-force'), part('a2', 'in-force'), part('w1', 'not-frozen')]);
const imposed = (): FreezeCase => play([...DELIVERED, IMPOSE]);
const refusalOf = (state: FreezeCase, event: FreezeEvent): Refusal => {
  const result = next(state, event);
  if (result.kind === 'freeze-case') throw new Error(`${event.on} was allowed`);
  return result;
};

function caseIn(alert: AlertState, asset: AssetState = 'in-force'): FreezeCase {
  const entry: AssetCase = {
    ...decidedAsset('in-force', asset === 'not-frozen' ? null : EXPIRY, null),
    state: asset,
    extensionPending: true,
  };
  const assets: ReadonlyMap<string, AssetCase> = alert === 'decided' ? new Map([['a1', entry]]) : new Map();
  return { ...newFreezeCase(['a1']), alert, assets };
}

t.test('every cell over the alert', async (t) => {
  let allowed = 0;
  for (const alert of ALERT_STATES.filter((state) => state !== 'decided')) {
    for (const on of FREEZE_EVENTS.filter((name) => name !== 'clock')) {
      for (const party of PARTIES) {
        const row = ALERT_ROWS.find(
          (candidate) => candidate.on === on && candidate.from.includes(alert) && candidate.by.includes(party),
        );
        const result = next(caseIn(alert), eventOf(on, party, HOUR, [part('a1', 'in-force')]));
        const cell = `${alert} × ${on} by ${party}`;
        if (row === undefined) {
          if (result.kind !== 'refusal') t.fail(`${cell}: allowed`);
          else t.match(result, { code: 'state.event-not-allowed', state: alert, event: on }, cell);
        } else if (result.kind === 'refusal') t.fail(`${cell}: ${result.reason}`);
        else {
          t.equal(result.alert, row.to === 'same' ? alert : row.to, cell);
          allowed++;
        }
      }
    }
  }
  t.equal(allowed, ALERT_ROWS.flatMap((row) => row.from.filter((state) => state !== 'decided')).length);
});

t.test('every cell over an asset', async (t) => {
  for (const state of ASSET_STATES) {
    for (const on of FREEZE_EVENTS.filter((name) => name !== 'clock' && !ALERT_EVENTS.includes(name))) {
      for (const outcome of OUTCOMES[on] ?? [undefined]) {
        for (const party of PARTIES) {
          const row = ASSET_ROWS.find(
            (candidate) =>
              candidate.on === on &&
              candidate.outcome === outcome &&
              candidate.from.includes(state) &&
              candidate.by.includes(party),
          );
          const result = next(caseIn('decided', state), eventOf(on, party, HOUR, [part('a1', outcome, EXPIRY + HOUR)]));
          const cell = `${state} × ${on} ${outcome ?? ''} by ${party}`;
          if (row === undefined) {
            if (result.kind !== 'refusal') t.fail(`${cell}: allowed`);
            else t.match(result, { code: 'state.event-not-allowed', state, event: on, assetRef: 'a1' }, cell);
          } else if (result.kind === 'refusal') t.fail(`${cell}: ${result.reason}`);
          else t.equal(result.assets.get('a1')?.state, row.to === 'same' ? state : row.to, cell);
        }
      }
    }
  }
  for (const on of ALERT_EVENTS.filter((name) => name !== 'receive')) {
    for (const party of PARTIES)
      t.equal(
        next(caseIn('decided'), eventOf(on as FreezeEventName, party, HOUR, [])).kind,
        'refusal',
        `decided × ${on}`,
      );
  }
});

const anyEvent: fc.Arbitrary<FreezeEvent> = fc
  .record({
    on: fc.constantFrom(...FREEZE_EVENTS),
    by: fc.constantFrom(...PARTIES),
    atMs: fc.integer({ min: 0, max: 200 * HOUR }),
    assets: fc.array(
      fc.record({
        assetRef: fc.constantFrom(...REFS, 'zz'),
        outcome: fc.constantFrom(undefined, ...Object.values(OUTCOMES).flat()),
        expiresAtMs: fc.integer({ min: 0, max: 200 * HOUR }),
      }),
      { maxLength: 4 },
    ),
  })
  .map(({ on, by: party, atMs, assets }) =>
    eventOf(
      on,
      party,
      atMs,
      assets.map(({ outcome, ...rest }) => ({ ...rest, ...(outcome === undefined ? {} : { outcome }) })),
    ),
  );

/** What must hold of every case, whatever has happened to it. */
function faultOf(state: FreezeCase): string | undefined {
  if (!ALERT_STATES.includes(state.alert)) return `alert ${state.alert}`;
  if ((state.alert === 'decided') !== state.assets.size > 0) return 'assets without a decision, or the other way';
  for (const [assetRef, asset] of state.assets) {
    if (!REFS.includes(assetRef) || !ASSET_STATES.includes(asset.state)) return `asset ${assetRef} ${asset.state}`;
    const isFrozen = isFrozenAt(state, assetRef, state.clockMs);
    if (isFrozen && (asset.expiresAtMs === null || asset.expiresAtMs <= state.clockMs)) return 'frozen past its expiry';
    if ((asset.state === 'in-force' || asset.state === 'lift-proposed') !== isFrozen)
      return 'the clock was not applied';
  }
  if (state.alert === 'decided' && state.assets.size !== REFS.length) return 'an asset without an outcome';
  return REFS.some((assetRef) => requestedAssetState(state, assetRef) === undefined)
    ? 'an asset without a state'
    : undefined;
}

t.test('no sequence of events reaches an undefined state', async (t) => {
  fc.assert(
    fc.property(fc.boolean(), fc.array(anyEvent, { maxLength: 40 }), (isDecided, events) => {
      let state = isDecided ? imposed() : newFreezeCase(REFS);
      for (const event of events) {
        const result = next(state, event);
        if (result.kind === 'refusal') {
          if (result.reason === '' || result.event !== event.on) return false;
        } else state = result;
        if (faultOf(state) !== undefined) return false;
      }
      return true;
    }),
    { numRuns: 2000 },
  );
  t.equal(faultOf(imposed()), undefined);
});

t.test('silence never means frozen', async (t) => {
  const frozen = (state: FreezeCase, atMs: number): boolean =>
    REFS.some((assetRef) => isFrozenAt(state, assetRef, atMs));
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 40 }), fc.integer({ min: 0, max: 300 * HOUR }), (events, atMs) => {
      let state = play(DELIVERED);
      for (const event of events) {
        if (event.on === 'impose' && event.by === 'requested') continue;
        const result = next(state, event);
        if (result.kind === 'freeze-case') state = result;
      }
      return !frozen(state, atMs);
    }),
  );
  t.notOk(frozen(play(DELIVERED), HOUR));
  t.ok(isFrozenAt(imposed(), 'a1', EXPIRY - 1));
  t.notOk(isFrozenAt(imposed(), 'a1', EXPIRY), 'the expiry is the first instant at which it no longer holds');
  t.notOk(isFrozenAt(imposed(), 'w1', HOUR));
  t.notOk(
    isFrozenAt(assertNext(imposed(), by('node', 'conflict', [part('a1')])), 'a1', HOUR),
    'contested is not frozen',
  );
});

t.test('the decision', async (t) => {
  const state = play(DELIVERED);
  t.match(refusalOf(state, R('impose', [part('a1', 'in-force'), part('a2', 'in-force')])), {
    assetRef: 'w1',
    reason: 'it has no outcome',
  });
  t.match(refusalOf(state, R('impose', [part('zz', 'in-force')])), {
    assetRef: 'zz',
    reason: 'the request does not name it',
  });
  t.match(refusalOf(state, Q('impose', [])), { reason: 'it is not for the requesting side' });
  t.equal(alertState(imposed()), 'partial');
  t.equal(alertState(play([...DELIVERED, R('ask'), IMPOSE])), 'partial', 'from info-needed too');
  t.equal(
    alertState(
      play([
        ...DELIVERED,
        R(
          'impose',
          REFS.map((ref) => part(ref, 'in-force')),
        ),
      ]),
    ),
    'in-force',
  );
  t.equal(alertState(assertNext(imposed(), clock(EXPIRY))), 'ended');
  t.throws(() => assertNext(play([Q('submit')]), R('acknowledge')), {
    code: 'state.event-not-allowed',
    message: /awaiting-approval does not allow acknowledge/,
  });
  t.throws(() => assertNext(imposed(), R('adjust', [part('w1')])), {
    message: /Asset w1, which is not-frozen, does not allow adjust/,
  });
});

t.test('extension, lapse, revival', async (t) => {
  const asked = play([Q('extension-request', [part('a1')])], imposed());
  t.match(asked.assets.get('a1'), { extensionPending: true, expiresAtMs: EXPIRY, state: 'in-force' });
  t.match(refusalOf(imposed(), R('extension-decision', [part('a1', 'extended', EXPIRY + HOUR)])), {
    reason: 'no extension has been asked for',
  });
  t.match(refusalOf(asked, R('extension-decision', [part('a1', 'extended', EXPIRY)])), {
    reason: 'the new expiry is not later than the old one',
  });
  const extend = R('extension-decision', [part('a1', 'extended', EXPIRY + 10 * HOUR)], EXPIRY - HOUR);
  t.match(assertNext(asked, extend).assets.get('a1'), {
    extensionPending: false,
    expiresAtMs: EXPIRY + 10 * HOUR,
    late: false,
  });
  const lapsed = assertNext(asked, clock(EXPIRY));
  t.equal(lapsed.assets.get('a1')?.state, 'lapsed', 'unanswered, it lapses on time');
  t.match(
    assertNext(lapsed, extend).assets.get('a1'),
    { state: 'in-force', late: true },
    'signed before, arrived after',
  );
  t.match(assertNext(assertNext(asked, extend), clock(EXPIRY)).assets.get('a1'), { state: 'in-force' });
  t.match(refusalOf(lapsed, { ...extend, atMs: EXPIRY }), { state: 'lapsed' }, 'signed after');
  t.match(refusalOf(asked, { ...extend, atMs: EXPIRY }), { state: 'lapsed' }, 'though the clock has not been told');
  t.equal(assertNext(assertNext(lapsed, extend), clock(EXPIRY + 10 * HOUR)).assets.get('a1')?.state, 'lapsed');
  const adjusted = assertNext(lapsed, R('adjust', [part('a1')], EXPIRY - HOUR));
  t.equal(adjusted.assets.get('a1')?.state, 'lapsed', 'an adjustment revives nothing');
  t.equal(assertNext(lapsed, R('restraint', [part('a1')], EXPIRY - HOUR)).assets.get('a1')?.state, 'superseded');
});

t.test('lifting, linking, restraint', async (t) => {
  const proposed = assertNext(imposed(), R('lift-propose', [part('a1')]));
  t.equal(proposed.assets.get('a1')?.state, 'lift-proposed');
  t.ok(isFrozenAt(proposed, 'a1', HOUR), 'a proposal lifts nothing');
  t.equal(assertNext(proposed, R('lift-decision', [part('a1', 'maintained')])).assets.get('a1')?.state, 'in-force');
  t.equal(assertNext(proposed, R('lift-decision', [part('a1', 'lifted')])).assets.get('a1')?.state, 'lifted');
  t.match(
    refusalOf(imposed(), R('lift-decision', [part('a1', 'lifted')])),
    { state: 'in-force' },
    'never without a proposal',
  );
  t.equal(assertNext(proposed, clock(EXPIRY)).assets.get('a1')?.state, 'lapsed');
  t.match(assertNext(imposed(), Q('mla-link', [part('a1', 'advance-copy')])).assets.get('a1'), {
    mlaLinked: true,
    expiresAtMs: EXPIRY,
  });
  const restrained = assertNext(imposed(), R('restraint', [part('a1')]));
  t.equal(restrained.assets.get('a1')?.state, 'superseded');
  t.equal(restrained.assets.get('a2')?.state, 'in-force', 'the others go on');
  t.equal(refusalOf(restrained, R('lift-by-law', [part('a2'), part('a1')])).assetRef, 'a1');
  t.equal(restrained.assets.get('a2')?.state, 'in-force', 'whole or not at all');
});

t.test('messages as events', async (t) => {
  const names = new Set<string>();
  for (const kind of KINDS) {
    const { body } = JSON.parse(readFileSync(`protocol/vectors/messages/${kind}.json`, 'utf8')) as { body: unknown };
    const event = freezeEventOf(parseMessage(kind, body), 'requested', 7);
    if (kind.startsWith('freeze.') || kind === 'receipt.delivered') {
      t.match(event, { by: 'requested', atMs: 7 }, kind);
      if (event !== undefined) names.add(event.on);
    } else t.equal(event, undefined, kind);
  }
  t.same([...names, ...LOCAL_EVENTS].sort(), [...FREEZE_EVENTS].sort(), 'every event is on the wire or local');
});

t.test('the specification holds the table', async (t) => {
  t.ok(SPEC.includes(`\`\`\`mermaid\n${freezeDiagram()}\n\`\`\``), 'the diagram, exactly');
  for (const row of [...ALERT_ROWS, ...ASSET_ROWS]) {
    const outcome = row.outcome === undefined ? '' : ` (${row.outcome})`;
    const line = SPEC.split('\n').find((text) => text.startsWith(`| ${row.from.join(', ')} | ${row.on}${outcome} |`));
    t.ok(line?.endsWith(`| ${row.guard} | ${row.to} |`), `${row.from.join(', ')} × ${row.on}${outcome}`);
  }
  for (const { state, awaits } of STATE_CLOCKS) t.ok(SPEC.includes(`| ${state} | ${awaits} |`), `${state}: ${awaits}`);
});

t.test('warnings', async (t) => {
  t.same(warningsMs(0, 400 * HOUR), [200 * HOUR, 300 * HOUR, 352 * HOUR]);
  t.same(warningsMs(0, 48 * HOUR), [24 * HOUR, 36 * HOUR], '48 hours before is no time before');
});

t.test('delivery only goes on', async (t) => {
  for (const state of DELIVERY_STATES) {
    for (const event of DELIVERY_EVENTS) {
      const after = nextDelivery(state, event);
      t.ok(DELIVERY_STATES.indexOf(after) >= DELIVERY_STATES.indexOf(state), `${state} × ${event}`);
      t.equal(nextDelivery(after, event), after, 'repeated');
      for (const other of DELIVERY_EVENTS)
        t.equal(nextDelivery(after, other), nextDelivery(nextDelivery(state, other), event), 'in any order');
    }
  }
  t.equal(DELIVERY_EVENTS.reduce(nextDelivery, 'queued'), 'decided');
  t.equal(nextDelivery('queued', 'submit'), 'unknown');
  t.equal(furthest('unknown', 'accepted'), 'accepted');
});
