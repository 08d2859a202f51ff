/** Whether feedback on a case is owed, by whom and by when: from its signed events and the clock (spec 54-duties, "Feedback"). */
import {
  type AgencyId,
  type FeedbackDuty,
  type FeedbackEvent,
  type FeedbackState,
  feedbackDue,
  type Hash,
  type MessageBody,
  newFeedback,
  nextFeedback,
} from '@holdfast/protocol';
import type { DutyMessage, Refusals } from './duty-message.js';

export interface FeedbackReportView extends MessageBody<'feedback.report'> {
  readonly eh: Hash;
  readonly from: AgencyId;
  readonly atMs: number;
}

export interface FoldedFeedback {
  readonly state: FeedbackState;
  /** When the next report is due; null where nothing is. */
  readonly dueAtMs: number | null;
  /** Whoever received the alert or the disclosure; empty where nothing is owed in such a case. */
  readonly owedBy: readonly AgencyId[];
  readonly reports: readonly FeedbackReportView[];
}

/** @param refusals what the flow's own table did not allow begins no duty */
export function foldFeedback(
  all: readonly DutyMessage[],
  agencies: readonly AgencyId[],
  nowMs: number,
  refusals: Refusals,
): FoldedFeedback {
  const sender = all[0]?.agency;
  const reports: FeedbackReportView[] = [];
  let duty: FeedbackDuty = newFeedback;
  let owed = false;
  const apply = (event: FeedbackEvent): void => {
    const result = nextFeedback(duty, event);
    if (result.kind === 'feedback') duty = result;
  };
  for (const sent of all) {
    const { id, agency, atMs, message } = sent;
    const dueAtMs = owed || refusals.has(id) ? undefined : beginsWith(sent, all);
    if (dueAtMs !== undefined) {
      owed = true;
      apply({ on: 'begin', by: 'node', atMs, dueAtMs });
    }
    if (message.kind !== 'feedback.report') continue;
    reports.push({ eh: id, from: agency, atMs, ...message.body });
    const { stage, reviewOn } = message.body;
    const by = agency === sender ? 'sender' : 'recipient';
    apply({ on: 'report', by, atMs, stage, ...(reviewOn === undefined ? {} : { reviewOn }) });
  }
  apply({ on: 'clock', by: 'node', atMs: nowMs });
  const { state, dueAtMs } = duty;
  const isOwed = owed || state !== 'not-owed';
  return { state, dueAtMs, owedBy: isOwed ? agencies.filter((agency) => agency !== sender) : [], reports };
}

/** When the feedback falls due that this message gives rise to; undefined where it gives rise to none. */
function beginsWith({ kind, atMs, message }: DutyMessage, all: readonly DutyMessage[]): number | undefined {
  switch (kind) {
    case 'freeze.impose':
      return feedbackDue('freeze', atMs);
    case 'disclosure':
      if (message.kind !== 'disclosure') return undefined;
      return message.body.feedback.wanted ? feedbackDue('disclosure', atMs, message.body.feedback.by) : undefined;
    case 'disclosure.release':
      return all.some((other) => other.kind === 'disclosure') ? undefined : feedbackDue('disclosure', atMs);
    default:
      return undefined;
  }
}
