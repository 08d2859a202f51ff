/** May we take this step now? Asked of the case as it is here, with what still waits in the outbox, before anything is queued. */
import {
  type AgencyId,
  type ConversationId,
  type FreezeGuards,
  type FreezeKind,
  foldFreezeCase,
  isProtocolError,
  type Message,
  parseMessage,
  refusalError,
  type SignedEvent,
} from '@holdfast/protocol';
import type { Archive } from '../archive/archive.js';
import { SdkError } from '../errors.js';
import { readMessage } from '../receive/read-message.js';
import { requestOf, signedEvents } from './fold-freeze.js';
import { eventsOf, headsWithQueued, namesFollowedBy, queuedEventsOf } from './heads.js';

/** The name of the step that is asked about: no envelope has it. */
const STEP = 'the step';

/**
 * @throws SdkError `case.unknown`, `message.refused`; `case.event-not-allowed` that names state and event, who may take such a step,
 *   and what can be done instead
 */
export function assertStepAllowed(
  archive: Archive,
  self: AgencyId,
  conversation: ConversationId,
  kind: FreezeKind,
  body: unknown,
  nowMs: number,
  guards: FreezeGuards = {},
): void {
  const events = eventsOf(archive, conversation);
  const request = requestOf(events);
  const waiting = queuedEventsOf(archive, conversation);
  const opening = request?.eh ?? waiting.find((item) => item.kind === 'freeze.request')?.id;
  if (opening === undefined) throw new SdkError('case.unknown', 'This case is not a freeze alert.');
  // Where the request itself still waits, nobody else can have spoken yet.
  const by = request === undefined || self === request.agency ? 'requesting' : 'requested';
  const messages = new Map(events.map((event) => [event.eh, readMessage(event)]));
  const sealed = request === undefined ? [] : signedEvents(archive, conversation, events, messages, request);
  const queued = waiting.map((item): SignedEvent => {
    const message = readMessage(item);
    const known = message.kind === 'unknown' ? null : message;
    return { eh: item.id, on: namesFollowedBy(archive, item), by, tsMs: nowMs, message: known };
  });
  const { follows, followsQueued } = headsWithQueued(archive, conversation);
  const step: SignedEvent = {
    eh: STEP,
    on: [...follows, ...followsQueued],
    by,
    tsMs: nowMs,
    message: checked(kind, body),
  };
  const options = { isDelivered: true, nowMs, guards };
  const before = foldFreezeCase(opening, [...sealed, ...queued], options);
  const after = foldFreezeCase(opening, [...sealed, ...queued, step], options);
  const refusal = after?.refused.get(STEP);
  if (before === undefined || refusal === undefined) return;
  const cause = refusalError(before.freezeCase, refusal);
  throw new SdkError('case.event-not-allowed', cause.message, { cause, issues: cause.issues });
}

function checked(kind: FreezeKind, body: unknown): Message {
  try {
    return parseMessage(kind, body);
  } catch (cause) {
    if (!isProtocolError(cause)) throw cause;
    throw new SdkError('message.refused', cause.message, { cause, issues: cause.issues });
  }
}
