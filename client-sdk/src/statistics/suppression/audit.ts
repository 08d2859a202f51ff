/**
 * What a reader of an export could work out of what is hidden: by adding and subtracting what is shown, in any combination
 * (elimination), and by the bounds that whole numbers of at least one leave (two hidden counts that add up to two are both one).
 */
import type { CountCell, Relation } from './relations.js';

/** The hidden cells that are not hidden after all. */
export function exposed(
  cells: readonly CountCell[],
  relations: readonly Relation[],
  hidden: ReadonlySet<number>,
): ReadonlySet<number> {
  return new Set([...determined(relations, hidden), ...pinned(cells, relations, hidden)]);
}

// Coefficients are 1 and -1; modulo a prime below 2^26 each product stays an exact integer.
const PRIME = 67_108_859;
const times = (a: number, b: number): number => (a * b) % PRIME;

function inverse(value: number): number {
  let [result, base, exponent] = [1, value, PRIME - 2];
  for (; exponent > 0; exponent = Math.floor(exponent / 2)) {
    if (exponent % 2 === 1) result = times(result, base);
    base = times(base, base);
  }
  return result;
}

type Row = Map<number, number>;

/** Gauss and Jordan over the hidden cells: one that is left alone in its row has only one value. */
function determined(relations: readonly Relation[], hidden: ReadonlySet<number>): readonly number[] {
  const pivots = new Map<number, Row>();
  for (const { terms } of relations) {
    const row: Row = new Map();
    for (const [cell, coefficient] of terms)
      if (hidden.has(cell)) row.set(cell, coefficient < 0 ? PRIME + coefficient : coefficient);
    // What a subtraction adds is no pivot's own cell: a pivot row holds its own and cells that lead no row.
    for (const cell of row.keys()) {
      const pivot = pivots.get(cell);
      if (pivot !== undefined) subtract(row, pivot, row.get(cell) ?? 0);
    }
    const [lead] = row.keys();
    if (lead === undefined) continue;
    const scale = inverse(row.get(lead) ?? 1);
    for (const [cell, coefficient] of row) row.set(cell, times(coefficient, scale));
    for (const other of pivots.values()) subtract(other, row, other.get(lead) ?? 0);
    pivots.set(lead, row);
  }
  return [...pivots].flatMap(([cell, row]) => (row.size === 1 ? [cell] : []));
}

/** row -= factor × other */
function subtract(row: Row, other: Row, factor: number): void {
  if (factor === 0) return;
  for (const [cell, coefficient] of other) {
    const value = ((row.get(cell) ?? 0) + times(PRIME - factor, coefficient)) % PRIME;
    if (value === 0) row.delete(cell);
    else row.set(cell, value);
  }
}

interface Bounds {
  low: number;
  high: number;
}

/** Bounds narrowed relation by relation, as long as that narrows anything. */
function pinned(
  cells: readonly CountCell[],
  relations: readonly Relation[],
  hidden: ReadonlySet<number>,
): readonly number[] {
  // Zeros are shown, so a hidden count is at least one.
  const bounds = new Map<number, Bounds>([...hidden].map((cell) => [cell, { low: 1, high: Number.POSITIVE_INFINITY }]));
  const known = (cell: number): Bounds => {
    const value = cells[cell]?.value ?? 0;
    return bounds.get(cell) ?? { low: value, high: value };
  };
  const exact = relations.filter(({ isExact, terms }) => isExact && [...terms.keys()].some((cell) => hidden.has(cell)));
  let isNarrower = true;
  for (let round = 0; isNarrower && round < 100; round++) {
    isNarrower = false;
    for (const { terms } of exact)
      for (const [cell, coefficient] of terms) {
        const own = bounds.get(cell);
        if (own === undefined) continue;
        let [low, high] = [0, 0];
        for (const [other, factor] of terms) {
          if (other === cell) continue;
          const { low: least, high: most } = known(other);
          // cell = -coefficient × Σ factor × other, all of them 1 or -1.
          if (factor === coefficient) [low, high] = [low - most, high - least];
          else [low, high] = [low + least, high + most];
        }
        if (low > own.low) [own.low, isNarrower] = [low, true];
        if (high < own.high) [own.high, isNarrower] = [high, true];
      }
  }
  return [...bounds].flatMap(([cell, { low, high }]) => (low >= high ? [cell] : []));
}
