/** What the fold of a freeze case keeps while it runs: the case itself, and per asset which decisions still stand beside one another. */
import { next, notAllowed } from './freeze.js';
import type { FreezeCase } from './freeze-case.js';
import type { AssetEvent, FreezeEvent } from './freeze-event.js';
import type { PlacedEvent } from './freeze-graph.js';
import type { Refusal } from './freeze-refusal.js';

/** Checks that only others can answer. Each must be a function of the case's signed events alone, or the two sides differ. */
export interface FreezeGuards {
  /** Is the consent held that a forwarded redirect names? @returns why not, or undefined */
  readonly onwardConsent?: (redirect: PlacedEvent) => string | undefined;
}

export interface FoldedCase {
  readonly freezeCase: FreezeCase;
  /** Events that the state or a guard did not allow. */
  readonly refused: ReadonlyMap<string, Refusal>;
  /** A withdrawal that crossed R's decision, and what it counts as. */
  readonly countsAs: ReadonlyMap<string, 'release-request'>;
}

/** One decision of R on an asset, and its outcome as one word: two that say the same do not contest. */
export interface Decider {
  readonly eh: string;
  readonly word: string;
}

/** One decision on an extension: the expiry that it gives, and the one that it found. */
export interface ExtensionDecider {
  readonly eh: string;
  readonly givenMs: number;
  readonly foundMs: number;
}

export interface AssetFolding {
  /** R's decisions that no later one of R follows. */
  deciders: readonly Decider[];
  extensions: readonly ExtensionDecider[];
  /** Requests to extend that no decision answers yet, by name. */
  requests: string[];
  /** Proposals to lift, and requests for release, that no decision answers yet. */
  proposals: PlacedEvent[];
  /** Names of all that ever decided, asked or proposed here, answered or not. */
  readonly everDecidedBy: string[];
  readonly everRequestedBy: string[];
  readonly everProposedBy: string[];
  isEndedByLaw: boolean;
}

export interface Folding {
  freezeCase: FreezeCase;
  /** As it was before R's first answer, and before Q's withdrawal. */
  undecided: FreezeCase | undefined;
  beforeWithdrawal: FreezeCase | undefined;
  readonly withdrawals: PlacedEvent[];
  readonly links: { readonly eh: string; readonly hash: string }[];
  readonly announcedHash: string | undefined;
  readonly events: ReadonlyMap<string, PlacedEvent>;
  readonly guards: FreezeGuards;
  readonly refused: Map<string, Refusal>;
  readonly countsAs: Map<string, 'release-request'>;
  readonly of: (assetRef: string) => AssetFolding;
}

export function beginFolding(
  freezeCase: FreezeCase,
  placed: readonly PlacedEvent[],
  announcedHash: string | undefined,
  guards: FreezeGuards,
): Folding {
  const assets = new Map<string, AssetFolding>();
  return {
    freezeCase,
    undecided: undefined,
    beforeWithdrawal: undefined,
    withdrawals: [],
    links: [],
    announcedHash,
    events: new Map(placed.map((event) => [event.eh, event])),
    guards,
    refused: new Map(),
    countsAs: new Map(),
    of: (assetRef) => {
      const found = assets.get(assetRef) ?? {
        deciders: [],
        extensions: [],
        requests: [],
        proposals: [],
        everDecidedBy: [],
        everRequestedBy: [],
        everProposedBy: [],
        isEndedByLaw: false,
      };
      assets.set(assetRef, found);
      return found;
    },
  };
}

/**
 * Takes an event as the table has it.
 * @param fault why a guard forbids it, where one does; what the table forbids is said first
 * @returns false where it was refused, and changed nothing
 */
export function step(folding: Folding, { eh }: PlacedEvent, event: FreezeEvent, fault?: string): boolean {
  const result = next(folding.freezeCase, event);
  if (result.kind === 'refusal') folding.refused.set(eh, result);
  else if (fault !== undefined) folding.refused.set(eh, notAllowed(folding.freezeCase, event, fault));
  else {
    folding.freezeCase = result;
    return true;
  }
  return false;
}

/** Refuses an event for a reason that is not in the table. */
export function refuse(
  folding: Folding,
  { eh }: PlacedEvent,
  event: FreezeEvent,
  reason: string,
  assetRef: string | null = null,
): void {
  folding.refused.set(eh, notAllowed(folding.freezeCase, event, reason, assetRef));
}

/** Marks an asset as contested, unless a court, the law or a restraint has settled it. */
export function contest(folding: Folding, assetRef: string, atMs: number): void {
  if (folding.of(assetRef).isEndedByLaw) return;
  const conflict: AssetEvent = { on: 'conflict', by: 'node', atMs, assets: [{ assetRef }] };
  const result = next(folding.freezeCase, conflict);
  if (result.kind === 'freeze-case') folding.freezeCase = result;
}

/** Notes a proposal to lift, or a request for release. */
export function propose(folding: Folding, assetRef: string, placed: PlacedEvent): void {
  folding.of(assetRef).proposals.push(placed);
  folding.of(assetRef).everProposedBy.push(placed.eh);
}

export const isNotFollowedBy =
  (event: PlacedEvent) =>
  ({ eh }: { readonly eh: string }): boolean =>
    !event.follows(eh);
