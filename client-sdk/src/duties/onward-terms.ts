/** The terms that travel along with what is shared onward, and their hash (spec 54-duties, "Onward terms"). */
import { sha256 } from '@holdfast/keys/verify';
import {
  type ConsentGrant,
  canonicalBytes,
  concat,
  context,
  type Hash,
  itemKey,
  type MessageBody,
  type NamedBody,
  type Prose,
  type SharedItem,
  toHash,
} from '@holdfast/protocol';

/** What the body that receives it is bound by. Handed over with the items, as it is. */
export interface OnwardTerms {
  readonly body: NamedBody;
  readonly use: MessageBody<'consent.request'>['use'];
  readonly purpose: Prose;
  readonly items: readonly SharedItem[];
  readonly conditions: readonly Prose[];
  readonly until?: string;
  /** The hash of the terms under which each message came; null where it came without. */
  readonly terms: readonly { readonly eh: Hash; readonly termsHash: Hash | null }[];
}

/** Puts the terms together: the same for the same consent and the same items, on both sides. */
export function onwardTerms(
  { body, use, purpose }: Pick<MessageBody<'consent.request'>, 'body' | 'use' | 'purpose'>,
  { conditions, until }: Pick<ConsentGrant, 'conditions' | 'until'>,
  items: readonly SharedItem[],
  termsOf: (eh: Hash) => Hash | null,
): OnwardTerms {
  const inOrder = [...items].sort((a, b) => (itemKey(a) < itemKey(b) ? -1 : 1));
  const messages = [...new Set(inOrder.map(({ eh }) => eh))];
  return {
    body,
    use,
    purpose,
    items: inOrder,
    conditions,
    ...(until === null ? {} : { until }),
    terms: messages.map((eh) => ({ eh, termsHash: termsOf(eh) })),
  };
}

/** SHA-256("holdfast/onward-terms/v1\0" ‖ JCS(terms)). */
export const onwardTermsHash = (terms: OnwardTerms): Hash =>
  toHash(sha256(concat(context('onward-terms'), canonicalBytes(terms))));
