/** The statistics of an agency's year: counted from its events alone, and made fit to be shown to others (spec 58-statistics). */
export { archivedCases, countYear, type StatisticsQuery } from './collect.js';
export { CSV_SUPPRESSED, type CsvFile, csvFiles } from './csv.js';
export { DEFAULT_THRESHOLD, suppressSmallCells } from './suppression/suppress.js';
export type {
  Dimension,
  Measure,
  RowSum,
  Statistics,
  StatisticsRow,
  StatisticsTable,
  StatisticsValue,
  Suppressed,
  TableDefinition,
} from './table.js';
