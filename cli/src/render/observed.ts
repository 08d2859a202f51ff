/** What an agency's past answers show, as counted from our own archive; beside what it declares, never instead of it. */
import type { Observed, ObservedTime } from '@holdfast/protocol';
import { renderPairs } from './table.js';
import { formatSpan } from './time.js';

const URGENCIES = ['flash', 'urgent', 'routine'] as const;

export function renderObserved(observed: Observed | null): string {
  if (observed === null) return 'Nothing: we have sent it no alert.';
  const { alerts, silent, imposed, noAssets, redirected, refused, granted } = observed;
  const refusals = Object.entries(refused);
  return renderPairs([
    ['alerts', `${alerts}, of which ${silent} never answered`],
    ['took them on in', times(observed.acknowledge)],
    ['decided in', times(observed.decide)],
    ['imposed', `${imposed}${share(imposed, alerts)}`],
    ['no assets', noAssets === 0 ? undefined : String(noAssets)],
    ['redirected', redirected === 0 ? undefined : String(redirected)],
    ['refused', refusals.map(([code, count]) => `${code} ${count}${share(count, alerts)}`).join('; ')],
    [
      'granted',
      granted === null
        ? undefined
        : `${formatSpan(granted.medianMs)} in the median, ${formatSpan(granted.shortestMs)} to ${formatSpan(granted.longestMs)}`,
    ],
  ]);
}

const share = (count: number, of: number): string => (of === 0 ? '' : ` (${Math.round((100 * count) / of)} %)`);

const times = (by: Observed['decide']): string =>
  URGENCIES.flatMap((urgency) => {
    const found: ObservedTime | undefined = by[urgency];
    return found === undefined ? [] : [`${urgency} ${formatSpan(found.medianMs)} in the median of ${found.count}`];
  }).join('; ');
