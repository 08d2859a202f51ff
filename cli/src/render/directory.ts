/** An agency as the directory has it: whom to reach and how, what it can freeze and for how long. Self-declared, and shown as such. */
import type { PublishedAgency } from '@holdfast/client-sdk';
import type { CapabilityRecord, DirectoryEntry, Duration } from '@holdfast/protocol';
import { renderPairs, section, stack } from './table.js';
import { safeLine } from './text.js';
import { formatDay, formatDeadline, localZone } from './time.js';
import { amount, brief, contact, quote, span } from './values.js';

/** One line, as in a list. */
export function renderAgencyLine(
  { agency, name, active, entry, entryExpiresAtMs, deviceKeys, quarantined }: PublishedAgency,
  nowMs: number,
): string {
  const types = entry === null ? 'no entry published' : `${entry.state}  ${entry.authorityTypes.join(' ')}`;
  return [
    `${agency.padEnd(12)}  ${types}  ${safeLine(name)}`,
    active ? undefined : 'SUSPENDED',
    staleness(entryExpiresAtMs, nowMs),
    quarantined ? 'QUARANTINED: compare its fingerprint by phone' : reachability(deviceKeys),
  ]
    .filter((part) => part !== undefined)
    .join('  ');
}

function staleness(expiresAtMs: number | null, nowMs: number): string | undefined {
  return expiresAtMs !== null && expiresAtMs <= nowMs ? `ENTRY EXPIRED on ${formatDay(expiresAtMs)}` : undefined;
}

/** A message goes to every device that has a key; one past its last key may be switched off for good. */
function reachability(keys: PublishedAgency['deviceKeys']): string | undefined {
  const count = (state: (typeof keys)[number]): number => keys.filter((found) => found === state).length;
  if (keys.length === 0) return 'NOT REACHABLE: no device';
  if (count('current') + count('stale') === 0) return 'NOT REACHABLE: no device has published a day key lately';
  if (count('current') === 0) return 'STALE: no device has published a key for today; phone before you rely on it';
  return undefined;
}

/** Entry and capability record in full. */
export function renderAgency(published: PublishedAgency, nowMs: number, zone: string = localZone()): string {
  const { entry, capability, entryExpiresAtMs, capabilityExpiresAtMs } = published;
  return stack(
    renderAgencyLine(published, nowMs),
    section(
      'Entry',
      entry === null ? 'None published.' : renderEntry(entry, entryExpiresAtMs ?? entry.expiresAtMs, nowMs, zone),
    ),
    section(
      'Freezing power',
      capability === null
        ? 'No capability record published: ask before you rely on anything.'
        : renderCapability(capability, capabilityExpiresAtMs ?? capability.expiresAtMs, nowMs, zone),
    ),
  );
}

export function renderEntry(entry: DirectoryEntry, expiresAtMs: number, nowMs: number, zone: string): string {
  const { names, uncacAsBasis, dutyRoster } = entry;
  return renderPairs([
    ['name', safeLine(names.original === names.english ? names.original : `${names.english} (${names.original})`)],
    ['competent for', brief(entry.competences)],
    [
      'channels',
      entry.channels
        .map(({ type, detail }) => safeLine(detail === undefined ? type : `${type} (${detail})`))
        .join('; '),
    ],
    ['languages', entry.languages.join(' ')],
    [
      'UNCAC as basis',
      `${uncacAsBasis.accepted ? 'yes' : 'NO'}${uncacAsBasis.note === undefined ? '' : `: ${brief(uncacAsBasis.note)}`}`,
    ],
    ['diplomatic channel', entry.diplomaticChannelRule],
    ['direct contact', entry.directContactRule],
    ['networks', entry.networks.map(safeLine).join('; ')],
    [
      'agreements',
      entry.agreements.map(({ title, with: others }) => safeLine(`${title} (${others.join(' ')})`)).join('\n'),
    ],
    ['duty', [safeLine(dutyRoster.hours), ...dutyRoster.contacts.map(contact)].join('\n')],
    ['last live test', dutyRoster.lastLiveTestOn ?? 'never'],
    [
      'delegates',
      entry.delegates.map(({ role, scope, until }) => safeLine(`${role}: ${scope}, until ${until}`)).join('\n'),
    ],
    [
      'a request needs',
      entry.requirements
        .map(({ requires, note }) => (note === undefined ? requires : `${requires} (${brief(note)})`))
        .join('; '),
    ],
    ['accepts terms', entry.acceptedTerms.join('\n') || 'none in advance'],
    ['verified', formatDay(entry.verifiedOnMs)],
    ['expires', formatDeadline(expiresAtMs, nowMs, zone)],
  ]);
}

export function renderCapability(record: CapabilityRecord, expiresAtMs: number, nowMs: number, zone: string): string {
  const foreign = [
    record.actsForForeignFiu ? 'FIUs' : undefined,
    record.actsForForeignAca ? 'anti-corruption agencies' : undefined,
  ].filter((part) => part !== undefined);
  return stack(
    record.confirmed ? '' : 'UNCONFIRMED: the agency has not stated these figures itself. Do not rely on them.',
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
      ['law', safeLine(record.law.url)],
      ['self-declared', formatDay(record.selfDeclaredAtMs)],
      ['expires', formatDeadline(expiresAtMs, nowMs, zone)],
    ]),
    quote(record.law.quotation),
    ...record.measures.map(({ action, instrument, assetTypes, duration }) =>
      section(`${action} of ${assetTypes.join(', ')}: ${safeLine(instrument)}`, renderDuration(duration)),
    ),
  );
}

const SILENCE: Readonly<Record<Duration['silence'], string>> = {
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
