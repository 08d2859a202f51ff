/**
 * The state of a freeze case as a pure function of the set of its signed events: the same on every device that has the same events,
 * whatever the order of arrival (spec 50-states, "Convergence"). An event that its state or its guard does not allow changes
 * nothing and is named in `refused`; the clock is the node's own and comes last.
 */
import { takeDecision, takeWithdrawal } from './fold-decision.js';
import { takeExtension } from './fold-extension.js';
import { lawfulLink } from './fold-guards.js';
import { takeLiftDecision } from './fold-lift.js';
import { beginFolding, type FoldedCase, type Folding, type FreezeGuards, propose, step } from './fold-state.js';
import { next } from './freeze.js';
import { type FreezeCase, newFreezeCase } from './freeze-case.js';
import { freezeEventOf } from './freeze-event.js';
import { type PlacedEvent, placeEvents, type SignedEvent } from './freeze-graph.js';
import type { Refusal } from './freeze-refusal.js';

export interface FoldOptions {
  /** Is it proved that R's node has the request? */
  readonly isDelivered: boolean;
  readonly nowMs: number;
  readonly guards?: FreezeGuards;
}

/** @returns the request that opens the case: of those that follow nothing, the first by `ts`, then by name */
export const openingRequest = <E extends Pick<SignedEvent, 'eh' | 'on' | 'tsMs'> & { readonly kind: string }>(
  events: readonly E[],
): E | undefined =>
  events
    .filter(({ kind, on }) => kind === 'freeze.request' && on.length === 0)
    .sort((a, b) => a.tsMs - b.tsMs || (a.eh < b.eh ? -1 : 1))[0];

/**
 * @param opening name of the request, which is among `events`
 * @param events every event of the case, in any order; notes too, since Q may have been heard in one
 * @returns undefined where `opening` is no freeze request
 */
export function foldFreezeCase(
  opening: string,
  events: readonly SignedEvent[],
  { isDelivered, nowMs, guards = {} }: FoldOptions,
): FoldedCase | undefined {
  const request = events.find(({ eh }) => eh === opening);
  if (request?.message?.kind !== 'freeze.request') return undefined;
  const names = new Set(events.map(({ eh }) => eh));
  // The conversation's name is known from its opening alone: whoever speaks in it has seen that.
  const rooted = events.map((event) =>
    event === request
      ? { ...event, on: [] }
      : event.on.some((eh) => names.has(eh))
        ? event
        : { ...event, on: [opening] },
  );
  const judged = judge(request, rooted, isDelivered, guards);
  const folding = run(request, judged.events, isDelivered, guards);
  const now = next(folding.freezeCase, { on: 'clock', by: 'node', atMs: nowMs });
  return {
    freezeCase: now.kind === 'freeze-case' ? now : folding.freezeCase,
    refused: new Map([...judged.refused, ...folding.refused]),
    countsAs: folding.countsAs,
  };
}

/**
 * First each event is judged by what it follows. What the case did not allow as its own author knew it is refused, whatever else
 * there is, and must not bring forward what it follows; only what was rightly said can cross something.
 */
function judge(
  request: SignedEvent,
  events: readonly SignedEvent[],
  isDelivered: boolean,
  guards: FreezeGuards,
): { readonly events: readonly SignedEvent[]; readonly refused: ReadonlyMap<string, Refusal> } {
  const refused = new Map<string, Refusal>();
  const placed = placeEvents(events);
  // Where nothing crosses there is one order, and the fold itself is the judgement.
  if (placed.every(({ follows }, index) => index === 0 || follows(placed[index - 1]?.eh ?? '')))
    return { events, refused };
  const silenced = (event: SignedEvent): SignedEvent => (refused.has(event.eh) ? { ...event, message: null } : event);
  for (const event of placed) {
    const past = placed.filter(({ eh }) => event.follows(eh)).map(silenced);
    const refusal = run(request, [...past, event], isDelivered, guards).refused.get(event.eh);
    if (refusal !== undefined) refused.set(event.eh, refusal);
  }
  return { events: events.map(silenced), refused };
}

function run(
  request: SignedEvent,
  events: readonly SignedEvent[],
  isDelivered: boolean,
  guards: FreezeGuards,
): Folding {
  const placed = placeEvents(events);
  const folding = beginFolding(draftOf(request), placed, announcedHash(request), guards);
  for (const event of placed) {
    take(folding, event);
    if (event.eh !== request.eh || !isDelivered) continue;
    const delivered = next(folding.freezeCase, { on: 'receive', by: 'requested', atMs: event.atMs });
    if (delivered.kind === 'freeze-case') folding.freezeCase = delivered;
  }
  return folding;
}

/** Drafting and approval are local to the requesting side; what is on the wire has been through both. */
function draftOf({ message, tsMs }: SignedEvent): FreezeCase {
  const assets = message?.kind === 'freeze.request' ? message.body.assets : [];
  const draft = newFreezeCase(assets.map(({ assetRef }) => assetRef));
  const submitted = next(draft, { on: 'submit', by: 'requesting', atMs: tsMs });
  return submitted.kind === 'freeze-case' ? submitted : draft;
}

function announcedHash({ message }: SignedEvent): string | undefined {
  if (message?.kind !== 'freeze.request' || message.body.mla.kind === 'not-intended') return undefined;
  return message.body.mla.advanceCopyHash;
}

function take(folding: Folding, placed: PlacedEvent): void {
  const { message, by, atMs, eh } = placed;
  // Receipts travel on their own, outside the graph.
  const event = message === null || message.kind === 'receipt.delivered' ? undefined : freezeEventOf(message, by, atMs);
  if (event === undefined) return;
  switch (event.on) {
    case 'withdraw':
      takeWithdrawal(folding, placed, event);
      return;
    case 'impose':
    case 'refuse':
    case 'no-assets':
    case 'redirect':
      takeDecision(folding, placed, event);
      return;
    case 'lift-decision':
      takeLiftDecision(folding, placed, event);
      return;
    case 'extension-decision':
      takeExtension(folding, placed, event);
      return;
    case 'extension-request':
      if (!step(folding, placed, event)) return;
      for (const { assetRef } of event.assets) {
        folding.of(assetRef).requests.push(eh);
        folding.of(assetRef).everRequestedBy.push(eh);
      }
      return;
    case 'lift-propose':
    case 'release-request':
      if (!step(folding, placed, event)) return;
      for (const { assetRef } of event.assets) propose(folding, assetRef, placed);
      return;
    case 'lift-by-law':
      if (step(folding, placed, event))
        for (const { assetRef } of event.assets) folding.of(assetRef).isEndedByLaw = true;
      return;
    case 'mla-link': {
      if (!step(folding, placed, event, lawfulLink(folding, placed))) return;
      if (message?.kind === 'freeze.mla-link') folding.links.push({ eh, hash: message.body.advanceCopyHash });
      return;
    }
    case 'send':
    case 'receive':
    case 'submit':
    case 'return':
    case 'acknowledge':
    case 'ask':
    case 'supply':
    case 'adjust':
    case 'restraint':
    case 'conflict':
    case 'clock':
      step(folding, placed, event);
  }
}
