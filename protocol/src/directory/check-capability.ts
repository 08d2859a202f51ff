/**
 * "Can they freeze it, for how long, from when, what if they stay silent?", answered before sending: a freeze request against the
 * recipient's capability record. Pure; the officer reads the advice, the software stops at what blocks.
 */
import type { Duration } from '../duration/index.js';
import type { MessageBody } from '../messages/index.js';
import { isDualCriminalityRisk, UNCAC_ARTICLES } from '../subjects/offence.js';
import { type Advice, advising, blocking, blockingFirst } from './advice.js';
import { endIfNow } from './answers.js';
import { type CapabilityRecord, isSample, measureFor } from './capability.js';
import type { AuthorityType } from './entry.js';
import { freshnessOfCapability } from './freshness.js';

type Request = MessageBody<'freeze.request'>;
type Asset = Request['assets'][number];

/**
 * Everything to be said about sending `request` to an agency with this record.
 * @param nowMs the sender's clock
 * @param senderTypes what the sender is, by its own entry; without it, whoever the agency acts for at all will do
 * @returns blocking advice first; empty where there is nothing to say
 */
export function checkAgainstCapability(
  request: Request,
  record: CapabilityRecord,
  nowMs: number,
  senderTypes: readonly AuthorityType[] = [],
): readonly Advice[] {
  return blockingFirst([
    ...ofRecord(record, nowMs),
    ...ofSender(record, senderTypes),
    ...(record.power === 'none' ? [] : ofAssets(request, record, nowMs)),
    ...ofLanguage(request, record),
    ...ofOffences(request),
  ]);
}

function ofRecord(record: CapabilityRecord, nowMs: number): Advice[] {
  const found: Advice[] = [];
  const freshness = freshnessOfCapability(record, nowMs);
  if (freshness.kind === 'expired') {
    found.push(
      blocking(
        'capability.expired',
        '(top)',
        `The capability record expired at ${new Date(record.expiresAtMs).toISOString()}; ask the agency to confirm it.`,
      ),
    );
  }
  if (freshness.kind === 'old')
    found.push(
      advising(
        'capability.old',
        '(top)',
        `The agency last confirmed its capability record on ${new Date(record.selfDeclaredAtMs).toISOString().slice(0, 10)}.`,
      ),
    );
  if (record.power === 'none')
    found.push(
      blocking(
        'capability.no-power',
        '(top)',
        `The agency has no power to freeze; turn to ${record.through ?? 'another authority'}.`,
      ),
    );
  if (record.power === 'indirect')
    found.push(
      advising(
        'capability.indirect',
        '(top)',
        `The agency cannot freeze itself; ${record.through ?? 'another authority'} decides.`,
      ),
    );
  if (!record.confirmed) found.push(advising('capability.unconfirmed', '(top)', unconfirmedText(record)));
  if (record.clientNotification === 'at-once')
    found.push(advising('capability.client-notified', 'handling.mayTellClient', 'The client is told at once.'));
  return found;
}

/** What stands wherever unconfirmed figures are used. */
export const unconfirmedText = (record: CapabilityRecord): string =>
  isSample(record)
    ? `UNCONFIRMED SAMPLE, published by nobody: do not rely on these figures. Source: ${record.source ?? ''}`
    : 'UNCONFIRMED: the agency has not confirmed these figures; do not rely on them.';

const doorsOf = (record: CapabilityRecord) =>
  [
    { isOpen: record.actsForForeignFiu, of: 'fiu', name: 'financial intelligence units' },
    { isOpen: record.actsForForeignAca, of: 'aca', name: 'anti-corruption agencies' },
  ] as const;

/** FIUs act for FIUs, and some for anti-corruption agencies; whoever is neither comes in by either door that is open. */
export function actsFor(record: CapabilityRecord, senderTypes: readonly AuthorityType[]): boolean {
  const doors = doorsOf(record);
  const isNeither = !doors.some(({ of }) => senderTypes.includes(of));
  return doors.some(({ isOpen, of }) => isOpen && (isNeither || senderTypes.includes(of)));
}

function ofSender(record: CapabilityRecord, senderTypes: readonly AuthorityType[]): readonly Advice[] {
  if (actsFor(record, senderTypes)) return [];
  const open = doorsOf(record).filter(({ isOpen }) => isOpen);
  const text =
    open.length === 0
      ? 'The agency acts for no foreign authority.'
      : `The agency acts only for foreign ${open.map(({ name }) => name).join(' and ')}: let yours send this.`;
  return [blocking('capability.not-for-foreign', '(top)', text)];
}

function ofAssets({ assets }: Request, record: CapabilityRecord, nowMs: number): readonly Advice[] {
  const found = assets.flatMap((asset, index) => ofAsset(asset, `assets.${index}`, record, nowMs));
  if (assets.length === 0 || assets.some((asset) => measureFor(record, asset.measure.action, asset.kind) !== undefined))
    return found;
  return [
    blocking('capability.nothing-possible', 'assets', "The agency's record has no measure for anything that is asked."),
    ...found,
  ];
}

function ofAsset(asset: Asset, at: string, record: CapabilityRecord, nowMs: number): readonly Advice[] {
  const measures = record.measures.filter(({ assetTypes }) => assetTypes.includes(asset.kind));
  if (measures.length === 0)
    return [
      advising(
        'capability.asset-type',
        `${at}.kind`,
        `The agency's record has no measure for an asset of the kind ${asset.kind}.`,
      ),
    ];
  const measure = measureFor(record, asset.measure.action, asset.kind);
  if (measure === undefined) {
    const possible = measures.map(({ action }) => action).join(', ');
    return [
      advising(
        'capability.measure',
        `${at}.measure.action`,
        `The agency has no power to ${asset.measure.action}; for this kind of asset it has: ${possible}.`,
      ),
    ];
  }
  return [...ofThreshold(asset, at, record), ...ofDuration(asset, at, measure.duration, nowMs)];
}

function ofThreshold({ amount }: Asset, at: string, { thresholds }: CapabilityRecord): readonly Advice[] {
  const threshold = thresholds.find(({ currency }) => currency === amount?.currency);
  // Only a warning: nobody decides on floats or rates here, and most thresholds look at the case as a whole.
  if (amount === undefined || threshold === undefined || Number(amount.value) >= Number(threshold.value)) return [];
  return [
    advising(
      'capability.threshold',
      `${at}.amount`,
      `The agency acts from ${threshold.value} ${threshold.currency} on.`,
    ),
  ];
}

function ofDuration(asset: Asset, at: string, duration: Duration, nowMs: number): readonly Advice[] {
  const possible = endIfNow(duration, nowMs);
  if (possible === null)
    return [
      advising(
        'capability.no-time-left',
        at,
        'Imposed now it would be over at once: the day that counts as its last has ended. Ask for it to be imposed on the next day.',
      ),
    ];
  const found: Advice[] = [];
  const asked = endIfNow({ ...duration, ...asset.measure.duration, dayEnd: { kind: 'midnight' } }, nowMs);
  if (asked !== null && asked.expiresAtMs > possible.expiresAtMs && !isSameSpan(asset, duration)) {
    found.push(
      advising(
        'capability.shorter',
        `${at}.measure.duration`,
        `Imposed now it would end earlier than asked: ${possible.explanation}.`,
      ),
    );
  }
  if (duration.silence === 'consent-to-the-transaction') {
    found.push(
      advising(
        'capability.silence-releases',
        at,
        `If the agency stays silent until the time is over, the transaction may go ahead: ${possible.explanation}.`,
      ),
    );
  }
  return found;
}

const isSameSpan = (asset: Asset, duration: Duration): boolean =>
  asset.measure.duration.number === duration.number && asset.measure.duration.unit === duration.unit;

function ofLanguage({ language }: Request, { languages }: CapabilityRecord): readonly Advice[] {
  const written = [language.original, language.translatedInto]
    .filter((tag) => tag !== undefined)
    .map((tag) => tag.split('-')[0]);
  if (languages.some((tag) => written.includes(tag.split('-')[0]))) return [];
  return [advising('capability.language', 'language', `The agency reads ${languages.join(', ')}.`)];
}

function ofOffences({ offences }: Request): readonly Advice[] {
  return offences.flatMap((offence, index) =>
    isDualCriminalityRisk(offence)
      ? [
          advising(
            'offence.dual-criminality',
            `offences.${index}.uncacArticle`,
            `States need only consider making this an offence (article ${offence.uncacArticle}, ${UNCAC_ARTICLES[offence.uncacArticle]?.title ?? ''}): it may be none there.`,
          ),
        ]
      : [],
  );
}
