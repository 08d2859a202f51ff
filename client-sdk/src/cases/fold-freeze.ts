/**
 * The freeze alert's state from its signed events: the table of the protocol, replayed. An event that the state does not allow
 * changes nothing and is shown as refused; the clock is this node's own.
 */
import {
  type AgencyId,
  alertState,
  assertNext,
  type ConversationId,
  type FreezeCase,
  type FreezeEvent,
  type FreezeKind,
  freezeEventOf,
  type Hash,
  isFreezeKind,
  isProtocolError,
  type Message,
  newFreezeCase,
  next,
  parseMessage,
  type RequestedAssetState,
  requestedAssetState,
} from '@holdfast/protocol';
import type { Archive } from '../archive/archive.js';
import type { StoredMessage } from '../archive/message-table.js';
import { SdkError } from '../errors.js';
import { readMessage, type UnknownMessage } from '../receive/read-message.js';
import { causalOrder } from './causal-order.js';

export interface CaseAsset {
  readonly assetRef: string;
  readonly state: RequestedAssetState;
  /** Until when it is frozen, with the reckoning in words; null where it is not. */
  readonly expiry: { readonly atMs: number; readonly explanation: string } | null;
  readonly extensionPending: boolean;
  readonly mlaLinked: boolean;
  readonly late: boolean;
}

export interface FoldedFreeze {
  readonly state: string;
  readonly assets: readonly CaseAsset[];
  /** Events that the state did not allow, with the reason. */
  readonly refused: ReadonlyMap<Hash, string>;
}

type Messages = ReadonlyMap<Hash, Message | UnknownMessage>;

/** @returns undefined where the conversation is no freeze alert */
export function foldFreeze(
  events: readonly StoredMessage[],
  messages: Messages,
  isDelivered: boolean,
  nowMs: number,
): FoldedFreeze | undefined {
  const replayed = replay(events, messages, isDelivered);
  if (replayed === undefined) return undefined;
  const now = next(replayed.freezeCase, { on: 'clock', by: 'node', atMs: nowMs });
  const freezeCase = now.kind === 'freeze-case' ? now : replayed.freezeCase;
  return {
    state: alertState(freezeCase),
    assets: freezeCase.requested.map((assetRef) => assetOf(freezeCase, assetRef, replayed.explanations)),
    refused: replayed.refused,
  };
}

function assetOf(freezeCase: FreezeCase, assetRef: string, explanations: ReadonlyMap<string, string>): CaseAsset {
  const asset = freezeCase.assets.get(assetRef);
  const atMs = asset?.expiresAtMs ?? null;
  return {
    assetRef,
    state: requestedAssetState(freezeCase, assetRef) ?? 'requested',
    expiry: atMs === null ? null : { atMs, explanation: explanations.get(`${assetRef} ${atMs}`) ?? '' },
    extensionPending: asset?.extensionPending ?? false,
    mlaLinked: asset?.mlaLinked ?? false,
    late: asset?.late ?? false,
  };
}

interface Replayed {
  readonly freezeCase: FreezeCase;
  readonly requesting: AgencyId;
  readonly refused: ReadonlyMap<Hash, string>;
  readonly explanations: ReadonlyMap<string, string>;
}

function replay(events: readonly StoredMessage[], messages: Messages, isDelivered: boolean): Replayed | undefined {
  const [first] = events;
  const opening = first === undefined ? undefined : messages.get(first.eh);
  if (first === undefined || opening?.kind !== 'freeze.request') return undefined;
  const refused = new Map<Hash, string>();
  const explanations = new Map<string, string>();
  // Drafting and approval are local to the requesting side; what is on the wire has been through both.
  let freezeCase = newFreezeCase(opening.body.assets.map(({ assetRef }) => assetRef));
  const apply = (event: FreezeEvent, eh: Hash | undefined): void => {
    const result = next(freezeCase, event);
    if (result.kind === 'freeze-case') freezeCase = result;
    else if (eh !== undefined) refused.set(eh, result.reason);
  };
  apply({ on: 'submit', by: 'requesting', atMs: first.tsMs }, undefined);
  for (const stored of events) {
    const message = messages.get(stored.eh);
    if (message === undefined || message.kind === 'unknown') continue;
    const event = freezeEventOf(message, stored.agency === first.agency ? 'requesting' : 'requested', stored.tsMs);
    if (event === undefined) continue;
    apply(event, stored.eh);
    if (message.kind === 'freeze.request' && isDelivered)
      apply({ on: 'receive', by: 'requested', atMs: stored.tsMs }, undefined);
    for (const { assetRef, atMs, explanation } of expiriesOf(message))
      explanations.set(`${assetRef} ${atMs}`, explanation);
  }
  return { freezeCase, requesting: first.agency, refused, explanations };
}

function expiriesOf(
  message: Message,
): { readonly assetRef: string; readonly atMs: number; readonly explanation: string }[] {
  if (message.kind !== 'freeze.impose' && message.kind !== 'freeze.extension-decision') return [];
  return message.body.outcomes.flatMap((outcome) =>
    'expiry' in outcome ? [{ assetRef: outcome.assetRef, ...outcome.expiry }] : [],
  );
}

/**
 * Does the case, with what is still queued here, allow this step of ours?
 * @throws SdkError `case.unknown`, `case.event-not-allowed` naming state and event, `message.refused`
 */
export function assertStepAllowed(
  archive: Archive,
  self: AgencyId,
  conversation: ConversationId,
  kind: FreezeKind,
  body: unknown,
  nowMs: number,
): void {
  const events = causalOrder(
    archive.messages.ofConversation(conversation).filter((message) => isFreezeKind(message.kind)),
  );
  const replayed = replay(events, new Map(events.map((event) => [event.eh, readMessage(event)])), true);
  if (archive.retention.erasureOf(conversation) !== undefined) throw new SdkError('case.erased');
  if (replayed === undefined) throw new SdkError('case.unknown', 'This case is not a freeze alert.');
  const by = self === replayed.requesting ? 'requesting' : 'requested';
  try {
    let { freezeCase } = replayed;
    const waiting = archive.outbox
      .list()
      .filter((item) => item.conversation === conversation && item.state === 'queued' && isFreezeKind(item.kind));
    for (const message of [...waiting.map(readMessage), parseMessage(kind, body)]) {
      const event = message.kind === 'unknown' ? undefined : freezeEventOf(message, by, nowMs);
      if (event !== undefined) freezeCase = assertNext(freezeCase, event);
    }
  } catch (cause) {
    if (isProtocolError(cause, 'state.event-not-allowed'))
      throw new SdkError('case.event-not-allowed', cause.message, { cause, issues: cause.issues });
    if (isProtocolError(cause, 'message.invalid'))
      throw new SdkError('message.refused', cause.message, { cause, issues: cause.issues });
    throw cause;
  }
}
