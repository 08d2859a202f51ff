/** How figures are taken: rounds in turn, so that a noisy machine disturbs both sides alike; the median of paired ratios. */

/** One figure, as a JSON line. `limit` is what the machine can do without us, measured in the same rounds. */
export interface Figure {
  readonly metric: string;
  readonly value: number;
  readonly unit: string;
  readonly limit: number | null;
  /** value / limit, the median over the rounds. */
  readonly ratio: number | null;
  readonly rounds: number;
}

export const print = (figure: Figure): void => void process.stdout.write(`${JSON.stringify(figure)}\n`);

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

export function percentile(values: readonly number[], fraction: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))] ?? Number.NaN;
}

export const round = (value: number): number => Number(value.toPrecision(4));

/** Operations per second of `work`, run for about `forMs`. */
export async function perSecond(work: () => unknown, forMs = 400): Promise<number> {
  const start = performance.now();
  let count = 0;
  let elapsed = 0;
  do {
    await work();
    count++;
    elapsed = performance.now() - start;
  } while (elapsed < forMs);
  return (count / elapsed) * 1000;
}

/** Measures `ours` against `bare` in alternating rounds. */
export async function paired(
  metric: string,
  unit: string,
  ours: () => Promise<number>,
  bare: () => Promise<number>,
  rounds = 5,
): Promise<Figure> {
  const values: number[] = [];
  const limits: number[] = [];
  await ours();
  await bare();
  for (let i = 0; i < rounds; i++) {
    values.push(await ours());
    limits.push(await bare());
  }
  const ratios = values.map((value, index) => value / (limits[index] ?? Number.NaN));
  return {
    metric,
    value: round(median(values)),
    unit,
    limit: round(median(limits)),
    ratio: round(median(ratios)),
    rounds,
  };
}
