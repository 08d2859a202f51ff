/** Keeping and erasing, as a desk does it: what is due, reviews, legal holds, the agency's policy, erasure and its record. */
import type { ConversationId } from '@holdfast/protocol';
import type { Archive } from '../archive/archive.js';
import type { Erasure, LegalHold, Review } from '../archive/retention-table.js';
import { eventsOf, openingOf } from '../cases/case.js';
import type { DeskRuntime } from '../desk-runtime.js';
import { SdkError } from '../errors.js';
import { type EraseRequest, eraseCase } from './erase.js';
import {
  type Day,
  DEFAULT_POLICY,
  dayOf,
  firstErasure,
  firstReview,
  itemsOf,
  POLICY_NAMES,
  type Policy,
  type PolicyName,
  type RetentionItem,
} from './items.js';
import { checkedReason } from './reason.js';

export interface RetentionEntry {
  readonly conversation: ConversationId;
  readonly caseRef: string | null;
  readonly kind: string;
  /** Of the item that is due first. */
  readonly reviewOn: Day;
  /** Whether today is that day or later. */
  readonly isDue: boolean;
  readonly hold: LegalHold | null;
  readonly items: readonly RetentionItem[];
}

/** A decision on a case, with its reason and who made it; the device's id where no name is given. */
export interface RetentionDecision {
  readonly conversation: ConversationId;
  readonly reason: string;
  readonly by?: string;
}

export interface Retention {
  /** Every case that holds something, what is due first on top. */
  list(): readonly RetentionEntry[];
  /** One case. @throws SdkError `case.unknown`, `case.erased` */
  of(conversation: ConversationId): RetentionEntry;
  /** Looks at a case and keeps it until `until`. @throws SdkError `case.unknown`, `case.erased`, `retention.refused` */
  review(decision: RetentionDecision & { readonly until: Day }): Review;
  /** Nothing of the case is erased before the hold is released. @throws SdkError `case.unknown`, `case.erased`, `retention.refused` */
  hold(decision: RetentionDecision): LegalHold;
  /** @throws SdkError `retention.refused` where there is no hold */
  release(decision: RetentionDecision): void;
  policy(): Policy;
  /** @throws SdkError `retention.refused` */
  setPolicy(policy: Partial<Policy>): Policy;
  /** Erases a case here. @throws SdkError `case.unknown`, `erasure.refused`, `retention.refused` */
  erase(request: EraseRequest): Promise<Erasure>;
  /** Every erasure, oldest first. */
  erasures(): readonly Erasure[];
}

export function retentionOf(runtime: DeskRuntime): Retention {
  const { archive, identity, now } = runtime;
  const of = (conversation: ConversationId): RetentionEntry => {
    openingOf(archive, conversation);
    const entry = entryOf(archive, conversation, now());
    if (entry === undefined) throw new SdkError('case.erased');
    return entry;
  };
  const decided = ({ conversation, reason, by }: RetentionDecision): LegalHold => {
    of(conversation);
    return { conversation, reason: checkedReason(reason), by: by ?? identity.device, atMs: now() };
  };
  return {
    list: () =>
      archive.messages
        .conversations()
        .flatMap((conversation) => entryOf(archive, conversation, now()) ?? [])
        .sort((a, b) => (a.reviewOn < b.reviewOn ? -1 : a.reviewOn > b.reviewOn ? 1 : 0)),
    of,
    review: (decision) => {
      const review = { ...decided(decision), until: decision.until };
      assertReviewDay(of(decision.conversation), decision.until, now());
      archive.retention.review(review);
      return review;
    },
    hold: (decision) => {
      const hold = decided(decision);
      if (archive.retention.holdOn(decision.conversation) !== undefined)
        throw new SdkError('retention.refused', 'There is a legal hold on the case already.');
      archive.retention.hold(hold);
      return hold;
    },
    release: ({ conversation, reason }) => {
      if (!archive.retention.release(conversation, checkedReason(reason), now()))
        throw new SdkError('retention.refused', 'There is no legal hold on the case.');
    },
    policy: () => policyOf(archive),
    setPolicy: (policy) => {
      for (const name of POLICY_NAMES) setDays(archive, name, policy[name]);
      return policyOf(archive);
    },
    erase: (request) => eraseCase(runtime, request),
    erasures: () => archive.retention.erasures(),
  };
}

function policyOf(archive: Archive): Policy {
  const stored = archive.retention.policy();
  const of = (name: PolicyName): number => stored.get(name) ?? DEFAULT_POLICY[name];
  return { freeze: of('freeze'), disclosure: of('disclosure'), other: of('other') };
}

const POLICY_DAYS_MAX = 36_525;

function setDays(archive: Archive, name: PolicyName, days: number | undefined): void {
  if (days === undefined) return;
  if (!Number.isInteger(days) || days < 1 || days > POLICY_DAYS_MAX)
    throw new SdkError('retention.refused', `${days} is not a number of days from 1 to ${POLICY_DAYS_MAX}.`);
  archive.retention.setPolicy(name, days);
}

/** A received disclosure may carry a day of erasure: the recipient may keep it no longer (article 46(5)). */
function assertReviewDay(entry: RetentionEntry, until: Day, nowMs: number): void {
  const refuse = (why: string): never => {
    throw new SdkError('retention.refused', why, { issues: [{ field: 'until', reason: why }] });
  };
  const parsed = /^\d{4}-\d{2}-\d{2}$/.test(until) ? Date.parse(until) : Number.NaN;
  if (Number.isNaN(parsed) || dayOf(parsed) !== until) refuse(`${until} is not a date such as 2027-03-31.`);
  if (until <= dayOf(nowMs)) refuse(`${until} is not after today.`);
  const limit = firstErasure(entry.items);
  if (limit !== undefined && until > limit)
    refuse(`What the case holds is to be erased by ${limit}; ask its sender before you keep it longer.`);
}

function entryOf(archive: Archive, conversation: ConversationId, nowMs: number): RetentionEntry | undefined {
  const events = eventsOf(archive, conversation);
  const { retention } = archive;
  const items = itemsOf({
    conversation,
    events,
    exports: retention.exports(conversation),
    reviews: retention.reviews(conversation),
    policy: policyOf(archive),
  });
  const reviewOn = firstReview(items);
  const opening = events.find(({ erasedAtMs }) => erasedAtMs === null);
  if (reviewOn === undefined || opening === undefined) return undefined;
  return {
    conversation,
    caseRef: opening.caseRef,
    kind: opening.kind,
    reviewOn,
    isDue: reviewOn <= dayOf(nowMs),
    hold: retention.holdOn(conversation) ?? null,
    items,
  };
}
