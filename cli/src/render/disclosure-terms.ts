/** Where the terms of a disclosure stand: which are in force, what is asked now, what our side may do. */
import type { FoldedDisclosure } from '@holdfast/client-sdk';
import { renderRestrictions } from './disclosure.js';
import { renderPairs, section, stack } from './table.js';
import { formatDeadline } from './time.js';
import { quote } from './values.js';

export function renderTermsNow(found: FoldedDisclosure, nowMs: number, zone: string): string {
  const { offer, restrictions, declined, steps, content, state, endedBy } = found;
  const isOpen = state === 'offered' || state === 'terms-declined';
  const isOut = state === 'released' || state === 'in-use' || state === 'closed';
  return stack(
    renderPairs([
      ['offer', offer?.eh],
      ['terms hash', offer?.termsHash],
      [
        'accept by',
        isOpen && offer !== null && offer.openUntilMs !== null
          ? formatDeadline(offer.openUntilMs, nowMs, zone)
          : undefined,
      ],
      ['ended', endedBy === 'expiry' ? 'the offer ran out' : (endedBy ?? undefined)],
      [
        'content',
        isOut
          ? content === null
            ? 'released, NOT here yet'
            : 'here and verified: holdfast disclosure content'
          : undefined,
      ],
      ['you may', steps.join(', ') || undefined],
    ]),
    section('Cannot comply with', declined.map(({ term, reason }) => `${term}\n${quote(reason)}`).join('\n')),
    section(
      isOut ? 'Asked of the recipient now' : 'Terms',
      restrictions === null ? '' : renderRestrictions(restrictions),
    ),
  );
}
