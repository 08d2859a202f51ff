/**
 * `next`: the one function that moves a freeze case. Total: every state and event gives a new state or a refusal that names both,
 * never an exception, never an undefined state. Pure: the clock is an event (spec 50-states).
 */
import {
  type AssetCase,
  type AssetState,
  assetStateAt,
  decidedAsset,
  type FreezeCase,
  type HeldMeasure,
  isLive,
} from './freeze-case.js';
import type { AssetEvent, AssetPart, FreezeEvent } from './freeze-event.js';
import { type Refusal, refusalError, statesFor } from './freeze-refusal.js';
import { isUnsettled } from './freeze-steps.js';
import { ALERT_ROWS, ASSET_ROWS, type Row } from './freeze-table.js';

/** The case after `event`, or why it is not allowed. */
export function next(freezeCase: FreezeCase, event: FreezeEvent): FreezeCase | Refusal {
  if (event.on === 'clock')
    return event.by === 'node'
      ? lapse({ ...freezeCase, clockMs: Math.max(freezeCase.clockMs, event.atMs) })
      : notAllowed(freezeCase, event, 'the clock is never sent');
  if (!('assets' in event)) return alertNext(freezeCase, event);
  if (event.on === 'impose' && freezeCase.alert !== 'decided') return decideAll(freezeCase, event);
  if (freezeCase.alert !== 'decided') return notAllowed(freezeCase, event, 'there is no decision yet');
  return assetsNext(freezeCase, event);
}

/** As `next`, throwing. @throws ProtocolError `state.event-not-allowed` */
export function assertNext(freezeCase: FreezeCase, event: FreezeEvent): FreezeCase {
  const result = next(freezeCase, event);
  if (result.kind === 'freeze-case') return result;
  throw refusalError(freezeCase, result);
}

function alertNext(freezeCase: FreezeCase, event: FreezeEvent): FreezeCase | Refusal {
  const row = rowFor(ALERT_ROWS, freezeCase.alert, event, undefined);
  if (typeof row === 'string') return notAllowed(freezeCase, event, row);
  if (row.to === 'same') return freezeCase;
  if (freezeCase.alert !== 'decided') return { ...freezeCase, alert: row.to };
  if (!isUnsettled(freezeCase)) return notAllowed(freezeCase, event, 'each asset stands for itself now');
  return { ...freezeCase, alert: row.to, assets: new Map() };
}

/** R's decision: every requested asset gets its outcome, so that none is left to be taken for frozen. */
function decideAll(freezeCase: FreezeCase, event: AssetEvent): FreezeCase | Refusal {
  const row = rowFor(ALERT_ROWS, freezeCase.alert, event, undefined);
  if (typeof row === 'string') return notAllowed(freezeCase, event, row);
  const fault = namedTwiceOrUnknown(freezeCase, event);
  if (fault !== undefined) return fault;
  const assets = new Map<string, AssetCase>();
  for (const assetRef of freezeCase.requested) {
    const part = event.assets.find((candidate) => candidate.assetRef === assetRef);
    const decided = part === undefined ? undefined : decide(part);
    if (decided === undefined) return notAllowed(freezeCase, event, 'it has no outcome', assetRef);
    assets.set(assetRef, decided);
  }
  return lapse({ ...freezeCase, alert: 'decided', assets });
}

function decide(part: AssetPart): AssetCase | undefined {
  const { outcome, expiresAtMs, measure } = part;
  if (outcome === 'not-frozen') return decidedAsset('not-frozen', null, null);
  if (outcome !== 'in-force' || expiresAtMs === undefined) return undefined;
  return decidedAsset('in-force', expiresAtMs, measure === undefined ? null : heldBy(measure));
}

/** @returns null where the event does not say what is held */
function heldBy(measure: Partial<HeldMeasure>): HeldMeasure | null {
  const { action, extent, startsAtMs } = measure;
  if (action === undefined || extent === undefined || startsAtMs === undefined) return null;
  return { permittedDebits: [], amount: null, orderReference: null, ...measure, action, extent, startsAtMs };
}

/** All parts or none: an event that one of its assets does not allow changes nothing. */
function assetsNext(freezeCase: FreezeCase, event: AssetEvent): FreezeCase | Refusal {
  const fault = namedTwiceOrUnknown(freezeCase, event);
  if (fault !== undefined) return fault;
  const assets = new Map(freezeCase.assets);
  for (const part of event.assets) {
    const asset = freezeCase.assets.get(part.assetRef);
    if (asset === undefined) return notAllowed(freezeCase, event, 'it has no decision', part.assetRef);
    const state = assetStateAt(asset, event.atMs);
    const row = rowFor(ASSET_ROWS, state, event, part.outcome);
    if (typeof row === 'string') return notAllowed(freezeCase, event, row, part.assetRef, state);
    const to: AssetState = row.to === 'same' ? state : row.to;
    const moved = apply({ ...asset, state: to, lapsedFrom: null }, event, part);
    if (typeof moved === 'string') return notAllowed(freezeCase, event, moved, part.assetRef, state);
    const isRevived = asset.state === 'lapsed' && isLive(to) && moved.expiresAtMs !== asset.expiresAtMs;
    assets.set(part.assetRef, isRevived ? { ...moved, late: true } : moved);
  }
  return lapse({ ...freezeCase, assets });
}

/** What an event changes beside the state, and the guards that only the case can answer. */
function apply(asset: AssetCase, event: AssetEvent, part: AssetPart): AssetCase | string {
  switch (event.on) {
    case 'extension-request':
      return { ...asset, extensionPending: true };
    case 'extension-decision':
      if (!asset.extensionPending) return 'no extension has been asked for';
      if (part.outcome !== 'extended') return { ...asset, extensionPending: false, extensionContested: false };
      if (part.expiresAtMs === undefined || part.expiresAtMs <= (asset.expiresAtMs ?? 0))
        return 'the new expiry is not later than the old one';
      return { ...asset, extensionPending: false, extensionContested: false, expiresAtMs: part.expiresAtMs };
    case 'mla-link':
      return part.receivedAtMs === undefined
        ? { ...asset, mlaLinked: true }
        : { ...asset, mlaLinked: true, originalReceivedAtMs: part.receivedAtMs };
    case 'impose': {
      const { mlaLinked, originalReceivedAtMs } = asset;
      const decided = decide(part);
      return decided === undefined ? 'it has no outcome' : { ...decided, mlaLinked, originalReceivedAtMs };
    }
    case 'conflict':
      return { ...asset, held: null, expiresAtMs: null, extensionPending: false, extensionContested: false };
    case 'adjust':
      return asset.held === null ? asset : { ...asset, held: { ...asset.held, ...part.measure } };
    case 'lift-by-law':
      return asset.state === 'lapsed' ? { ...asset, endConfirmed: true } : asset;
    case 'lift-propose':
    case 'release-request':
    case 'lift-decision':
    case 'restraint':
      return asset;
  }
}

function lapse(freezeCase: FreezeCase): FreezeCase {
  const assets = new Map<string, AssetCase>();
  for (const [assetRef, asset] of freezeCase.assets) {
    const isOver = isLive(asset.state) && assetStateAt(asset, freezeCase.clockMs) === 'lapsed';
    assets.set(
      assetRef,
      isOver && isLive(asset.state) ? { ...asset, state: 'lapsed', lapsedFrom: asset.state } : asset,
    );
  }
  return { ...freezeCase, assets };
}

function rowFor<State extends string>(
  rows: readonly Row<State>[],
  state: State,
  event: FreezeEvent,
  outcome: string | undefined,
): Row<State> | string {
  const inState = rows.filter((row) => row.on === event.on && row.from.includes(state));
  if (inState.length === 0) return noSuchStep(event);
  const withOutcome = inState.filter((row) => row.outcome === outcome);
  const isTheirs = (withOutcome.length > 0 ? withOutcome : inState).some((row) => row.by.includes(event.by));
  if (!isTheirs) return `it is not for the ${event.by} side`;
  return withOutcome.find((row) => row.by.includes(event.by)) ?? 'it has no such outcome';
}

/** A step out of its time: when it would have been in time. */
function noSuchStep({ on }: FreezeEvent): string {
  const states = statesFor(on);
  return states.length === 0 ? 'the table has no such step' : `it is a step from ${states.join(', ')}`;
}

function namedTwiceOrUnknown(freezeCase: FreezeCase, event: AssetEvent): Refusal | undefined {
  const seen = new Set<string>();
  for (const { assetRef } of event.assets) {
    if (!freezeCase.requested.includes(assetRef))
      return notAllowed(freezeCase, event, 'the request does not name it', assetRef);
    if (seen.has(assetRef)) return notAllowed(freezeCase, event, 'it is named twice', assetRef);
    seen.add(assetRef);
  }
  return seen.size === 0 ? notAllowed(freezeCase, event, 'it names no asset') : undefined;
}

/** A refusal of `event`, in the state of the asset where one is named. */
export function notAllowed(
  freezeCase: FreezeCase,
  event: FreezeEvent,
  reason: string,
  assetRef: string | null = null,
  state?: string,
): Refusal {
  const inState = state ?? (assetRef === null ? undefined : freezeCase.assets.get(assetRef)?.state) ?? freezeCase.alert;
  return {
    kind: 'refusal',
    code: 'state.event-not-allowed',
    state: inState,
    event: event.on,
    by: event.by,
    assetRef,
    reason,
  };
}
