/**
 * A freeze alert's state from its signed events: the protocol's fold over what this archive holds, seen from our side. What the fold
 * gives is the same on both sides; `presumed` and `late` are this node's own view.
 */
import {
  type Amount,
  alertState,
  type ConversationId,
  type DerivedAlertState,
  EVENT_WORDS,
  type FoldedCase,
  type FreezeCase,
  type FreezeEventName,
  type FreezeGuards,
  type FreezeRole,
  foldFreezeCase,
  type Hash,
  type HeldMeasure,
  type Message,
  nextSteps,
  openingRequest,
  type RequestedAssetState,
  requestedAssetState,
  type SignedEvent,
} from '@holdfast/protocol';
import type { Archive } from '../archive/archive.js';
import type { StoredMessage } from '../archive/message-table.js';
import { manifestOf } from '../receive/evidence.js';
import type { UnknownMessage } from '../receive/read-message.js';

export interface CaseAsset {
  readonly assetRef: string;
  readonly state: RequestedAssetState;
  /** Lapsed by the clock alone: R's signed word for it is not here. Only the requesting side presumes. */
  readonly presumed: boolean;
  /** Until when it is frozen, with the reckoning in words; null where it is not. */
  readonly expiry: { readonly atMs: number; readonly explanation: string } | null;
  /** What is held now, and how; null where nothing is. */
  readonly held: HeldMeasure | null;
  /** What the request says is there. */
  readonly requestedAmount: Amount | null;
  readonly extensionPending: boolean;
  /** R has decided twice on an extension, differently: the earlier expiry stands. */
  readonly extensionContested: boolean;
  readonly mlaLinked: boolean;
  readonly originalReceivedAtMs: number | null;
  readonly late: boolean;
}

/** A step that may be taken now. */
export interface CaseStep {
  readonly event: FreezeEventName;
  readonly words: string;
  readonly party: 'requesting' | 'requested' | 'node';
  /** Is it ours to take? */
  readonly ours: boolean;
  readonly role: FreezeRole;
  /** What must hold; empty where nothing must. */
  readonly guard: string;
  /** The assets for which it is open; null for the alert as a whole. */
  readonly assetRefs: readonly string[] | null;
}

export interface FoldedFreeze {
  readonly state: DerivedAlertState;
  readonly assets: readonly CaseAsset[];
  /** Events that the state did not allow, with the reason. */
  readonly refused: ReadonlyMap<string, string>;
  readonly countsAs: ReadonlyMap<string, 'release-request'>;
  readonly steps: readonly CaseStep[];
}

type Messages = ReadonlyMap<Hash, Message | UnknownMessage>;

/** The case's request, where it is a freeze alert: whoever sent it is Q. */
export const requestOf = (events: readonly StoredMessage[]): StoredMessage | undefined => {
  const opening = openingRequest(events.map(({ eh, follows, tsMs, kind }) => ({ eh, on: follows, tsMs, kind })));
  return events.find(({ eh }) => eh === opening?.eh);
};

/** @returns undefined where the conversation is no freeze alert */
export function foldFreeze(
  archive: Archive,
  self: string,
  conversation: ConversationId,
  events: readonly StoredMessage[],
  messages: Messages,
  nowMs: number,
  guards: FreezeGuards = {},
): FoldedFreeze | undefined {
  const request = requestOf(events);
  const opening = request === undefined ? undefined : messages.get(request.eh);
  if (request === undefined || opening?.kind !== 'freeze.request') return undefined;
  const isDelivered = request.direction === 'in' || archive.messages.acknowledgements(request.eh).length > 0;
  const signed = signedEvents(archive, conversation, events, messages, request);
  const folded = foldFreezeCase(request.eh, signed, { isDelivered, nowMs, guards });
  if (folded === undefined) return undefined;
  const { freezeCase, refused, countsAs } = folded;
  const isRequesting = request.agency === self;
  const explanations = explanationsOf(messages);
  const amounts = new Map(opening.body.assets.map(({ assetRef, amount }) => [assetRef, amount ?? null]));
  return {
    state: alertState(freezeCase),
    assets: freezeCase.requested.map((assetRef) =>
      assetOf(freezeCase, assetRef, explanations, amounts.get(assetRef) ?? null, isRequesting),
    ),
    refused: reasonsOf(refused),
    countsAs,
    steps: stepsOf(freezeCase, isRequesting),
  };
}

/** The stored events as the protocol folds them. */
export function signedEvents(
  archive: Archive,
  conversation: ConversationId,
  events: readonly StoredMessage[],
  messages: Messages,
  request: StoredMessage,
): SignedEvent[] {
  const sentAt = new Map(archive.messages.ofConversation(conversation).map(({ eh, tsMs }) => [eh, tsMs]));
  return events.map((stored) => {
    const { eh, follows, tsMs, storedAtMs, agency } = stored;
    const message = messages.get(eh);
    const base = {
      eh,
      on: follows,
      by: agency === request.agency ? ('requesting' as const) : ('requested' as const),
      tsMs,
      storedAtMs,
      message: message === undefined || message.kind === 'unknown' ? null : message,
    };
    // Only a decision on an extension depends on the instant to the minute; what its sender had seen by then proves it.
    return stored.kind === 'freeze.extension-decision' ? { ...base, notBeforeMs: provenAfter(stored, sentAt) } : base;
  });
}

/** The latest `ts` among what the sender says it had seen: it cannot have been signed before that. */
function provenAfter(stored: StoredMessage, sentAt: ReadonlyMap<string, number>): number {
  if (stored.jws === '') return 0;
  const { seen, prev } = manifestOf(stored);
  const names = [...Object.values(seen).map(([, eh]) => eh), ...(prev === null ? [] : [prev])];
  return Math.max(0, ...names.flatMap((eh) => sentAt.get(eh) ?? []));
}

function assetOf(
  freezeCase: FreezeCase,
  assetRef: string,
  explanations: ReadonlyMap<string, string>,
  requestedAmount: Amount | null,
  isRequesting: boolean,
): CaseAsset {
  const asset = freezeCase.assets.get(assetRef);
  const atMs = asset?.expiresAtMs ?? null;
  const isHeld = asset?.state === 'in-force' || asset?.state === 'lift-proposed';
  return {
    assetRef,
    state: requestedAssetState(freezeCase, assetRef) ?? 'requested',
    presumed: isRequesting && asset?.state === 'lapsed' && !asset.endConfirmed,
    expiry: atMs === null ? null : { atMs, explanation: explanations.get(`${assetRef} ${atMs}`) ?? '' },
    held: isHeld ? asset.held : null,
    requestedAmount,
    extensionPending: asset?.extensionPending ?? false,
    extensionContested: asset?.extensionContested ?? false,
    mlaLinked: asset?.mlaLinked ?? false,
    originalReceivedAtMs: asset?.originalReceivedAtMs ?? null,
    late: asset?.late ?? false,
  };
}

const stepsOf = (freezeCase: FreezeCase, isRequesting: boolean): CaseStep[] =>
  nextSteps(freezeCase).map((step) => ({
    ...step,
    words: EVENT_WORDS[step.event],
    ours: step.party === (isRequesting ? 'requesting' : 'requested'),
  }));

const reasonsOf = (refused: FoldedCase['refused']): ReadonlyMap<string, string> =>
  new Map(
    [...refused].map(([eh, { state, event, assetRef, reason }]) => [
      eh,
      `${assetRef === null ? '' : `${assetRef}, `}${state}, does not allow ${event}: ${reason}`,
    ]),
  );

/** How each expiry was reckoned, by asset and instant. */
function explanationsOf(messages: Messages): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const message of messages.values()) {
    if (message.kind !== 'freeze.impose' && message.kind !== 'freeze.extension-decision') continue;
    for (const outcome of message.body.outcomes)
      if ('expiry' in outcome) found.set(`${outcome.assetRef} ${outcome.expiry.atMs}`, outcome.expiry.explanation);
  }
  return found;
}
