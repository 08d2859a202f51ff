/**
 * The tables of a year from what became of each request: one pass, nothing kept but the tables themselves. Each figure belongs
 * to the year of its own event: a request sent in December and decided in January counts in both (spec 58-statistics).
 */
import type { CalendarYear, RefusalCode } from '@holdfast/protocol';
import { Cells } from './cells.js';
import {
  AmountCounter,
  CorruptionCounter,
  FeedbackCounter,
  RefusalCounter,
  RequestCounter,
  TimeCounter,
} from './counters.js';
import * as tables from './definitions.js';
import type { Ending, RequestFact, Stated } from './facts.js';
import { basisOf, isAssetRecovery, isCorruption, provisionsOf } from './stated.js';
import { NOT_STATED, type StatisticsTable } from './table.js';

/** Ends that answer what was asked; the others end the request without an answer of the asked side. */
const WITHOUT_DECISION: ReadonlySet<string> = new Set(['redirected', 'withdrawn', 'contested']);

const requests = (): RequestCounter => new RequestCounter();
const times = (): TimeCounter => new TimeCounter();

export class YearCount {
  readonly #year: CalendarYear;
  /** What is not over by then is open. */
  readonly #closesAtMs: number;
  readonly #caseNumbers = new Map<string, number>();
  readonly #byForm = new Cells(tables.BY_FORM, requests);
  readonly #byCounterpart = new Cells(tables.BY_COUNTERPART, requests);
  readonly #byBasis = new Cells(tables.BY_BASIS, requests);
  readonly #byProvision = new Cells(tables.BY_PROVISION, requests);
  readonly #byOffence = new Cells(tables.BY_OFFENCE, requests);
  readonly #byAssetRecovery = new Cells(tables.BY_ASSET_RECOVERY, requests);
  readonly #corruption = new Cells(tables.CORRUPTION, () => new CorruptionCounter());
  readonly #byDecision = new Cells(tables.BY_DECISION, requests);
  readonly #pending = new Cells(tables.PENDING, requests);
  readonly #refusals = new Cells(tables.REFUSALS, () => new RefusalCounter());
  readonly #byStep = new Cells(tables.BY_STEP, times);
  readonly #byStepAndCounterpart = new Cells(tables.BY_STEP_AND_COUNTERPART, times);
  readonly #amounts = new Cells(tables.AMOUNTS, () => new AmountCounter());
  readonly #feedback = new Cells(tables.FEEDBACK, () => new FeedbackCounter());
  readonly #byOutcome = new Cells(tables.BY_OUTCOME, requests);

  /** @param asAtMs now: a year that is not over yet is counted as far as it has come */
  constructor(year: CalendarYear, asAtMs: number) {
    this.#year = year;
    this.#closesAtMs = Math.min(year.endsAtMs, asAtMs + 1);
  }

  add(fact: RequestFact): void {
    const caseNumber = this.#caseNumber(fact.caseKey);
    if (this.#isIn(fact.atMs)) this.#addRequest(fact, caseNumber);
    if (this.#isOpen(fact)) for (const row of this.#pending.into([[fact.direction], [fact.form]])) row.add(caseNumber);
    if (this.#isIn(fact.acknowledgedAtMs)) this.#addTime(fact, 'acknowledge', fact.acknowledgedAtMs - fact.atMs);
    if (fact.ending !== null && this.#isIn(fact.ending.atMs)) this.#addEnding(fact, fact.ending, caseNumber);
    for (const amount of fact.amounts) {
      if (!this.#isIn(amount.atMs)) continue;
      const currency = amount.amount?.currency ?? NOT_STATED;
      for (const row of this.#amounts.into([[fact.direction], [amount.stage], [currency]]))
        row.add(`${fact.eh} ${fact.counterpart}`, amount);
    }
    this.#addFeedback(fact);
  }

  tables(): readonly StatisticsTable[] {
    return [
      this.#byForm.table((row) => row.values()),
      this.#byCounterpart.table((row) => row.values()),
      this.#byBasis.table((row) => row.values()),
      this.#byProvision.table((row) => row.values()),
      this.#byOffence.table((row) => row.values()),
      this.#byAssetRecovery.table((row) => row.values()),
      this.#corruption.table((row) => row.values()),
      this.#byDecision.table((row) => row.values()),
      this.#pending.table((row) => row.values()),
      this.#refusals.table((row) => row.values()),
      this.#byStep.table((row) => row.values()),
      this.#byStepAndCounterpart.table((row) => row.values()),
      this.#amounts.table((row) => row.values()),
      this.#feedback.table((row) => row.values()),
      this.#byOutcome.table((row) => row.values()),
    ];
  }

  #addRequest({ direction, form, counterpart, stated, outcomes }: RequestFact, caseNumber: number): void {
    const count = (cells: Cells<RequestCounter>, ...keys: readonly string[]): void => {
      for (const row of cells.into([[direction], keys])) row.add(caseNumber);
    };
    count(this.#byForm, form);
    count(this.#byCounterpart, counterpart);
    if (outcomes.length > 0) count(this.#byOutcome, ...outcomes);
    if (stated === null) return;
    count(this.#byBasis, basisOf(stated));
    count(this.#byProvision, ...provisionsOf(stated));
    count(this.#byOffence, ...(stated.offences.length > 0 ? stated.offences : [NOT_STATED]));
    count(this.#byAssetRecovery, isAssetRecovery(form, stated) ? 'yes' : 'no');
    for (const row of this.#corruption.into([[direction]])) row.add(corruptionOf(stated));
  }

  #addEnding(fact: RequestFact, ending: Ending, caseNumber: number): void {
    const { direction, form } = fact;
    for (const row of this.#byDecision.into([[direction], [form], [ending.decision]])) row.add(caseNumber);
    if (!WITHOUT_DECISION.has(ending.decision)) {
      this.#addTime(fact, 'decide', ending.atMs - fact.atMs);
      this.#addTime(fact, 'decide-net', ending.atMs - fact.atMs - fact.pausedMs);
    }
    if (form !== 'freeze-alert') return;
    if (ending.refusalCode !== null)
      for (const row of this.#refusals.into([[direction], [ending.refusalCode]])) row.add('refused');
    if (ending.assetCodes.length === 0) return;
    for (const row of this.#refusals.into([[direction], ending.assetCodes])) row.add('inPart');
    const each = (code: RefusalCode): void => {
      for (const row of this.#refusals.into([[direction], [code]])) row.add('assets');
    };
    ending.assetCodes.forEach(each);
  }

  #addTime({ direction, urgency, counterpart, form }: RequestFact, step: tables.Step, tookMs: number): void {
    if (form !== 'freeze-alert') return;
    for (const row of this.#byStep.into([[direction], [step], [urgency]])) row.add(tookMs);
    for (const row of this.#byStepAndCounterpart.into([[direction], [step], [counterpart]])) row.add(tookMs);
  }

  #addFeedback({ direction, form, feedback }: RequestFact): void {
    if (feedback === null || !this.#isIn(feedback.dueAtMs)) return;
    const { dueAtMs, givenAtMs } = feedback;
    const isGiven = givenAtMs !== null && givenAtMs < this.#closesAtMs;
    const answer = isGiven ? (givenAtMs <= dueAtMs ? 'onTime' : 'late') : 'none';
    for (const row of this.#feedback.into([[direction], [form]])) row.add(answer);
  }

  #isIn(atMs: number | null): atMs is number {
    return atMs !== null && atMs >= this.#year.startsAtMs && atMs < this.#closesAtMs;
  }

  #isOpen({ atMs, awaitsDecision, ending }: RequestFact): boolean {
    if (!awaitsDecision || atMs >= this.#closesAtMs || this.#closesAtMs <= this.#year.startsAtMs) return false;
    return ending === null || ending.atMs >= this.#closesAtMs;
  }

  #caseNumber(caseKey: string): number {
    const found = this.#caseNumbers.get(caseKey);
    if (found !== undefined) return found;
    const number = this.#caseNumbers.size;
    this.#caseNumbers.set(caseKey, number);
    return number;
  }
}

function corruptionOf(stated: Stated): 'corruption' | 'other' | 'notStated' {
  if (stated.offences.length === 0) return 'notStated';
  return isCorruption(stated) ? 'corruption' : 'other';
}
