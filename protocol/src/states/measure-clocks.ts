/**
 * The deadlines of a freeze that is in force: expiry, asking for an extension in time and answering it, the answer to a proposal to
 * lift, the report of a lifting by law, what keeps the measure alive (spec 55-clocks). Assets with one end share a clock.
 */
import { instantText, termEnd } from '../duration/index.js';
import type { Hash } from '../ids.js';
import type { MessageBody } from '../messages/index.js';
import { type CaseClock, type ClockDraft, caseClock } from './case-clock.js';
import { agencyOf, type ClockFacts, type SaidEvent } from './clock-facts.js';
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
  const { message, atMs } = event;
  const after = facts.events.slice(index + 1);
  const base = { on: event.eh, startedAtMs: atMs };
  const drafts = (): readonly (ClockDraft | undefined)[] => {
    if (message.kind === 'freeze.extension-request')
      return [extensionDecision(facts, terms, message.body, base, after)];
    if (message.kind === 'freeze.lift-propose') return [liftAnswer(facts, message.body, base, after)];
    if (message.kind === 'freeze.lift-by-law') return [liftByLawReport(facts, message.body, base)];
    return message.kind === 'freeze.impose' ? keepAlive(facts, terms, message.body, base) : [];
  };
  return drafts().flatMap((draft) => (draft === undefined ? [] : [caseClock(draft, facts.nowMs)]));
}

type Base = Pick<ClockDraft, 'startedAtMs'> & { readonly on: Hash };

function extensionDecision(
  facts: ClockFacts,
  terms: readonly MeasureTerm[],
  { assets }: MessageBody<'freeze.extension-request'>,
  base: Base,
  after: readonly SaidEvent[],
): ClockDraft | undefined {
  const asked = terms.filter(({ assetRef }) => assets.includes(assetRef));
  const dueAtMs = Math.min(...asked.map(({ expiryAtMs }) => expiryAtMs(base.startedAtMs)));
  if (!Number.isFinite(dueAtMs)) return undefined;
  const decision = after.find(
    ({ message }) =>
      message.kind === 'freeze.extension-decision' &&
      message.body.outcomes.some(({ assetRef }) => assets.includes(assetRef)),
  );
  const isOver = asked.every(({ endedAtMs }) => endedAtMs !== undefined);
  return {
    ...base,
    what: 'extension-decision',
    awaits: 'decision on the extension',
    whose: agencyOf(facts, 'requested'),
    assets,
    dueAtMs,
    explanation: `before the measure ends: ${instantText(dueAtMs, facts.calendar)}`,
    endedAtMs: decision?.atMs ?? (isOver ? asked[0]?.endedAtMs : undefined),
    // Unanswered, the measure lapses on time: nothing is owed any more.
    isChance: true,
  };
}

function liftAnswer(
  facts: ClockFacts,
  { assets, answerByMs }: MessageBody<'freeze.lift-propose'>,
  base: Base,
  after: readonly SaidEvent[],
): ClockDraft {
  const answer = after.find(({ by, message }) => by === 'requesting' || message.kind === 'freeze.lift-decision');
  return {
    ...base,
    what: 'lift-answer',
    awaits: 'view on the lifting that is proposed',
    whose: agencyOf(facts, 'requesting'),
    assets,
    dueAtMs: answerByMs,
    explanation: `as ${facts.parties.requested} has asked: ${instantText(answerByMs, facts.calendar)}`,
    endedAtMs: answer?.atMs,
    isChance: true,
  };
}

function liftByLawReport(
  facts: ClockFacts,
  { assets, liftedAtMs }: MessageBody<'freeze.lift-by-law'>,
  base: Base,
): ClockDraft {
  const rules = { firstDay: 'not-counted', dayEnd: { kind: 'midnight' }, lastDay: 'as-it-falls' } as const;
  const term = { ...rules, ...LIFT_BY_LAW_REPORT, calendar: facts.calendar, start: 'the lifting' };
  const { expiresAtMs, explanation } = termEnd(term, liftedAtMs);
  return {
    on: base.on,
    what: 'lift-by-law-report',
    awaits: 'report of the lifting',
    whose: agencyOf(facts, 'requested'),
    assets,
    startedAtMs: liftedAtMs,
    dueAtMs: expiresAtMs,
    explanation,
    endedAtMs: base.startedAtMs,
  };
}

function keepAlive(
  facts: ClockFacts,
  terms: readonly MeasureTerm[],
  { keepAliveSteps }: MessageBody<'freeze.impose'>,
  base: Base,
): readonly ClockDraft[] {
  const isOver = terms.length > 0 && terms.every(({ overAtMs }) => overAtMs !== undefined);
  const overAtMs = isOver ? Math.max(...terms.map((term) => term.overAtMs ?? 0)) : Number.POSITIVE_INFINITY;
  return keepAliveSteps.map(({ step, by, dueAtMs }) => ({
    ...base,
    what: 'keep-alive',
    awaits: step.text,
    whose: agencyOf(facts, by),
    dueAtMs,
    explanation: `so that the measure does not fall: ${instantText(dueAtMs, facts.calendar)}`,
    endedAtMs: overAtMs < dueAtMs ? overAtMs : undefined,
    isChance: true,
  }));
}
