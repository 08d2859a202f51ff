/**
 * Small cells hidden for whoever is not the agency itself: every count below the threshold, what is derived from it, and as many
 * more as it takes so that none of them can be worked out from the rest (ADR 0036, spec 58-statistics).
 */
import { SdkError } from '../../errors.js';
import { type Statistics, type StatisticsRow, type StatisticsTable, SUPPRESSED } from '../table.js';
import { exposed } from './audit.js';
import { type CountCell, cellName, countCells, type Relation, relationsOf } from './relations.js';

/** Counts of one to four are hidden unless the agency decides otherwise. */
export const DEFAULT_THRESHOLD = 5;

/**
 * The same tables as they may be shown to others. Zeros are shown.
 * @param threshold a count below it is hidden; 1 hides nothing
 * @throws SdkError `statistics.refused` where the threshold is no integer of at least 1
 */
export function suppressSmallCells(statistics: Statistics, threshold = DEFAULT_THRESHOLD): Statistics {
  if (!Number.isSafeInteger(threshold) || threshold < 1) throw new SdkError('statistics.refused');
  const { tables } = statistics;
  const cells = countCells(tables);
  const relations = relationsOf(tables, cells);
  const dependents = dependentsOf(cells);
  const hidden = new Set<number>();
  const hide = (cell: number): void => {
    if (hidden.has(cell)) return;
    hidden.add(cell);
    for (const dependent of dependents.get(cell) ?? []) hide(dependent);
  };
  for (const [cell, { value }] of cells.entries()) if (value > 0 && value < threshold) hide(cell);
  for (;;) {
    const partners = new Set(
      [...exposed(cells, relations, hidden)].flatMap((cell) => partner(cell, cells, relations, hidden)),
    );
    if (partners.size === 0) break;
    for (const cell of partners) hide(cell);
  }
  const names = new Set([...hidden].flatMap((index) => nameOf(cells[index])));
  return { ...statistics, threshold, tables: tables.map((table) => masked(table, names)) };
}

/** The counts that go when a cell goes: figures of the same row that say they do. */
function dependentsOf(cells: readonly CountCell[]): ReadonlyMap<number, readonly number[]> {
  const index = new Map(cells.map(({ table, row, measure }, at) => [cellName(table.name, row, measure), at]));
  return new Map(
    cells.map(({ table, row, measure }, at) => [
      at,
      table.measures.flatMap(({ name, hiddenWith }) => {
        const dependent = hiddenWith.includes(measure) ? index.get(cellName(table.name, row, name)) : undefined;
        return dependent === undefined || cells[dependent]?.value === 0 ? [] : [dependent];
      }),
    ]),
  );
}

/**
 * One more cell to hide for one that would be found out: from a relation with it, or else from one that shares hidden cells with
 * those; rather no total, the smallest, never a zero. Empty where everything around it is hidden already.
 */
function partner(
  cell: number,
  cells: readonly CountCell[],
  relations: readonly Relation[],
  hidden: ReadonlySet<number>,
): readonly number[] {
  let reached: ReadonlySet<number> = new Set([cell]);
  for (;;) {
    const around = new Set(
      relations
        .filter(({ terms }) => [...terms.keys()].some((index) => reached.has(index)))
        .flatMap(({ terms }) => [...terms.keys()]),
    );
    const [best] = [...around]
      .flatMap((index) => {
        const found = cells[index];
        return found === undefined || hidden.has(index) || found.value === 0 ? [] : [{ index, ...found }];
      })
      .sort((a, b) => Number(a.isTotal) - Number(b.isTotal) || a.value - b.value || a.index - b.index);
    if (best !== undefined) return [best.index];
    const wider = new Set([...around].filter((index) => hidden.has(index)));
    if (wider.size <= reached.size) return [];
    reached = wider;
  }
}

const nameOf = (cell: CountCell | undefined): readonly string[] =>
  cell === undefined ? [] : [cellName(cell.table.name, cell.row, cell.measure)];

function masked(table: StatisticsTable, hidden: ReadonlySet<string>): StatisticsTable {
  return {
    ...table,
    rows: table.rows.map(({ keys, values }, row): StatisticsRow => {
      const isHidden = (measure: string): boolean => hidden.has(cellName(table.name, row, measure));
      return {
        keys,
        values: Object.fromEntries(
          table.measures.map(({ name, hiddenWith }) => [
            name,
            isHidden(name) || hiddenWith.some(isHidden) ? SUPPRESSED : (values[name] ?? null),
          ]),
        ),
      };
    }),
  };
}
