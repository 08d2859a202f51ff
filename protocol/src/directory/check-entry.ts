/**
 * A freeze request against the recipient's directory entry: may they be written to directly, on this basis, and does somebody pick up
 * the telephone now? Pure.
 */
import type { MessageBody } from '../messages/index.js';
import { type Advice, advising, blocking } from './advice.js';
import type { DirectoryEntry } from './entry.js';
import { freshnessOfEntry, LIVE_TEST_AFTER_DAYS, liveTestAgeDays } from './freshness.js';
import { dutyAt } from './on-duty.js';

type Request = MessageBody<'freeze.request'>;

const day = (atMs: number): string => new Date(atMs).toISOString().slice(0, 10);

/** Everything that the entry says about sending `request` now, to an agency that our State `from` writes to. */
export function checkAgainstEntry(
  request: Request,
  entry: DirectoryEntry | null,
  from: string,
  nowMs: number,
): readonly Advice[] {
  if (entry === null)
    return [
      advising(
        'entry.missing',
        '(top)',
        'The agency has published no directory entry: what it requires, and who is on duty, is not known.',
      ),
    ];
  return [
    ...ofFreshness(entry, nowMs),
    ...ofDirectContact(request, entry),
    ...ofBasis(request, entry, from),
    ...ofDuty(request, entry, nowMs),
  ];
}

function ofFreshness(entry: DirectoryEntry, nowMs: number): readonly Advice[] {
  const found = freshnessOfEntry(entry, nowMs);
  switch (found.kind) {
    case 'expired':
      return [
        advising(
          'entry.expired',
          '(top)',
          `The directory entry expired on ${day(found.expiresAtMs)}: its requirements and telephone numbers may have changed; ask.`,
        ),
      ];
    case 'old':
      return [
        advising('entry.old', '(top)', `The agency last confirmed its directory entry on ${day(found.confirmedOnMs)}.`),
      ];
    case 'fresh':
    case 'missing':
      return [];
  }
}

/** Direct contact is allowed only in extreme urgency in some States (CAC/COSP/EG.1/2020 ¶47); `flash` is that. */
function ofDirectContact({ urgency }: Request, entry: DirectoryEntry): readonly Advice[] {
  const found: Advice[] = [];
  if (entry.directContactRule === 'not-allowed')
    found.push(
      blocking(
        'contact.not-allowed',
        '(top)',
        'The agency may not be written to directly: the request goes to the central authority or by the diplomatic channel.',
      ),
    );
  if (entry.directContactRule === 'urgent-only' && urgency !== 'flash') {
    const advise = urgency === 'routine' ? blocking : advising;
    found.push(
      advise(
        'contact.urgent-only',
        'urgency',
        `The agency may be written to directly only in extreme urgency (flash); this alert is ${urgency}.`,
      ),
    );
  }
  if (entry.diplomaticChannelRule !== 'not-needed')
    found.push(
      advising(
        'contact.original-follows',
        'mla',
        entry.diplomaticChannelRule === 'always'
          ? 'Every request must also come by the diplomatic channel: this alert is an advance copy until the original is received.'
          : 'The original must follow by the diplomatic channel.',
      ),
    );
  return found;
}

/** Agreements of the recipient with our State. */
export const agreementsWith = (entry: DirectoryEntry, state: string): readonly string[] =>
  entry.agreements.filter(({ with: others }) => others.includes(state)).map(({ title }) => title);

function ofBasis({ legalBasis }: Request, entry: DirectoryEntry, from: string): readonly Advice[] {
  if (entry.uncacAsBasis.accepted || legalBasis.some(({ kind }) => kind === 'other')) return [];
  const [agreement] = agreementsWith(entry, from);
  const text = 'The agency does not accept the Convention as a basis';
  return agreement === undefined
    ? [blocking('basis.uncac-not-accepted', 'legalBasis', `${text}, and knows no agreement with ${from}.`)]
    : [blocking('basis.agreement', 'legalBasis', `${text}; name the agreement instead: ${agreement}.`)];
}

function ofDuty({ urgency }: Request, { dutyRoster }: DirectoryEntry, nowMs: number): readonly Advice[] {
  const found: Advice[] = [];
  const duty = dutyAt(dutyRoster, nowMs);
  if (duty.kind === 'off-duty') {
    const next =
      duty.nextStartMs === null ? 'no shift is listed' : `next from ${new Date(duty.nextStartMs).toISOString()}`;
    found.push(advising('duty.nobody', '(top)', `Nobody is on duty there now (${next}); hours: ${dutyRoster.hours}.`));
  }
  if (duty.kind === 'unknown' && urgency !== 'routine')
    found.push(
      advising(
        'duty.unknown',
        '(top)',
        `Whether somebody is on duty now is not known; hours in its own words: ${dutyRoster.hours}.`,
      ),
    );
  const ageDays = liveTestAgeDays(dutyRoster.lastLiveTestOn, nowMs);
  if (ageDays === null || ageDays > LIVE_TEST_AFTER_DAYS)
    found.push(
      advising(
        'duty.test-old',
        '(top)',
        ageDays === null
          ? 'The duty telephone was never tested.'
          : `The duty telephone was last tested ${ageDays} days ago, on ${dutyRoster.lastLiveTestOn ?? ''}.`,
      ),
    );
  return found;
}
