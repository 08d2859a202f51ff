/**
 * From a folded case to what is counted: the only place where the statistics meet the case. They take its timeline, leave out
 * what the state refused, and read the bodies; nothing is stored beside the events (spec 58-statistics).
 */
import type { AgencyId } from '@holdfast/protocol';
import type { Case, TimelineEntry } from '../cases/case.js';
import { type Form, MATTER_FORMS, type RequestFact, type Stated } from './facts.js';
import { feedbackOn, toldBy } from './read-feedback.js';
import { followFreeze } from './read-freeze.js';

/** Which kind of message opens which form. */
const FORM_OF: ReadonlyMap<string, Form> = new Map<string, Form>([
  ['freeze.request', 'freeze-alert'],
  ['disclosure', 'disclosure'],
  ['disclosure.offer', 'disclosure-offer'],
  ['consent.request', 'consent-request'],
  ['exculpatory.notice', 'exculpatory-notice'],
  ['feedback.report', 'feedback'],
]);

/** The kind that the sender gave it, known to this version or not. */
export const kindOf = ({ message }: TimelineEntry): string =>
  message.kind === 'unknown' ? message.claimedKind : message.kind;

type Followed = Pick<
  RequestFact,
  'acknowledgedAtMs' | 'ending' | 'awaitsDecision' | 'pausedMs' | 'amounts' | 'outcomes'
>;
const NOTHING: Followed = {
  acknowledgedAtMs: null,
  ending: null,
  awaitsDecision: false,
  pausedMs: 0,
  amounts: [],
  outcomes: [],
};

/** Everything countable in a case; nothing where it holds no request, as one of the agency's own devices among themselves. */
export function factsOf(found: Case, self: AgencyId): readonly RequestFact[] {
  const accepted = found.timeline.filter(({ refused }) => refused === null);
  // As the case itself has it: its reference is that of the request, whatever else stands before it.
  const first = found.timeline.find(({ message }) => message.kind === 'freeze.request') ?? found.timeline[0];
  if (first === undefined) return [];
  // A caseRef is its own agency's: two agencies may use the same one for different matters.
  const caseKey = found.caseRef === null ? found.conversation : `${first.from} ${found.caseRef}`;
  return accepted.flatMap((entry) => {
    const form = FORM_OF.get(kindOf(entry));
    if (form === undefined) return [];
    const counterparts = entry.ours ? found.agencies.filter((agency) => agency !== self) : [entry.from];
    return counterparts.map(
      (counterpart): RequestFact => ({
        eh: entry.eh,
        form,
        direction: entry.ours ? 'sent' : 'received',
        counterpart,
        caseKey,
        atMs: entry.sentAtMs,
        urgency: found.priority,
        stated: statedBy(entry, form),
        feedback: feedbackOn(accepted, entry, form, entry.ours ? counterpart : self),
        ...followed(found, accepted, entry),
      }),
    );
  });
}

const isMatter = (form: Form): boolean => MATTER_FORMS.some((one) => one === form);

/** What a matter says it rests on, as far as this version can read it; a form that has no matter of its own is not asked. */
function statedBy({ message }: TimelineEntry, form: Form): Stated | null {
  if (message.kind !== 'freeze.request' && message.kind !== 'disclosure')
    return isMatter(form) ? { legalBasis: [], offences: [] } : null;
  const { legalBasis, offences } = message.body;
  return { legalBasis, offences: [...new Set(offences.map(({ uncacArticle }) => uncacArticle))] };
}

/** What became of it. */
function followed(found: Case, accepted: readonly TimelineEntry[], request: TimelineEntry): Followed {
  const { message, sentAtMs } = request;
  if (message.kind === 'freeze.request') return { ...NOTHING, ...followFreeze(found, accepted, request, message.body) };
  if (message.kind === 'feedback.report') return { ...NOTHING, ...toldBy(message.body, sentAtMs) };
  return NOTHING;
}
