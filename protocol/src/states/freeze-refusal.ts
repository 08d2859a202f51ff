/**
 * What a refused step says: state and event, who may take such a step, and what can be done instead. All of it is read from the
 * table, so that no sentence says other than what holds (spec 50-states).
 */
import { ProtocolError } from '../errors.js';
import type { FreezeCase } from './freeze-case.js';
import { nextSteps } from './freeze-steps.js';
import { ALERT_ROWS, ASSET_ROWS, type FreezeEventName, type FreezeRole, type Party, type Row } from './freeze-table.js';

/** Who may take a step, as the table says. */
export interface Actor {
  readonly party: Party;
  readonly role: FreezeRole;
}

export interface Refusal {
  readonly kind: 'refusal';
  readonly code: 'state.event-not-allowed';
  /** The state in which the event is not allowed: the asset's where the alert is decided. */
  readonly state: string;
  readonly event: FreezeEventName;
  readonly by: Party;
  readonly assetRef: string | null;
  readonly reason: string;
}

/** Every step in the words of an officer. */
export const EVENT_WORDS: Readonly<Record<FreezeEventName, string>> = {
  submit: 'hand the draft in for approval',
  return: 'return the draft to its drafter',
  send: 'send the alert',
  receive: 'confirm the delivery',
  acknowledge: 'acknowledge the alert',
  ask: 'ask for information',
  supply: 'supply what was asked for',
  redirect: 'name the competent body',
  refuse: 'refuse, with code and reason',
  'no-assets': 'report that no assets were found',
  impose: 'decide, asset by asset',
  withdraw: 'withdraw the alert',
  adjust: 'widen or narrow what is held',
  'extension-request': 'ask for an extension',
  'extension-decision': 'decide on the extension',
  'lift-propose': 'propose to lift, and hear the other side',
  'release-request': 'ask for release',
  'lift-decision': 'maintain or lift',
  'lift-by-law': 'report a lifting by court or law',
  'mla-link': 'link the MLA request',
  restraint: 'report a restraint',
  conflict: 'find two decisions that do not follow one another',
  clock: 'let the time pass',
};

const PARTY_WORDS: Readonly<Record<Party, string>> = {
  requesting: 'the requesting agency',
  requested: 'the requested agency',
  node: 'the node',
};

/** `the requested agency (approver)`. */
export const actorWords = ({ party, role }: Actor): string => `${PARTY_WORDS[party]} (${role})`;

/** Who may take this step at all, in any state. */
export function whoMay(event: FreezeEventName): readonly Actor[] {
  const rows: readonly Row<string>[] = [...ALERT_ROWS, ...ASSET_ROWS];
  const found = new Map<string, Actor>();
  for (const { on, by, role } of rows) if (on === event) for (const party of by) found.set(party, { party, role });
  return [...found.values()];
}

/** The states in which the table has this step. */
export function statesFor(event: FreezeEventName): readonly string[] {
  const rows: readonly Row<string>[] = [...ALERT_ROWS, ...ASSET_ROWS];
  return [...new Set(rows.flatMap(({ on, from, to }) => (on === event && to !== 'same' ? from : [])))];
}

/** What the refused party can do instead, in words; for the asset where one is named. */
export function insteadOf(freezeCase: FreezeCase, { by, event, assetRef }: Refusal): readonly string[] {
  const steps = nextSteps(freezeCase).filter(
    (step) =>
      step.party === by && step.event !== event && (assetRef === null || step.assetRefs?.includes(assetRef) !== false),
  );
  return [...new Set(steps.map((step) => EVENT_WORDS[step.event]))];
}

/** The refusal as an error: its message is one paragraph, its issues the same in parts. */
export function refusalError(freezeCase: FreezeCase, refusal: Refusal): ProtocolError {
  const { state, event, assetRef, reason } = refusal;
  const where = assetRef === null ? `A case that is ${state}` : `Asset ${assetRef}, which is ${state},`;
  const who = whoMay(event).map(actorWords).join(' or ');
  const instead = insteadOf(freezeCase, refusal).join('; ');
  const alternative = instead === '' ? 'nothing in this state' : instead;
  return new ProtocolError(
    refusal.code,
    `${where} does not allow ${event}: ${reason}. Who may ${EVENT_WORDS[event]}: ${who}. What can be done instead: ${alternative}.`,
    {
      issues: [
        { field: assetRef ?? 'state', reason: `${state} does not allow ${event}: ${reason}` },
        { field: 'who', reason: who },
        { field: 'instead', reason: alternative },
      ],
    },
  );
}
