/**
 * Consent to share onward, as a table and one total function (spec 54-duties, "Consent"; FATF Recommendation 40). The holder asks, the
 * originator answers. No answer is not consent; of answers that do not follow one another the stricter holds.
 */
import type { Hash } from '../ids.js';
import type { ConsentDecision } from '../messages/consent-answer.js';
import type { ConsentUrgency } from '../messages/consent-request.js';
import { coversItem, isSameBody, type NamedBody, type SharedItem } from '../subjects/shared-item.js';
import { type ConsentGrant, type ConsentWord, isGrantOpen, standing, wordsKnownTo } from './consent-word.js';
import { type DutyRefusal, type DutyRow, dutyRow, refusal } from './duty-row.js';

/** `unanswered` is what the clock makes of `requested`; only `granted` and `conditional` are consent. */
export const CONSENT_STATES = [
  'unasked',
  'requested',
  'unanswered',
  'granted',
  'conditional',
  'refused',
  'revoked',
] as const;
export type ConsentState = (typeof CONSENT_STATES)[number];
export const CONSENT_EVENTS = ['request', 'answer', 'share', 'revoke', 'clock'] as const;
export type ConsentEventName = (typeof CONSENT_EVENTS)[number];
export const CONSENT_PARTIES = ['holder', 'originator', 'node'] as const;
/** The holder has what came from the originator. */
export type ConsentParty = (typeof CONSENT_PARTIES)[number];

const HOLDER = ['holder'] as const;
const ORIGINATOR = ['originator'] as const;
const ASKED = ['requested', 'unanswered', 'granted', 'conditional', 'refused', 'revoked'] as const;
const CONSENTED = ['granted', 'conditional'] as const;

export const CONSENT_ROWS: readonly DutyRow<ConsentState, ConsentEventName, ConsentParty>[] = [
  {
    from: ['unasked'],
    on: 'request',
    by: HOLDER,
    role: 'officer',
    guard: 'named body, purpose, items that the originator sent',
    to: 'requested',
  },
  { from: ASKED, on: 'answer', outcome: 'granted', by: ORIGINATOR, role: 'approver', guard: '', to: 'granted' },
  {
    from: ASKED,
    on: 'answer',
    outcome: 'conditional',
    by: ORIGINATOR,
    role: 'approver',
    guard: 'conditions',
    to: 'conditional',
  },
  {
    from: ASKED,
    on: 'answer',
    outcome: 'refused',
    by: ORIGINATOR,
    role: 'approver',
    guard: 'code and reason',
    to: 'refused',
  },
  {
    from: CONSENTED,
    on: 'share',
    by: HOLDER,
    role: 'officer',
    guard: 'to the named body, items and day within the grant, the terms travelling along',
    to: 'same',
  },
  {
    from: ['refused', 'revoked'],
    on: 'share',
    outcome: 'before',
    by: HOLDER,
    role: 'officer',
    guard: 'made under a grant, before the other word or before it was known; it stands',
    to: 'same',
  },
  {
    from: CONSENTED,
    on: 'revoke',
    by: ORIGINATOR,
    role: 'approver',
    guard: 'reason; for the future only',
    to: 'revoked',
  },
  {
    from: ['requested'],
    on: 'clock',
    by: ['node'],
    role: 'node',
    guard: 'now is past the time to answer',
    to: 'unanswered',
  },
];

export interface ConsentAsked {
  readonly body: NamedBody;
  readonly items: readonly SharedItem[];
  readonly urgency: ConsentUrgency;
  readonly atMs: number;
}

export interface ConsentShare {
  readonly id: Hash;
  /** Every event of the case that it follows. */
  readonly after: ReadonlySet<Hash>;
  readonly atMs: number;
  readonly sharedAtMs: number;
  readonly body: NamedBody;
  readonly items: readonly SharedItem[];
  readonly termsHash: Hash;
}

export interface ConsentThread {
  readonly kind: 'consent';
  readonly state: ConsentState;
  readonly asked: ConsentAsked | null;
  /** Everything that the originator has said, answers and revocations. */
  readonly words: readonly ConsentWord[];
  readonly shares: readonly ConsentShare[];
}
export const newConsent: ConsentThread = { kind: 'consent', state: 'unasked', asked: null, words: [], shares: [] };

/** How far the clocks of two agencies may be apart before a share counts as made before the consent. */
const CLOCKS_APART_MS = 5 * 60_000;

interface Base {
  readonly by: ConsentParty;
  /** When it was signed, or what the clock shows. */
  readonly atMs: number;
}
interface Sent extends Base {
  readonly id: Hash;
  /** Every event of the case that it follows. */
  readonly after: ReadonlySet<Hash>;
}
export type ConsentEvent =
  | (Sent & { readonly on: 'request'; readonly asked: Omit<ConsentAsked, 'atMs'> })
  | (Sent & { readonly on: 'answer'; readonly decision: ConsentDecision })
  | (Sent & { readonly on: 'share'; readonly share: Omit<ConsentShare, 'id' | 'after' | 'atMs'> })
  | (Sent & { readonly on: 'revoke' })
  /** `dueAtMs` is the instant by which an answer was owed. */
  | (Base & { readonly on: 'clock'; readonly dueAtMs: number });

/** The thread after `event`, or why it is not allowed. Total and pure. */
export function nextConsent(thread: ConsentThread, event: ConsentEvent): ConsentThread | DutyRefusal {
  const { on, by } = event;
  const outcome = on === 'answer' ? event.decision.answer : on === 'share' ? shareOutcome(thread) : undefined;
  const asked = outcome === undefined ? { on, by } : { on, by, outcome };
  const row = dutyRow(CONSENT_ROWS, thread.state, asked);
  if ('kind' in row) return row;
  const refuse = (reason: string): DutyRefusal => refusal(CONSENT_ROWS, thread.state, asked, reason);
  switch (event.on) {
    case 'request':
      return { ...thread, state: 'requested', asked: { ...event.asked, atMs: event.atMs } };
    case 'answer':
      return spoken(thread, { id: event.id, after: event.after, atMs: event.atMs, decision: event.decision });
    case 'revoke':
      return spoken(thread, { id: event.id, after: event.after, atMs: event.atMs, decision: { answer: 'revoked' } });
    case 'share': {
      const share = { ...event.share, id: event.id, after: event.after, atMs: event.atMs };
      const fault = shareFault(thread, share);
      return fault === undefined ? { ...thread, shares: [...thread.shares, share] } : refuse(fault);
    }
    case 'clock':
      return event.atMs >= event.dueAtMs ? { ...thread, state: 'unanswered' } : thread;
  }
}

const shareOutcome = ({ state }: ConsentThread): string | undefined =>
  state === 'refused' || state === 'revoked' ? 'before' : undefined;

function spoken(thread: ConsentThread, word: ConsentWord): ConsentThread {
  const words = [...thread.words, word];
  return { ...thread, words, state: standing(words, thread.asked?.items ?? []).state };
}

/**
 * The grant under which a share was made: of the words that the holder knew when it signed, those spoken by then. What it could not know,
 * and what came after, undoes nothing.
 */
export function grantOfShare(thread: Pick<ConsentThread, 'asked' | 'words'>, share: ConsentShare): ConsentGrant | null {
  const isNo = ({ decision }: ConsentWord): boolean => decision.answer === 'revoked' || decision.answer === 'refused';
  const known = wordsKnownTo(thread.words, share.after).filter(
    (word) => word.atMs <= share.sharedAtMs + (isNo(word) ? 0 : CLOCKS_APART_MS),
  );
  return standing(known, thread.asked?.items ?? []).grant;
}

function shareFault(thread: ConsentThread, share: ConsentShare): string | undefined {
  const grant = grantOfShare(thread, share);
  if (thread.asked === null || grant === null) return 'no consent was held when it was shared';
  if (!isSameBody(thread.asked.body, share.body)) return 'consent was asked for another body';
  if (!share.items.every((item) => coversItem(grant.items, item))) return 'the consent does not cover every item';
  return isGrantOpen(grant, share.sharedAtMs) ? undefined : 'the day until which the consent held had passed';
}
