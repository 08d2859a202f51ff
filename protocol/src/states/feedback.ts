/**
 * Feedback, as a table and one total function (spec 54-duties, "Feedback"): whoever received an alert or a disclosure tells its sender what
 * came of it, when it is due and every half-year after, until it is final.
 */
import { Temporal } from 'temporal-polyfill';
import { MS_PER_DAY } from '../ids.js';
import type { FeedbackStage } from '../messages/feedback-report.js';
import { type DutyRefusal, type DutyRow, dutyRow } from './duty-row.js';

export const FEEDBACK_STATES = ['not-owed', 'due', 'interim', 'barred', 'overdue', 'final'] as const;
export type FeedbackState = (typeof FEEDBACK_STATES)[number];
export const FEEDBACK_EVENTS = ['begin', 'report', 'clock'] as const;
export type FeedbackEventName = (typeof FEEDBACK_EVENTS)[number];
export const FEEDBACK_PARTIES = ['recipient', 'sender', 'node'] as const;
/** The sender opened the case; the recipient owes the feedback. */
export type FeedbackParty = (typeof FEEDBACK_PARTIES)[number];

/** Days after R's decision, and after the release of a disclosure. */
export const FEEDBACK_DAYS = { freeze: 30, disclosure: 90 } as const;
/** After an interim report. */
export const FEEDBACK_EVERY_MONTHS = 6;

const OPEN = ['not-owed', 'due', 'interim', 'barred', 'overdue'] as const;
const NODE = ['node'] as const;
const RECIPIENT = ['recipient'] as const;
const report = { on: 'report', by: RECIPIENT, role: 'officer' } as const;

export const FEEDBACK_ROWS: readonly DutyRow<FeedbackState, FeedbackEventName, FeedbackParty>[] = [
  {
    from: ['not-owed'],
    on: 'begin',
    by: NODE,
    role: 'node',
    guard: 'the alert is decided, or the content released',
    to: 'due',
  },
  {
    from: ['interim', 'barred', 'final'],
    on: 'begin',
    by: NODE,
    role: 'node',
    guard: 'told before it was owed',
    to: 'same',
  },
  { ...report, from: OPEN, outcome: 'interim', guard: 'outcome', to: 'interim' },
  { ...report, from: OPEN, outcome: 'barred', guard: 'ground and review date', to: 'barred' },
  { ...report, from: OPEN, outcome: 'final', guard: 'outcome', to: 'final' },
  // More may be told later, and reports of two devices may cross: final it stays.
  { ...report, from: ['final'], outcome: 'interim', guard: 'late or crossed', to: 'same' },
  { ...report, from: ['final'], outcome: 'barred', guard: 'late or crossed', to: 'same' },
  { ...report, from: ['final'], outcome: 'final', guard: 'told once more', to: 'same' },
  ...(['interim', 'barred', 'final'] as const).map((outcome) => ({
    from: FEEDBACK_STATES,
    on: 'report' as const,
    outcome,
    by: ['sender'] as const,
    role: 'officer' as const,
    guard: 'told in return; the duty is not theirs',
    to: 'same' as const,
  })),
  {
    from: ['due', 'interim', 'barred'],
    on: 'clock',
    by: NODE,
    role: 'node',
    guard: 'now is past the due date',
    to: 'overdue',
  },
];

export interface FeedbackDuty {
  readonly kind: 'feedback';
  readonly state: FeedbackState;
  /** Null where nothing is owed. */
  readonly dueAtMs: number | null;
}
export const newFeedback: FeedbackDuty = { kind: 'feedback', state: 'not-owed', dueAtMs: null };

interface Base {
  readonly by: FeedbackParty;
  readonly atMs: number;
}
export type FeedbackEvent =
  | (Base & { readonly on: 'begin'; readonly dueAtMs: number })
  | (Base & { readonly on: 'report'; readonly stage: FeedbackStage; readonly reviewOn?: string })
  | (Base & { readonly on: 'clock' });

/** The duty after `event`, or why it is not allowed. Total and pure. */
export function nextFeedback(duty: FeedbackDuty, event: FeedbackEvent): FeedbackDuty | DutyRefusal {
  const { on, by } = event;
  const row = dutyRow(FEEDBACK_ROWS, duty.state, on === 'report' ? { on, by, outcome: event.stage } : { on, by });
  if ('kind' in row) return row;
  if (row.to === 'same') return duty;
  switch (event.on) {
    case 'begin':
      return { ...duty, state: row.to, dueAtMs: event.dueAtMs };
    case 'report':
      return { ...duty, state: row.to, dueAtMs: dueAfter(event) };
    case 'clock':
      return duty.dueAtMs !== null && event.atMs >= duty.dueAtMs ? { ...duty, state: row.to } : duty;
  }
}

function dueAfter({ stage, reviewOn, atMs }: Extract<FeedbackEvent, { on: 'report' }>): number | null {
  switch (stage) {
    case 'final':
      return null;
    case 'interim':
      return monthsAfter(atMs, FEEDBACK_EVERY_MONTHS);
    case 'barred':
      return reviewOn === undefined ? monthsAfter(atMs, FEEDBACK_EVERY_MONTHS) : endOfDay(reviewOn);
  }
}

/** The same hour of the day so many months later, UTC; the last day of the month where that has no such day. */
function monthsAfter(atMs: number, months: number): number {
  const at = Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO('UTC');
  return at.add({ months }).epochMilliseconds;
}

/** The first instant after a day, UTC. */
const endOfDay = (date: string): number =>
  Temporal.PlainDate.from(date).add({ days: 1 }).toZonedDateTime('UTC').epochMilliseconds;

/**
 * When the first feedback is due.
 * @param beginsAtMs R's decision, or the release of the content
 * @param askedFor the day by which a disclosure's sender wants it, if that is sooner
 */
export function feedbackDue(what: keyof typeof FEEDBACK_DAYS, beginsAtMs: number, askedFor?: string): number {
  const byRule = beginsAtMs + FEEDBACK_DAYS[what] * MS_PER_DAY;
  return askedFor === undefined ? byRule : Math.max(beginsAtMs, Math.min(byRule, endOfDay(askedFor)));
}
