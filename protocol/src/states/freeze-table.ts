/**
 * The freeze alert's table as data: who may do what in which state, and where it leads (spec 50-states; domain, Flow 1).
 * `next` reads it, the diagram is drawn from it, the tests walk every cell. What is not in it is refused.
 */
import type { AlertState, AssetState } from './freeze-case.js';

export const FREEZE_EVENTS = [
  'submit',
  'return',
  'send',
  'receive',
  'acknowledge',
  'ask',
  'supply',
  'redirect',
  'refuse',
  'no-assets',
  'impose',
  'withdraw',
  'adjust',
  'extension-request',
  'extension-decision',
  'lift-propose',
  'release-request',
  'lift-decision',
  'lift-by-law',
  'mla-link',
  'restraint',
  'conflict',
  'clock',
] as const;
export type FreezeEventName = (typeof FREEZE_EVENTS)[number];

/** Q asks, R is asked; a node acts by itself. */
export type Party = 'requesting' | 'requested' | 'node';
export type FreezeRole = 'officer' | 'approver' | 'duty-officer' | 'node';

export interface Row<State extends string> {
  readonly from: readonly State[];
  readonly on: FreezeEventName;
  /** Which outcome of the event, where it has several. */
  readonly outcome?: string;
  readonly by: readonly Party[];
  readonly role: FreezeRole;
  /** What must hold; empty where nothing must. */
  readonly guard: string;
  /** `same` leaves the state as it is. */
  readonly to: State | 'same';
}

const Q = ['requesting'] as const;
const R = ['requested'] as const;
const NODE = ['node'] as const;
const UNDECIDED = ['acknowledged', 'info-needed'] as const;

/** Rows over the alert, until the decision. */
export const ALERT_ROWS: readonly Row<AlertState>[] = [
  {
    from: ['draft'],
    on: 'submit',
    by: Q,
    role: 'officer',
    guard: "fields complete, R's capability and requirements checked",
    to: 'awaiting-approval',
  },
  { from: ['awaiting-approval'], on: 'return', by: Q, role: 'approver', guard: 'reason', to: 'draft' },
  {
    from: ['awaiting-approval'],
    on: 'send',
    by: Q,
    role: 'approver',
    guard: 'legal basis, MLA intention and date',
    to: 'sent',
  },
  { from: ['sent'], on: 'receive', by: R, role: 'node', guard: 'signatures and chain valid', to: 'delivered' },
  // A receipt travels on its own; it may come twice, or after the answer that proves the same.
  {
    from: ['delivered', 'acknowledged', 'info-needed', 'redirected', 'refused', 'no-assets', 'withdrawn', 'decided'],
    on: 'receive',
    by: R,
    role: 'node',
    guard: 'late or repeated',
    to: 'same',
  },
  { from: ['sent', 'delivered'], on: 'acknowledge', by: R, role: 'duty-officer', guard: '', to: 'acknowledged' },
  { from: ['acknowledged'], on: 'ask', by: R, role: 'duty-officer', guard: 'named items', to: 'info-needed' },
  { from: ['info-needed'], on: 'supply', by: Q, role: 'officer', guard: '', to: 'acknowledged' },
  {
    from: UNDECIDED,
    on: 'redirect',
    by: R,
    role: 'duty-officer',
    guard: 'competent body named, onward consent held',
    to: 'redirected',
  },
  { from: UNDECIDED, on: 'refuse', by: R, role: 'approver', guard: 'code and reason', to: 'refused' },
  { from: UNDECIDED, on: 'no-assets', by: R, role: 'approver', guard: 'what was searched', to: 'no-assets' },
  {
    from: UNDECIDED,
    on: 'impose',
    by: R,
    role: 'approver',
    guard: 'legal basis, start, expiry, keep-alive steps, outcome for every asset',
    to: 'decided',
  },
  // Two answers of R that do not follow one another contest every asset; an answer that follows both settles it.
  ...(['refuse', 'no-assets', 'redirect'] as const).map(settles),
  {
    from: ['sent', 'delivered', ...UNDECIDED],
    on: 'withdraw',
    by: Q,
    role: 'approver',
    guard: 'reason',
    to: 'withdrawn',
  },
];

function settles(on: 'refuse' | 'no-assets' | 'redirect'): Row<AlertState> {
  const to = { refuse: 'refused', 'no-assets': 'no-assets', redirect: 'redirected' } as const;
  const role = on === 'redirect' ? 'duty-officer' : 'approver';
  const guard = 'resolves a conflict: no asset is in force';
  return { from: ['decided'], on, by: R, role, guard, to: to[on] };
}

const LIVE = ['in-force', 'lift-proposed'] as const;

/** Rows over each asset, from the decision on. */
export const ASSET_ROWS: readonly Row<AssetState>[] = [
  { from: LIVE, on: 'adjust', by: R, role: 'approver', guard: 'widened or narrowed, legal basis', to: 'same' },
  {
    from: LIVE,
    on: 'extension-request',
    by: Q,
    role: 'approver',
    guard: 'reason, progress of the MLA request',
    to: 'same',
  },
  {
    from: LIVE,
    on: 'extension-decision',
    outcome: 'extended',
    by: R,
    role: 'approver',
    guard: 'asked for, law permits, later than the old expiry',
    to: 'same',
  },
  {
    from: LIVE,
    on: 'extension-decision',
    outcome: 'denied',
    by: R,
    role: 'approver',
    guard: 'asked for, reason',
    to: 'same',
  },
  { from: LIVE, on: 'lift-propose', by: R, role: 'approver', guard: 'reason', to: 'lift-proposed' },
  { from: LIVE, on: 'release-request', by: Q, role: 'approver', guard: 'reason', to: 'lift-proposed' },
  {
    from: ['lift-proposed'],
    on: 'lift-decision',
    outcome: 'maintained',
    by: R,
    role: 'approver',
    guard: 'Q heard, or "not possible" recorded',
    to: 'in-force',
  },
  {
    from: ['lift-proposed'],
    on: 'lift-decision',
    outcome: 'lifted',
    by: R,
    role: 'approver',
    guard: 'Q heard, or "not possible" recorded',
    to: 'lifted',
  },
  {
    from: ['contested'],
    on: 'lift-decision',
    outcome: 'lifted',
    by: R,
    role: 'approver',
    guard: 'resolves the conflict; Q heard, or "not possible" recorded',
    to: 'lifted',
  },
  {
    from: [...LIVE, 'contested'],
    on: 'lift-by-law',
    by: R,
    role: 'approver',
    guard: 'order or provision',
    to: 'lifted',
  },
  { from: ['lapsed'], on: 'lift-by-law', by: R, role: 'approver', guard: 'confirms the end', to: 'same' },
  {
    from: LIVE,
    on: 'mla-link',
    outcome: 'advance-copy',
    by: ['requesting', 'requested'],
    role: 'officer',
    guard: 'reference, hash of the advance copy as it was announced',
    to: 'same',
  },
  {
    from: LIVE,
    on: 'mla-link',
    outcome: 'original-received',
    by: R,
    role: 'officer',
    guard: 'hash of the advance copy as it was linked',
    to: 'same',
  },
  {
    from: [...LIVE, 'contested'],
    on: 'restraint',
    by: R,
    role: 'approver',
    guard: 'order reference, assets covered',
    to: 'superseded',
  },
  { from: LIVE, on: 'clock', by: NODE, role: 'node', guard: 'now is past expiry', to: 'lapsed' },
  {
    from: [...LIVE, 'not-frozen', 'lifted', 'lapsed'],
    on: 'conflict',
    by: NODE,
    role: 'node',
    guard: 'two decisions of R that do not follow one another',
    to: 'contested',
  },
  {
    from: ['contested'],
    on: 'impose',
    outcome: 'in-force',
    by: R,
    role: 'approver',
    guard: 'resolves the conflict',
    to: 'in-force',
  },
  {
    from: ['contested'],
    on: 'impose',
    outcome: 'not-frozen',
    by: R,
    role: 'approver',
    guard: 'resolves the conflict',
    to: 'not-frozen',
  },
];

/** The events that only this node knows of: they have no kind on the wire. */
export const LOCAL_EVENTS = ['submit', 'return', 'conflict', 'clock'] as const;
