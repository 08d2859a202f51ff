/** A year's tables for people: counts side by side by direction, times as spans, amounts with separators. */
import type { Measure, Statistics, StatisticsRow, StatisticsTable, StatisticsValue } from '@holdfast/client-sdk';
import { renderTable, section, stack } from './table.js';
import { formatDay, formatSpan } from './time.js';
import { amount } from './values.js';

const DIRECTION = 'direction';
/** Hidden: fewer than the threshold, or what would give one away. */
const HIDDEN = '*';
/** Between the columns of one direction and the next. */
const SEVERAL = 3;

export function renderStatistics(statistics: Statistics): string {
  const { agency, year, timeZone, asAtMs, endsAtMs, counterpart, threshold, casesWithMissingMessages } = statistics;
  const shown = statistics.tables.filter(({ rows }) => rows.length > 0);
  const head = [
    `${agency}, ${year} (${timeZone})${counterpart === null ? '' : `, with ${counterpart} only`}`,
    ...(asAtMs < endsAtMs ? [`The year is not over: counted up to ${formatDay(asAtMs)}.`] : []),
    ...(casesWithMissingMessages > 0
      ? [`${casesWithMissingMessages} cases name messages that are not here: their figures may lack something.`]
      : []),
    threshold === null
      ? 'Whole, for your agency alone: give nothing of this away but by --to or --export, which hide small cells.'
      : `${HIDDEN} hidden: fewer than ${threshold}, or what would give one away.`,
  ];
  const tables = shown.map((table) => `\n${section(table.title, renderOne(table))}`);
  return stack(...head, ...(tables.length === 0 ? ['\nNothing in this year.'] : tables));
}

function renderOne(table: StatisticsTable): string {
  const counts = table.measures.filter(({ unit }) => unit === 'count' || unit === 'cases');
  const isSideBySide = counts.length === table.measures.length && table.measures.length <= SEVERAL;
  return isSideBySide ? sideBySide(table) : inLines(table);
}

/** One line for each key, with a column for each measure of each direction. */
function sideBySide({ dimensions, measures, rows }: StatisticsTable): string {
  const others = dimensions.filter(({ name }) => name !== DIRECTION);
  const directions = [...new Set(rows.map(({ keys }) => keys[DIRECTION] ?? ''))].sort(
    (a, b) => DIRECTION_ORDER.indexOf(a) - DIRECTION_ORDER.indexOf(b),
  );
  const lines = new Map<string, { readonly keys: StatisticsRow['keys']; readonly cells: Map<string, string> }>();
  for (const { keys, values } of sorted(rows, others)) {
    const name = JSON.stringify(others.map((dimension) => keys[dimension.name]));
    const line = lines.get(name) ?? { keys, cells: new Map<string, string>() };
    lines.set(name, line);
    for (const measure of measures) line.cells.set(`${keys[DIRECTION]} ${measure.name}`, cell(measure, values, keys));
  }
  const columns = directions.flatMap((direction) => measures.map(({ name }) => [direction, name] as const));
  return renderTable(
    [...others.map(({ name }) => words(name)), ...columns.map(([direction, name]) => `${direction} ${words(name)}`)],
    [...lines.values()].map(({ keys, cells }) => [
      ...others.map(({ name }) => keys[name] ?? ''),
      ...columns.map(([direction, name]) => cells.get(`${direction} ${name}`) ?? '0'),
    ]),
  );
}

const DIRECTION_ORDER = ['sent', 'received', 'all'];

/** Rows come direction by direction; here a key's directions stand together, keys in the order of their first appearance. */
function sorted(rows: readonly StatisticsRow[], others: StatisticsTable['dimensions']): readonly StatisticsRow[] {
  const isTotal = ({ keys }: StatisticsRow): number => others.filter(({ name }) => keys[name] === 'all').length;
  return [...rows].sort((a, b) => isTotal(a) - isTotal(b));
}

const inLines = ({ dimensions, measures, rows }: StatisticsTable): string =>
  renderTable(
    [...dimensions, ...measures].map(({ name }) => words(name)),
    rows.map(({ keys, values }) => [
      ...dimensions.map(({ name }) => keys[name] ?? ''),
      ...measures.map((measure) => cell(measure, values, keys)),
    ]),
  );

function cell(measure: Measure, values: StatisticsRow['values'], keys: StatisticsRow['keys']): string {
  const value: StatisticsValue = values[measure.name] ?? null;
  if (value === null) return '-';
  if (typeof value === 'object') return HIDDEN;
  switch (measure.unit) {
    case 'count':
    case 'cases':
      return String(value);
    case 'ms':
      return typeof value === 'number' ? formatSpan(value) : value;
    case 'amount':
      return amount({ value: String(value), currency: keys.currency ?? '' });
    case 'percent':
      return `${value} %`;
  }
}

/** `lowerQuartileMs` as people read it. */
const words = (name: string): string =>
  name
    .replace(/Ms$/, '')
    .replace(/([A-Z])/g, ' $1')
    .toLowerCase();
