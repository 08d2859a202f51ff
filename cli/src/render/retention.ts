/** What is kept and what was erased, in words. */
import type { Erasure, RetentionEntry } from '@holdfast/client-sdk';
import { renderPairs, renderTable, stack } from './table.js';
import { indent, safeLine } from './text.js';

/** A case with everything kept of it. */
export function renderEntry(entry: RetentionEntry): string {
  const { conversation, caseRef, kind, reviewOn, isDue, hold, items } = entry;
  const reference = caseRef === null ? '' : `  ${safeLine(caseRef)}`;
  const [first] = items;
  return stack(
    `${conversation}  ${kind}${reference}  ${isDue ? 'DUE' : 'review'} ${reviewOn}`,
    indent(
      stack(
        renderPairs([
          ['purpose', first === undefined ? undefined : safeLine(first.purpose)],
          ['basis', first === undefined ? undefined : safeLine(first.basis)],
          ['legal hold', hold === null ? undefined : safeLine(`${hold.reason} (${hold.by})`)],
        ]),
        renderTable(
          ['item', 'what', 'review', 'erase by', 'date set by'],
          items.map((item) => [
            safeLine(item.id),
            `${item.what} ${safeLine(item.kind)}`,
            item.reviewOn,
            item.eraseOn ?? '-',
            item.origin,
          ]),
        ),
      ),
    ),
  );
}

export function renderErasure({ conversation, atMs, reason, by, insisted, ehs, files, state }: Erasure): string {
  return stack(
    `${conversation}  erased ${new Date(atMs).toISOString()}  ${ehs.length} message(s)`,
    indent(
      renderPairs([
        ['reason', safeLine(reason)],
        ['by', safeLine(by)],
        ['state', insisted ? `${state}; INSISTED` : state],
        ['files', files.map(({ path, outcome }) => `${outcome}: ${safeLine(path)}`).join('\n')],
      ]),
    ),
  );
}
