/** Everything that can be said to others, in one voice: `Sent` is what the speaker gets back for each. */
import type { DeskRuntime } from './desk-runtime.js';
import { DisclosureFlow } from './disclosure/flow.js';
import { ConsentFlow, ExculpatoryFlow, FeedbackFlow, sayDuty } from './duties/duty-flow.js';
import { type Disclosure, sendDisclosure } from './send/disclosure.js';
import type { Dispatch } from './send/dispatch.js';
import { FreezeFlow } from './send/freeze.js';
import { type Note, sendNote } from './send/note.js';

export class Speaker<Sent> {
  readonly #runtime: DeskRuntime;
  readonly #dispatch: Dispatch<Sent>;
  /** The temporary-freeze alert, step by step. */
  readonly freeze: FreezeFlow<Sent>;
  /** Consent to share onward. */
  readonly consent: ConsentFlow<Sent>;
  /** Exculpatory disclosure (article 46(5)). */
  readonly exculpatory: ExculpatoryFlow<Sent>;
  /** What came of an alert or a disclosure. */
  readonly feedback: FeedbackFlow<Sent>;
  /** The disclosure with terms before content, step by step. */
  readonly disclosures: DisclosureFlow<Sent>;

  /** @internal */
  constructor(runtime: DeskRuntime, dispatch: Dispatch<Sent>) {
    this.#runtime = runtime;
    this.#dispatch = dispatch;
    this.freeze = new FreezeFlow(runtime, dispatch);
    const say = sayDuty(runtime, dispatch);
    this.consent = new ConsentFlow(say);
    this.exculpatory = new ExculpatoryFlow(say);
    this.feedback = new FeedbackFlow(say);
    this.disclosures = new DisclosureFlow(runtime, dispatch);
  }

  /**
   * Sends a spontaneous disclosure (article 46(4), 56). Where `signal` aborts it, nothing was queued.
   * @throws SdkError `directory.unknown-agency`, `directory.quarantined`, `terms.not-accepted`, `message.*`, `attachment.*`; the signal's reason
   */
  disclose(disclosure: Disclosure, { signal }: { readonly signal?: AbortSignal } = {}): Promise<Sent> {
    return sendDisclosure(this.#runtime, this.#dispatch, disclosure, signal);
  }

  /** Replies within a case. @throws SdkError `case.unknown`, `message.*` */
  note(note: Note): Promise<Sent> {
    return sendNote(this.#runtime, this.#dispatch, note);
  }
}
