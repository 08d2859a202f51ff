/** What a relay has seen of its members: the stuff that its forgeries are made of. Bounded; the newest stay. */
import {
  type Delivery,
  type DeviceId,
  decodeSubmitted,
  type EnvelopeCore,
  parseCore,
  type Receipt,
  type SubmittedEnvelope,
} from '@holdfast/protocol';

const KEPT = 64;

export interface SeenEnvelope {
  readonly core: EnvelopeCore;
  readonly envelope: SubmittedEnvelope;
}

/** What one device has shown of itself, and been given. */
export interface SeenDevice {
  id: DeviceId | undefined;
  assertion: string | undefined;
  token: string | undefined;
  receipt: Receipt | undefined;
  delivery: Delivery | undefined;
}

export const unseenDevice = (): SeenDevice => ({
  id: undefined,
  assertion: undefined,
  token: undefined,
  receipt: undefined,
  delivery: undefined,
});

export class Evidence {
  readonly #envelopes: SeenEnvelope[] = [];

  submitted(bytes: Uint8Array): void {
    const envelope = decodeSubmitted(Uint8Array.from(bytes));
    this.#envelopes.push({ core: parseCore(envelope.core), envelope });
    if (this.#envelopes.length > KEPT) this.#envelopes.shift();
  }

  /** The newest envelope that fits. */
  newest(fits: (seen: SeenEnvelope) => boolean): SeenEnvelope | undefined {
    return this.#envelopes.findLast(fits);
  }
}
