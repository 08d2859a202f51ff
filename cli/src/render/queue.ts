/** The queue as a table: time left, whose turn, what is awaited, in which case; under each the reckoning in one sentence. */
import type { QueueItem } from '@holdfast/client-sdk';
import { renderTable } from './table.js';
import { indent, safeLine } from './text.js';
import { formatLeft, formatSpan } from './time.js';

const HEADING = ['left', 'turn', 'awaits', 'priority', 'case'];

/** Each deadline in two lines: its row, and why then. */
export function renderQueue(items: readonly QueueItem[], nowMs: number): string {
  const rows = items.map(({ clock, ours, case: found }) => [
    timeLeft(clock, nowMs),
    ours ? 'we' : clock.whose.agency,
    clock.assets.length === 0 ? clock.awaits : `${clock.awaits} (${clock.assets.join(', ')})`,
    found.priority,
    found.caseRef === null ? found.conversation : `${found.conversation} ${found.caseRef}`,
  ]);
  const [heading = '', ...lines] = renderTable(HEADING, rows).split('\n');
  return [
    heading,
    ...lines.flatMap((line, index) => [line, indent(safeLine(items[index]?.clock.explanation ?? ''), 4)]),
  ].join('\n');
}

function timeLeft({ dueAtMs, leftMs, state }: QueueItem['clock'], nowMs: number): string {
  if (dueAtMs !== null)
    return state === 'overdue' ? `OVERDUE, ${formatLeft(dueAtMs, nowMs)}` : formatLeft(dueAtMs, nowMs);
  return leftMs === null ? 'paused' : `paused, ${formatSpan(leftMs)} left`;
}
