/**
 * The deadlines of a freeze that is in force: expiry, asking for an extension in time and answering it, the answer to a proposal to
 * lift, the report of a lifting by law, what keeps the measure alive (spec 55-clocks). Assets with one end share a clock.
 */
import { instantText, termEnd } from '../duration/index.js';
import { type CaseClock, type ClockDraft, caseClock } from './case-clock.js';
import { agencyOf, type ClockFacts } from './clock-facts.js';
import { EXTENSION_LEAD, LIFT_BY_LAW_REPORT } from './freeze-clocks.js';
import { type MeasureTerm, measureTerms } from './measure-terms.js';

const HOUR_MS = 3_600_000;

export function measureClocks(facts: ClockFacts): readonly CaseClock[] {
  const terms = measureTerms(facts);
  return [
    ...grouped(terms).flatMap((group) => expiryClocks(facts, group)),
    ...facts.events.flatMap((_, index) => messageClocks(facts, terms, index)),
  ];
}

/** One entry for the assets that share start, end and fate. */
function grouped(terms: readonly MeasureTerm[]): readonly (readonly [MeasureTerm, ...MeasureTerm[]])[] {
  const groups = new Map<string, [MeasureTerm, ...MeasureTerm[]]>();
  for (const term of terms) {
    const { startedAtMs, expiresAtMs, endedAtMs, askedAtMs, mayExtend } = term;
    const key = [startedAtMs, expiresAtMs, endedAtMs, askedAtMs, mayExtend].join(' ');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [term]);
    else group.push(term);
  }
  return [...groups.values()];
}

function expiryClocks(facts: ClockFacts, group: readonly [MeasureTerm, ...MeasureTerm[]]): readonly CaseClock[] {
  const [{ startedAtMs, expiresAtMs, endedAtMs, askedAtMs, explanation, mayExtend }] = group;
  const shared = {
    whose: agencyOf(facts, 'requesting'),
    assets: group.map(({ assetRef }) => assetRef),
    startedAtMs,
    isChance: true,
  };
  const expiry: ClockDraft = {
    ...shared,
    what: 'expiry',
    awaits: 'restraint or extension, else the measure lapses',
    dueAtMs: expiresAtMs,
    endedAtMs,
    explanation,
  };
  const clocks = [caseClock(expiry, facts.nowMs)];
  const leadAtMs = expiresAtMs - EXTENSION_LEAD.number * HOUR_MS;
  if (mayExtend && leadAtMs > startedAtMs) {
    const ask: ClockDraft = {
      ...shared,
      what: 'extension-request',
      awaits: 'request to extend, where it is needed',
      dueAtMs: leadAtMs,
      endedAtMs: askedAtMs ?? endedAtMs,
      explanation: `48 hours before the measure ends: ${instantText(leadAtMs, facts.calendar)}`,
    };
    clocks.push(caseClock(ask, facts.nowMs));
  }
  return clocks;
}

/** What a message itself sets a time for. */
function messageClocks(facts: ClockFacts, terms: readonly MeasureTerm[], index: number): readonly CaseClock[] {
  const event = facts.events[index];
  if (event === undefined) return [];
  const { message, eh, atMs } = event;
  const { nowMs, calendar, parties } = facts;
  const after = facts.events.slice(index + 1);
  const [requesting, requested] = [agencyOf(facts, 'requesting'), agencyOf(facts, 'requested')];
  switch (message.kind) {
    case 'freeze.extension-request': {
      const { assets } = message.body;
      const decision = after.find(
        ({ message: later }) =>
          later.kind === 'freeze.extension-decision' &&
          later.body.outcomes.some(({ assetRef }) => assets.includes(assetRef)),
      );
      const open = terms.filter(({ assetRef }) => assets.includes(assetRef));
      const dueAtMs = Math.min(...open.map(({ expiryAtMs }) => expiryAtMs(atMs)));
      if (!Number.isFinite(dueAtMs)) return [];
      const ended = open.every(({ endedAtMs }) => endedAtMs !== undefined) ? open[0]?.endedAtMs : undefined;
      const draft: ClockDraft = {
        ...{ what: 'extension-decision', awaits: 'decision on the extension', whose: requested, assets, on: eh },
        ...{ startedAtMs: atMs, dueAtMs, isChance: true, endedAtMs: decision?.atMs ?? ended },
        explanation: `before the measure ends: ${instantText(dueAtMs, calendar)}`,
      };
      return [caseClock(draft, nowMs)];
    }
    case 'freeze.lift-propose': {
      const { assets, answerByMs } = message.body;
      const answer = after.find(({ by, message: { kind } }) => by === 'requesting' || kind === 'freeze.lift-decision');
      const draft: ClockDraft = {
        ...{ what: 'lift-answer', awaits: 'view on the lifting that is proposed', whose: requesting, assets, on: eh },
        ...{ startedAtMs: atMs, dueAtMs: answerByMs, isChance: true, endedAtMs: answer?.atMs },
        explanation: `as ${parties.requested} has asked: ${instantText(answerByMs, calendar)}`,
      };
      return [caseClock(draft, nowMs)];
    }
    case 'freeze.lift-by-law': {
      const { assets, liftedAtMs } = message.body;
      const rules = { firstDay: 'not-counted', dayEnd: { kind: 'midnight' }, lastDay: 'as-it-falls' } as const;
      const { number, unit } = LIFT_BY_LAW_REPORT;
      const { expiresAtMs, explanation } = termEnd(
        { ...rules, number, unit, calendar, start: 'the lifting' },
        liftedAtMs,
      );
      const draft: ClockDraft = {
        ...{ what: 'lift-by-law-report', awaits: 'report of the lifting', whose: requested, assets, on: eh },
        ...{ startedAtMs: liftedAtMs, dueAtMs: expiresAtMs, endedAtMs: atMs, explanation },
      };
      return [caseClock(draft, nowMs)];
    }
    case 'freeze.impose': {
      const isOver = terms.length > 0 && terms.every(({ overAtMs }) => overAtMs !== undefined);
      const endedAtMs = isOver ? Math.max(...terms.map(({ overAtMs }) => overAtMs ?? 0)) : undefined;
      return message.body.keepAliveSteps.map(({ step, by, dueAtMs }) => {
        const draft: ClockDraft = {
          ...{ what: 'keep-alive', awaits: step.text, whose: agencyOf(facts, by), on: eh, isChance: true },
          ...{
            startedAtMs: atMs,
            dueAtMs,
            endedAtMs: endedAtMs !== undefined && endedAtMs < dueAtMs ? endedAtMs : undefined,
          },
          explanation: `so that the measure does not fall: ${instantText(dueAtMs, calendar)}`,
        };
        return caseClock(draft, nowMs);
      });
    }
    default:
      return [];
  }
}
