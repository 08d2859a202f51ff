/** What may be done next in a freeze case, and by whom: the rows of the table that leave its present states (spec 50-states). */
import type { AlertState, AssetState, FreezeCase } from './freeze-case.js';
import { ALERT_ROWS, ASSET_ROWS, type FreezeEventName, type FreezeRole, type Party, type Row } from './freeze-table.js';

export interface NextStep {
  readonly event: FreezeEventName;
  readonly party: Party;
  readonly role: FreezeRole;
  readonly guard: string;
  /** The assets for which it is open; null for a step of the alert as a whole. */
  readonly assetRefs: readonly string[] | null;
}

/** Events that a person does not take: a node's own. */
const NODES: ReadonlySet<FreezeEventName> = new Set(['receive', 'conflict', 'clock']);

/** Every step that people may take now. Guards that only the step's own text can answer are given in words. */
export function nextSteps(freezeCase: FreezeCase): readonly NextStep[] {
  if (freezeCase.alert !== 'decided') return stepsFrom(ALERT_ROWS, freezeCase.alert, null);
  const merged = new Map<string, NextStep>();
  for (const [assetRef, { state, extensionPending }] of freezeCase.assets) {
    for (const step of stepsFrom(ASSET_ROWS, state, [assetRef])) {
      if (step.event === 'extension-decision' && !extensionPending) continue;
      const key = `${step.event} ${step.party}`;
      const before = merged.get(key);
      const refs = [...new Set([...(before?.assetRefs ?? []), assetRef])];
      merged.set(key, { ...(before ?? step), assetRefs: refs });
    }
  }
  return [...(isUnsettled(freezeCase) ? stepsFrom(ALERT_ROWS, 'decided', null) : []), ...merged.values()];
}

/** Nothing is in force, and something is contested: R may still answer the alert as a whole. */
export function isUnsettled({ alert, assets }: FreezeCase): boolean {
  const states = [...assets.values()].map(({ state }) => state);
  return (
    alert === 'decided' &&
    states.includes('contested') &&
    states.every((state) => state === 'contested' || state === 'not-frozen')
  );
}

const stepsFrom = <State extends AlertState | AssetState>(
  rows: readonly Row<State>[],
  state: State,
  assetRefs: readonly string[] | null,
): NextStep[] =>
  rows
    .filter(({ from, on }) => from.includes(state) && !NODES.has(on))
    .flatMap(({ on, by, role, guard }) => by.map((party) => ({ event: on, party, role, guard, assetRefs })));
