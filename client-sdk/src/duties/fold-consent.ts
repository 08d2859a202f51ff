/** The consents of a case from its signed events: the protocol's table, replayed thread by thread (spec 54-duties). */
import {
  type AgencyId,
  type Calendar,
  type ConsentEvent,
  type ConsentGrant,
  type ConsentShare,
  type ConsentState,
  type ConsentThread,
  type ConsentWord,
  consentDue,
  type DutyRef,
  grantOfShare,
  type Hash,
  type MessageBody,
  newConsent,
  nextConsent,
  refusalText,
  standing,
} from '@holdfast/protocol';
import type { DutyMessage, Refusals } from './duty-message.js';
import { onwardTerms, onwardTermsHash } from './onward-terms.js';
import { senderOfItems } from './parties.js';

/** An answer or a revocation; `supersedes` are those before it that it knew. */
export interface ConsentWordView extends Omit<ConsentWord, 'id' | 'after'> {
  readonly eh: Hash;
  readonly supersedes: readonly Hash[];
}

export interface OnwardShare extends Pick<ConsentShare, 'body' | 'items' | 'sharedAtMs' | 'termsHash'> {
  readonly eh: Hash;
  /** The hash is that of the terms that must travel along. */
  readonly termsMatch: boolean;
}

export interface FoldedConsent {
  readonly ref: DutyRef;
  /** Has the information and asks. */
  readonly holder: AgencyId;
  /** Sent the information and answers. */
  readonly originator: AgencyId;
  /** Only `granted` and `conditional` are consent; `unanswered` is not. */
  readonly state: ConsentState;
  readonly request: Omit<MessageBody<'consent.request'>, 'ref' | 'writtenAtMs'>;
  readonly askedAtMs: number;
  /** By when an answer is owed, with the reckoning in words. */
  readonly due: { readonly atMs: number; readonly explanation: string };
  /** What may be shared now, and how; null where nothing may. */
  readonly grant: ConsentGrant | null;
  readonly words: readonly ConsentWordView[];
  readonly shares: readonly OnwardShare[];
  /** Shared without any consent: told by the holder itself, and covered by nothing. */
  readonly breaches: readonly { readonly eh: Hash; readonly reason: string }[];
}

/** The calendar that an agency has published, null where none is known. */
export type CalendarOf = (agency: AgencyId) => Calendar | null;

interface Open {
  readonly holder: AgencyId;
  readonly originator: AgencyId;
  readonly request: MessageBody<'consent.request'>;
  readonly breaches: { readonly eh: Hash; readonly reason: string }[];
  thread: ConsentThread;
}

/** @param refusals gets what the tables did not allow */
export function foldConsents(
  all: readonly DutyMessage[],
  agencies: readonly AgencyId[],
  calendarOf: CalendarOf,
  nowMs: number,
  refusals: Refusals,
): readonly FoldedConsent[] {
  const threads = new Map<DutyRef, Open>();
  const termsOf = (eh: Hash): Hash | null => all.find(({ id }) => id === eh)?.termsHash ?? null;
  for (const sent of all) {
    const reason = take(sent, threads, all, agencies);
    if (reason !== undefined) refusals.set(sent.id, reason);
  }
  return [...threads].map(([ref, open]) => viewOf(ref, open, calendarOf, nowMs, termsOf));
}

/** Applies one message. @returns why it changes nothing, if so */
function take(
  sent: DutyMessage,
  threads: Map<DutyRef, Open>,
  all: readonly DutyMessage[],
  agencies: readonly AgencyId[],
): string | undefined {
  const { message, agency, id } = sent;
  if (!isConsent(message)) return undefined;
  const { ref } = message.body;
  let open = threads.get(ref);
  if (open === undefined) {
    if (message.kind !== 'consent.request') return 'no consent was asked for under this reference';
    const sender = senderOfItems(message.body.items, all, agencies, agency);
    if (typeof sender === 'string') return sender;
    open = { holder: agency, originator: sender.agency, request: message.body, breaches: [], thread: newConsent };
  }
  const by = agency === open.holder ? 'holder' : agency === open.originator ? 'originator' : undefined;
  if (by === undefined) return `it is between ${open.holder} and ${open.originator}`;
  const result = nextConsent(open.thread, eventOf(sent, message, by));
  if (result.kind === 'refusal') {
    const reason = refusalText(result, 'A consent');
    if (message.kind === 'consent.shared') open.breaches.push({ eh: id, reason });
    return reason;
  }
  threads.set(ref, { ...open, thread: result });
  return undefined;
}

type ConsentMessage = Extract<DutyMessage['message'], { readonly kind: `consent.${string}` }>;
const isConsent = (message: DutyMessage['message']): message is ConsentMessage => message.kind.startsWith('consent.');

function eventOf({ id, after, atMs }: DutyMessage, message: ConsentMessage, by: 'holder' | 'originator'): ConsentEvent {
  const base = { by, id, after, atMs };
  switch (message.kind) {
    case 'consent.request':
      return { ...base, on: 'request', asked: message.body };
    case 'consent.answer':
      return { ...base, on: 'answer', decision: message.body.decision };
    case 'consent.shared':
      return { ...base, on: 'share', share: message.body };
    case 'consent.revoke':
      return { ...base, on: 'revoke' };
  }
}

function viewOf(
  ref: DutyRef,
  { holder, originator, request, breaches, thread }: Open,
  calendarOf: CalendarOf,
  nowMs: number,
  termsOf: (eh: Hash) => Hash | null,
): FoldedConsent {
  const { writtenAtMs: _written, ref: _ref, ...asked } = request;
  const askedAtMs = thread.asked?.atMs ?? 0;
  const due = consentDue(asked.urgency, askedAtMs, calendarOf(originator));
  const clock = nextConsent(thread, { on: 'clock', by: 'node', atMs: nowMs, dueAtMs: due.expiresAtMs });
  return {
    ref,
    holder,
    originator,
    state: clock.kind === 'consent' ? clock.state : thread.state,
    request: asked,
    askedAtMs,
    due: { atMs: due.expiresAtMs, explanation: due.explanation },
    grant: standing(thread.words, asked.items).grant,
    words: thread.words.map(({ id, after, ...word }) => ({
      eh: id,
      ...word,
      supersedes: thread.words.flatMap((other) => (after.has(other.id) ? [other.id] : [])),
    })),
    shares: thread.shares.map((share) => {
      const grant = grantOfShare(thread, share);
      const terms = grant === null ? undefined : onwardTerms(asked, grant, share.items, termsOf);
      const { body, items, sharedAtMs, termsHash } = share;
      const termsMatch = terms !== undefined && onwardTermsHash(terms) === termsHash;
      return { eh: share.id, body, items, sharedAtMs, termsHash, termsMatch };
    }),
    breaches,
  };
}
