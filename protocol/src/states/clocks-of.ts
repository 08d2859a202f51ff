/**
 * Every deadline of a freeze alert, from its signed events and R's published record alone: pure, the same on both sides, made anew
 * whenever it is asked for (spec 55-clocks). What an extension moves, what a narrowing leaves and what a restraint ends follows.
 */
import { answerClocks } from './answer-clocks.js';
import { byDue, type CaseClock } from './case-clock.js';
import { type FreezeClockInput, WEEKENDS_ONLY } from './clock-facts.js';
import { measureClocks } from './measure-clocks.js';

/** What runs out first, first; also what was met or has passed. @throws ProtocolError `duration.invalid` where R's calendar has no zone or working day */
export function clocksOf(input: FreezeClockInput): readonly CaseClock[] {
  const facts = { ...input, calendar: input.record?.calendar ?? WEEKENDS_ONLY };
  return [...answerClocks(facts), ...measureClocks(facts)].sort(byDue);
}
