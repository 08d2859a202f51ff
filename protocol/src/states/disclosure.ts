/**
 * `nextDisclosure`: the one function that moves a disclosure. Total: every state and event gives a new state or a refusal that names
 * both, never an exception. Pure: the clock is an event (spec 53-disclosure).
 */
import { ProtocolError } from '../errors.js';
import { axesOf, isRelaxation, tightenedAxes } from '../subjects/relaxation.js';
import { type DisclosureCase, effectiveRestrictions, type OfferInForce } from './disclosure-case.js';
import type { DisclosureEvent } from './disclosure-event.js';
import {
  DISCLOSURE_ROWS,
  type DisclosureEventName,
  type DisclosureParty,
  type DisclosureState,
  disclosureSteps,
} from './disclosure-table.js';

export interface DisclosureRefusal {
  readonly kind: 'refusal';
  readonly code: 'state.event-not-allowed';
  readonly state: DisclosureState;
  readonly event: DisclosureEventName;
  readonly by: DisclosureParty;
  readonly reason: string;
}

/** The case after `event`, or why it is not allowed. */
export function nextDisclosure(before: DisclosureCase, event: DisclosureEvent): DisclosureCase | DisclosureRefusal {
  const inState = DISCLOSURE_ROWS.filter((row) => row.on === event.on && row.from.includes(before.state));
  if (inState.length === 0) return refusal(before, event, 'the table has no such step');
  const row = inState.find(({ by }) => by === event.by);
  if (row === undefined) return refusal(before, event, `it is not for the ${event.by}`);
  const moved = apply(before, event);
  if (typeof moved === 'string') return refusal(before, event, moved);
  return row.to === 'same' ? moved : { ...moved, state: row.to };
}

/** As `nextDisclosure`, throwing. @throws ProtocolError `state.event-not-allowed`: state, event, who may, what can be done instead */
export function assertNextDisclosure(before: DisclosureCase, event: DisclosureEvent): DisclosureCase {
  const result = nextDisclosure(before, event);
  if (result.kind === 'disclosure-case') return result;
  const { state, reason } = result;
  const who = [...new Set(DISCLOSURE_ROWS.filter(({ on }) => on === event.on).map(whoMay))].join(' or ');
  const instead = disclosureSteps(state, event.by).join(', ') || 'nothing';
  throw new ProtocolError(
    result.code,
    `A disclosure that is ${state} does not allow ${event.on}: ${reason}. It is for the ${who}. The ${event.by} can do this instead: ${instead}.`,
    { issues: [{ field: 'state', reason: `${state} does not allow ${event.on}: ${reason}` }] },
  );
}

const whoMay = ({ by, role }: { readonly by: DisclosureParty; readonly role: string }): string =>
  by === 'node' ? 'node' : `${by}'s ${role}`;

/** What an event changes beside the state, and the guards that only the case can answer. */
function apply(before: DisclosureCase, event: DisclosureEvent): DisclosureCase | string {
  switch (event.on) {
    case 'offer':
    case 'send-directly':
      return {
        ...before,
        offer: offerOf(event),
        released: event.on === 'send-directly' ? [event.eh] : [],
      };
    case 'accept':
      return accept(before, event);
    case 'decline':
      return event.offer === before.offer?.eh ? before : 'it is about another offer than the one in force';
    case 'revise':
      if (event.offer !== before.offer?.eh) return 'it replaces another offer than the one in force';
      if (event.change === 'waived' && !isRelaxation(before.offer.terms, event.terms))
        return 'it says that terms are waived, and asks for more';
      return { ...before, offer: offerOf(event), accepted: [] };
    case 'withdraw':
      return { ...before, endedBy: 'withdrawal' };
    case 'release':
      if (event.offer !== before.offer?.eh) return 'it is about another offer than the one that was accepted';
      if (!before.accepted.includes(event.accept)) return 'it names no acceptance of this offer';
      return { ...before, released: [...before.released, event.eh] };
    case 'open':
      return before.released.includes(event.of) ? before : 'nothing was released by what it names';
    case 'relax':
      return relax(before, event);
    case 'close':
      return before;
    case 'clock':
      return hasRunOut(before.offer, event.atMs) ? { ...before, endedBy: 'expiry' } : 'the offer has not run out';
  }
}

const hasRunOut = (offer: OfferInForce | null, atMs: number): boolean =>
  offer !== null && offer.openUntilMs !== null && atMs >= offer.openUntilMs;

function offerOf(event: Extract<DisclosureEvent, { on: 'offer' | 'send-directly' | 'revise' }>): OfferInForce {
  const { eh, terms, termsHash } = event;
  return { eh, terms, termsHash, openUntilMs: event.on === 'send-directly' ? null : event.openUntilMs };
}

function accept(
  before: DisclosureCase,
  { eh, offer, termsHash, atMs }: Extract<DisclosureEvent, { on: 'accept' }>,
): DisclosureCase | string {
  if (before.offer === null || before.offer.openUntilMs === null) return 'there are no terms to accept';
  if (offer !== before.offer.eh) return 'it accepts another offer than the one in force';
  if (termsHash !== before.offer.termsHash) return 'it accepts the hash of other terms than were offered';
  if (hasRunOut(before.offer, atMs)) return 'the offer had run out';
  return { ...before, accepted: [...before.accepted, eh] };
}

/** Each axis counts for itself; an event none of whose axes loosens anything is refused. */
function relax(
  before: DisclosureCase,
  { relaxation, fromMs }: Extract<DisclosureEvent, { on: 'relax' }>,
): DisclosureCase | string {
  const asked = effectiveRestrictions(before, fromMs);
  if (asked === null) return 'there are no terms';
  const tightened = tightenedAxes(asked, relaxation);
  if (tightened.length > 0 && tightened.length === axesOf(relaxation).length)
    return `it would not loosen ${tightened.join(', ')}, and nothing is tightened after the fact`;
  return { ...before, relaxations: [...before.relaxations, { relaxation, fromMs }] };
}

const refusal = ({ state }: DisclosureCase, { on, by }: DisclosureEvent, reason: string): DisclosureRefusal => ({
  kind: 'refusal',
  code: 'state.event-not-allowed',
  state,
  event: on,
  by,
  reason,
});
