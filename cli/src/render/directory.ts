/** An agency as the directory has it: whom to reach and how, what it can freeze and for how long. Self-declared, and shown as such. */
import type { PublishedAgency } from '@holdfast/client-sdk';
import {
  type DirectoryEntry,
  type DutyState,
  dutyAt,
  freshnessOfEntry,
  LIVE_TEST_AFTER_DAYS,
  liveTestAgeDays,
} from '@holdfast/protocol';
import { renderCapability } from './capability.js';
import { renderFreshness } from './freshness.js';
import { renderPairs, section, stack } from './table.js';
import { safeLine } from './text.js';
import { formatDay, formatDeadline, formatTime, localZone } from './time.js';
import { brief, contact } from './values.js';

/** One line, as in a list. */
export function renderAgencyLine(
  { agency, name, active, entry, capability, entryExpiresAtMs, deviceKeys, quarantined }: PublishedAgency,
  nowMs: number,
): string {
  const types = entry === null ? 'no entry published' : `${entry.state}  ${entry.authorityTypes.join(' ')}`;
  return [
    `${agency.padEnd(12)}  ${types}  ${safeLine(name)}`,
    active ? undefined : 'SUSPENDED',
    staleness(entry, entryExpiresAtMs, nowMs),
    capability === null || capability.confirmed ? undefined : 'UNCONFIRMED FIGURES',
    quarantined ? 'QUARANTINED: compare its fingerprint by phone' : reachability(deviceKeys),
  ]
    .filter((part) => part !== undefined)
    .join('  ');
}

function staleness(entry: DirectoryEntry | null, expiresAtMs: number | null, nowMs: number): string | undefined {
  if (expiresAtMs !== null && expiresAtMs <= nowMs) return `ENTRY EXPIRED on ${formatDay(expiresAtMs)}`;
  return entry !== null && freshnessOfEntry(entry, nowMs).kind === 'old'
    ? `ENTRY OLD: last confirmed ${formatDay(entry.verifiedOnMs)}`
    : undefined;
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
    ['on duty now', renderDuty(dutyAt(dutyRoster, nowMs), zone)],
    ['last live test', renderLiveTest(dutyRoster.lastLiveTestOn, nowMs)],
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
    ['verified', renderFreshness(freshnessOfEntry({ ...entry, expiresAtMs }, nowMs))],
    ['expires', formatDeadline(expiresAtMs, nowMs, zone)],
  ]);
}

export function renderDuty(duty: DutyState, zone: string): string {
  switch (duty.kind) {
    case 'on-duty':
      return duty.untilMs === null ? 'yes, day and night' : `yes, until ${formatTime(duty.untilMs, zone)}`;
    case 'off-duty':
      return duty.nextStartMs === null ? 'NOBODY' : `NOBODY, next from ${formatTime(duty.nextStartMs, zone)}`;
    case 'unknown':
      return 'not known: the hours stand in words only';
    default:
      return duty satisfies never;
  }
}

function renderLiveTest(on: string | undefined, nowMs: number): string {
  const ageDays = liveTestAgeDays(on, nowMs);
  if (on === undefined || ageDays === null) return 'NEVER';
  return ageDays > LIVE_TEST_AFTER_DAYS ? `${on}, OLD: ${ageDays} days ago` : on;
}
