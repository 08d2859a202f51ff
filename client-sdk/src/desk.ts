/** What an integrator's own code takes: everything that a desk can do, and nothing of how it does it. */
import type { Holdfast } from './client.js';
import type { DisclosureFlow } from './disclosure/flow.js';
import type { ConsentFlow, ExculpatoryFlow, FeedbackFlow } from './duties/duty-flow.js';
import type { FreezeFlow } from './send/freeze.js';
import type { SendHandle } from './send/handle.js';

/**
 * The public side of `Holdfast` as a type without a class behind it: take this where your code needs a desk, and hand it the
 * real one, one of `@holdfast/client-sdk/testing`, or an object of your own. It is derived, so it never lacks a member.
 */
export type HoldfastDesk = Omit<
  Pick<Holdfast, keyof Holdfast>,
  'freeze' | 'disclosures' | 'consent' | 'exculpatory' | 'feedback'
> & {
  /** The temporary-freeze alert, step by step. */
  readonly freeze: Pick<FreezeFlow<SendHandle>, keyof FreezeFlow<SendHandle>>;
  /** Consent to share onward. */
  readonly consent: Pick<ConsentFlow<SendHandle>, keyof ConsentFlow<SendHandle>>;
  /** Exculpatory disclosure (article 46(5)). */
  readonly exculpatory: Pick<ExculpatoryFlow<SendHandle>, keyof ExculpatoryFlow<SendHandle>>;
  /** What came of an alert or a disclosure. */
  readonly feedback: Pick<FeedbackFlow<SendHandle>, keyof FeedbackFlow<SendHandle>>;
  /** The disclosure with terms before content, step by step. */
  readonly disclosures: Pick<DisclosureFlow<SendHandle>, keyof DisclosureFlow<SendHandle>>;
};
