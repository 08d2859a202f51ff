/** The steps of a disclosure with terms before content, in words. Keys are never shown. */
import type { MessageBody, Prose } from '@holdfast/protocol';
import { renderRestrictions } from './disclosure.js';
import { renderPairs, section, stack } from './table.js';
import { safeLine } from './text.js';
import { formatDeadline, formatTime } from './time.js';
import { contact, legalBasis, quote, type RenderClock } from './values.js';

export function renderOffer(body: MessageBody<'disclosure.offer'>, clock: RenderClock): string {
  const { references, retention } = body;
  const own =
    safeLine(references.own) + (references.theirs === undefined ? '' : ` (yours: ${safeLine(references.theirs)})`);
  return stack(
    renderPairs([
      ['reference', own],
      ['legal basis', body.legalBasis.map(legalBasis).join('; ')],
      ['accept by', formatDeadline(body.openUntilMs, clock.nowMs, clock.zone)],
      ['retention', `review on ${retention.reviewOn}, erase on ${retention.eraseOn}`],
      ['contact', body.contacts.map(contact).join('\n')],
      ['content', `${body.content.size} bytes, sealed: it opens after you accept these terms`],
    ]),
    section('Nature', quote(body.nature)),
    section('Terms', renderRestrictions(body.terms)),
  );
}

export const renderAcceptance = ({ offer, termsHash }: MessageBody<'disclosure.accept'>): string =>
  renderPairs([
    ['accepts', `the terms of ${offer}`],
    ['terms hash', termsHash],
  ]);

export const renderDecline = ({ offer, terms }: MessageBody<'disclosure.decline'>): string =>
  stack(
    renderPairs([['cannot comply', `with terms of ${offer}`]]),
    ...terms.map(({ term, reason }) => section(term, quote(reason))),
  );

export function renderRevision(body: MessageBody<'disclosure.revise'>, clock: RenderClock): string {
  return stack(
    renderPairs([
      ['replaces', body.offer],
      ['change', body.change],
      ['accept by', formatDeadline(body.openUntilMs, clock.nowMs, clock.zone)],
    ]),
    section('Reason', quote(body.reason)),
    section('Terms', renderRestrictions(body.terms)),
  );
}

export const renderRelease = ({ offer, accept }: MessageBody<'disclosure.release'>): string =>
  renderPairs([
    ['content of', offer],
    ['accepted by', accept],
  ]);

export function renderRelaxation(body: MessageBody<'disclosure.relax'>, { zone }: RenderClock): string {
  return stack(
    renderPairs([['from', formatTime(body.fromMs, zone)]]),
    section('Loosened', relaxedPairs(body.restrictions)),
    section('Reason', quote(body.reason)),
  );
}

/** Only the axes that change. */
function relaxedPairs(relaxation: MessageBody<'disclosure.relax'>['restrictions']): string {
  const { confidentiality, permittedUses, forbiddenUses, onward, handlingNote } = relaxation;
  return renderPairs([
    [
      'confidential',
      confidentiality &&
        (confidentiality.kind === 'until-date' ? `until ${confidentiality.date}` : confidentiality.kind),
    ],
    ['permitted uses', permittedUses?.join(', ')],
    ['forbidden uses', forbiddenUses && (forbiddenUses.join(', ') || 'none named')],
    ['as evidence', relaxation.evidentialUse],
    [
      'onward',
      onward && (onward.kind === 'named' ? `only to: ${onward.bodies.map(safeLine).join('; ')}` : onward.kind),
    ],
    ['handling', relaxation.handlingCode],
    ['tlp', relaxation.tlp],
    ['note', handlingNote && quote(handlingNote)],
  ]);
}

export function renderClosing({ retention, note }: MessageBody<'disclosure.close'>): string {
  return stack(
    renderPairs([
      ['kept under', safeLine(retention.basis)],
      ['retention', `review on ${retention.reviewOn}, erase on ${retention.eraseOn}`],
    ]),
    section('Note', noteText(note)),
  );
}

const noteText = (note: Prose | undefined): string => (note === undefined ? '' : quote(note));
