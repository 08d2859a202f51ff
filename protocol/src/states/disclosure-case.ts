/** The state of one disclosure: plain data, made only by `nextDisclosure` (spec 53-disclosure); and what is asked of the recipient now. */
import type { Hash } from '../ids.js';
import { type Relaxation, relaxed, restrictionsAt } from '../subjects/relaxation.js';
import type { Restrictions } from '../subjects/restrictions.js';
import type { DisclosureState } from './disclosure-table.js';

/** Terms that stand to be accepted, or were. */
export interface OfferInForce {
  /** The envelope of the offer, or of the revision. */
  readonly eh: Hash;
  readonly terms: Restrictions;
  readonly termsHash: Hash;
  /** Null where nothing is to be accepted: a direct disclosure. */
  readonly openUntilMs: number | null;
}

export interface DisclosureCase {
  readonly kind: 'disclosure-case';
  readonly state: DisclosureState;
  readonly offer: OfferInForce | null;
  /** Acceptances of the offer in force. */
  readonly accepted: readonly Hash[];
  /** What has let the content out: the releases, or the direct disclosure. */
  readonly released: readonly Hash[];
  readonly relaxations: readonly { readonly relaxation: Relaxation; readonly fromMs: number }[];
  readonly endedBy: 'withdrawal' | 'expiry' | null;
}

export const newDisclosureCase = (): DisclosureCase => ({
  kind: 'disclosure-case',
  state: 'draft',
  offer: null,
  accepted: [],
  released: [],
  relaxations: [],
  endedBy: null,
});

/** What is asked of the recipient at `atMs`: the terms, less what has been relaxed or has ended by its date. Null before there are terms. */
export function effectiveRestrictions({ offer, relaxations }: DisclosureCase, atMs: number): Restrictions | null {
  if (offer === null) return null;
  const now = relaxations
    .filter(({ fromMs }) => fromMs <= atMs)
    .reduce((before, { relaxation }) => relaxed(before, relaxation), offer.terms);
  return restrictionsAt(now, atMs);
}
