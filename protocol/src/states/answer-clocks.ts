/**
 * The deadlines of a freeze alert until R has decided: delivery, acknowledgement, decision (paused while R waits for what it has
 * asked), redirection, the answer to a question (spec 55-clocks). By R's own signed calendar and answer times.
 */

import type { CapabilityRecord } from '../directory/index.js';
import { instantText, termEnd, workingDaysBetween } from '../duration/index.js';
import type { Priority } from '../envelope/core.js';
import type { AgencyId } from '../ids.js';
import { type CaseClock, type ClockDraft, caseClock } from './case-clock.js';
import { agencyOf, type ClockFacts, type SaidEvent, WEEKENDS_ONLY } from './clock-facts.js';
import { type Clock, STATE_CLOCKS, type StateClock } from './freeze-clocks.js';

const DECISIONS = ['freeze.impose', 'freeze.refuse', 'freeze.no-assets', 'freeze.redirect', 'freeze.withdraw'];
const isDecision = ({ message }: SaidEvent): boolean => DECISIONS.includes(message.kind);

export function answerClocks(facts: ClockFacts): readonly CaseClock[] {
  const { events, nowMs } = facts;
  const request = events[0];
  if (request === undefined) return [];
  const end = events.find(isDecision);
  const acknowledged = events.find(({ message }) => message.kind === 'freeze.acknowledge');
  const firstOfR = events.find(({ by }) => by === 'requested');
  // An answer proves the delivery, also where no receipt has come.
  const deliveredAtMs = facts.deliveredAtMs ?? firstOfR?.atMs;
  const clocks = [
    caseClock(
      {
        ...drafted(facts, 'delivery', defaultClock('sent'), 'sending', request.atMs),
        endedAtMs: deliveredAtMs ?? end?.atMs,
      },
      nowMs,
    ),
  ];
  if (deliveredAtMs !== undefined) {
    const drafts = drafted(facts, 'acknowledge', clockFor(facts, 'acknowledge'), 'delivery', deliveredAtMs);
    clocks.push(caseClock({ ...drafts, endedAtMs: acknowledged?.atMs ?? end?.atMs }, nowMs));
  }
  if (acknowledged === undefined) return clocks;
  const redirect = drafted(facts, 'redirect', clockFor(facts, 'redirect'), 'acknowledgement', acknowledged.atMs);
  clocks.push(
    decideClock(facts, acknowledged.atMs, end),
    caseClock({ ...redirect, endedAtMs: end?.atMs, isChance: true }, nowMs),
    ...supplyClocks(facts, end),
  );
  return clocks;
}

const AWAITS = {
  delivery: 'receipt by the node (else telephone the duty contact)',
  acknowledge: 'acknowledgement by the duty officer',
  decide: 'decision: impose, refuse or no assets',
  redirect: 'redirection, where not competent',
} as const;
type Answer = keyof typeof AWAITS;

function defaultClock(state: StateClock['state'], awaits = ''): Record<Priority, Clock> {
  const found = STATE_CLOCKS.find((clock) => clock.state === state && clock.awaits.startsWith(awaits));
  if (found === undefined) throw new Error(`There is no clock for ${state}.`);
  return found.within;
}

const DEFAULTS = {
  acknowledge: defaultClock('delivered'),
  decide: defaultClock('acknowledged', 'impose'),
  redirect: defaultClock('acknowledged', 'redirect'),
} as const;

/** As R's record has it; else the default. */
function clockFor({ record }: Pick<ClockFacts, 'record'>, what: keyof typeof DEFAULTS): Record<Priority, Clock> {
  return { ...DEFAULTS[what], ...record?.answerTimes?.[what] };
}

function drafted(
  facts: ClockFacts,
  what: Answer,
  within: Record<Priority, Clock>,
  start: string,
  startedAtMs: number,
): ClockDraft {
  const { expiresAtMs, explanation } = answerEnd(facts, within[facts.urgency], start, startedAtMs);
  const whose = agencyOf(facts, 'requested');
  return { what, awaits: AWAITS[what], whose, startedAtMs, dueAtMs: expiresAtMs, explanation };
}

/** Working days end with the day, and the day on which it began is not counted. */
function answerEnd(
  facts: Pick<ClockFacts, 'calendar' | 'record' | 'parties'>,
  { number, unit }: Clock,
  start: string,
  startedAtMs: number,
): ReturnType<typeof termEnd> {
  const { calendar, record, parties } = facts;
  const rules = { firstDay: 'not-counted', dayEnd: { kind: 'midnight' }, lastDay: 'as-it-falls' } as const;
  const found = termEnd({ ...rules, number, unit, calendar, start }, startedAtMs);
  if (record !== null || unit !== 'working-days') return found;
  return { ...found, explanation: `${found.explanation} (no calendar of ${parties.requested} at hand: weekends only)` };
}

/** An alert that no node has received after this time wants a telephone. */
export const DELIVERY_WITHIN_MS = 15 * 60_000;

/** Until when R's duty officer is to acknowledge what its node has had since `deliveredAtMs`, by R's own record. */
export function acknowledgeDueMs(
  requested: AgencyId,
  record: CapabilityRecord | null,
  urgency: Priority,
  deliveredAtMs: number,
): number {
  const facts = { record, calendar: record?.calendar ?? WEEKENDS_ONLY, parties: { requesting: requested, requested } };
  return answerEnd(facts, clockFor(facts, 'acknowledge')[urgency], 'delivery', deliveredAtMs).expiresAtMs;
}

interface Pause {
  readonly fromMs: number;
  /** Undefined while it lasts. */
  readonly toMs: number | undefined;
}

/** From each question to the answer, or to whatever ended the alert. */
function pausesOf({ events }: ClockFacts): readonly Pause[] {
  const pauses: Pause[] = [];
  let fromMs: number | undefined;
  for (const event of events) {
    if (event.message.kind === 'freeze.ask') fromMs ??= event.atMs;
    else if (fromMs !== undefined && (event.message.kind === 'freeze.supply' || isDecision(event))) {
      pauses.push({ fromMs, toMs: Math.max(fromMs, event.atMs) });
      fromMs = undefined;
    }
  }
  return fromMs === undefined ? pauses : [...pauses, { fromMs, toMs: undefined }];
}

function decideClock(facts: ClockFacts, startedAtMs: number, end: SaidEvent | undefined): CaseClock {
  const { calendar, nowMs, urgency } = facts;
  const clock = clockFor(facts, 'decide')[urgency];
  const draft = drafted(facts, 'decide', clockFor(facts, 'decide'), 'acknowledgement', startedAtMs);
  const isDays = clock.unit === 'working-days';
  let { dueAtMs, explanation } = draft;
  let pausedMs = 0;
  let pausedDays = 0;
  let resumedAtMs: number | undefined;
  for (const { fromMs, toMs } of pausesOf(facts)) {
    // Time that had run out before the question was asked does not come back.
    if (fromMs >= dueAtMs) break;
    if (toMs === undefined) {
      const spent = workingDaysBetween(calendar, startedAtMs, fromMs);
      const left = isDays ? `, ${clock.number + pausedDays - spent} of them left` : '';
      return {
        ...caseClock({ ...draft, dueAtMs, pausedMs }, nowMs),
        dueAtMs: null,
        leftMs: isDays ? null : dueAtMs - fromMs,
        warnings: [],
        state: 'paused',
        explanation: `${count(clock)}${left}, paused since ${instantText(fromMs, calendar)} until what was asked is supplied`,
      };
    }
    pausedMs += toMs - fromMs;
    resumedAtMs = toMs;
    if (isDays) {
      pausedDays += workingDaysBetween(calendar, fromMs, toMs);
      const moved = answerEnd(facts, { ...clock, number: clock.number + pausedDays }, 'acknowledgement', startedAtMs);
      dueAtMs = moved.expiresAtMs;
      explanation =
        pausedDays === 0
          ? explanation
          : `${count(clock)} and ${pausedDays} in which it was paused: ${moved.explanation}`;
    } else {
      dueAtMs += toMs - fromMs;
      const head = draft.explanation.slice(0, draft.explanation.lastIndexOf(': '));
      explanation = `${head}, paused for ${spanText(pausedMs)}: ${instantText(dueAtMs, calendar)}`;
    }
  }
  const resumed = resumedAtMs === undefined ? {} : { resumedAtMs };
  return caseClock({ ...draft, ...resumed, dueAtMs, explanation, pausedMs, endedAtMs: end?.atMs }, nowMs);
}

const count = ({ number, unit }: Clock): string =>
  `${number} ${(number === 1 ? unit.slice(0, -1) : unit).replace('-', ' ')}`;

/** "2 hours 30 minutes" */
function spanText(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  const parts = [
    { number: Math.floor(minutes / 60), unit: 'hours' },
    { number: minutes % 60, unit: 'minutes' },
  ] as const;
  return (
    parts
      .filter(({ number }) => number > 0)
      .map(count)
      .join(' ') || '0 minutes'
  );
}

/** R says in its question by when; Q owes the answer. */
function supplyClocks(facts: ClockFacts, end: SaidEvent | undefined): readonly CaseClock[] {
  const { events, calendar, nowMs, parties } = facts;
  return events.flatMap(({ message, eh, atMs }, index) => {
    if (message.kind !== 'freeze.ask') return [];
    const dueAtMs = message.body.answerByMs;
    const answer = events.slice(index + 1).find(({ message: later }) => later.kind === 'freeze.supply');
    const draft: ClockDraft = {
      what: 'supply',
      awaits: `answer to ${message.body.items.length === 1 ? 'a question' : `${message.body.items.length} questions`}`,
      whose: agencyOf(facts, 'requesting'),
      on: eh,
      startedAtMs: atMs,
      dueAtMs,
      explanation: `as ${parties.requested} has asked: ${instantText(dueAtMs, calendar)}`,
      endedAtMs: answer?.atMs ?? end?.atMs,
    };
    return [caseClock(draft, nowMs)];
  });
}
