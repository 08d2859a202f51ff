/** How old a published document is, in words that cannot be overlooked where it matters. */
import { CONFIRM_AFTER_DAYS, type Freshness } from '@holdfast/protocol';
import { formatDay } from './time.js';

/** `2026-03-01`, or what is wrong with it. */
export function renderFreshness(freshness: Freshness): string {
  switch (freshness.kind) {
    case 'missing':
      return 'NOTHING PUBLISHED';
    case 'expired':
      return `EXPIRED on ${formatDay(freshness.expiresAtMs)}, last confirmed ${formatDay(freshness.confirmedOnMs)}`;
    case 'old':
      return `${formatDay(freshness.confirmedOnMs)}, OLD: more than ${CONFIRM_AFTER_DAYS} days ago`;
    case 'fresh':
      return formatDay(freshness.confirmedOnMs);
    default:
      return freshness satisfies never;
  }
}
