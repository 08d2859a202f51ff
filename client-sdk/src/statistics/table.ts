/**
 * Tables as data: what stands in the head, which rows are totals of which, which figures are counts and what must be hidden
 * along with them. Rendering, export and suppression read nothing else (spec 58-statistics).
 */
import type { AgencyId } from '@holdfast/protocol';

/** The key of a total. */
export const ALL = 'all';
/** The key of what a request does not say. */
export const NOT_STATED = 'not-stated';

export interface Dimension {
  readonly name: string;
  /** Whether there are rows `all`. */
  readonly hasTotal: boolean;
  /** Whether one request may stand under several keys: the rows then add up to more than the total. */
  readonly isMany: boolean;
  /** Known keys in their order; others follow, by name. */
  readonly order: readonly string[];
}

export interface Measure {
  readonly name: string;
  readonly unit: 'count' | 'cases' | 'ms' | 'amount' | 'percent';
  /** Whether the rows under a total add up to it: `one-key` where a request stands under one key of the dimension only. */
  readonly addsUp: 'always' | 'one-key' | 'never';
  /** Counts of the same row: where one of them is hidden, this is. */
  readonly hiddenWith: readonly string[];
}

/** A count that is the sum of others in the same row. */
export interface RowSum {
  readonly whole: string;
  readonly parts: readonly string[];
}

export interface TableDefinition {
  readonly name: string;
  readonly title: string;
  readonly dimensions: readonly Dimension[];
  readonly measures: readonly Measure[];
  readonly rowSums: readonly RowSum[];
}

/** In the place of a figure that is not exported. */
export const SUPPRESSED: Suppressed = { suppressed: true };
export interface Suppressed {
  readonly suppressed: true;
}
/** A count or a time in milliseconds, an amount or a percentage as a decimal string, null where there is nothing to tell. */
export type StatisticsValue = number | string | null | Suppressed;

export interface StatisticsRow {
  readonly keys: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, StatisticsValue>>;
}

/** A row that is not there is zero. */
export interface StatisticsTable extends TableDefinition {
  readonly rows: readonly StatisticsRow[];
}

/** Version of this structure: members are added within it, none is taken away or changes its meaning. */
export const STATISTICS_VERSION = 1;

export interface Statistics {
  readonly v: typeof STATISTICS_VERSION;
  readonly agency: AgencyId;
  readonly year: number;
  readonly timeZone: string;
  readonly startsAtMs: number;
  readonly endsAtMs: number;
  /** When it was counted; before the year's end the figures are of the year so far. */
  readonly asAtMs: number;
  /** The only counterpart counted; null for all. */
  readonly counterpart: AgencyId | null;
  /** Cases that name messages which are not here: their figures may lack something. */
  readonly casesWithMissingMessages: number;
  /** Below how many a count is hidden; null where nothing is (for the agency itself). */
  readonly threshold: number | null;
  readonly tables: readonly StatisticsTable[];
}

/** A row's keys as one string, in the order of the dimensions. */
export const keyOf = (table: TableDefinition, keys: Readonly<Record<string, string>>): string =>
  JSON.stringify(table.dimensions.map(({ name }) => keys[name] ?? ''));
