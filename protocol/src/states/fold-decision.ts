/**
 * R's answer to an alert, and Q's withdrawal, where they cross. R's answer outranks a withdrawal that it did not know; two answers of
 * R that do not follow one another contest what they do not agree on, and contested is not frozen (spec 50-states, "Convergence").
 */
import { canonicalText } from '../encoding/json.js';
import { contest, type Folding, isNotFollowedBy, propose, refuse, step } from './fold-state.js';
import { next } from './freeze.js';
import { assetStateAt, decidedAsset, isLive } from './freeze-case.js';
import type { AlertEvent, AssetEvent, FreezeEvent } from './freeze-event.js';
import type { PlacedEvent } from './freeze-graph.js';

/** Of an impose, a refusal, a report that nothing was found, a redirection. */
export function takeDecision(folding: Folding, placed: PlacedEvent, event: AlertEvent | AssetEvent): void {
  const fault = consentFault(folding, placed);
  if (placed.by !== 'requested' || fault !== undefined) return void step(folding, placed, event, fault);
  const { freezeCase, withdrawals, beforeWithdrawal } = folding;
  if (freezeCase.alert === 'withdrawn' && beforeWithdrawal !== undefined) {
    if (withdrawals.some(({ eh }) => placed.follows(eh))) return void step(folding, placed, event);
    folding.freezeCase = beforeWithdrawal;
    if (!first(folding, placed, event)) folding.freezeCase = freezeCase;
    else for (const withdrawal of withdrawals) crossed(folding, withdrawal);
    return;
  }
  const refs = refsOf(folding, event);
  const standing = refs.map((assetRef) => folding.of(assetRef).deciders);
  if (standing.every((deciders) => deciders.length === 0)) return void first(folding, placed, event);
  if (standing.every((deciders) => deciders.every(({ eh }) => placed.follows(eh)))) {
    if (step(folding, placed, event)) decided(folding, placed, event);
    return;
  }
  beside(folding, placed, event);
}

/** @returns false where it was refused */
function first(folding: Folding, placed: PlacedEvent, event: FreezeEvent): boolean {
  const before = folding.freezeCase;
  if (!step(folding, placed, event)) return false;
  folding.undecided = before;
  decided(folding, placed, event);
  return true;
}

/** An answer that does not know another one. */
function beside(folding: Folding, placed: PlacedEvent, event: AlertEvent | AssetEvent): void {
  const refs = refsOf(folding, event);
  const known = refs.map((assetRef) => folding.of(assetRef).deciders.filter(({ eh }) => placed.follows(eh)));
  const isFirst = known.every((deciders) => deciders.length === 0);
  const settles = known.every((deciders) => new Set(deciders.map(({ word }) => word)).size > 1);
  const { undecided } = folding;
  if (undecided === undefined || (!isFirst && !settles)) {
    const [assetRef = null] = 'assets' in event ? refs : [];
    refuse(folding, placed, event, 'another decision stands beside it that it does not follow', assetRef);
    return;
  }
  // As its author saw the case: undecided, or with a conflict to settle.
  const alone = isFirst ? next(undecided, event) : undefined;
  if (alone?.kind === 'refusal') return void folding.refused.set(placed.eh, alone);
  const { alert } = folding.freezeCase;
  if (alert !== 'decided' && alert !== event.on && !isSameAnswer(alert, event.on)) {
    const contested = undecided.requested.map(
      (assetRef) => [assetRef, decidedAsset('not-frozen', null, null)] as const,
    );
    folding.freezeCase = { ...undecided, alert: 'decided', assets: new Map(contested) };
  }
  decided(folding, placed, event);
  for (const assetRef of refs) {
    const words = new Set(folding.of(assetRef).deciders.map(({ word }) => word));
    if (words.size > 1) contest(folding, assetRef, placed.atMs);
  }
}

const isSameAnswer = (alert: string, on: string): boolean =>
  (alert === 'refused' && on === 'refuse') || (alert === 'redirected' && on === 'redirect');

const refsOf = (folding: Folding, event: FreezeEvent): readonly string[] =>
  'assets' in event ? event.assets.map(({ assetRef }) => assetRef) : folding.freezeCase.requested;

/** Notes the answer for each asset in place of those that it follows. */
function decided(folding: Folding, placed: PlacedEvent, event: FreezeEvent): void {
  const note = (assetRef: string, word: string): void => {
    const asset = folding.of(assetRef);
    asset.deciders = [...asset.deciders.filter(isNotFollowedBy(placed)), { eh: placed.eh, word }];
    asset.everDecidedBy.push(placed.eh);
  };
  if ('assets' in event) for (const part of event.assets) note(part.assetRef, canonicalText({ ...part }));
  else for (const assetRef of folding.freezeCase.requested) note(assetRef, event.on);
}

function consentFault({ guards }: Folding, placed: PlacedEvent): string | undefined {
  const { message } = placed;
  if (message?.kind !== 'freeze.redirect' || message.body.onward.kind !== 'forwarded') return undefined;
  const { consent, atMs } = message.body.onward;
  if (consent.trim() === '') return 'it names no consent to passing the request on';
  if (atMs > placed.atMs) return 'it was passed on later than this was signed';
  return guards.onwardConsent?.(placed);
}

/** Q's withdrawal: before R's answer it ends the case; beside it, it asks for release; behind it, the table refuses it. */
export function takeWithdrawal(folding: Folding, placed: PlacedEvent, event: AlertEvent): void {
  const { freezeCase, withdrawals } = folding;
  if (freezeCase.alert === 'withdrawn' && placed.by === 'requesting') {
    if (withdrawals.every(isNotFollowedBy(placed))) withdrawals.push(placed);
    else step(folding, placed, event);
    return;
  }
  if (freezeCase.alert === 'decided' && placed.by === 'requesting') {
    const knows = freezeCase.requested.some((assetRef) =>
      folding.of(assetRef).everDecidedBy.some((eh) => placed.follows(eh)),
    );
    if (!knows) {
      crossed(folding, placed);
      return;
    }
  }
  if (!step(folding, placed, event)) return;
  folding.beforeWithdrawal = freezeCase;
  withdrawals.push(placed);
}

/** A withdrawal that R's decision did not know asks for the release of what is held. */
function crossed(folding: Folding, withdrawal: PlacedEvent): void {
  const { freezeCase } = folding;
  const { atMs, eh } = withdrawal;
  const held = [...freezeCase.assets].filter(([, asset]) => isLive(assetStateAt(asset, atMs)));
  const event: FreezeEvent = { on: 'withdraw', by: 'requesting', atMs };
  if (held.length === 0) {
    refuse(folding, withdrawal, event, 'R had decided, and nothing is held to release');
    return;
  }
  const assets = held.map(([assetRef]) => ({ assetRef }));
  if (!step(folding, withdrawal, { on: 'release-request', by: 'requesting', atMs, assets })) return;
  folding.countsAs.set(eh, 'release-request');
  for (const { assetRef } of assets) propose(folding, assetRef, withdrawal);
}
