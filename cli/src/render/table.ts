/** Columns of text for a terminal: names beside values, and tables with a heading. */
import { displayWidth, indent, safeLine, wrap } from './text.js';

const pad = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - displayWidth(text)));

/** Rows of cells under a heading, each column as wide as its widest cell; the last one is not padded. Nothing without rows. */
export function renderTable(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const all = [heading, ...rows].map((row) => row.map(safeLine));
  const widths = heading.map((_, column) => Math.max(...all.map((row) => displayWidth(row[column] ?? ''))));
  return all
    .map((row) =>
      row
        .map((cell, column) => (column === row.length - 1 ? cell : pad(cell, widths[column] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export type Pair = readonly [name: string, value: string | undefined];

/** `name  value` lines; a pair without a value is left out, a long value goes on beneath itself. */
export function renderPairs(pairs: readonly Pair[], width = 100): string {
  const shown = pairs.filter((pair): pair is readonly [string, string] => pair[1] !== undefined && pair[1] !== '');
  const margin = Math.max(0, ...shown.map(([name]) => displayWidth(name))) + 2;
  return shown
    .map(([name, value]) => pad(name, margin) + indent(wrap(value, Math.max(20, width - margin)), margin).trimStart())
    .join('\n');
}

/** A heading and what belongs under it, indented; nothing where there is nothing. */
export function section(title: string, body: string): string {
  return body === '' ? '' : `${title}\n${indent(body)}`;
}

/** Blocks, one under the other; empty ones are left out. */
export const stack = (...blocks: readonly (string | undefined)[]): string =>
  blocks.filter((block) => block !== undefined && block !== '').join('\n');
