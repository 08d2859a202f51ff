/** What stands behind one row of each kind of table while it is being counted. */
import { addDecimal, type DecimalSum, decimalText, percent, ZERO } from './decimal.js';
import type { AmountFact } from './facts.js';
import type { StatisticsValue } from './table.js';

type Values = Readonly<Record<string, StatisticsValue>>;

/** Requests, and the distinct cases that they belong to. */
export class RequestCounter {
  #requests = 0;
  readonly #cases = new Set<number>();

  /** @param caseNumber the same number for every request of one case */
  add(caseNumber: number): void {
    this.#requests++;
    this.#cases.add(caseNumber);
  }

  values(): Values {
    return { requests: this.#requests, cases: this.#cases.size };
  }
}

/** How long something took: the middle and the quartiles, in milliseconds. */
export class TimeCounter {
  readonly #tookMs: number[] = [];

  add(tookMs: number): void {
    this.#tookMs.push(Math.max(0, tookMs));
  }

  values(): Values {
    const sorted = this.#tookMs.sort((a, b) => a - b);
    const rank = (quarter: number): number => sorted[Math.ceil((sorted.length * quarter) / 4) - 1] ?? 0;
    const upper = sorted[Math.floor(sorted.length / 2)] ?? 0;
    return {
      requests: sorted.length,
      lowerQuartileMs: rank(1),
      medianMs: sorted.length % 2 === 1 ? upper : Math.floor((rank(2) + upper) / 2),
      upperQuartileMs: rank(3),
    };
  }
}

/** Money: the exact sum, over how many assets of how many requests. */
export class AmountCounter {
  readonly #requests = new Set<string>();
  #assets = 0;
  #sum: DecimalSum = ZERO;
  #isStated = false;

  add(request: string, { amount }: AmountFact): void {
    this.#requests.add(request);
    this.#assets++;
    if (amount === null) return;
    this.#isStated = true;
    this.#sum = addDecimal(this.#sum, amount.value);
  }

  values(): Values {
    const amount = this.#isStated ? decimalText(this.#sum) : null;
    return { requests: this.#requests.size, assets: this.#assets, amount };
  }
}

export class FeedbackCounter {
  readonly #counts = { due: 0, onTime: 0, late: 0, none: 0 };

  add(answer: 'onTime' | 'late' | 'none'): void {
    this.#counts.due++;
    this.#counts[answer]++;
  }

  values(): Values {
    const { due, none } = this.#counts;
    return { ...this.#counts, rate: percent(due - none, due) };
  }
}

export class CorruptionCounter {
  readonly #counts = { requests: 0, corruption: 0, other: 0, notStated: 0 };

  add(what: 'corruption' | 'other' | 'notStated'): void {
    this.#counts.requests++;
    this.#counts[what]++;
  }

  values(): Values {
    const { corruption, other } = this.#counts;
    return { ...this.#counts, share: percent(corruption, corruption + other) };
  }
}

export class RefusalCounter {
  readonly #counts = { refused: 0, inPart: 0, assets: 0 };

  add(what: 'refused' | 'inPart' | 'assets', by = 1): void {
    this.#counts[what] += by;
  }

  values(): Values {
    return { ...this.#counts };
  }
}
