/**
 * A better way than the one that was tried: another agency of the same State that can do it, our own counterpart agency, the central
 * authority, the diplomatic channel, or the telephone. One suggestion, the first that fits; a person decides. Pure.
 */
import type { AgencyId } from '../ids.js';
import type { MessageBody } from '../messages/index.js';
import type { Contact } from '../subjects/reference.js';
import type { Advice, AdviceCode } from './advice.js';
import { type CapabilityRecord, measureFor } from './capability.js';
import { actsFor } from './check-capability.js';
import type { AuthorityType } from './entry.js';
import { type Published, type Reach, stateOf } from './published.js';

export type Route =
  | {
      readonly kind: 'other-agency' | 'own-agency' | 'central-authority';
      readonly agency: AgencyId;
      readonly text: string;
    }
  | { readonly kind: 'diplomatic-channel'; readonly text: string }
  | { readonly kind: 'telephone'; readonly contact: Contact; readonly text: string };

export interface RouteQuestion {
  readonly request: MessageBody<'freeze.request'>;
  readonly recipient: Published;
  readonly sender: AgencyId;
  /** What the sender is, by its own entry. */
  readonly senderTypes: readonly AuthorityType[];
  /** Everybody else in the directory, as far as known. */
  readonly others: readonly Published[];
  readonly advice: readonly Advice[];
  readonly nowMs: number;
}

const CANNOT: ReadonlySet<AdviceCode> = new Set([
  'agency.suspended',
  'capability.missing',
  'capability.expired',
  'capability.no-power',
  'capability.nothing-possible',
]);
const NOT_DIRECTLY: ReadonlySet<AdviceCode> = new Set(['contact.not-allowed', 'contact.urgent-only']);
const CALL: ReadonlySet<AdviceCode> = new Set([
  'agency.unreachable',
  'agency.quarantined',
  'capability.expired',
  'capability.missing',
  'duty.nobody',
  'duty.unknown',
  'duty.test-old',
  'entry.expired',
  'observed.silent',
]);

/** @returns null where the route that was chosen is as good as any that is known */
export function suggestRoute(question: RouteQuestion): Route | null {
  const { advice, recipient, request } = question;
  const has = (codes: ReadonlySet<AdviceCode>, onlyBlocking: boolean): boolean =>
    advice.some(({ code, blocks }) => codes.has(code) && (blocks || !onlyBlocking));
  const cannot = has(CANNOT, true);
  const isForOthers = has(new Set(['capability.not-for-foreign']), true);
  const isIndirect = recipient.capability?.power === 'indirect';
  if (cannot || isForOthers || isIndirect) {
    const found = (isForOthers ? ownCounterpart(question) : null) ?? otherAgency(question);
    if (found !== null) return found;
  }
  if (has(NOT_DIRECTLY, true) || ((cannot || isForOthers) && recipient.capability?.power === 'none'))
    return centralAuthority(question);
  if (has(CALL, false) && (request.urgency !== 'routine' || has(CALL, true))) return telephone(recipient);
  return cannot || isForOthers ? centralAuthority(question) : null;
}

const GOES_THROUGH: ReadonlySet<Reach> = new Set(['reachable', 'stale', 'unknown']);
const inState = (others: readonly Published[], state: string, except: AgencyId): readonly Published[] =>
  others.filter(({ agency, reach }) => agency !== except && stateOf(agency) === state && GOES_THROUGH.has(reach));

/** One of the same State whose record says that it can: one that acts itself before one that asks, a confirmed one before others. */
function otherAgency({ request, recipient, sender, senderTypes, others, nowMs }: RouteQuestion): Route | null {
  const able = inState(others, stateOf(recipient.agency), recipient.agency)
    .flatMap(({ agency, capability, entry }) =>
      agency === sender || capability === null || entry?.directContactRule === 'not-allowed'
        ? []
        : [{ agency, capability }],
    )
    .filter(({ capability }) => canDo(capability, request, nowMs) && actsFor(capability, senderTypes))
    .sort((a, b) => rank(a.capability) - rank(b.capability) || (a.agency < b.agency ? -1 : 1));
  const [best] = able.filter(
    ({ capability }) => capability.power === 'direct' || recipient.capability?.power !== 'indirect',
  );
  if (best === undefined) return null;
  const mark = best.capability.confirmed ? '' : ' (UNCONFIRMED figures: ask first)';
  return {
    kind: 'other-agency',
    agency: best.agency,
    text: `${best.agency} of the same State says that it can${best.capability.power === 'direct' ? ' itself' : `, through ${best.capability.through ?? 'another'}`}${mark}.`,
  };
}

const rank = ({ power, confirmed }: CapabilityRecord): number => (power === 'direct' ? 0 : 2) + (confirmed ? 0 : 1);

const canDo = (record: CapabilityRecord, { assets }: RouteQuestion['request'], nowMs: number): boolean =>
  record.power !== 'none' &&
  record.expiresAtMs > nowMs &&
  assets.some((asset) => measureFor(record, asset.measure.action, asset.kind) !== undefined);

/** The agency of our own State whose kind the recipient does act for. */
function ownCounterpart({ recipient: { capability }, sender, others }: RouteQuestion): Route | null {
  if (capability === null || capability.power === 'none') return null;
  const wanted: AuthorityType | null = capability.actsForForeignFiu
    ? 'fiu'
    : capability.actsForForeignAca
      ? 'aca'
      : null;
  const found = inState(others, stateOf(sender), sender).find(
    ({ entry }) => wanted !== null && entry?.authorityTypes.includes(wanted) === true,
  );
  if (found === undefined) return null;
  return {
    kind: 'own-agency',
    agency: found.agency,
    text: `Let ${found.agency} of your own State send it: the recipient acts for its kind.`,
  };
}

function centralAuthority({ recipient, others }: RouteQuestion): Route {
  const state = stateOf(recipient.agency);
  const found = inState(others, state, recipient.agency).find(
    ({ entry }) => entry?.authorityTypes.includes('mla-central-authority') === true,
  );
  if (found !== undefined)
    return {
      kind: 'central-authority',
      agency: found.agency,
      text: `${found.agency} is the central authority for mutual legal assistance of ${state}.`,
    };
  const through = recipient.capability?.through;
  return {
    kind: 'diplomatic-channel',
    text: `No agency of ${state} in the directory can do it${through === undefined ? '' : ` (the agency names: ${through})`}: go through your central authority and the diplomatic channel, and send an advance copy.`,
  };
}

function telephone({ agency, entry }: Published): Route | null {
  const contact = entry?.dutyRoster.contacts.find(({ phone }) => phone !== undefined);
  return contact === undefined
    ? null
    : {
        kind: 'telephone',
        contact,
        text: `Phone ${agency} before you rely on this: ${contact.role}, ${contact.phone ?? ''}.`,
      };
}
