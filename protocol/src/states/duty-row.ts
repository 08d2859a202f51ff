/**
 * A row of the tables of the duties (consent, exculpatory disclosure, feedback), how one is found, and what an event that finds none
 * is told: state, event, who may, and what can be done instead (spec 54-duties).
 */

/** Who fires it; the approvals ask for an officer of this role. */
export type DutyRole = 'officer' | 'approver' | 'node';

export interface DutyRow<State extends string, On extends string, Party extends string> {
  readonly from: readonly State[];
  readonly on: On;
  /** Which outcome of the event, where it has several. */
  readonly outcome?: string;
  readonly by: readonly Party[];
  readonly role: DutyRole;
  /** What must hold; empty where nothing must. */
  readonly guard: string;
  /** `same` leaves the state as it is. */
  readonly to: State | 'same';
}

export interface DutyRefusal {
  readonly kind: 'refusal';
  readonly code: 'state.event-not-allowed';
  readonly state: string;
  readonly event: string;
  readonly reason: string;
  /** Who may do it in this state; empty where nobody may. */
  readonly whoMay: readonly string[];
  /** What the state allows instead. */
  readonly instead: readonly string[];
}

interface Asked<On extends string, Party extends string> {
  readonly on: On;
  readonly by: Party;
  readonly outcome?: string;
}

/** The row for an event in a state, or why there is none. */
export function dutyRow<State extends string, On extends string, Party extends string>(
  rows: readonly DutyRow<State, On, Party>[],
  state: State,
  event: Asked<On, Party>,
): DutyRow<State, On, Party> | DutyRefusal {
  const refuse = (reason: string): DutyRefusal => refusal(rows, state, event, reason);
  const inState = rows.filter(({ on, from }) => on === event.on && from.includes(state));
  if (inState.length === 0) return refuse('the table has no such step');
  const byParty = inState.filter(({ by }) => by.includes(event.by));
  if (byParty.length === 0) return refuse(`it is not for the ${event.by}`);
  return (
    byParty.find(({ outcome }) => outcome === event.outcome) ??
    refuse(`it cannot end as ${event.outcome ?? 'this'} here`)
  );
}

/** Refuses an event that the table knows and a guard does not let pass. */
export function refusal<State extends string, On extends string, Party extends string>(
  rows: readonly DutyRow<State, On, Party>[],
  state: State,
  event: Asked<On, Party>,
  reason: string,
): DutyRefusal {
  const here = rows.filter(({ from, by }) => from.includes(state) && !by.every((party) => party === 'node'));
  const whoMay = here.filter(({ on }) => on === event.on).flatMap(({ by }) => by);
  const instead = here
    .filter(({ on }) => on !== event.on)
    .map(({ on, outcome, by }) => `${on}${outcome === undefined ? '' : ` (${outcome})`} by the ${by.join(' or the ')}`);
  return {
    kind: 'refusal',
    code: 'state.event-not-allowed',
    state,
    event: event.on,
    reason,
    whoMay: [...new Set(whoMay)],
    instead: [...new Set(instead)],
  };
}

/** The refusal in one sentence for the person at the desk. */
export function refusalText({ state, event, reason, whoMay, instead }: DutyRefusal, what: string): string {
  const who = whoMay.length === 0 ? '' : ` It is for the ${whoMay.join(' or the ')}.`;
  const other = instead.length === 0 ? '' : ` Possible now: ${instead.join('; ')}.`;
  return `${what} that is ${state} does not allow ${event}: ${reason}.${who}${other}`;
}

/** The table as a Mermaid state diagram: spec 54-duties holds exactly this text. */
export function dutyDiagram(rows: readonly DutyRow<string, string, string>[], initial: string): string {
  const states = [...new Set(rows.flatMap(({ from, to }) => [...from, ...(to === 'same' ? [] : [to])]))];
  const name = (state: string): string => state.replaceAll('-', '_');
  return [
    'stateDiagram-v2',
    ...states.filter((state) => state.includes('-')).map((state) => `  state "${state}" as ${name(state)}`),
    `  [*] --> ${name(initial)}`,
    ...rows.flatMap(({ from, on, outcome, to }) =>
      from.map(
        (state) =>
          `  ${name(state)} --> ${name(to === 'same' ? state : to)}: ${on}${outcome === undefined ? '' : ` (${outcome})`}`,
      ),
    ),
  ].join('\n');
}
