/**
 * What may happen to a draft: local to an agency, the same for every kind that needs approval (spec 38-approvals; domain, Flow 1, the
 * rows `submit`, `return`, `send`). Data; what is not in it is refused.
 */
export const DRAFT_STATES = ['draft', 'awaiting-approval', 'sent'] as const;
export type DraftState = (typeof DRAFT_STATES)[number];

export const DRAFT_EVENTS = ['submit', 'return', 'send'] as const;
export type DraftEvent = (typeof DRAFT_EVENTS)[number];

export interface DraftRow {
  readonly from: readonly DraftState[];
  readonly on: DraftEvent;
  readonly by: 'officer' | 'approver';
  readonly guard: string;
  readonly to: DraftState;
}

export const DRAFT_ROWS: readonly DraftRow[] = [
  {
    from: ['draft', 'awaiting-approval'],
    on: 'submit',
    by: 'officer',
    guard: 'a new body, which voids every approval',
    to: 'awaiting-approval',
  },
  { from: ['awaiting-approval'], on: 'return', by: 'approver', guard: 'reason', to: 'draft' },
  {
    from: ['awaiting-approval'],
    on: 'send',
    by: 'approver',
    guard: 'not the drafter, as many as the policy asks, before its end, and the case still allows it',
    to: 'sent',
  },
];

/** The state after `event`; undefined where the table has no such step. */
export const draftNext = (state: DraftState, event: DraftEvent): DraftState | undefined =>
  DRAFT_ROWS.find(({ from, on }) => on === event && from.includes(state))?.to;
