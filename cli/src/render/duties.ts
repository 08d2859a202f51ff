/** The duties of a case as an officer reads them: where each consent, exculpatory matter and feedback stands, and what is due. */
import type { Case, FoldedConsent, FoldedExculpatory, FoldedFeedback } from '@holdfast/client-sdk';
import { renderBodyName, renderItem } from './duty-messages.js';
import { type Pair, renderPairs, section, stack } from './table.js';
import { safeLine } from './text.js';
import { formatDeadline, formatTime, localZone } from './time.js';
import { quote } from './values.js';

const CONSENT_WORDS: Readonly<Record<FoldedConsent['state'], string>> = {
  unasked: 'not asked',
  requested: 'asked, NO CONSENT yet',
  unanswered: 'UNANSWERED, which is not consent',
  granted: 'granted',
  conditional: 'granted with conditions',
  refused: 'REFUSED',
  revoked: 'REVOKED for the future',
};

export function renderConsent(
  { ref, state, holder, originator, request, due, grant, shares, breaches }: FoldedConsent,
  nowMs: number,
  zone: string = localZone(),
): string {
  const isOwed = state === 'requested' || state === 'unanswered';
  const sharing = shares.map(({ sharedAtMs, items, termsMatch }): Pair => {
    const terms = termsMatch ? '' : '; UNDER OTHER TERMS than those of the consent';
    return ['shared', `${formatTime(sharedAtMs, zone)}: ${items.map(renderItem).join(', ')}${terms}`];
  });
  return stack(
    renderPairs([
      ['consent', `${ref}  ${CONSENT_WORDS[state]}`],
      ['asked', `by ${holder} of ${originator}, ${request.urgency}`],
      ['body', renderBodyName(request.body)],
      ['answer due', isOwed ? `${formatDeadline(due.atMs, nowMs, zone)} (${safeLine(due.explanation)})` : undefined],
      ['until', grant?.until ?? undefined],
      ['covers', grant?.items.map(renderItem).join('\n')],
      ...sharing,
      ...breaches.map(({ eh, reason }): Pair => ['NO CONSENT', `${eh}: ${safeLine(reason)}`]),
    ]),
    grant === null ? undefined : section('Conditions', grant.conditions.map(quote).join('\n')),
  );
}

const MATTER_WORDS: Readonly<Record<FoldedExculpatory['state'], string>> = {
  unidentified: 'none',
  identified: 'identified, the sender NOT told yet',
  notified: 'the sender was told before',
  consulting: 'consulting; the sender has no veto',
  disclosed: 'disclosed, after notice',
  uninformed: 'DISCLOSED WITHOUT NOTICE, the sender not informed yet',
  informed: 'disclosed without notice, the sender informed since',
};

export function renderMatter(
  { ref, state, discloser, sender, proceedings, intendedOn, disclosures, consultations, informByMs }: FoldedExculpatory,
  nowMs: number,
  zone: string = localZone(),
): string {
  const before = proceedings && `${proceedings.authority} (${proceedings.country}), ${proceedings.reference}`;
  return renderPairs([
    ['matter', `${ref}  ${MATTER_WORDS[state]}`],
    ['discloses', `${discloser}, what ${sender} sent`],
    ['proceedings', before === null ? undefined : safeLine(before)],
    ['intended on', intendedOn ?? undefined],
    ['consulted', consultations.length === 0 ? undefined : `${consultations.length} messages`],
    ...disclosures.map(
      ({ disclosedAtMs, to }): Pair => ['disclosed', `${formatTime(disclosedAtMs, zone)} to ${safeLine(to)}`],
    ),
    ['inform', informByMs === null ? undefined : `without delay; alarm ${formatDeadline(informByMs, nowMs, zone)}`],
  ]);
}

export function renderFeedbackDuty(
  { state, dueAtMs, owedBy, reports }: FoldedFeedback,
  nowMs: number,
  zone: string = localZone(),
): string {
  return renderPairs([
    ['feedback', state === 'overdue' ? 'OVERDUE' : state],
    ['owed by', owedBy.join(', ')],
    ['due', dueAtMs === null ? undefined : formatDeadline(dueAtMs, nowMs, zone)],
    ['told', reports.map(({ from, atMs, stage }) => `${formatTime(atMs, zone)} by ${from}: ${stage}`).join('\n')],
  ]);
}

/** Everything of a case; nothing where there is nothing. */
export function renderDuties({ duties }: Pick<Case, 'duties'>, nowMs: number, zone: string): string {
  const { consents, exculpatory, feedback } = duties;
  const hasFeedback = feedback.state !== 'not-owed' || feedback.reports.length > 0;
  return stack(
    ...consents.map((consent) => renderConsent(consent, nowMs, zone)),
    ...exculpatory.map((matter) => renderMatter(matter, nowMs, zone)),
    hasFeedback ? renderFeedbackDuty(feedback, nowMs, zone) : undefined,
  );
}
