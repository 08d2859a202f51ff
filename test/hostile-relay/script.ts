/**
 * What a hostile relay can do, as data: one fault each, to be armed, printed, shrunk and stored. Nothing here acts; `meddler.ts`
 * carries out what concerns frames, `answers.ts` what concerns answers over HTTP.
 */
import type { FrameType, Mailbox, Operation } from '@holdfast/protocol';

/** Whether what is left out or put in shows in a mailbox's numbers. `closed-up` is the relay that keeps its books in order. */
export type Numbers = 'kept' | 'closed-up';

/** What can be put in before a genuine delivery, out of what the relay has seen. */
export const FORGERIES = [
  /** The delivery before, once more. */
  'replay',
  /** The device's own envelope. */
  'reflect',
  /** Another device's envelope, with that device's stanza. */
  'misdeliver',
  /** A genuine envelope in a notice's clothes, and whatever else is signed with another purpose. */
  'envelope-as-notice',
  'assertion-as-notice',
  'token-as-notice',
  'receipt-as-notice',
  'token-as-envelope',
  /** "Your message has expired", signed by anybody, or with the relay's own key: then it is the relay's word. */
  'expiry',
  'expiry-by-relay',
] as const;
export type Forgery = (typeof FORGERIES)[number];

/** What of an envelope is swapped for another's: of another envelope, or (`stanza-of-other-device`) of the same. */
export const PARTS = ['core', 'stanza', 'stanza-of-other-device', 'signature', 'ciphertext'] as const;
export type Part = (typeof PARTS)[number];

export const RECEIPT_LIES = ['other-envelope', 'other-index', 'other-time', 'older-receipt'] as const;
export type ReceiptLie = (typeof RECEIPT_LIES)[number];

/** What happens to one frame. Each strikes once. */
export type FrameFault =
  | { readonly fault: 'drop'; readonly numbers: Numbers }
  /** It and all behind it wait until the link is released. */
  | { readonly fault: 'delay' }
  | { readonly fault: 'duplicate' }
  /** Its number is so much higher. */
  | { readonly fault: 'renumber'; readonly by: number }
  /** It goes behind the next delivery of the same mailbox, or of the other. */
  | { readonly fault: 'reorder'; readonly behind: 'same' | 'other' }
  | { readonly fault: 'inject'; readonly forgery: Forgery; readonly numbers: Numbers }
  /** Only this share of the item's bytes is left; of the whole frame where it is none. */
  | { readonly fault: 'truncate'; readonly share: number }
  /** One bit at this share of the item's bytes. */
  | { readonly fault: 'flip'; readonly share: number }
  | { readonly fault: 'merge'; readonly part: Part }
  | { readonly fault: 'receipt'; readonly lie: ReceiptLie }
  /** Both cursors in `resumed`, too high or too low. */
  | { readonly fault: 'resumed'; readonly by: number }
  | { readonly fault: 'cut' };

/** The frame that a fault waits for: the first of the type, of the mailbox where one is named, after `skip` others. */
export interface FrameTarget {
  /** `down` is to the device. */
  readonly way: 'down' | 'up';
  readonly type: FrameType;
  readonly mailbox?: Mailbox;
  readonly skip?: number;
}

/** What happens to answers over HTTP, until the link is healed. */
export const ANSWER_LIES = [
  'status-500',
  'status-429',
  'garbage',
  'huge',
  'hang-up',
  /** Each agency's head as it was one statement ago. */
  'older-heads',
  'other-heads',
  /** Heads, statements and trust lists as they are now, whatever comes. */
  'frozen-directory',
  /** A chain with one more device, certified by nobody. */
  'ghost-device',
  /** A day key that the device has not signed. */
  'swapped-key',
  'old-trust-list',
] as const;
export type AnswerLie = (typeof ANSWER_LIES)[number];

export interface AnswerFault {
  readonly lie: AnswerLie;
  /** Every operation where none is named. */
  readonly operation?: Operation['id'];
}
