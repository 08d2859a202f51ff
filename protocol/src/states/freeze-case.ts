/**
 * The state of one freeze case. Before R's decision it is one state for the alert; from the decision on each asset has its own,
 * and the alert's is derived. Plain data; only `next` makes a new one (spec 50-states).
 */
import type { Amount } from '../subjects/amount.js';
import type { Extent, MeasureAction, PermittedDebit } from '../subjects/measure.js';

/** While there is no decision; `decided` once the assets speak for themselves. */
export const ALERT_STATES = [
  'draft',
  'awaiting-approval',
  'sent',
  'delivered',
  'acknowledged',
  'info-needed',
  'redirected',
  'refused',
  'no-assets',
  'withdrawn',
  'decided',
] as const;
export type AlertState = (typeof ALERT_STATES)[number];

/** After the decision. Only `in-force` and `lift-proposed` are frozen. */
export const ASSET_STATES = [
  'in-force',
  'lift-proposed',
  'lifted',
  'lapsed',
  'superseded',
  'not-frozen',
  'contested',
] as const;
export type AssetState = (typeof ASSET_STATES)[number];

/** What is held, and how: as R's decision said it, and its adjustments since. */
export interface HeldMeasure {
  readonly action: MeasureAction;
  readonly extent: Extent;
  readonly permittedDebits: readonly PermittedDebit[];
  /** What was found; null while the institution has not said. */
  readonly amount: Amount | null;
  readonly startsAtMs: number;
  readonly orderReference: string | null;
}

export interface AssetCase {
  readonly state: AssetState;
  /** Null where nothing was ever frozen, or where it is contested. */
  readonly held: HeldMeasure | null;
  /** When the measure ends; null where there is none. */
  readonly expiresAtMs: number | null;
  /** The state that it would be in, had it not lapsed: an act from before the expiry that arrives after it goes on from here. */
  readonly lapsedFrom: LiveState | null;
  /** Q has asked for more time and R has not answered. Changes neither the expiry nor what may happen. */
  readonly extensionPending: boolean;
  /** R has decided twice on an extension, each without the other: the earlier expiry stands until R settles it. */
  readonly extensionContested: boolean;
  readonly mlaLinked: boolean;
  /** When R had the original of the MLA request, and it matched its advance copy; null before. */
  readonly originalReceivedAtMs: number | null;
  /** R has said, signed, that a lapsed measure is over. */
  readonly endConfirmed: boolean;
  /** Revived by an extension that was signed before the expiry and arrived after it. */
  readonly late: boolean;
}

export interface FreezeCase {
  readonly kind: 'freeze-case';
  readonly alert: AlertState;
  /** The assets of the request, by `assetRef`. */
  readonly requested: readonly string[];
  /** Empty until the decision; then one entry for each requested asset. */
  readonly assets: ReadonlyMap<string, AssetCase>;
  /** The latest time the clock has shown. */
  readonly clockMs: number;
}

/** A case as it begins, for the assets of the request. */
export const newFreezeCase = (assetRefs: readonly string[]): FreezeCase => ({
  kind: 'freeze-case',
  alert: 'draft',
  requested: [...assetRefs],
  assets: new Map(),
  clockMs: 0,
});

export type LiveState = 'in-force' | 'lift-proposed';
export const isLive = (state: AssetState): state is LiveState => state === 'in-force' || state === 'lift-proposed';

/** The asset's state at `atMs`: over at its expiry, and not yet over before it, whatever the clock has shown since. */
export function assetStateAt(asset: AssetCase, atMs: number): AssetState {
  const { state, expiresAtMs, lapsedFrom } = asset;
  if (expiresAtMs === null) return state;
  if (isLive(state) && atMs >= expiresAtMs) return 'lapsed';
  if (state === 'lapsed' && lapsedFrom !== null && atMs < expiresAtMs) return lapsedFrom;
  return state;
}

/** Whether the asset is frozen at `atMs`. Nothing else is: not silence, not a request, not a contested decision. */
export function isFrozenAt(freezeCase: FreezeCase, assetRef: string, atMs: number): boolean {
  const asset = freezeCase.assets.get(assetRef);
  return asset !== undefined && isLive(assetStateAt(asset, atMs));
}

/** What an asset that was asked for is, before the decision too. */
export type RequestedAssetState = AssetState | 'requested' | 'refused' | 'no-assets' | 'redirected' | 'withdrawn';

/** @returns undefined where the request does not name the asset */
export function requestedAssetState(freezeCase: FreezeCase, assetRef: string): RequestedAssetState | undefined {
  if (!freezeCase.requested.includes(assetRef)) return undefined;
  switch (freezeCase.alert) {
    case 'decided':
      return freezeCase.assets.get(assetRef)?.state;
    case 'refused':
    case 'no-assets':
    case 'redirected':
    case 'withdrawn':
      return freezeCase.alert;
    case 'draft':
    case 'awaiting-approval':
    case 'sent':
    case 'delivered':
    case 'acknowledged':
    case 'info-needed':
      return 'requested';
  }
}

/** An asset as a decision leaves it, before anything has followed. */
export const decidedAsset = (
  state: 'in-force' | 'not-frozen',
  expiresAtMs: number | null,
  held: HeldMeasure | null,
): AssetCase => ({
  state,
  held,
  expiresAtMs,
  lapsedFrom: null,
  extensionPending: false,
  extensionContested: false,
  mlaLinked: false,
  originalReceivedAtMs: null,
  endConfirmed: false,
  late: false,
});

/** The alert as a whole: `partial` where some assets are frozen and some are not, `ended` where they ended in different ways. */
export type DerivedAlertState = Exclude<AlertState, 'decided'> | AssetState | 'partial' | 'ended';

/** Derives the alert's state from its assets. */
export function alertState(freezeCase: FreezeCase): DerivedAlertState {
  if (freezeCase.alert !== 'decided') return freezeCase.alert;
  const states = [...freezeCase.assets.values()].map(({ state }) => state);
  const [first] = states;
  if (first === undefined) return 'ended';
  if (states.includes('contested')) return 'contested';
  if (states.every((state) => state === first)) return first;
  const live = states.filter(isLive).length;
  if (live === 0) return 'ended';
  return live === states.length ? 'in-force' : 'partial';
}
