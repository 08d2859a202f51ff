/** Feedback: when it fell due on a request and when it came; and what a report tells. */
import type { AgencyId, MessageOf } from '@holdfast/protocol';
import type { TimelineEntry } from '../cases/case.js';
import type { AmountFact, FeedbackFact, Form, RequestFact } from './facts.js';

const DAY_MS = 86_400_000;
/** The first feedback falls due so long after the request was sent (domain, Flow 2, "Feedback"). */
const DUE_MS: Partial<Record<Form, number>> = { 'freeze-alert': 30 * DAY_MS, disclosure: 90 * DAY_MS };

/**
 * What was owed on a request and when it was first given: interim, final or barred, by whoever was asked.
 * @returns null where none is owed: other forms, and disclosures that want none
 */
export function feedbackOn(
  accepted: readonly TimelineEntry[],
  request: TimelineEntry,
  form: Form,
  asked: AgencyId,
): FeedbackFact | null {
  const dueMs = DUE_MS[form];
  const { message, sentAtMs } = request;
  if (dueMs === undefined || (message.kind === 'disclosure' && !message.body.feedback.wanted)) return null;
  const given = accepted.filter((entry) => entry.message.kind === 'feedback.report' && entry.from === asked);
  return {
    dueAtMs: sentAtMs + dueMs,
    givenAtMs: given.length === 0 ? null : Math.min(...given.map((entry) => entry.sentAtMs)),
  };
}

/** What a report tells; its amounts are new ones each time (spec 40, "feedback.report"), so that they add up. */
export function toldBy(
  { outcomes }: MessageOf<'feedback.report'>['body'],
  atMs: number,
): Pick<RequestFact, 'outcomes' | 'amounts'> {
  return {
    outcomes: outcomes.map(({ outcome }) => outcome),
    amounts: outcomes.flatMap(({ outcome, amount }): AmountFact[] =>
      outcome === 'confiscated' || outcome === 'returned' ? [{ stage: outcome, atMs, amount: amount ?? null }] : [],
    ),
  };
}
