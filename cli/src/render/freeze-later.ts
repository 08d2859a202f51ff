/** What follows a decision: more time, less or more of it, lifting, the MLA request, restraint; and the requesting side's own acts. */
import type { MessageBody } from '@holdfast/protocol';
import { renderPairs, section, stack } from './table.js';
import { safeLine } from './text.js';
import { formatDeadline, formatTime } from './time.js';
import { brief, extent, provision, quote, type RenderClock } from './values.js';

const order = ({
  authority,
  reference,
  date,
}: {
  readonly authority: string;
  readonly reference: string;
  readonly date: string;
}): string => safeLine(`${authority}, ${reference}, ${date}`);

export function renderSupply(body: MessageBody<'freeze.supply'>): string {
  return body.answers
    .map(({ itemRef, supplied, text }) => `${itemRef}  ${supplied ? 'answered' : 'NOT AVAILABLE'}\n${quote(text)}`)
    .join('\n');
}

export function renderAdjust(body: MessageBody<'freeze.adjust'>): string {
  const changes = body.changes.map(
    ({ assetRef, direction, action, extent: measured, reason }) =>
      `${assetRef}  ${direction === 'widen' ? 'widened' : 'narrowed'} to ${action}, ${extent(measured)}\n${quote(reason)}`,
  );
  return stack(renderPairs([['legal basis', provision(body.legalBasis)]]), changes.join('\n'));
}

export function renderExtensionRequest(
  body: MessageBody<'freeze.extension-request'>,
  { nowMs, zone }: RenderClock,
): string {
  const { status, reference, expectedOn, remark } = body.mlaProgress;
  return stack(
    renderPairs([
      ['assets', body.assets.join(', ')],
      ['until', formatDeadline(body.untilMs, nowMs, zone)],
      [
        'MLA request',
        [status, reference && safeLine(reference), expectedOn && `expected on ${expectedOn}`, remark && brief(remark)]
          .filter(Boolean)
          .join(', '),
      ],
      ['note', 'No clock stops: without a decision the measure ends as it stands.'],
    ]),
    section('Reason', quote(body.reason)),
  );
}

export function renderExtensionDecision(
  body: MessageBody<'freeze.extension-decision'>,
  { nowMs, zone }: RenderClock,
): string {
  const lines = body.outcomes.map((decided) =>
    decided.outcome === 'denied'
      ? `${decided.assetRef}  DENIED: the expiry stands\n${quote(decided.reason)}`
      : `${decided.assetRef}  EXTENDED until ${formatDeadline(decided.expiry.atMs, nowMs, zone)}, ${provision(decided.legalBasis)}; ${safeLine(decided.expiry.explanation)}`,
  );
  return lines.join('\n');
}

export function renderLiftPropose(body: MessageBody<'freeze.lift-propose'>, { nowMs, zone }: RenderClock): string {
  return stack(
    renderPairs([
      ['assets', body.assets.join(', ')],
      ['your view by', formatDeadline(body.answerByMs, nowMs, zone)],
    ]),
    section('Reason', quote(body.reason)),
  );
}

export function renderLiftDecision(body: MessageBody<'freeze.lift-decision'>, { zone }: RenderClock): string {
  const { hearing } = body;
  const heard = hearing.kind === 'not-possible' ? `not possible: ${brief(hearing.reason)}` : hearing.kind;
  const lines = body.outcomes.map((decided) =>
    decided.outcome === 'lifted'
      ? `${decided.assetRef}  LIFTED ${formatTime(decided.liftedAtMs, zone)}\n${quote(decided.reason)}`
      : `${decided.assetRef}  maintained\n${quote(decided.reason)}`,
  );
  return stack(renderPairs([['hearing', heard]]), lines.join('\n'));
}

export function renderLiftByLaw(body: MessageBody<'freeze.lift-by-law'>, { zone }: RenderClock): string {
  const { cause } = body;
  return stack(
    renderPairs([
      ['assets', body.assets.join(', ')],
      ['LIFTED', formatTime(body.liftedAtMs, zone)],
      ['by', cause.kind === 'court' ? order(cause.order) : provision(cause.provision)],
    ]),
    section('Reason', quote(body.reason)),
  );
}

export function renderRestraint(body: MessageBody<'freeze.restraint'>, { zone }: RenderClock): string {
  return renderPairs([
    ['assets', body.assets.join(', ')],
    ['order', order(body.order)],
    ['in effect', formatTime(body.effectiveAtMs, zone)],
    ['note', "The restraint takes the temporary measure's place for these assets; the others go on as they are."],
  ]);
}

export function renderMlaLink(body: MessageBody<'freeze.mla-link'>, { zone }: RenderClock): string {
  const received = body.originalReceivedAtMs;
  return renderPairs([
    ['assets', body.assets.join(', ')],
    [
      'MLA request',
      safeLine(`${body.reference}, ${body.centralAuthority}, by ${body.channel}, sent on ${body.sentOn}`),
    ],
    ['advance copy', `SHA-256 ${body.advanceCopyHash}`],
    ['original', received === undefined ? 'not received yet' : `RECEIVED and matches:  ${formatTime(received, zone)}`],
  ]);
}

/** Release and withdrawal: the assets where there are some, and why. */
export function renderReason(body: MessageBody<'freeze.release-request' | 'freeze.withdraw'>): string {
  return stack(
    'assets' in body ? renderPairs([['assets', body.assets.join(', ')]]) : undefined,
    section('Reason', quote(body.reason)),
  );
}
