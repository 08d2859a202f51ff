/** The check before sending, as an officer reads it: may it go, what stops it, how long would it hold, who else could do it. */
import type { Advice, AssetAnswer, Preflight, PreflightAnswers } from '@holdfast/protocol';
import { SILENCE } from './capability.js';
import { renderDuty } from './directory.js';
import { renderFreshness } from './freshness.js';
import { renderObserved } from './observed.js';
import { renderPairs, section, stack } from './table.js';
import { safeLine } from './text.js';
import { formatTime } from './time.js';
import { contact, span } from './values.js';

const MARKS: Readonly<Record<PreflightAnswers['figures'], string>> = {
  confirmed: '',
  unconfirmed: ' · UNCONFIRMED figures',
  sample: ' · UNCONFIRMED SAMPLE',
  none: ' · no figures',
};

/** @param to the agency, or the sample's State */
export function renderPreflight(to: string, { answers, advice, isSendable, route }: Preflight, zone: string): string {
  return stack(
    `Before sending to ${to}: ${isSendable ? 'nothing stops it' : 'BLOCKED'}${MARKS[answers.figures]}`,
    section('This stops it', lines(advice.filter(({ blocks }) => blocks))),
    section('To weigh', lines(advice.filter(({ blocks }) => !blocks))),
    section(
      `If it were imposed now${MARKS[answers.figures]}`,
      answers.assets.map((asset) => renderAsset(asset, zone)).join('\n'),
    ),
    section('The recipient', renderAnswers(answers, zone)),
    section('Its past answers', answers.observed === null ? '' : renderObserved(answers.observed)),
    section('A better way', route === null ? '' : safeLine(route.text)),
    route?.kind === 'telephone' ? `  ${contact(route.contact)}` : '',
  );
}

const lines = (advice: readonly Advice[]): string =>
  advice.map(({ code, field, text }) => safeLine(`${code} (${field}): ${text}`)).join('\n');

function renderAsset({ assetRef, can, through, measure, possible }: AssetAnswer, zone: string): string {
  const head = `${assetRef}  ${ANSWERS[can]}`;
  if (measure === null) return `${head}${possible.length === 0 ? '' : `, but: ${possible.join(', ')}`}`;
  const { action, instrument, from, ifNow, silence, extensions, automaticLift } = measure;
  return stack(
    `${head}: ${action}, ${safeLine(instrument)}${can === 'through-another' && through !== null ? `, by ${safeLine(through)}` : ''}`,
    renderPairs([
      [
        '   until',
        ifNow === null ? 'OVER AT ONCE' : `${formatTime(ifNow.expiresAtMs, zone)} (${safeLine(ifNow.explanation)})`,
      ],
      ['   from', from.replaceAll('-', ' ')],
      ['   silence', SILENCE[silence]],
      [
        '   extended',
        extensions.count === 0
          ? 'never'
          : `${extensions.count} time${extensions.count === 1 ? '' : 's'}${extensions.each === undefined ? '' : ` by ${span(extensions.each)}`}${extensions.by === null ? '' : `, by ${safeLine(extensions.by)}`}`,
      ],
      ['   lifts by itself', automaticLift.map(safeLine).join('; ')],
    ]),
  );
}

const ANSWERS: Readonly<Record<AssetAnswer['can'], string>> = {
  yes: 'yes',
  'through-another': 'only through another',
  'other-measure': 'NOT as asked',
  no: 'NO',
  unknown: 'not known',
};

const yesNo = (value: boolean | null): string => (value === null ? 'not known' : value ? 'yes' : 'NO');

function renderAnswers(answers: PreflightAnswers, zone: string): string {
  const { language, freshness, duty } = answers;
  return renderPairs([
    ['acts for us', yesNo(answers.actsForUs)],
    ['lacks', answers.missing.join(', ')],
    ['dual criminality', answers.dualCriminality.map((article) => `article ${article}`).join(', ') || 'no risk known'],
    ['language', language === null ? undefined : `reads ${language.reads.join(' ')}: ${yesNo(language.isRead)}`],
    ['direct contact', answers.directContact ?? 'not known'],
    ['diplomatic channel', answers.diplomaticChannel ?? 'not known'],
    ['UNCAC as basis', yesNo(answers.uncacAsBasis)],
    ['agreements', answers.agreements.map(safeLine).join('; ')],
    ['networks in common', answers.networksInCommon.map(safeLine).join('; ') || 'none known'],
    ['no ground to refuse', answers.noGroundToRefuse.map(({ article, text }) => `${article}: ${text}`).join(' ')],
    ['entry', renderFreshness(freshness.entry)],
    ['capability record', renderFreshness(freshness.capability)],
    ['on duty now', duty === null ? 'not known' : renderDuty(duty.state, zone)],
  ]);
}
