/** The state tables: what may happen to a case and to an envelope, as data and as one total function each. */
export { acknowledgeDueMs, DELIVERY_WITHIN_MS } from './answer-clocks.js';
export * from './case-clock.js';
export type { FreezeClockInput, SaidEvent } from './clock-facts.js';
export { clocksOf } from './clocks-of.js';
export * from './delivery.js';
export { freezeDiagram } from './diagram.js';
export * from './freeze.js';
export * from './freeze-case.js';
export * from './freeze-clocks.js';
export * from './freeze-event.js';
export * from './freeze-table.js';
export { type ClockWarning, warningsMs, warningsOf } from './warnings.js';
