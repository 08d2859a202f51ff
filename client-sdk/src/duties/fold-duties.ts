/** What article 46(5) and the law around it ask in a case, beside its flow: consents, exculpatory disclosures, feedback. */
import { type AgencyId, type Hash, isDutyKind, type Message } from '@holdfast/protocol';
import type { StoredMessage } from '../archive/message-table.js';
import type { UnknownMessage } from '../receive/read-message.js';
import { type DutyMessage, dutyMessages, type Refusals } from './duty-message.js';
import { type CalendarOf, type FoldedConsent, foldConsents } from './fold-consent.js';
import { type FoldedExculpatory, foldExculpatory } from './fold-exculpatory.js';
import { type FoldedFeedback, foldFeedback } from './fold-feedback.js';

export interface FoldedDuties {
  readonly consents: readonly FoldedConsent[];
  readonly exculpatory: readonly FoldedExculpatory[];
  readonly feedback: FoldedFeedback;
}

export interface DutyOptions {
  readonly agencies: readonly AgencyId[];
  readonly calendarOf: CalendarOf;
  readonly nowMs: number;
  /** What the case's flow has refused. */
  readonly refusedByFlow?: ReadonlyMap<string, string> | undefined;
}

export interface DutiesWithRefusals {
  readonly duties: FoldedDuties;
  /** Events that the tables did not allow, with the reason. */
  readonly refused: ReadonlyMap<Hash, string>;
}

/** A pure function of the set of messages and the clock: the same on both sides, whatever the order of arrival. */
export function foldDuties(
  events: readonly StoredMessage[],
  messages: ReadonlyMap<Hash, Message | UnknownMessage>,
  options: DutyOptions,
): DutiesWithRefusals {
  return foldDutyMessages(dutyMessages(events, messages), options);
}

/** As `foldDuties`, over messages whose order and lineage are known. */
export function foldDutyMessages(
  all: readonly DutyMessage[],
  { agencies, calendarOf, nowMs, refusedByFlow = new Map() }: DutyOptions,
): DutiesWithRefusals {
  const refused: Refusals = new Map<string, string>(refusedByFlow);
  const consents = foldConsents(all, agencies, calendarOf, nowMs, refused);
  const exculpatory = foldExculpatory(all, agencies, refused);
  const feedback = foldFeedback(all, agencies, nowMs, refused);
  const ofDuties = all.filter(({ id, kind }) => isDutyKind(kind) && refused.has(id));
  return {
    duties: { consents, exculpatory, feedback },
    refused: new Map(ofDuties.map(({ id }) => [id, refused.get(id) ?? ''])),
  };
}
