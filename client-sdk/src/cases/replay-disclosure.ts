/**
 * A disclosure's state as a pure function of the set of its messages (spec 53-disclosure, "Convergence"): the same on every device
 * that has the same messages, whatever the order of arrival. What has let the content out comes before what did not know of it.
 */
import { sha256 } from '@holdfast/keys/verify';
import {
  type AgencyId,
  type DisclosureCase,
  type DisclosureEvent,
  disclosureEventOf,
  type Hash,
  type Message,
  newDisclosureCase,
  nextDisclosure,
  type Restrictions,
  tightenedAxes,
} from '@holdfast/protocol';
import type { UnknownMessage } from '../receive/read-message.js';
import { type Causal, causalOrder } from './causal-order.js';

export interface DisclosureMessage extends Causal {
  readonly eh: Hash;
  readonly follows: readonly Hash[];
  readonly agency: AgencyId;
  /** As the manifest says. */
  readonly termsHash: Hash | null;
  readonly message: Message | UnknownMessage;
}

export interface RefusedStep {
  readonly reason: string;
  /** No honest device sends it, crossing or not. */
  readonly isFault: boolean;
}

export interface ReplayedDisclosure {
  readonly sender: AgencyId;
  readonly disclosureCase: DisclosureCase;
  readonly refused: ReadonlyMap<Hash, RefusedStep>;
}

/** Among events that do not follow one another, the lower comes first. */
const RANK: Readonly<Record<string, number>> = {
  disclosure: 0,
  'disclosure.offer': 0,
  'disclosure.decline': 1,
  'disclosure.withdraw': 2,
  'disclosure.revise': 3,
  'disclosure.accept': 4,
  'disclosure.release': 5,
  'receipt.opened': 6,
  'disclosure.relax': 7,
  'disclosure.close': 8,
};
const LAST = 9;
const rankOf = ({ message }: DisclosureMessage): number => RANK[message.kind] ?? LAST;

/** @returns undefined where the messages are no disclosure. The clock is not applied. */
export function replayDisclosure(messages: readonly DisclosureMessage[]): ReplayedDisclosure | undefined {
  const ordered = causalOrder(messages, rankOf);
  const opening = ordered.find(({ message }) => RANK[message.kind] === 0);
  if (opening === undefined) return undefined;
  const due = dueReleases(ordered, opening.agency);
  const before =
    due.size === 0 ? ordered : causalOrder(messages, (each) => rankOf(each) + (due.has(each.eh) ? 0 : 100));
  return fold(before, opening.agency);
}

/** The releases that were due by what their sender had before it, each with all of that: the key is out, and nothing undoes it. */
function dueReleases(messages: readonly DisclosureMessage[], sender: AgencyId): ReadonlySet<Hash> {
  const byHash = new Map(messages.map((each) => [each.eh, each]));
  const due = new Set<Hash>();
  for (const release of messages.filter(({ message }) => message.kind === 'disclosure.release')) {
    const past = new Set<Hash>();
    const waiting: Hash[] = [release.eh];
    for (let eh = waiting.pop(); eh !== undefined; eh = waiting.pop()) {
      if (past.has(eh)) continue;
      past.add(eh);
      waiting.push(...(byHash.get(eh)?.follows ?? []));
    }
    const known = messages.filter(({ eh }) => past.has(eh));
    if (!fold(causalOrder(known, rankOf), sender).refused.has(release.eh)) for (const eh of past) due.add(eh);
  }
  return due;
}

function fold(messages: readonly DisclosureMessage[], sender: AgencyId): ReplayedDisclosure {
  let disclosureCase = newDisclosureCase();
  const refused = new Map<Hash, RefusedStep>();
  const offers = new Map<Hash, { readonly termsHash: Hash; readonly terms: Restrictions }>();
  for (const { eh, agency, tsMs: atMs, termsHash, message } of messages) {
    if (message.kind === 'unknown') continue;
    const by = agency === sender ? 'sender' : 'recipient';
    const event = disclosureEventOf(message, { eh, by, atMs }, sha256);
    // A receipt of anything else than the content is no step of the case.
    if (event === undefined || (event.on === 'open' && !disclosureCase.released.includes(event.of))) continue;
    if ('termsHash' in event && event.termsHash !== termsHash) {
      refused.set(eh, { reason: 'its signed terms hash is another than that of its terms', isFault: true });
      continue;
    }
    if ('terms' in event) offers.set(eh, event);
    const result = nextDisclosure(disclosureCase, event);
    if (result.kind === 'disclosure-case') disclosureCase = result;
    else {
      const isFault = result.reason.startsWith('it is not for') || isFaulty(event, offers, disclosureCase);
      refused.set(eh, { reason: result.reason, isFault });
    }
  }
  return { sender, disclosureCase, refused };
}

/** Whether even a device that knew nothing of what crossed would not have sent it. */
function isFaulty(
  event: DisclosureEvent,
  offers: ReadonlyMap<Hash, { readonly termsHash: Hash }>,
  { offer }: DisclosureCase,
): boolean {
  switch (event.on) {
    case 'accept':
      return offers.get(event.offer)?.termsHash !== event.termsHash;
    case 'decline':
    case 'revise':
      return !offers.has(event.offer);
    case 'release':
    case 'offer':
    case 'send-directly':
      return true;
    case 'relax':
      return offer === null || tightenedAxes(offer.terms, event.relaxation).length > 0;
    case 'withdraw':
    case 'open':
    case 'close':
    case 'clock':
      return false;
  }
}
