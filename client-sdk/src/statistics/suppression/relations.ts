/**
 * What of a year's figures adds up to what, as equations over cells: rows under their totals, counts within a row, and figures
 * that stand in two tables. A reader of the export knows all of these; suppression has to hold against them together.
 */
import { ALL, keyOf, type StatisticsTable } from '../table.js';
import { LINKS, type Pick } from './links.js';

/** One count; cells that are not there are zero. */
export interface CountCell {
  readonly table: StatisticsTable;
  readonly row: number;
  readonly measure: string;
  readonly value: number;
  readonly isTotal: boolean;
}

/** Σ coefficient × cell = 0. */
export interface Relation {
  readonly terms: ReadonlyMap<number, number>;
  /** False where it only nearly adds up: a request under two keys, a case in two forms. It is guarded against all the same. */
  readonly isExact: boolean;
}

/** Every count of every table. */
export const countCells = (tables: readonly StatisticsTable[]): readonly CountCell[] =>
  tables.flatMap((table) =>
    table.rows.flatMap(({ keys, values }, row) =>
      table.measures.flatMap(({ name: measure, unit }): CountCell[] => {
        const value = values[measure];
        if ((unit !== 'count' && unit !== 'cases') || typeof value !== 'number') return [];
        return [{ table, row, measure, value, isTotal: Object.values(keys).includes(ALL) }];
      }),
    ),
  );

export const cellName = (table: string, row: number, measure: string): string => `${table} ${row} ${measure}`;

/** @param cells as `countCells` gives them; a relation names a cell by its place in this list */
export function relationsOf(tables: readonly StatisticsTable[], cells: readonly CountCell[]): readonly Relation[] {
  const index = new Map(cells.map(({ table, row, measure }, at) => [cellName(table.name, row, measure), at]));
  const at = (table: StatisticsTable, row: number, measure: string): readonly number[] => {
    const found = index.get(cellName(table.name, row, measure));
    return found === undefined ? [] : [found];
  };
  const found = [
    ...tables.flatMap((table) => [...totals(table, at), ...rowSums(table, at)]),
    ...LINKS.flatMap(({ left, right, isExact }) => {
      const side = (picks: readonly Pick[]): number[] =>
        picks.flatMap((pick) => {
          const table = tables.find(({ name }) => name === pick.table);
          if (table === undefined) return [];
          return table.rows.flatMap(({ keys }, row) =>
            Object.entries(pick.keys).every(([name, wanted]) => wanted.includes(keys[name] ?? ''))
              ? at(table, row, pick.measure)
              : [],
          );
        });
      return [relation(side(left), side(right), isExact)];
    }),
  ];
  // Where one side has no cells at all, nothing is added up: the figures of the other side are of what it does not count.
  return found.filter(({ terms }) => new Set(terms.values()).size > 1);
}

type At = (table: StatisticsTable, row: number, measure: string) => readonly number[];

function totals(table: StatisticsTable, at: At): readonly Relation[] {
  const rowAt = new Map(table.rows.map(({ keys }, row) => [keyOf(table, keys), row]));
  return table.dimensions
    .filter(({ hasTotal }) => hasTotal)
    .flatMap(({ name, isMany }) => {
      const parts = new Map<number, number[]>();
      for (const [row, { keys }] of table.rows.entries()) {
        const total = keys[name] === ALL ? undefined : rowAt.get(keyOf(table, { ...keys, [name]: ALL }));
        if (total !== undefined) parts.set(total, [...(parts.get(total) ?? []), row]);
      }
      return [...parts].flatMap(([total, rows]) =>
        table.measures.map(({ name: measure, addsUp }) =>
          relation(
            at(table, total, measure),
            rows.flatMap((row) => at(table, row, measure)),
            addsUp === 'always' || (addsUp === 'one-key' && !isMany),
          ),
        ),
      );
    });
}

const rowSums = (table: StatisticsTable, at: At): readonly Relation[] =>
  table.rowSums.flatMap(({ whole, parts }) =>
    table.rows.map((_, row) =>
      relation(
        at(table, row, whole),
        parts.flatMap((part) => at(table, row, part)),
        true,
      ),
    ),
  );

function relation(left: readonly number[], right: readonly number[], isExact: boolean): Relation {
  const terms = new Map<number, number>();
  const add = (cell: number, coefficient: number): void => {
    const sum = (terms.get(cell) ?? 0) + coefficient;
    if (sum === 0) terms.delete(cell);
    else terms.set(cell, sum);
  };
  for (const cell of left) add(cell, 1);
  for (const cell of right) add(cell, -1);
  return { terms, isExact };
}
