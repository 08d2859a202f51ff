/**
 * What the statistics count: one request to or from one counterpart, with everything that became of it, each with its instant.
 * Plain data between the fold of a case and the tables (spec 58-statistics).
 */
import type { AgencyId, Amount, FeedbackOutcome, Hash, LegalBasis, Priority, RefusalCode } from '@holdfast/protocol';

/** From the reporting agency's side. */
export const DIRECTIONS = ['sent', 'received'] as const;
export type Direction = (typeof DIRECTIONS)[number];

export const FORMS = [
  'freeze-alert',
  'disclosure',
  'disclosure-offer',
  'consent-request',
  'exculpatory-notice',
  'feedback',
] as const;
export type Form = (typeof FORMS)[number];

/** Forms that carry a matter of their own, with legal basis and offences; the others belong to one that was sent before. */
export const MATTER_FORMS = ['freeze-alert', 'disclosure', 'disclosure-offer'] as const satisfies readonly Form[];

/** How a request ended. The first four are decisions; the others end it without one. */
export const DECISIONS = [
  'imposed',
  'imposed-in-part',
  'refused',
  'no-assets',
  'contested',
  'accepted',
  'declined',
  'granted',
  'conditional',
  'redirected',
  'withdrawn',
] as const;
export type Decision = (typeof DECISIONS)[number];

export const STAGES = ['sought', 'frozen', 'lapsed', 'lifted', 'superseded', 'confiscated', 'returned'] as const;
export type Stage = (typeof STAGES)[number];

/** One asset (or, for what feedback tells, one outcome) at one stage; the amount is null where nobody has stated it. */
export interface AmountFact {
  readonly stage: Stage;
  readonly atMs: number;
  readonly amount: Pick<Amount, 'value' | 'currency'> | null;
}

export interface Ending {
  readonly decision: Decision;
  readonly atMs: number;
  /** Why the whole was refused; null where it was not. */
  readonly refusalCode: RefusalCode | null;
  /** Why single assets were not frozen by a decision that froze others: one code an asset. */
  readonly assetCodes: readonly RefusalCode[];
}

/** What a matter rests on; null for what states neither. */
export interface Stated {
  readonly legalBasis: readonly LegalBasis[];
  /** UNCAC articles. */
  readonly offences: readonly string[];
}

export interface FeedbackFact {
  /** When the first feedback falls due. */
  readonly dueAtMs: number;
  /** When the first was given; null where there is none yet. */
  readonly givenAtMs: number | null;
}

export interface RequestFact {
  readonly eh: Hash;
  readonly form: Form;
  readonly direction: Direction;
  readonly counterpart: AgencyId;
  /** The matter it belongs to: the same for every request of one case. */
  readonly caseKey: string;
  /** The instant in the request's own envelope. */
  readonly atMs: number;
  readonly urgency: Priority;
  readonly stated: Stated | null;
  readonly acknowledgedAtMs: number | null;
  readonly ending: Ending | null;
  /** Whether it asks for an answer that ends it; what does not is never pending. */
  readonly awaitsDecision: boolean;
  /** How long the decision waited for answers of the requesting side. */
  readonly pausedMs: number;
  readonly amounts: readonly AmountFact[];
  /** Null where none is owed. */
  readonly feedback: FeedbackFact | null;
  /** What a feedback report tells; empty for every other form. */
  readonly outcomes: readonly FeedbackOutcome[];
}
