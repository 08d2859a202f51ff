/** Does the case, with what is still queued here, allow this step of ours? Asked within the transaction that stores the message. */
import { randomBytes } from '@holdfast/keys';
import {
  type AgencyId,
  type ConversationId,
  type DutyKind,
  type Hash,
  isProtocolError,
  type Message,
  parseMessage,
  toHash,
} from '@holdfast/protocol';
import type { Archive } from '../archive/archive.js';
import { eventsOf, openingOf } from '../cases/case.js';
import { SdkError } from '../errors.js';
import { readMessage, type UnknownMessage } from '../receive/read-message.js';
import { type DutyMessage, dutyMessages } from './duty-message.js';
import { foldDutyMessages } from './fold-duties.js';

/**
 * @throws SdkError `case.unknown`, `case.event-not-allowed` naming state, event, who may, and what can be done instead,
 * `consent.required` where it was shared without consent, `message.refused`
 */
export function assertDutyAllowed(
  archive: Archive,
  self: AgencyId,
  conversation: ConversationId,
  kind: DutyKind,
  body: unknown,
  nowMs: number,
): void {
  const { agencies } = openingOf(archive, conversation);
  const events = eventsOf(archive, conversation);
  const known = dutyMessages(events, new Map(events.map((event) => [event.eh, readMessage(event)])));
  const waiting = archive.outbox.list().filter((item) => item.conversation === conversation && item.state === 'queued');
  const all: DutyMessage[] = [...known];
  const append = (message: Message | UnknownMessage, claimed: string, termsHash: Hash | null): DutyMessage => {
    const after = new Set(all.map(({ id }) => id));
    const id = toHash(randomBytes(32));
    const sent = { id, agency: self, atMs: nowMs, after, message, kind: claimed, termsHash };
    all.push(sent);
    return sent;
  };
  for (const item of waiting) append(readMessage(item), item.kind, item.termsHash);
  const step = append(parsed(kind, body), kind, null);
  // By which day an answer is owed changes nothing of what is allowed.
  const { duties, refused } = foldDutyMessages(all, { agencies, calendarOf: () => null, nowMs });
  const reason = refused.get(step.id);
  if (reason !== undefined) {
    const issues = [{ field: 'state', reason }];
    if (kind === 'consent.shared')
      throw new SdkError('consent.required', `${reason} Ask for consent first; no answer is not consent.`, { issues });
    throw new SdkError('case.event-not-allowed', reason, { issues });
  }
  const share = duties.consents.flatMap(({ shares }) => shares).find(({ eh }) => eh === step.id);
  if (share !== undefined && !share.termsMatch) {
    const issues = [{ field: 'termsHash', reason: 'is not the hash of the terms that must travel along' }];
    throw new SdkError('message.refused', 'The terms that travel along are not those of the consent.', { issues });
  }
}

function parsed(kind: DutyKind, body: unknown): Message {
  try {
    return parseMessage(kind, body);
  } catch (cause) {
    if (!isProtocolError(cause)) throw cause;
    throw new SdkError('message.refused', cause.message, { cause, issues: cause.issues });
  }
}
