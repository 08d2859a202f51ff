/**
 * Completing a decision to maintain or lift: how the requesting side was heard (article 55(8)), as the case has it. Where it has not
 * been heard and its time to answer still runs, nothing is filled in: the officer waits, or says why a hearing is not possible.
 */
import { type ConversationId, isProtocolError, type MessageBody, parseMessage } from '@holdfast/protocol';
import { eventsOf } from '../cases/heads.js';
import type { DeskRuntime } from '../desk-runtime.js';
import { SdkError } from '../errors.js';
import { readMessage } from '../receive/read-message.js';

export interface LiftDraft {
  readonly conversation: ConversationId;
  /** A `freeze.lift-decision` body that may lack `hearing`. */
  readonly input: unknown;
}

/** @throws SdkError `case.unknown`, `message.refused` */
export function draftLiftDecision(
  runtime: DeskRuntime,
  { conversation, input }: LiftDraft,
): MessageBody<'freeze.lift-decision'> {
  const isOpen = typeof input === 'object' && input !== null && !('hearing' in input);
  const hearing = isOpen ? heardIn(runtime, conversation) : undefined;
  const body = isOpen && hearing !== undefined ? { ...input, hearing } : input;
  try {
    return parseMessage('freeze.lift-decision', body).body;
  } catch (cause) {
    if (!isProtocolError(cause)) throw cause;
    throw new SdkError('message.refused', cause.message, { cause, issues: cause.issues });
  }
}

type Hearing = MessageBody<'freeze.lift-decision'>['hearing'];

/** The latest message in which the other side spoke since the proposal, or its request for release; else its silence, once the time is over. */
function heardIn({ archive, identity, now }: DeskRuntime, conversation: ConversationId): Hearing | undefined {
  const events = eventsOf(archive, conversation);
  const proposal = events.findLast(({ kind }) => kind === 'freeze.lift-propose');
  const since = new Set(proposal === undefined ? [] : [proposal.eh]);
  for (const { eh, follows } of events) if (follows.some((name) => since.has(name))) since.add(eh);
  const last = events.findLast(
    ({ agency, kind, eh }) =>
      agency !== identity.agency && (kind === 'freeze.release-request' || kind === 'freeze.withdraw' || since.has(eh)),
  );
  if (last !== undefined) return { kind: 'heard', eh: last.eh };
  const proposed = proposal === undefined ? undefined : readMessage(proposal);
  return proposed?.kind === 'freeze.lift-propose' && proposed.body.answerByMs <= now()
    ? { kind: 'no-answer' }
    : undefined;
}
