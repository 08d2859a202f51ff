/** The freeze table as a Mermaid state diagram: spec 50-states holds exactly this text. */
import { ALERT_STATES, ASSET_STATES } from './freeze-case.js';
import { ALERT_ROWS, ASSET_ROWS, type Row } from './freeze-table.js';

/** Draws both halves of the table. */
export function freezeDiagram(): string {
  const alert = ALERT_STATES.filter((state) => state !== 'decided').flatMap((state) => declare(state, ''));
  const asset = ASSET_STATES.flatMap((state) => declare(state, '  '));
  return [
    'stateDiagram-v2',
    ...alert,
    '  state "decided: each asset for itself" as decided {',
    ...asset,
    '    [*] --> in_force: impose (in-force)',
    '    [*] --> not_frozen: impose (not-frozen)',
    ...ASSET_ROWS.flatMap((row) => arrows(row, '  ')),
    '  }',
    '  [*] --> draft',
    ...ALERT_ROWS.flatMap((row) => arrows(row, '')),
  ].join('\n');
}

const declare = (state: string, indent: string): string[] =>
  state.includes('-') ? [`${indent}  state "${state}" as ${nameOf(state)}`] : [];

/** Mermaid ids take no hyphen. */
const nameOf = (state: string): string => state.replaceAll('-', '_');

function arrows(row: Row<string>, indent: string): string[] {
  // A step that leaves every state as it is would only clutter the drawing.
  if (row.on === 'receive' && row.to === 'same') return [];
  const outcome = row.outcome === undefined ? '' : ` (${row.outcome})`;
  return row.from.map(
    (from) => `${indent}  ${nameOf(from)} --> ${nameOf(row.to === 'same' ? from : row.to)}: ${row.on}${outcome}`,
  );
}
