/**
 * Why each item is kept, on what basis, and when it is looked at again: from what its sender said of it, from the agency's policy
 * where the sender said nothing, and from the agency's own reviews. Nothing is stored twice; it follows from the archive. Pure.
 */
import type { BlobId, ConversationId, Hash, LegalBasis, Message, MessageBody } from '@holdfast/protocol';
import type { StoredMessage } from '../archive/message-table.js';
import type { ExportRecord, Review } from '../archive/retention-table.js';
import { attachmentsOf } from '../receive/evidence.js';
import { readMessage } from '../receive/read-message.js';

/** A calendar date, YYYY-MM-DD (UTC). */
export type Day = string;

const DAY_MS = 86_400_000;
export const dayOf = (atMs: number): Day => new Date(atMs).toISOString().slice(0, 10);

/** How many days after its last message a case is looked at, where nobody has said otherwise. */
export const DEFAULT_POLICY = { freeze: 365, disclosure: 365, other: 365 } as const;
export type PolicyName = keyof typeof DEFAULT_POLICY;
export const POLICY_NAMES: readonly PolicyName[] = ['freeze', 'disclosure', 'other'];
export type Policy = Readonly<Record<PolicyName, number>>;

/** Where the review date comes from. */
export type DateOrigin = 'sender' | 'policy' | 'review';

export interface RetentionItem {
  readonly what: 'message' | 'attachment' | 'export';
  /** The message's or attachment's id, or the export's folder. */
  readonly id: Hash | BlobId | string;
  readonly kind: string;
  /** What it may be kept for. */
  readonly purpose: string;
  /** The law or article that it rests on. */
  readonly basis: string;
  readonly reviewOn: Day;
  /** The day by which the sender asks for erasure; null where it did not say. */
  readonly eraseOn: Day | null;
  readonly origin: DateOrigin;
}

interface Ground {
  readonly purpose: string;
  readonly basis: string;
  readonly reviewOn: Day | undefined;
  readonly eraseOn: Day | null;
}

const FREEZE_PURPOSE =
  'Temporary freeze of assets ahead of a request for mutual legal assistance (articles 46(4), 54(2), 55).';

/** What a case of a kind is kept for, where its opening message says no more. */
const OPEN_GROUND: Ground = {
  purpose: 'Cooperation between competent authorities in the matter of the case.',
  basis: 'UNCAC article 46(4)',
  reviewOn: undefined,
  eraseOn: null,
};

const basisText = (basis: LegalBasis): string =>
  basis.kind === 'uncac' ? `UNCAC article ${basis.article}` : `${basis.instrument}, ${basis.provision}`;

const disclosureGround = ({ personalData, retention, legalBasis }: MessageBody<'disclosure'>): Ground => ({
  purpose: personalData.purpose.text,
  basis: `${personalData.law}, ${personalData.provision}; ${legalBasis.map(basisText).join('; ')}`,
  reviewOn: retention.reviewOn,
  eraseOn: retention.eraseOn,
});

/** What a message itself says; undefined where it rests on its case. */
function groundOf(message: Pick<Message, 'kind'> | ReturnType<typeof readMessage>): Ground | undefined {
  if (!('body' in message)) return undefined;
  if (message.kind === 'disclosure') return disclosureGround(message.body);
  if (message.kind !== 'freeze.request') return undefined;
  const basis = message.body.legalBasis.map(basisText).join('; ');
  return { purpose: FREEZE_PURPOSE, basis, reviewOn: undefined, eraseOn: null };
}

/** The policy that a case falls under, by its opening message's kind. */
export const policyNameOf = (kind: string | undefined): PolicyName =>
  kind?.startsWith('freeze.') ? 'freeze' : kind?.startsWith('disclosure') ? 'disclosure' : 'other';

/** The stored parts of a case that items are made of. */
export interface KeptCase {
  readonly conversation: ConversationId;
  /** Receipts apart, in causal order. */
  readonly events: readonly StoredMessage[];
  readonly exports: readonly ExportRecord[];
  /** The newest first. */
  readonly reviews: readonly Review[];
  readonly policy: Policy;
}

/** Every item of a case, each with purpose, basis and review date; none of one that was erased. */
export function itemsOf({ events, exports, reviews, policy }: KeptCase): readonly RetentionItem[] {
  const kept = events.filter(({ erasedAtMs }) => erasedAtMs === null);
  const [opening] = kept;
  if (opening === undefined) return [];
  const lastMs = Math.max(...kept.map(({ storedAtMs }) => storedAtMs));
  const byPolicy = dayOf(lastMs + policy[policyNameOf(opening.kind)] * DAY_MS);
  const caseGround = groundOf(readMessage(opening)) ?? OPEN_GROUND;
  const [review] = reviews;
  const dated = (ground: Ground): Omit<RetentionItem, 'what' | 'id' | 'kind'> => {
    const { purpose, basis, eraseOn } = ground;
    const [reviewOn, origin]: [Day, DateOrigin] =
      review !== undefined
        ? [review.until, 'review']
        : ground.reviewOn !== undefined
          ? [ground.reviewOn, 'sender']
          : [byPolicy, 'policy'];
    // What the sender asks to be erased by a day is due on that day at the latest.
    return eraseOn !== null && eraseOn < reviewOn
      ? { purpose, basis, eraseOn, reviewOn: eraseOn, origin: 'sender' }
      : { purpose, basis, eraseOn, reviewOn, origin };
  };
  const messages = kept.flatMap((event): RetentionItem[] => {
    const dates = dated(groundOf(readMessage(event)) ?? caseGround);
    return [
      { what: 'message', id: event.eh, kind: event.kind, ...dates },
      ...attachmentsOf(event).map(({ id }): RetentionItem => ({ what: 'attachment', id, kind: event.kind, ...dates })),
    ];
  });
  const copies = exports.map(
    ({ folder, formats }): RetentionItem => ({
      what: 'export',
      id: folder,
      kind: formats.join(' '),
      ...dated(caseGround),
    }),
  );
  return [...messages, ...copies];
}

/** The day on which the first of them is due. */
export const firstReview = (items: readonly RetentionItem[]): Day | undefined =>
  items.map(({ reviewOn }) => reviewOn).sort()[0];

/** The earliest day by which a sender asks for erasure. */
export const firstErasure = (items: readonly RetentionItem[]): Day | undefined =>
  items.flatMap(({ eraseOn }) => eraseOn ?? []).sort()[0];
