/**
 * R's decision to maintain or to lift. It answers the proposals that it follows and no others; beside another decision of R that says
 * otherwise, the asset is contested (spec 50-states, "Convergence").
 */
import { hearingFault } from './fold-guards.js';
import { contest, type Folding, isNotFollowedBy, refuse, step } from './fold-state.js';
import { isLive } from './freeze-case.js';
import type { AssetEvent } from './freeze-event.js';
import type { PlacedEvent } from './freeze-graph.js';

export function takeLiftDecision(folding: Folding, placed: PlacedEvent, event: AssetEvent): void {
  const isBeside = ({ assetRef }: { readonly assetRef: string }): boolean =>
    placed.by === 'requested' && folding.of(assetRef).deciders.some(isNotFollowedBy(placed));
  const beside = event.assets.filter(isBeside);
  const alone = event.assets.filter((part) => !isBeside(part));
  const fault = hearingFault(folding, placed, event);
  const before = folding.freezeCase;
  if (alone.length > 0 || beside.length === 0) {
    if (!step(folding, placed, { ...event, assets: alone }, fault)) return;
  } else if (fault !== undefined) {
    refuse(folding, placed, event, fault);
    return;
  }
  const unknown = beside.find(({ assetRef }) => !mayBeside(folding, placed, assetRef));
  if (unknown !== undefined) {
    folding.freezeCase = before;
    refuse(folding, placed, event, 'nothing that it follows proposes to lift it', unknown.assetRef);
    return;
  }
  for (const { assetRef, outcome = 'maintained' } of event.assets) {
    const noted = folding.of(assetRef);
    noted.deciders = [...noted.deciders.filter(isNotFollowedBy(placed)), { eh: placed.eh, word: outcome }];
    noted.proposals = noted.proposals.filter(isNotFollowedBy(placed));
    if (new Set(noted.deciders.map(({ word }) => word)).size > 1) contest(folding, assetRef, placed.atMs);
    else if (outcome === 'maintained') maintained(folding, assetRef);
  }
}

const mayBeside = (folding: Folding, placed: PlacedEvent, assetRef: string): boolean =>
  folding.freezeCase.assets.get(assetRef)?.state !== 'superseded' &&
  !folding.of(assetRef).isEndedByLaw &&
  folding.of(assetRef).everProposedBy.some((eh) => placed.follows(eh));

/** Maintained against the proposals that it follows; against another one, which it did not know, nothing is decided yet. */
function maintained(folding: Folding, assetRef: string): void {
  const asset = folding.freezeCase.assets.get(assetRef);
  if (asset === undefined || !isLive(asset.state)) return;
  const state = folding.of(assetRef).proposals.length > 0 ? 'lift-proposed' : 'in-force';
  folding.freezeCase = {
    ...folding.freezeCase,
    assets: new Map(folding.freezeCase.assets).set(assetRef, { ...asset, state }),
  };
}
