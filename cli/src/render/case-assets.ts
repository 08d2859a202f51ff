/** A case's assets as they stand: frozen or not, until when, what is held and how; and what may be done next, by whom. */
import type { Case, CaseAsset, CaseStep } from '@holdfast/client-sdk';
import { assetTitle } from './asset.js';
import { renderTable } from './table.js';
import { formatDeadline, formatTime } from './time.js';
import { amount, extent, permittedDebits } from './values.js';

export function renderCaseAssets({ assets, timeline }: Case, nowMs: number, zone: string): string {
  const titles = new Map<string, string>();
  for (const { message } of timeline) {
    if (message.kind === 'freeze.request')
      for (const asset of message.body.assets) titles.set(asset.assetRef, assetTitle(asset));
  }
  return renderTable(
    ['asset', 'state', 'until', 'held', 'what'],
    assets.map((asset) => [
      asset.assetRef,
      stateOf(asset, zone),
      asset.expiry === null ? '-' : formatDeadline(asset.expiry.atMs, nowMs, zone),
      heldOf(asset),
      titles.get(asset.assetRef) ?? '',
    ]),
  );
}

/** `in-force, extension asked, MLA linked`; `PRESUMED LAPSED` where only the clock says so. */
function stateOf(asset: CaseAsset, zone: string): string {
  const { state, presumed, extensionPending, extensionContested, mlaLinked, originalReceivedAtMs, late } = asset;
  const mla =
    originalReceivedAtMs === null ? 'MLA linked' : `MLA original received ${formatTime(originalReceivedAtMs, zone)}`;
  return [
    presumed ? 'PRESUMED LAPSED (not confirmed by the other side)' : (STATE_WORDS[state] ?? state),
    extensionContested ? 'EXTENSION CONTESTED: the earlier expiry stands' : extensionPending ? 'extension asked' : '',
    mlaLinked ? mla : '',
    late ? 'extended late' : '',
  ]
    .filter(Boolean)
    .join(', ');
}

const STATE_WORDS: Partial<Record<CaseAsset['state'], string>> = {
  contested: 'CONTESTED: two decisions that differ; NOT frozen until the requested agency settles it',
};

/** `account, up to EUR 1,450,000.00; found EUR 1,171,220.40; may be paid: bank-fees`. */
function heldOf({ held, requestedAmount }: CaseAsset): string {
  if (held === null) return requestedAmount === null ? '-' : `- (asked: ${amount(requestedAmount)})`;
  const debits = held.permittedDebits.length === 0 ? undefined : permittedDebits(held.permittedDebits);
  return [
    `${held.action}, ${extent(held.extent)}`,
    held.amount === null ? '' : `found ${amount(held.amount)}`,
    debits === undefined ? '' : `may be paid: ${debits}`,
  ]
    .filter(Boolean)
    .join('; ');
}

/** One line a side: what it may do now. */
export function renderSteps({ steps }: Pick<Case, 'steps'>): string {
  return renderTable(
    ['by', 'step', 'assets'],
    [...steps]
      .sort((a, b) => Number(b.ours) - Number(a.ours))
      .map((step) => [who(step), step.words, step.assetRefs === null ? 'all' : step.assetRefs.join(', ')]),
  );
}

const who = ({ ours, role }: CaseStep): string => `${ours ? 'we' : 'they'} (${role})`;
