/** What the requested side says to an alert: taken on, asked about, sent elsewhere, refused, decided. */
import type { MessageBody } from '@holdfast/protocol';
import { renderPairs, section, stack } from './table.js';
import { safeLine } from './text.js';
import { formatDeadline, formatTime } from './time.js';
import { amount, contact, extent, permittedDebits, provision, quote, type RenderClock } from './values.js';

const references = ({ own, theirs }: { readonly own: string; readonly theirs?: string }): string =>
  safeLine(`${own}${theirs === undefined ? '' : ` (yours: ${theirs})`}`);

export function renderAcknowledge(body: MessageBody<'freeze.acknowledge'>, { nowMs, zone }: RenderClock): string {
  const { decisionExpectedByMs } = body;
  return renderPairs([
    ['reference', references(body.references)],
    ['on the case', contact(body.contact)],
    ['decision by', decisionExpectedByMs === undefined ? undefined : formatDeadline(decisionExpectedByMs, nowMs, zone)],
    ['note', 'Taken on, NOT decided: nothing is frozen yet.'],
  ]);
}

export function renderAsk(body: MessageBody<'freeze.ask'>, { nowMs, zone }: RenderClock): string {
  const items = body.items.map(
    ({ itemRef, about, assetRef, question }) =>
      `${itemRef}  about ${about}${assetRef === undefined ? '' : ` (${assetRef})`}\n${quote(question)}`,
  );
  return stack(
    renderPairs([['answer by', formatDeadline(body.answerByMs, nowMs, zone)]]),
    section('Asked', items.join('\n')),
  );
}

export function renderRedirect(body: MessageBody<'freeze.redirect'>, { zone }: RenderClock): string {
  const { competentBody, onward } = body;
  return stack(
    renderPairs([
      [
        'competent',
        safeLine(
          `${competentBody.name} (${competentBody.country})${competentBody.agency === undefined ? '' : `, ${competentBody.agency}`}`,
        ),
      ],
      ['contact', competentBody.contact && contact(competentBody.contact)],
      [
        'passed on',
        onward.kind === 'forwarded'
          ? `yes, ${formatTime(onward.atMs, zone)}, consent: ${safeLine(onward.consent)}`
          : 'NO: turn to that body yourself',
      ],
    ]),
    section('Reason', quote(body.reason)),
  );
}

export function renderRefuse(body: MessageBody<'freeze.refuse'>): string {
  return stack(
    renderPairs([
      ['decision', `REFUSED (${body.code}): nothing is frozen`],
      ['reference', references(body.references)],
      ['legal basis', body.legalBasis && provision(body.legalBasis)],
    ]),
    section('Reason', quote(body.reason)),
    section('What would make it possible', body.remedy === undefined ? '' : quote(body.remedy)),
  );
}

export function renderNoAssets(body: MessageBody<'freeze.no-assets'>, { zone }: RenderClock): string {
  const searched = body.searched.map(
    ({ source, asAtMs, assets }) => `${safeLine(source)}, ${formatTime(asAtMs, zone)}: ${assets.join(', ')}`,
  );
  return stack(
    renderPairs([
      ['decision', 'NO ASSETS FOUND: nothing is frozen'],
      ['reference', references(body.references)],
    ]),
    section('Searched', searched.join('\n')),
    section('Remark', body.remark === undefined ? '' : quote(body.remark)),
  );
}

export function renderImpose(body: MessageBody<'freeze.impose'>, clock: RenderClock): string {
  const inForce = body.outcomes.filter(({ outcome }) => outcome === 'in-force').length;
  const steps = body.keepAliveSteps.map(
    ({ step, by, dueAtMs }) =>
      `by the ${by} side until ${formatDeadline(dueAtMs, clock.nowMs, clock.zone)}\n${quote(step)}`,
  );
  return stack(
    renderPairs([
      [
        'decision',
        inForce === body.outcomes.length
          ? `FROZEN: all ${inForce} assets`
          : `FROZEN IN PART: ${inForce} of ${body.outcomes.length} assets`,
      ],
      ['reference', references(body.references)],
      ['legal basis', provision(body.legalBasis)],
      ['client told', body.clientNotified],
    ]),
    section('Assets', body.outcomes.map((outcome) => renderOutcome(outcome, clock)).join('\n')),
    section('To keep it alive', steps.join('\n')),
  );
}

function renderOutcome(
  outcome: MessageBody<'freeze.impose'>['outcomes'][number],
  { nowMs, zone }: RenderClock,
): string {
  if (outcome.outcome === 'not-frozen')
    return `${outcome.assetRef}  NOT FROZEN (${outcome.code})\n${quote(outcome.reason)}`;
  const { startsAtMs, expiry } = outcome;
  // What the message says; whether it was lifted or extended since, the case knows.
  const state = nowMs >= expiry.atMs ? 'LAPSED unless extended since' : nowMs < startsAtMs ? 'TO BE FROZEN' : 'FROZEN';
  const facts = renderPairs([
    ['from', formatTime(startsAtMs, zone)],
    ['until', formatDeadline(expiry.atMs, nowMs, zone)],
    ['reckoned', safeLine(expiry.explanation)],
    ['held', outcome.amount && amount(outcome.amount)],
    ['order', outcome.orderReference && safeLine(outcome.orderReference)],
    ['may be paid', permittedDebits(outcome.permittedDebits)],
  ]);
  return section(`${outcome.assetRef}  ${state}: ${outcome.action}, ${extent(outcome.extent)}`, facts);
}
