/** Tables as CSV (RFC 4180), one file a table, safe to open in a spreadsheet: text that would be taken for a formula is not. */
import type { Statistics, StatisticsTable, StatisticsValue } from './table.js';

/** What stands for a hidden figure. */
export const CSV_SUPPRESSED = 'suppressed';

export interface CsvFile {
  readonly name: string;
  readonly text: string;
}

/** A file for each table, and `about.csv`, which says of whom, when and how they were counted. UTF-8, lines end in CR LF. */
export function csvFiles(statistics: Statistics): readonly CsvFile[] {
  const { tables, agency, year, timeZone, asAtMs, endsAtMs, counterpart, threshold, casesWithMissingMessages } =
    statistics;
  const about: readonly (readonly string[])[] = [
    ['name', 'value'],
    ['agency', agency],
    ['year', String(year)],
    ['timeZone', timeZone],
    ['countedAt', new Date(asAtMs).toISOString()],
    ['yearIsOver', String(asAtMs >= endsAtMs)],
    ['counterpart', counterpart ?? 'all'],
    ['hiddenBelow', threshold === null ? 'nothing hidden' : String(threshold)],
    ['casesWithMissingMessages', String(casesWithMissingMessages)],
  ];
  return [
    { name: 'about.csv', text: csv(about) },
    ...tables.map((table) => ({ name: `${table.name}.csv`, text: csv(linesOf(year, table)) })),
  ];
}

const linesOf = (year: number, { dimensions, measures, rows }: StatisticsTable): readonly (readonly string[])[] => [
  ['year', ...dimensions.map(({ name }) => name), ...measures.map(({ name }) => name)],
  ...rows.map(({ keys, values }) => [
    String(year),
    ...dimensions.map(({ name }) => keys[name] ?? ''),
    ...measures.map(({ name }) => valueText(values[name] ?? null)),
  ]),
];

function valueText(value: StatisticsValue): string {
  if (value === null) return '';
  return typeof value === 'object' ? CSV_SUPPRESSED : String(value);
}

const csv = (lines: readonly (readonly string[])[]): string =>
  lines.map((line) => `${line.map(field).join(',')}\r\n`).join('');

/** Other agencies' words are among the keys. A spreadsheet takes what begins with one of these for a formula; an apostrophe does not harm text. */
const FORMULA = /^\s*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

function field(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
