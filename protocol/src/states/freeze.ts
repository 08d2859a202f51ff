/**
 * `next`: the one function that moves a freeze case. Total: every state and event gives a new state or a refusal that names both,
 * never an exception, never an undefined state. Pure: the clock is an event (spec 50-states).
 */
import { ProtocolError } from '../errors.js';
import { type AssetCase, type AssetState, assetStateAt, type FreezeCase, isLive } from './freeze-case.js';
import type { AssetEvent, AssetPart, FreezeEvent } from './freeze-event.js';
import { ALERT_ROWS, ASSET_ROWS, type FreezeEventName, type Row } from './freeze-table.js';

export interface Refusal {
  readonly kind: 'refusal';
  readonly code: 'state.event-not-allowed';
  /** The state in which the event is not allowed: the asset's where the alert is decided. */
  readonly state: string;
  readonly event: FreezeEventName;
  readonly assetRef: string | null;
  readonly reason: string;
}

/** The case after `event`, or why it is not allowed. */
export function next(freezeCase: FreezeCase, event: FreezeEvent): FreezeCase | Refusal {
  if (event.on === 'clock')
    return event.by === 'node'
      ? lapse({ ...freezeCase, clockMs: Math.max(freezeCase.clockMs, event.atMs) })
      : notAllowed(freezeCase, event, 'the clock is never sent');
  if (!('assets' in event)) return alertNext(freezeCase, event);
  if (event.on === 'impose' && freezeCase.alert !== 'decided') return decide(freezeCase, event);
  if (freezeCase.alert !== 'decided') return notAllowed(freezeCase, event, 'there is no decision yet');
  return assetsNext(freezeCase, event);
}

/** As `next`, throwing. @throws ProtocolError `state.event-not-allowed` */
export function assertNext(freezeCase: FreezeCase, event: FreezeEvent): FreezeCase {
  const result = next(freezeCase, event);
  if (result.kind === 'freeze-case') return result;
  const { state, assetRef, reason } = result;
  const where = assetRef === null ? `A case that is ${state}` : `Asset ${assetRef}, which is ${state},`;
  throw new ProtocolError(result.code, `${where} does not allow ${result.event}: ${reason}.`, {
    issues: [{ field: assetRef ?? 'state', reason: `${state} does not allow ${result.event}: ${reason}` }],
  });
}

function alertNext(freezeCase: FreezeCase, event: FreezeEvent): FreezeCase | Refusal {
  const row = rowFor(ALERT_ROWS, freezeCase.alert, event, undefined);
  if (typeof row === 'string') return notAllowed(freezeCase, event, row);
  return row.to === 'same' ? freezeCase : { ...freezeCase, alert: row.to };
}

/** R's decision: every requested asset gets its outcome, so that none is left to be taken for frozen. */
function decide(freezeCase: FreezeCase, event: AssetEvent): FreezeCase | Refusal {
  const row = rowFor(ALERT_ROWS, freezeCase.alert, event, undefined);
  if (typeof row === 'string') return notAllowed(freezeCase, event, row);
  const fault = namedTwiceOrUnknown(freezeCase, event);
  if (fault !== undefined) return fault;
  const assets = new Map<string, AssetCase>();
  for (const assetRef of freezeCase.requested) {
    const part = event.assets.find((candidate) => candidate.assetRef === assetRef);
    const decided = part === undefined ? undefined : decidedAsset(part);
    if (decided === undefined) return notAllowed(freezeCase, event, 'it has no outcome', assetRef);
    assets.set(assetRef, decided);
  }
  return lapse({ ...freezeCase, alert: 'decided', assets });
}

function decidedAsset({ outcome, expiresAtMs }: AssetPart): AssetCase | undefined {
  const base = { lapsedFrom: null, extensionPending: false, mlaLinked: false, late: false } as const;
  if (outcome === 'not-frozen') return { ...base, state: 'not-frozen', expiresAtMs: null };
  return outcome === 'in-force' && expiresAtMs !== undefined ? { ...base, state: 'in-force', expiresAtMs } : undefined;
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
      if (part.outcome !== 'extended') return { ...asset, extensionPending: false };
      if (part.expiresAtMs === undefined || part.expiresAtMs <= (asset.expiresAtMs ?? 0))
        return 'the new expiry is not later than the old one';
      return { ...asset, extensionPending: false, expiresAtMs: part.expiresAtMs };
    case 'mla-link':
      return { ...asset, mlaLinked: true };
    case 'impose':
      return decidedAsset(part) ?? 'it has no outcome';
    case 'conflict':
      return { ...asset, extensionPending: false };
    case 'adjust':
    case 'lift-propose':
    case 'release-request':
    case 'lift-decision':
    case 'lift-by-law':
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
  if (inState.length === 0) return 'the table has no such step';
  const byParty = inState.filter((row) => row.by.includes(event.by));
  if (byParty.length === 0) return `it is not for the ${event.by} side`;
  return byParty.find((row) => row.outcome === outcome) ?? 'it has no such outcome';
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

function notAllowed(
  freezeCase: FreezeCase,
  event: FreezeEvent,
  reason: string,
  assetRef: string | null = null,
  state?: string,
): Refusal {
  const inState = state ?? (assetRef === null ? undefined : freezeCase.assets.get(assetRef)?.state) ?? freezeCase.alert;
  return { kind: 'refusal', code: 'state.event-not-allowed', state: inState, event: event.on, assetRef, reason };
}
