/**
 * A year's statistics from the archive: case by case, each folded anew from its signed messages and let go of before the next,
 * with a turn for everything else in between. Nothing is counted in advance, so nothing can be out of step with the events.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type AgencyId, calendarYear } from '@holdfast/protocol';
import type { Archive } from '../archive/archive.js';
import { type Case, caseOf } from '../cases/case.js';
import type { RecordsOf } from '../directory/records-at-hand.js';
import { YearCount } from './count-year.js';
import { factsOf } from './read-case.js';
import { STATISTICS_VERSION, type Statistics } from './table.js';

export interface StatisticsQuery {
  readonly year: number;
  /** IANA name of the zone in whose calendar the year is counted: the reporting agency's. */
  readonly timeZone: string;
  /** Only what passed between the agency and this one. */
  readonly counterpart?: AgencyId;
}

/** How many cases are folded in one turn. */
const CASES_A_TURN = 20;

/**
 * Counts over cases from anywhere, in any order; each is needed once and not kept.
 * @throws ProtocolError `duration.invalid` where year or time zone is none
 */
export async function countYear(
  cases: Iterable<Case> | AsyncIterable<Case>,
  self: AgencyId,
  { year, timeZone, counterpart }: StatisticsQuery,
  asAtMs: number,
): Promise<Statistics> {
  const bounds = calendarYear(year, timeZone);
  const count = new YearCount(bounds, asAtMs);
  let casesWithMissingMessages = 0;
  for await (const found of cases) {
    const facts = factsOf(found, self).filter((fact) => counterpart === undefined || fact.counterpart === counterpart);
    if (facts.length > 0 && found.missing.length > 0) casesWithMissingMessages++;
    for (const fact of facts) count.add(fact);
  }
  return {
    v: STATISTICS_VERSION,
    agency: self,
    year,
    timeZone,
    ...bounds,
    asAtMs,
    counterpart: counterpart ?? null,
    casesWithMissingMessages,
    threshold: null,
    tables: count.tables(),
  };
}

/** @throws the signal's reason */
export async function* archivedCases(
  archive: Archive,
  self: AgencyId,
  nowMs: number,
  recordsOf: RecordsOf,
  signal: AbortSignal,
): AsyncGenerator<Case, void, undefined> {
  let folded = 0;
  for (const conversation of archive.messages.conversations()) {
    signal.throwIfAborted();
    yield caseOf(archive, self, conversation, nowMs, recordsOf);
    if (++folded % CASES_A_TURN === 0) await nextTurn();
  }
}
