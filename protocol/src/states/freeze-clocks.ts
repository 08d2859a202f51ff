/**
 * How long each step of a freeze alert may take, by urgency: defaults that R's capability record overrides (domain, Flow 1).
 * Data only; who is alarmed, and how, is the node's matter.
 */
import type { Priority } from '../envelope/core.js';
import type { AlertState } from './freeze-case.js';

export interface Clock {
  readonly number: number;
  readonly unit: 'minutes' | 'hours' | 'working-days';
}
type Clocks = Readonly<Record<Priority, Clock>>;

const hours = (number: number): Clock => ({ number, unit: 'hours' });
const always = (clock: Clock): Clocks => ({ flash: clock, urgent: clock, routine: clock });

export interface StateClock {
  readonly state: AlertState;
  /** What should have happened by then. */
  readonly awaits: string;
  readonly within: Clocks;
}

/** Clocks that run while the alert is in a state. R's decision clock pauses in `info-needed`. */
export const STATE_CLOCKS: readonly StateClock[] = [
  {
    state: 'sent',
    awaits: 'receive (else alarm: telephone the duty contact)',
    within: always({ number: 15, unit: 'minutes' }),
  },
  {
    state: 'delivered',
    awaits: 'acknowledge',
    within: { flash: hours(1), urgent: hours(4), routine: { number: 1, unit: 'working-days' } },
  },
  {
    state: 'acknowledged',
    awaits: 'impose, refuse or no-assets',
    within: { flash: hours(8), urgent: hours(24), routine: { number: 3, unit: 'working-days' } },
  },
  { state: 'acknowledged', awaits: 'redirect, where R is not competent', within: always(hours(8)) },
  { state: 'info-needed', awaits: 'supply', within: always(hours(4)) },
];

/** An extension is asked for at least this long before the expiry. */
export const EXTENSION_LEAD: Clock = hours(48);
/** A lifting by court or law is reported within this time. */
export const LIFT_BY_LAW_REPORT: Clock = hours(1);
