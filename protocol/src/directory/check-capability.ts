/**
 * "Can they freeze it, for how long, from when, what if they stay silent?", answered before sending: a freeze request against the
 * recipient's capability record. Pure; the officer reads the advice, the software stops at what blocks.
 */
import { type Duration, deadline } from '../duration/index.js';
import type { MessageBody } from '../messages/index.js';
import { isDualCriminalityRisk, UNCAC_ARTICLES } from '../subjects/offence.js';
import type { Advice, AdviceCode } from './advice.js';
import { type CapabilityRecord, measureFor } from './capability.js';

type Request = MessageBody<'freeze.request'>;
type Asset = Request['assets'][number];

const advice = (code: AdviceCode, blocks: boolean, field: string, text: string): Advice => ({
  code,
  blocks,
  field,
  text,
});

/**
 * Everything to be said about sending `request` to an agency with this record.
 * @param nowMs the sender's clock
 * @returns blocking advice first; empty where there is nothing to say
 */
export function checkAgainstCapability(request: Request, record: CapabilityRecord, nowMs: number): readonly Advice[] {
  const found = [
    ...ofRecord(record, nowMs),
    ...(record.power === 'none'
      ? []
      : request.assets.flatMap((asset, index) => ofAsset(asset, `assets.${index}`, record, nowMs))),
    ...ofLanguage(request, record),
    ...ofOffences(request),
  ];
  return [...found.filter(({ blocks }) => blocks), ...found.filter(({ blocks }) => !blocks)];
}

function ofRecord(record: CapabilityRecord, nowMs: number): Advice[] {
  const found: Advice[] = [];
  if (nowMs >= record.expiresAtMs) {
    found.push(
      advice(
        'capability.expired',
        true,
        '(top)',
        `The capability record expired at ${new Date(record.expiresAtMs).toISOString()}; ask the agency to confirm it.`,
      ),
    );
  }
  if (record.power === 'none')
    found.push(
      advice(
        'capability.no-power',
        true,
        '(top)',
        `The agency has no power to freeze; turn to ${record.through ?? 'another authority'}.`,
      ),
    );
  if (record.power === 'indirect')
    found.push(
      advice(
        'capability.indirect',
        false,
        '(top)',
        `The agency cannot freeze itself; ${record.through ?? 'another authority'} decides.`,
      ),
    );
  if (!record.actsForForeignFiu && !record.actsForForeignAca) {
    found.push(advice('capability.not-for-foreign', true, '(top)', 'The agency acts for no foreign authority.'));
  }
  if (!record.confirmed)
    found.push(
      advice(
        'capability.unconfirmed',
        false,
        '(top)',
        'The agency has not confirmed these figures; do not rely on them.',
      ),
    );
  if (record.clientNotification === 'at-once')
    found.push(advice('capability.client-notified', false, 'handling.mayTellClient', 'The client is told at once.'));
  return found;
}

function ofAsset(asset: Asset, at: string, record: CapabilityRecord, nowMs: number): Advice[] {
  const measures = record.measures.filter(({ assetTypes }) => assetTypes.includes(asset.kind));
  if (measures.length === 0)
    return [
      advice(
        'capability.asset-type',
        false,
        `${at}.kind`,
        `The agency's record has no measure for an asset of the kind ${asset.kind}.`,
      ),
    ];
  const measure = measureFor(record, asset.measure.action, asset.kind);
  if (measure === undefined) {
    const possible = measures.map(({ action }) => action).join(', ');
    return [
      advice(
        'capability.measure',
        false,
        `${at}.measure.action`,
        `The agency has no power to ${asset.measure.action}; for this kind of asset it has: ${possible}.`,
      ),
    ];
  }
  const { duration } = measure;
  return [...ofThreshold(asset, at, record), ...ofDuration(asset, at, duration, nowMs)];
}

function ofThreshold({ amount }: Asset, at: string, { thresholds }: CapabilityRecord): Advice[] {
  const threshold = thresholds.find(({ currency }) => currency === amount?.currency);
  // Only a warning: nobody decides on floats or rates here, and most thresholds look at the case as a whole.
  if (amount === undefined || threshold === undefined || Number(amount.value) >= Number(threshold.value)) return [];
  return [
    advice(
      'capability.threshold',
      false,
      `${at}.amount`,
      `The agency acts from ${threshold.value} ${threshold.currency} on.`,
    ),
  ];
}

function ofDuration(asset: Asset, at: string, duration: Duration, nowMs: number): Advice[] {
  const found: Advice[] = [];
  const possible = deadline(duration, nowMs);
  const asked = deadline({ ...duration, ...asset.measure.duration, dayEnd: { kind: 'midnight' } }, nowMs);
  if (asked.expiresAtMs > possible.expiresAtMs && !isSameSpan(asset, duration)) {
    found.push(
      advice(
        'capability.shorter',
        false,
        `${at}.measure.duration`,
        `Imposed now it would end earlier than asked: ${possible.explanation}.`,
      ),
    );
  }
  if (duration.silence === 'consent-to-the-transaction') {
    found.push(
      advice(
        'capability.silence-releases',
        false,
        at,
        `If the agency stays silent until the time is over, the transaction may go ahead: ${possible.explanation}.`,
      ),
    );
  }
  return found;
}

const isSameSpan = (asset: Asset, duration: Duration): boolean =>
  asset.measure.duration.number === duration.number && asset.measure.duration.unit === duration.unit;

function ofLanguage({ language }: Request, { languages }: CapabilityRecord): Advice[] {
  const written = [language.original, language.translatedInto]
    .filter((tag) => tag !== undefined)
    .map((tag) => tag.split('-')[0]);
  if (languages.some((tag) => written.includes(tag.split('-')[0]))) return [];
  return [advice('capability.language', false, 'language', `The agency reads ${languages.join(', ')}.`)];
}

function ofOffences({ offences }: Request): Advice[] {
  return offences.flatMap((offence, index) =>
    isDualCriminalityRisk(offence)
      ? [
          advice(
            'offence.dual-criminality',
            false,
            `offences.${index}.uncacArticle`,
            `States need only consider making this an offence (article ${offence.uncacArticle}, ${UNCAC_ARTICLES[offence.uncacArticle]?.title ?? ''}): it may be none there.`,
          ),
        ]
      : [],
  );
}
