/**
 * What an agency's past answers show, counted from our own archive: how soon it answered, what it decided, how long its measures ran.
 * By the clocks in the messages, ours and theirs; a clock that is wrong shows as an answer before the question and is left out.
 */
import { type AgencyId, answerTimes, atMostMs, type Observed, type RefusalCode } from '@holdfast/protocol';
import type { Case, TimelineEntry } from '../cases/case.js';

type Urgency = Case['priority'];

/** One alert of ours, and what came back. */
interface Answered {
  readonly urgency: Urgency;
  readonly acknowledgedMs: number | null;
  readonly decidedMs: number | null;
  readonly answers: readonly TimelineEntry[];
  readonly isSilent: boolean;
}

/** @param cases any cases; those that are not an alert of ours to `agency` are passed over */
export function observedOf(cases: readonly Case[], agency: AgencyId, nowMs: number): Observed {
  const alerts = cases.flatMap((found) => answeredBy(found, agency, nowMs) ?? []);
  const bodies = alerts.flatMap(({ answers }) => answers.map(({ message }) => message));
  const spans = alerts.flatMap(({ answers }) => answers.flatMap(grantedBy));
  return {
    agency,
    alerts: alerts.length,
    silent: alerts.filter(({ isSilent }) => isSilent).length,
    acknowledge: medians(alerts, ({ acknowledgedMs }) => acknowledgedMs),
    decide: medians(alerts, ({ decidedMs }) => decidedMs),
    imposed: countOf(bodies, 'freeze.impose'),
    noAssets: countOf(bodies, 'freeze.no-assets'),
    redirected: countOf(bodies, 'freeze.redirect'),
    refused: refusals(bodies),
    granted:
      spans.length === 0
        ? null
        : { shortestMs: Math.min(...spans), medianMs: median(spans), longestMs: Math.max(...spans) },
  };
}

function answeredBy(found: Case, agency: AgencyId, nowMs: number): Answered | undefined {
  const [request] = found.timeline;
  if (request === undefined || !request.ours || request.message.kind !== 'freeze.request') return undefined;
  if (!found.agencies.includes(agency)) return undefined;
  const answers = found.timeline.filter(({ from, refused }) => from === agency && refused === null);
  const after = (kinds: readonly string[]): number | null => {
    const first = answers.find(({ message }) => kinds.includes(message.kind));
    const tookMs = first === undefined ? -1 : first.sentAtMs - request.sentAtMs;
    return tookMs < 0 ? null : tookMs;
  };
  const { urgency } = request.message.body;
  const dueMs = request.sentAtMs + atMostMs(answerTimes(null, urgency).acknowledge);
  const isWithdrawn = found.timeline.some(({ message }) => message.kind === 'freeze.withdraw');
  return {
    urgency,
    acknowledgedMs: after(['freeze.acknowledge']),
    decidedMs: after(['freeze.impose', 'freeze.refuse', 'freeze.no-assets']),
    answers,
    isSilent: answers.length === 0 && !isWithdrawn && nowMs > dueMs,
  };
}

const countOf = (messages: readonly TimelineEntry['message'][], kind: string): number =>
  messages.filter((message) => message.kind === kind).length;

function refusals(messages: readonly TimelineEntry['message'][]): Observed['refused'] {
  const counts: Partial<Record<RefusalCode, number>> = {};
  for (const message of messages)
    if (message.kind === 'freeze.refuse') counts[message.body.code] = (counts[message.body.code] ?? 0) + 1;
  return counts;
}

/** From start to first expiry of what one decision put in force. */
function grantedBy({ message }: TimelineEntry): readonly number[] {
  if (message.kind !== 'freeze.impose') return [];
  return message.body.outcomes.flatMap((outcome) =>
    outcome.outcome === 'in-force' ? [outcome.expiry.atMs - outcome.startsAtMs] : [],
  );
}

function medians(alerts: readonly Answered[], tookMs: (alert: Answered) => number | null): Observed['acknowledge'] {
  const found: Partial<Record<Urgency, { medianMs: number; count: number }>> = {};
  for (const urgency of ['flash', 'urgent', 'routine'] as const) {
    const times = alerts.filter((alert) => alert.urgency === urgency).flatMap((alert) => tookMs(alert) ?? []);
    if (times.length > 0) found[urgency] = { medianMs: median(times), count: times.length };
  }
  return found;
}

/** Of an even number, the mean of the two in the middle. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[sorted.length / 2 - 1] ?? upper)) / 2;
}
