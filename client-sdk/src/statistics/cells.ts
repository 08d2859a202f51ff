/** A table being filled: one accumulator a row, totals kept alongside. Memory grows with the rows, not with what is counted. */
import {
  ALL,
  NOT_STATED,
  type StatisticsRow,
  type StatisticsTable,
  type StatisticsValue,
  type TableDefinition,
} from './table.js';

export class Cells<Held> {
  readonly #definition: TableDefinition;
  readonly #empty: () => Held;
  readonly #rows = new Map<string, { readonly keys: readonly string[]; readonly held: Held }>();

  constructor(definition: TableDefinition, empty: () => Held) {
    this.#definition = definition;
    this.#empty = empty;
  }

  /** Every row that these keys fall into, each once: one list of keys a dimension, several only where the dimension allows. */
  into(keys: readonly (readonly string[])[]): readonly Held[] {
    const lists = this.#definition.dimensions.map(({ hasTotal }, index) => {
      const own = new Set(keys[index]);
      return hasTotal && own.size > 0 ? [...own, ALL] : [...own];
    });
    return product(lists).map((row) => this.#at(row));
  }

  table(valuesOf: (held: Held) => Readonly<Record<string, StatisticsValue>>): StatisticsTable {
    const rows = [...this.#rows.values()].sort((a, b) => this.#compare(a.keys, b.keys));
    return {
      ...this.#definition,
      rows: rows.map(
        ({ keys, held }): StatisticsRow => ({
          keys: Object.fromEntries(this.#definition.dimensions.map(({ name }, index) => [name, keys[index] ?? ''])),
          values: valuesOf(held),
        }),
      ),
    };
  }

  #at(keys: readonly string[]): Held {
    const name = JSON.stringify(keys);
    const found = this.#rows.get(name);
    if (found !== undefined) return found.held;
    const held = this.#empty();
    this.#rows.set(name, { keys, held });
    return held;
  }

  #compare(a: readonly string[], b: readonly string[]): number {
    for (const [index, { order }] of this.#definition.dimensions.entries()) {
      const [left = '', right = ''] = [a[index], b[index]];
      if (left === right) continue;
      return rank(left, order) - rank(right, order) || (left < right ? -1 : 1);
    }
    return 0;
  }
}

/** Known keys first, then unknown ones, then `not-stated`, the total last. */
function rank(key: string, order: readonly string[]): number {
  if (key === ALL) return order.length + 2;
  if (key === NOT_STATED) return order.length + 1;
  const index = order.indexOf(key);
  return index === -1 ? order.length : index;
}

const product = (lists: readonly (readonly string[])[]): readonly (readonly string[])[] =>
  lists.reduce<readonly (readonly string[])[]>(
    (rows, list) => rows.flatMap((row) => list.map((key) => [...row, key])),
    [[]],
  );
