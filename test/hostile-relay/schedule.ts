/** Long conversations under fire, as data: who says what, and what the relay does meanwhile. Drawn, shrunk and stored by fast-check. */
import fc from 'fast-check';
import {
  ANSWER_LIES,
  type AnswerLie,
  FORGERIES,
  type FrameFault,
  type FrameTarget,
  PARTS,
  RECEIPT_LIES,
} from './script.js';

/** Six devices: two for each of three agencies. */
export const DEVICES = 6;

export type Step =
  | { readonly do: 'disclose' | 'alert'; readonly by: number; readonly to: number }
  /** In the conversation number `in`, counted round, of those that the device knows. */
  | { readonly do: 'note' | 'acknowledge' | 'refuse' | 'impose'; readonly by: number; readonly in: number }
  | { readonly do: 'fault'; readonly at: number; readonly target: FrameTarget; readonly fault: FrameFault }
  | { readonly do: 'lie'; readonly at: number; readonly lie: AnswerLie }
  | { readonly do: 'cut' | 'release' | 'heal'; readonly at: number }
  /** Until all that was sent is where it belongs, or a while has passed in which it did not come. */
  | { readonly do: 'wait' };

const device = fc.nat({ max: DEVICES - 1 });
const conversation = fc.nat({ max: 7 });
const share = fc.double({ min: 0, max: 0.999, noNaN: true });
const mailbox = fc.constantFrom('alert', 'routine');
const skip = fc.nat({ max: 3 });

const delivery = fc.record({ way: fc.constant('down'), type: fc.constant('delivery'), mailbox, skip });
const answer = (type: FrameTarget['type']) => fc.record({ way: fc.constant('down'), type: fc.constant(type), skip });
const asked = (type: FrameTarget['type']) => fc.record({ way: fc.constant('up'), type: fc.constant(type), skip });
const numbers = fc.constantFrom('kept', 'closed-up');

const onDelivery = fc.oneof(
  fc.record({ fault: fc.constant('drop'), numbers }),
  fc.record({ fault: fc.constantFrom('delay', 'duplicate', 'cut') }),
  fc.record({ fault: fc.constant('reorder'), behind: fc.constantFrom('same', 'other') }),
  fc.record({ fault: fc.constant('inject'), forgery: fc.constantFrom(...FORGERIES), numbers }),
  fc.record({ fault: fc.constantFrom('truncate', 'flip'), share }),
  fc.record({ fault: fc.constant('merge'), part: fc.constantFrom(...PARTS) }),
) satisfies fc.Arbitrary<FrameFault>;
const onReceipt = fc.oneof(
  fc.record({ fault: fc.constant('drop'), numbers: fc.constant('kept') }),
  fc.record({ fault: fc.constantFrom('delay', 'duplicate', 'cut') }),
  fc.record({ fault: fc.constant('receipt'), lie: fc.constantFrom(...RECEIPT_LIES) }),
) satisfies fc.Arbitrary<FrameFault>;
const onOther = fc.oneof(
  fc.record({ fault: fc.constant('drop'), numbers: fc.constant('kept') }),
  fc.record({ fault: fc.constantFrom('delay', 'cut') }),
) satisfies fc.Arbitrary<FrameFault>;
const onResumed = fc.record({ fault: fc.constant('resumed'), by: fc.integer({ min: -3, max: 3 }) });

const fault = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('fault'), at: device, target: delivery, fault: onDelivery }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('fault'), at: device, target: answer('receipt'), fault: onReceipt }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('fault'), at: device, target: answer('resumed'), fault: onResumed }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('fault'),
      at: device,
      target: fc.oneof(asked('submit'), asked('acknowledge'), answer('live')),
      fault: onOther,
    }),
  },
);

export const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('disclose'), by: device, to: fc.nat({ max: 1 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('alert'), by: device, to: fc.nat({ max: 1 }) }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('note'), by: device, in: conversation }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('acknowledge', 'refuse', 'impose'),
      by: device,
      in: conversation,
    }),
  },
  { weight: 8, arbitrary: fault },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('lie'), at: device, lie: fc.constantFrom(...ANSWER_LIES) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('cut', 'release', 'heal'), at: device }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('wait') }) },
);

export const schedule: fc.Arbitrary<readonly Step[]> = fc.array(step, { minLength: 4, maxLength: 40, size: 'max' });
