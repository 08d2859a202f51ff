/** What came of it, as its sender told it: one line an outcome, and why where nothing may be told. */
import type { MessageBody } from '@holdfast/protocol';
import { renderPairs, section, stack } from './table.js';
import { amount as money, quote } from './values.js';

export function renderFeedback({ stage, outcomes, text, ground, reviewOn }: MessageBody<'feedback.report'>): string {
  const lines = outcomes.map(({ outcome, on, amount, assetRef }) =>
    [assetRef, outcome, on && `on ${on}`, amount && money(amount)].filter(Boolean).join('  '),
  );
  return stack(
    renderPairs([
      ['feedback', stage === 'barred' ? 'BARRED: it may not be told yet' : stage],
      ['looked at again', reviewOn],
    ]),
    lines.length > 0 ? section('Outcomes', lines.join('\n')) : undefined,
    ground && section('Ground', quote(ground)),
    text && section('In words', quote(text)),
  );
}
