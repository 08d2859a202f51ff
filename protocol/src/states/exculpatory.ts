/**
 * Disclosure of what is exculpatory, as a table and one total function (article 46(5); spec 54-duties). The discloser tells the sender
 * before, consults if asked, and discloses: there is no row by which the sender could stop it, and no fixed number of hours.
 */
import type { Hash } from '../ids.js';
import { type DutyRefusal, type DutyRow, dutyRow, refusal } from './duty-row.js';

/** `uninformed`: disclosed without notice, and the sender has not been informed yet. */
export const EXCULPATORY_STATES = [
  'unidentified',
  'identified',
  'notified',
  'consulting',
  'disclosed',
  'uninformed',
  'informed',
] as const;
export type ExculpatoryState = (typeof EXCULPATORY_STATES)[number];
export const EXCULPATORY_EVENTS = ['identify', 'notice', 'consult', 'disclosed', 'informed'] as const;
export type ExculpatoryEventName = (typeof EXCULPATORY_EVENTS)[number];
export const EXCULPATORY_PARTIES = ['discloser', 'sender'] as const;
/** The discloser received from the sender what exculpates somebody. */
export type ExculpatoryParty = (typeof EXCULPATORY_PARTIES)[number];

const DISCLOSER = ['discloser'] as const;
const BEFORE = ['notified', 'consulting'] as const;
const AFTER = ['disclosed', 'uninformed', 'informed'] as const;

export const EXCULPATORY_ROWS: readonly DutyRow<ExculpatoryState, ExculpatoryEventName, ExculpatoryParty>[] = [
  // Local: it has no kind on the wire.
  { from: ['unidentified'], on: 'identify', by: DISCLOSER, role: 'officer', guard: '', to: 'identified' },
  {
    from: ['identified'],
    on: 'notice',
    by: DISCLOSER,
    role: 'approver',
    guard: 'items, proceedings, why it is exculpatory',
    to: 'notified',
  },
  { from: BEFORE, on: 'notice', by: DISCLOSER, role: 'approver', guard: 'more items or another day', to: 'same' },
  { from: ['notified'], on: 'consult', by: ['sender'], role: 'officer', guard: '', to: 'consulting' },
  {
    from: ['consulting'],
    on: 'consult',
    by: ['sender', 'discloser'],
    role: 'officer',
    guard: 'question or answer',
    to: 'same',
  },
  {
    from: AFTER,
    on: 'consult',
    by: ['sender', 'discloser'],
    role: 'officer',
    guard: 'recorded; it undoes nothing',
    to: 'same',
  },
  {
    from: BEFORE,
    on: 'disclosed',
    outcome: 'after-notice',
    by: DISCLOSER,
    role: 'approver',
    guard: 'it follows the notice',
    to: 'disclosed',
  },
  {
    from: ['disclosed', 'uninformed', 'informed'],
    on: 'disclosed',
    outcome: 'after-notice',
    by: DISCLOSER,
    role: 'approver',
    guard: 'once more; it follows the notice',
    to: 'same',
  },
  {
    from: ['identified', ...BEFORE, ...AFTER],
    on: 'disclosed',
    outcome: 'without-notice',
    by: DISCLOSER,
    role: 'approver',
    guard: 'why notice was impossible',
    to: 'uninformed',
  },
  {
    from: ['uninformed', 'informed'],
    on: 'informed',
    by: DISCLOSER,
    role: 'approver',
    guard: 'it follows the disclosure; without delay',
    to: 'informed',
  },
];

export interface ExculpatoryMatter {
  readonly kind: 'exculpatory';
  readonly state: ExculpatoryState;
  readonly notices: readonly Hash[];
  /** Disclosures that had no notice, and have not been told of afterwards. */
  readonly untold: readonly { readonly id: Hash; readonly disclosedAtMs: number }[];
}
export const newMatter: ExculpatoryMatter = { kind: 'exculpatory', state: 'unidentified', notices: [], untold: [] };

interface Base {
  readonly by: ExculpatoryParty;
  readonly id: Hash;
  /** Every event of the case that it follows. */
  readonly after: ReadonlySet<Hash>;
}
export type ExculpatoryEvent = Base &
  (
    | { readonly on: 'identify' | 'notice' | 'consult' | 'informed' }
    | { readonly on: 'disclosed'; readonly disclosedAtMs: number; readonly outcome: 'after-notice' | 'without-notice' }
  );

/** The matter after `event`, or why it is not allowed. Total and pure. */
export function nextExculpatory(matter: ExculpatoryMatter, event: ExculpatoryEvent): ExculpatoryMatter | DutyRefusal {
  const { on, by } = event;
  const asked = on === 'disclosed' ? { on, by, outcome: event.outcome } : { on, by };
  const refuse = (reason: string): DutyRefusal => refusal(EXCULPATORY_ROWS, matter.state, asked, reason);
  // Said before the table says "no such step", which would help nobody.
  if (event.on === 'disclosed' && event.outcome === 'after-notice' && !follows(event, matter.notices))
    return refuse('the sender had no notice before; give notice, or say why notice was impossible');
  const row = dutyRow(EXCULPATORY_ROWS, matter.state, asked);
  if ('kind' in row) return row;
  const state = row.to === 'same' ? matter.state : row.to;
  switch (event.on) {
    case 'identify':
    case 'consult':
      return { ...matter, state };
    case 'notice':
      return { ...matter, state, notices: [...matter.notices, event.id] };
    case 'disclosed':
      if (event.outcome === 'after-notice') return { ...matter, state };
      return { ...matter, state, untold: [...matter.untold, { id: event.id, disclosedAtMs: event.disclosedAtMs }] };
    case 'informed': {
      const untold = matter.untold.filter(({ id }) => !event.after.has(id));
      // One that crossed it is still to be told of.
      return { ...matter, untold, state: untold.length === 0 ? state : 'uninformed' };
    }
  }
}

const follows = ({ after }: Base, ids: readonly Hash[]): boolean => ids.some((id) => after.has(id));
