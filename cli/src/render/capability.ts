/** A capability record as an officer reads it: what is unconfirmed stands first, since nobody may rely on it. */
import {
  answerTimes,
  type CapabilityRecord,
  type Duration,
  freshnessOfCapability,
  isSample,
  unconfirmedText,
} from '@holdfast/protocol';
import { renderFreshness } from './freshness.js';
import { renderPairs, section, stack } from './table.js';
import { safeLine } from './text.js';
import { formatDay, formatDeadline } from './time.js';
import { amount, brief, quote, span } from './values.js';

export function renderCapability(record: CapabilityRecord, expiresAtMs: number, nowMs: number, zone: string): string {
  const foreign = [
    record.actsForForeignFiu ? 'FIUs' : undefined,
    record.actsForForeignAca ? 'anti-corruption agencies' : undefined,
  ].filter((part) => part !== undefined);
  return stack(
    record.confirmed ? '' : safeLine(unconfirmedText(record)),
    expiresAtMs <= nowMs ? `EXPIRED on ${formatDay(expiresAtMs)}: ask the agency before you rely on it.` : '',
    renderPairs([
      ['power', record.power === 'none' ? 'NONE' : record.power],
      ['through', record.through && safeLine(record.through)],
      ['for foreign', foreign.join(' and ') || 'NOBODY'],
      ['from', record.thresholds.map(amount).join('; ')],
      ['client told', record.clientNotification],
      ['appeal', brief(record.appeal)],
      ['languages', record.languages.join(' ')],
      ['hours', `${safeLine(record.hours)}, ${record.calendar.timeZone}`],
      ['answers in', renderAnswerTimes(record)],
      ['law', record.law === undefined ? 'NOT CITED' : safeLine(record.law.url)],
      [
        isSample(record) ? 'compiled' : 'self-declared',
        renderFreshness(freshnessOfCapability({ ...record, expiresAtMs }, nowMs)),
      ],
      ['expires', formatDeadline(expiresAtMs, nowMs, zone)],
    ]),
    record.law === undefined ? '' : quote(record.law.quotation),
    ...record.measures.map(({ action, instrument, assetTypes, duration }) =>
      section(`${action} of ${assetTypes.join(', ')}: ${safeLine(instrument)}`, renderDuration(duration)),
    ),
  );
}

const URGENCIES = ['flash', 'urgent', 'routine'] as const;

function renderAnswerTimes(record: CapabilityRecord): string {
  return URGENCIES.map((urgency) => {
    const { acknowledge, decide } = answerTimes(record, urgency);
    const clock = ({ number, unit }: typeof decide): string => `${number} ${unit.replace('-', ' ')}`;
    return `${urgency}: takes it on in ${clock(acknowledge)}, decides in ${clock(decide)}`;
  })
    .map((line) => (record.answerTimes === undefined ? `${line} (not declared, as is usual)` : line))
    .join('\n');
}

export const SILENCE: Readonly<Record<Duration['silence'], string>> = {
  'no-effect': 'changes nothing, and never means frozen',
  'consent-to-the-transaction': 'IS CONSENT: the transaction may go ahead',
  refusal: 'is a refusal',
};

/** A duration as a law says it: never a bare number. */
export function renderDuration(duration: Duration): string {
  const { unit, startEvent, firstDay, dayEnd, lastDay, extensions, calendar } = duration;
  const first = unit === 'hours' ? '' : `, the first day ${firstDay.replace('-', ' ')}`;
  const end =
    unit === 'hours'
      ? ''
      : `, ends at ${dayEnd.kind === 'at-time' ? dayEnd.time : dayEnd.kind}${lastDay === 'next-working-day' ? ' of a working day' : ''}`;
  const each = extensions.each === undefined ? '' : ` by ${span(extensions.each)}`;
  const cap = extensions.cap === undefined ? '' : `, ${span(extensions.cap)} at most in all`;
  return renderPairs([
    [
      'lasts',
      `${span(duration)} from ${startEvent}${first}${end} (${calendar.timeZone}, ${calendar.holidays.length} listed holidays)`,
    ],
    [
      'extended',
      extensions.count === 0
        ? 'never'
        : `${extensions.count} time${extensions.count === 1 ? '' : 's'}${each}${cap}${duration.extendedBy === undefined ? '' : `, by ${safeLine(duration.extendedBy)}`}`,
    ],
    ['silence', SILENCE[duration.silence]],
    ['lifts by itself', duration.automaticLift.map(safeLine).join('; ')],
  ]);
}
