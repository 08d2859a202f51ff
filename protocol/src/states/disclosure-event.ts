/** What happens to a disclosure, as `nextDisclosure` takes it, and which message is which event. */
import type { Sha256 } from '../envelope/core.js';
import { type Hash, toHash } from '../ids.js';
import type { DisclosureKind, Message } from '../messages/index.js';
import type { Relaxation } from '../subjects/relaxation.js';
import { type Restrictions, termsHash } from '../subjects/restrictions.js';
import type { DisclosureParty } from './disclosure-table.js';

interface Base {
  readonly by: DisclosureParty;
  /** When it was signed, or what the clock shows. */
  readonly atMs: number;
}
interface Named extends Base {
  /** The event's own envelope. */
  readonly eh: Hash;
}
interface Terms {
  readonly terms: Restrictions;
  readonly termsHash: Hash;
}

export type DisclosureEvent =
  | (Named & Terms & { readonly on: 'offer'; readonly openUntilMs: number })
  | (Named & Terms & { readonly on: 'send-directly' })
  | (Named & { readonly on: 'accept'; readonly offer: Hash; readonly termsHash: Hash })
  | (Base & { readonly on: 'decline'; readonly offer: Hash })
  | (Named &
      Terms & {
        readonly on: 'revise';
        readonly offer: Hash;
        readonly change: 'revised' | 'waived';
        readonly openUntilMs: number;
      })
  | (Base & { readonly on: 'withdraw' })
  | (Named & { readonly on: 'release'; readonly offer: Hash; readonly accept: Hash })
  /** `of` names the release, or the direct disclosure, that was opened. */
  | (Base & { readonly on: 'open'; readonly of: Hash })
  | (Base & { readonly on: 'relax'; readonly relaxation: Relaxation; readonly fromMs: number })
  | (Base & { readonly on: 'close' })
  | (Base & { readonly on: 'clock' });

/**
 * The event that a message is, or undefined where it is none.
 * @param stored the message's own envelope, which side sent it, and its `ts`
 */
export function disclosureEventOf(
  message: Message,
  stored: { readonly eh: Hash; readonly by: 'sender' | 'recipient'; readonly atMs: number },
  sha256: Sha256,
): DisclosureEvent | undefined {
  const { eh, by, atMs } = stored;
  const hashed = (terms: Restrictions): Terms => ({ terms, termsHash: toHash(termsHash(sha256, terms)) });
  if (!isStep(message)) return undefined;
  switch (message.kind) {
    case 'disclosure':
      return { on: 'send-directly', by, atMs, eh, ...hashed(message.body.restrictions) };
    case 'disclosure.offer':
      return { on: 'offer', by, atMs, eh, ...hashed(message.body.terms), openUntilMs: message.body.openUntilMs };
    case 'disclosure.accept':
      return { on: 'accept', by, atMs, eh, offer: message.body.offer, termsHash: message.body.termsHash };
    case 'disclosure.decline':
      return { on: 'decline', by, atMs, offer: message.body.offer };
    case 'disclosure.revise': {
      const { offer, change, terms, openUntilMs } = message.body;
      return { on: 'revise', by, atMs, eh, offer, change, ...hashed(terms), openUntilMs };
    }
    case 'disclosure.release':
      return { on: 'release', by, atMs, eh, offer: message.body.offer, accept: message.body.accept };
    case 'disclosure.withdraw':
      return { on: 'withdraw', by, atMs };
    case 'disclosure.relax':
      return { on: 'relax', by, atMs, relaxation: message.body.restrictions, fromMs: message.body.fromMs };
    case 'disclosure.close':
      return { on: 'close', by, atMs };
    case 'receipt.opened':
      return { on: 'open', by, atMs, of: message.body.eh };
  }
}

type StepMessage = Extract<Message, { readonly kind: 'disclosure' | 'receipt.opened' | DisclosureKind }>;
const isStep = (message: Message): message is StepMessage =>
  message.kind === 'disclosure' || message.kind === 'receipt.opened' || message.kind.startsWith('disclosure.');
