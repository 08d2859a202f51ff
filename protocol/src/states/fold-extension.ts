/**
 * R's decisions on extensions. One settles the requests that it follows; where two do not follow one another and differ, the earlier
 * expiry stands until R settles it: silence never means frozen, and neither does a contradiction.
 */
import { type Folding, isNotFollowedBy, refuse, step } from './fold-state.js';
import { type AssetCase, assetStateAt, isLive } from './freeze-case.js';
import type { AssetEvent, AssetPart } from './freeze-event.js';
import type { PlacedEvent } from './freeze-graph.js';

export function takeExtension(folding: Folding, placed: PlacedEvent, event: AssetEvent): void {
  const before = folding.freezeCase;
  const faulty = event.assets.find((part) => besideFault(folding, placed, part) !== undefined);
  if (faulty !== undefined) {
    refuse(folding, placed, event, besideFault(folding, placed, faulty) ?? '', faulty.assetRef);
    return;
  }
  const alone = event.assets.filter(({ assetRef }) => openBeside(folding, placed, assetRef).length === 0);
  if (placed.by !== 'requested' || alone.length > 0 || event.assets.length === 0) {
    if (!step(folding, placed, { ...event, assets: placed.by === 'requested' ? alone : event.assets })) return;
  }
  const assets = new Map(folding.freezeCase.assets);
  for (const part of event.assets) {
    const asset = assets.get(part.assetRef);
    const found = before.assets.get(part.assetRef);
    if (asset === undefined || found === undefined) continue;
    assets.set(part.assetRef, settled(folding, placed, part, asset, found));
  }
  folding.freezeCase = { ...folding.freezeCase, assets };
}

const openBeside = (folding: Folding, placed: PlacedEvent, assetRef: string) =>
  folding.of(assetRef).extensions.filter(isNotFollowedBy(placed));

/** Was it asked for, in time, by what this decision knew? What the table says of the rest, `step` says. */
function besideFault(folding: Folding, placed: PlacedEvent, part: AssetPart): string | undefined {
  const [open] = openBeside(folding, placed, part.assetRef);
  const asset = folding.freezeCase.assets.get(part.assetRef);
  if (placed.by !== 'requested' || asset === undefined) return undefined;
  const asked = folding.of(part.assetRef).everRequestedBy.some((eh) => placed.follows(eh));
  if (!asked && (open !== undefined || isLive(assetStateAt(asset, placed.atMs))))
    return 'no extension has been asked for';
  if (open === undefined) return undefined;
  if (!isLive(asset.state)) return `it is ${asset.state}`;
  if (placed.atMs >= open.foundMs) return 'it had lapsed when this was signed';
  if (part.outcome === 'extended' && (part.expiresAtMs ?? 0) <= open.foundMs)
    return 'the new expiry is not later than the old one';
  return undefined;
}

function settled(
  folding: Folding,
  placed: PlacedEvent,
  part: AssetPart,
  asset: AssetCase,
  found: AssetCase,
): AssetCase {
  const noted = folding.of(part.assetRef);
  const open = noted.extensions.filter(isNotFollowedBy(placed));
  const foundMs = open[0]?.foundMs ?? found.expiresAtMs ?? 0;
  const givenMs = part.outcome === 'extended' ? (part.expiresAtMs ?? foundMs) : foundMs;
  noted.extensions = [...open, { eh: placed.eh, givenMs, foundMs }];
  noted.requests = noted.requests.filter((eh) => !placed.follows(eh));
  const given = noted.extensions.map((decider) => decider.givenMs);
  const isContested = new Set(given).size > 1;
  const isLate = part.outcome === 'extended' && placed.storedAtMs !== undefined && placed.storedAtMs >= foundMs;
  return {
    ...asset,
    expiresAtMs: Math.min(...given),
    extensionContested: isContested,
    extensionPending: isContested || noted.requests.length > 0,
    late: asset.late || isLate,
  };
}
