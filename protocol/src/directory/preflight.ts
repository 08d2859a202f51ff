/**
 * Before sending: is the alert complete for this recipient, can they do it, for us, for how long, what if they stay silent, may we write
 * to them at all, is somebody there? One pure function; what blocks is sent only where the sender insists and says why (spec 56).
 */
import type { MessageBody } from '../messages/index.js';
import { isDualCriminalityRisk } from '../subjects/offence.js';
import { type Advice, advising, blocking, blockingFirst } from './advice.js';
import { type AssetAnswer, assetAnswers } from './answers.js';
import { actsFor, checkAgainstCapability } from './check-capability.js';
import { agreementsWith, checkAgainstEntry } from './check-entry.js';
import type { DirectoryEntry } from './entry.js';
import { type Freshness, freshnessOfCapability, freshnessOfEntry, liveTestAgeDays } from './freshness.js';
import { adviceOfObserved, type Observed } from './observed.js';
import { type DutyState, dutyAt } from './on-duty.js';
import { type Published, stateOf } from './published.js';
import { checkRequirements } from './requirements.js';
import { type Route, suggestRoute } from './route.js';

type Request = MessageBody<'freeze.request'>;

export interface PreflightQuestion {
  readonly request: Request;
  readonly recipient: Published;
  readonly sender: Published;
  /** The rest of the directory, for a better route. */
  readonly others?: readonly Published[];
  /** What our own archive shows of the recipient. */
  readonly observed?: Observed | null;
  readonly nowMs: number;
}

export interface PreflightAnswers {
  /** Fields that the recipient requires and the request lacks. */
  readonly missing: readonly string[];
  readonly assets: readonly AssetAnswer[];
  /** Whether the figures are the agency's own: `sample` where others made them up from public sources. */
  readonly figures: 'confirmed' | 'unconfirmed' | 'sample' | 'none';
  readonly actsForUs: boolean | null;
  /** Offence articles for which dual criminality is a risk. */
  readonly dualCriminality: readonly string[];
  readonly language: {
    readonly written: readonly string[];
    readonly reads: readonly string[];
    readonly isRead: boolean;
  } | null;
  readonly directContact: DirectoryEntry['directContactRule'] | null;
  readonly diplomaticChannel: DirectoryEntry['diplomaticChannelRule'] | null;
  readonly uncacAsBasis: boolean | null;
  readonly agreements: readonly string[];
  readonly networksInCommon: readonly string[];
  /** What the Convention forbids to refuse on, where it is the basis. */
  readonly noGroundToRefuse: readonly { readonly article: string; readonly text: string }[];
  readonly freshness: { readonly entry: Freshness; readonly capability: Freshness };
  readonly duty: { readonly state: DutyState; readonly hours: string; readonly liveTestAgeDays: number | null } | null;
  readonly observed: Observed | null;
}

export interface Preflight {
  readonly answers: PreflightAnswers;
  /** What blocks comes first. */
  readonly advice: readonly Advice[];
  /** True where nothing blocks. */
  readonly isSendable: boolean;
  readonly route: Route | null;
}

/** Answers, advice with codes, and a better route where there is one. Never throws for what the directory holds. */
export function preflight(question: PreflightQuestion): Preflight {
  const answers = answersTo(question);
  const advice = blockingFirst(adviceOn(question, answers));
  const { request, recipient, sender, others = [], nowMs } = question;
  return {
    answers,
    advice,
    isSendable: !advice.some(({ blocks }) => blocks),
    route: suggestRoute({
      request,
      recipient,
      sender: sender.agency,
      senderTypes: sender.entry?.authorityTypes ?? [],
      others,
      advice,
      nowMs,
    }),
  };
}

function adviceOn(
  { request, recipient, sender, observed, nowMs }: PreflightQuestion,
  { assets }: PreflightAnswers,
): readonly Advice[] {
  const { entry, capability } = recipient;
  const spans = assets.flatMap(({ measure }) => (measure?.ifNow ? [measure.ifNow.expiresAtMs - nowMs] : []));
  return [
    ...ofReach(recipient),
    ...(capability === null
      ? [blocking('capability.missing', '(top)', `${recipient.agency} has published no capability record.`)]
      : checkAgainstCapability(request, capability, nowMs, sender.entry?.authorityTypes)),
    ...checkRequirements(request, entry?.requirements ?? []),
    // A sample stands for no agency: it has no entry, and that is no news.
    ...(entry === null && recipient.reach === 'unknown'
      ? []
      : checkAgainstEntry(request, entry, stateOf(sender.agency), nowMs)),
    ...(observed === null || observed === undefined
      ? []
      : adviceOfObserved(observed, capability, request.urgency, spans.length === 0 ? null : Math.min(...spans))),
  ];
}

function ofReach({ agency, reach }: Published): readonly Advice[] {
  switch (reach) {
    case 'quarantined':
      return [
        blocking(
          'agency.quarantined',
          '(top)',
          `${agency} is quarantined: compare its fingerprint by telephone, then confirm it.`,
        ),
      ];
    case 'suspended':
      return [blocking('agency.suspended', '(top)', `${agency} is suspended from the federation.`)];
    case 'unreachable':
      return [advising('agency.unreachable', '(top)', 'No device of the agency can be reached: the alert would wait.')];
    case 'stale':
      return [
        advising(
          'agency.unreachable',
          '(top)',
          'No device of the agency has published a key for today; it may be switched off.',
        ),
      ];
    case 'reachable':
    case 'unknown':
      return [];
  }
}

const NO_GROUND = [
  { article: '46(8)', text: 'Bank secrecy is no ground to refuse.' },
  { article: '46(22)', text: 'That fiscal matters are involved is no sole ground to refuse.' },
] as const;

function answersTo(question: PreflightQuestion): PreflightAnswers {
  const { request, recipient, sender, observed = null, nowMs } = question;
  const { entry, capability } = recipient;
  const ours = new Set(sender.entry?.networks);
  const uncacAsBasis = entry?.uncacAsBasis.accepted ?? null;
  return {
    missing: checkRequirements(request, entry?.requirements ?? []).map(({ field }) => field),
    assets: assetAnswers(request, capability, nowMs),
    figures:
      capability === null
        ? 'none'
        : capability.confirmed
          ? 'confirmed'
          : capability.source === undefined
            ? 'unconfirmed'
            : 'sample',
    actsForUs: capability === null ? null : actsFor(capability, sender.entry?.authorityTypes ?? []),
    dualCriminality: request.offences.filter(isDualCriminalityRisk).map(({ uncacArticle }) => uncacArticle),
    language: capability === null ? null : languageOf(request, capability.languages),
    directContact: entry?.directContactRule ?? null,
    diplomaticChannel: entry?.diplomaticChannelRule ?? null,
    uncacAsBasis,
    agreements: entry === null ? [] : agreementsWith(entry, stateOf(sender.agency)),
    networksInCommon: (entry?.networks ?? []).filter((network) => ours.has(network)),
    noGroundToRefuse:
      uncacAsBasis !== false && request.legalBasis.some(({ kind }) => kind === 'uncac') ? NO_GROUND : [],
    freshness: { entry: freshnessOfEntry(entry, nowMs), capability: freshnessOfCapability(capability, nowMs) },
    duty:
      entry === null
        ? null
        : {
            state: dutyAt(entry.dutyRoster, nowMs),
            hours: entry.dutyRoster.hours,
            liveTestAgeDays: liveTestAgeDays(entry.dutyRoster.lastLiveTestOn, nowMs),
          },
    observed,
  };
}

function languageOf({ language }: Request, reads: readonly string[]): NonNullable<PreflightAnswers['language']> {
  const written = [language.original, language.translatedInto].filter((tag) => tag !== undefined);
  const base = (tag: string): string => tag.split('-')[0] ?? tag;
  return { written, reads, isRead: reads.some((tag) => written.map(base).includes(base(tag))) };
}
