/** Messages about the duties of article 46(5) in words: consent to share onward, exculpatory disclosure. */
import type { MessageBody, NamedBody, SharedItem } from '@holdfast/protocol';
import { renderPairs, section, stack } from './table.js';
import { safeLine } from './text.js';
import { formatTime } from './time.js';
import { contact, quote, type RenderClock } from './values.js';

/** `Prosecutor General of Corvina (XC, xc-aca)`. */
export const renderBodyName = ({ name, country, agency }: NamedBody): string =>
  safeLine(`${name} (${country}${agency === undefined ? '' : `, ${agency}`})`);

/** `message HASH`, or `asset a1 of message HASH`. */
export function renderItem({ eh, part }: SharedItem): string {
  if (part === undefined) return `message ${eh}`;
  return `${part.kind} ${part.kind === 'asset' ? part.assetRef : safeLine(part.id)} of message ${eh}`;
}
const items = (list: readonly SharedItem[]): string => list.map(renderItem).join('\n');

function proceedings({
  authority,
  country,
  reference,
  accused,
}: MessageBody<'exculpatory.notice'>['proceedings']): string {
  return safeLine(`${authority} (${country}), ${reference}${accused === undefined ? '' : `, against ${accused}`}`);
}

export function renderConsentRequest(asked: MessageBody<'consent.request'>): string {
  return stack(
    renderPairs([
      ['consent', asked.ref],
      ['urgency', asked.urgency === 'urgent' ? 'urgent: 1 working day' : 'routine: 5 working days'],
      ['body', renderBodyName(asked.body)],
      ['for', asked.use],
      ['items', items(asked.items)],
      ['note', 'No answer is not consent.'],
    ]),
    section('Purpose', quote(asked.purpose)),
  );
}

export function renderConsentAnswer({ ref, decision }: MessageBody<'consent.answer'>): string {
  switch (decision.answer) {
    case 'granted':
      return renderPairs([
        ['consent', `${ref}  GRANTED`],
        ['until', decision.until],
      ]);
    case 'conditional':
      return stack(
        renderPairs([
          ['consent', `${ref}  GRANTED WITH CONDITIONS`],
          ['until', decision.until],
          ['only', decision.items && items(decision.items)],
        ]),
        section('Conditions', decision.conditions.map(quote).join('\n')),
      );
    case 'refused':
      return stack(
        renderPairs([
          ['consent', `${ref}  REFUSED`],
          ['code', decision.code],
        ]),
        section('Reason', quote(decision.reason)),
      );
  }
}

export function renderConsentShared(shared: MessageBody<'consent.shared'>, { zone }: RenderClock): string {
  return renderPairs([
    ['consent', shared.ref],
    ['shared', formatTime(shared.sharedAtMs, zone)],
    ['with', renderBodyName(shared.body)],
    ['items', items(shared.items)],
    ['terms', `SHA-256 ${shared.termsHash}`],
    ['channel', shared.channel && safeLine(shared.channel)],
  ]);
}

export function renderConsentRevoke({ ref, reason }: MessageBody<'consent.revoke'>): string {
  return stack(
    renderPairs([
      ['consent', `${ref}  REVOKED`],
      ['note', 'For the future only: what was shared before stands.'],
    ]),
    section('Reason', quote(reason)),
  );
}

export function renderNotice(notice: MessageBody<'exculpatory.notice'>): string {
  return stack(
    renderPairs([
      ['matter', notice.ref],
      ['proceedings', proceedings(notice.proceedings)],
      ['intended on', notice.intendedOn],
      ['items', items(notice.items)],
      ['contact', contact(notice.contact)],
      ['note', 'You may ask to be consulted. Article 46(5) gives no veto.'],
    ]),
    section('Why it is exculpatory', quote(notice.reason)),
  );
}

export function renderConsult({ ref, wishes = [], text }: MessageBody<'exculpatory.consult'>): string {
  return stack(
    renderPairs([
      ['matter', ref],
      ['wishes', wishes.join(', ')],
    ]),
    quote(text),
  );
}

export function renderDisclosed(done: MessageBody<'exculpatory.disclosed'>, { zone }: RenderClock): string {
  return stack(
    renderPairs([
      ['matter', done.ref],
      ['DISCLOSED', formatTime(done.disclosedAtMs, zone)],
      ['to', safeLine(done.to)],
      ['items', items(done.items)],
    ]),
    done.withoutNotice && section('No notice before, since', quote(done.withoutNotice)),
    done.safeguards && section('Safeguards', quote(done.safeguards)),
  );
}

export function renderInformed(told: MessageBody<'exculpatory.informed'>, { zone }: RenderClock): string {
  const { earlier } = told;
  return stack(
    renderPairs([
      ['matter', told.ref],
      ['proceedings', proceedings(told.proceedings)],
      ['told before', earlier && `${safeLine(earlier.channel)}, ${formatTime(earlier.atMs, zone)}`],
      ['contact', contact(told.contact)],
    ]),
    section('Why it was exculpatory', quote(told.reason)),
  );
}
