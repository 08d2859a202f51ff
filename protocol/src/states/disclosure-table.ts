/**
 * The disclosure's table as data: who may do what in which state, and where it leads (spec 53-disclosure; domain, Flow 2).
 * `nextDisclosure` reads it, the diagram is drawn from it, the tests walk every cell. What is not in it is refused.
 */
export const DISCLOSURE_STATES = [
  'draft',
  'offered',
  'terms-declined',
  'terms-accepted',
  'released',
  'in-use',
  'closed',
  'withdrawn',
] as const;
export type DisclosureState = (typeof DISCLOSURE_STATES)[number];

export const DISCLOSURE_EVENTS = [
  'offer',
  'send-directly',
  'accept',
  'decline',
  'revise',
  'withdraw',
  'release',
  'open',
  'relax',
  'close',
  'clock',
] as const;
export type DisclosureEventName = (typeof DISCLOSURE_EVENTS)[number];

/** Who tells, and who is told; the clock is every node's own. */
export type DisclosureParty = 'sender' | 'recipient' | 'node';
export type DisclosureRole = 'officer' | 'approver' | 'node';

export interface DisclosureRow {
  readonly from: readonly DisclosureState[];
  readonly on: DisclosureEventName;
  readonly by: DisclosureParty;
  readonly role: DisclosureRole;
  /** What must hold; empty where nothing must. */
  readonly guard: string;
  /** `same` leaves the state as it is. */
  readonly to: DisclosureState | 'same';
}

const OUT = ['released', 'in-use', 'closed'] as const;
const OPEN = ['offered', 'terms-declined'] as const;

export const DISCLOSURE_ROWS: readonly DisclosureRow[] = [
  { from: ['draft'], on: 'offer', by: 'sender', role: 'approver', guard: 'nature and terms only', to: 'offered' },
  {
    from: ['draft'],
    on: 'send-directly',
    by: 'sender',
    role: 'approver',
    guard: 'no restriction, or standing terms accepted',
    to: 'released',
  },
  {
    from: ['offered'],
    on: 'accept',
    by: 'recipient',
    role: 'approver',
    guard: 'the hash of the terms in force, before they run out',
    to: 'terms-accepted',
  },
  // Two devices of the recipient may accept at once; the second changes nothing.
  {
    from: ['terms-accepted', ...OUT],
    on: 'accept',
    by: 'recipient',
    role: 'approver',
    guard: 'repeated: the same terms',
    to: 'same',
  },
  {
    from: ['offered'],
    on: 'decline',
    by: 'recipient',
    role: 'approver',
    guard: 'which term of the offer in force',
    to: 'terms-declined',
  },
  { from: ['terms-declined'], on: 'decline', by: 'recipient', role: 'approver', guard: 'repeated', to: 'same' },
  {
    from: OPEN,
    on: 'revise',
    by: 'sender',
    role: 'approver',
    guard: 'replaces the offer in force; what is waived asks for less',
    to: 'offered',
  },
  { from: OPEN, on: 'withdraw', by: 'sender', role: 'approver', guard: 'reason', to: 'withdrawn' },
  { from: OPEN, on: 'clock', by: 'node', role: 'node', guard: 'the offer has run out', to: 'withdrawn' },
  {
    from: ['terms-accepted'],
    on: 'release',
    by: 'sender',
    role: 'node',
    guard: 'names the offer in force and its acceptance',
    to: 'released',
  },
  // Each of the sender's devices may release; the key is the same, and so is the effect.
  { from: OUT, on: 'release', by: 'sender', role: 'node', guard: 'repeated: the same offer', to: 'same' },
  { from: ['released'], on: 'open', by: 'recipient', role: 'officer', guard: 'logged', to: 'in-use' },
  { from: ['in-use', 'closed'], on: 'open', by: 'recipient', role: 'officer', guard: 'repeated', to: 'same' },
  { from: OUT, on: 'relax', by: 'sender', role: 'approver', guard: 'never tightened', to: 'same' },
  { from: ['in-use'], on: 'close', by: 'recipient', role: 'approver', guard: 'retention set', to: 'closed' },
];

/** What a party may do in a state, in the order of the table; what changes nothing is left out, but for relaxing. */
export const disclosureSteps = (state: DisclosureState, by: DisclosureParty): readonly DisclosureEventName[] =>
  DISCLOSURE_ROWS.filter(
    (row) => row.by === by && row.from.includes(state) && (row.to !== 'same' || row.on === 'relax'),
  ).map(({ on }) => on);

/** The table as a Mermaid state diagram: spec 53-disclosure holds exactly this text. */
export function disclosureDiagram(): string {
  const nameOf = (state: string): string => state.replaceAll('-', '_');
  return [
    'stateDiagram-v2',
    ...DISCLOSURE_STATES.filter((state) => state.includes('-')).map(
      (state) => `  state "${state}" as ${nameOf(state)}`,
    ),
    '  [*] --> draft',
    ...DISCLOSURE_ROWS.filter(({ to, on }) => to !== 'same' || on === 'relax').flatMap(({ from, on, to }) =>
      from.map((state) => `  ${nameOf(state)} --> ${nameOf(to === 'same' ? state : to)}: ${on}`),
    ),
  ].join('\n');
}
