/** The state tables: what may happen to a case and to an envelope, as data and as one total function each. */
export { acknowledgeDueMs, DELIVERY_WITHIN_MS } from './answer-clocks.js';
export * from './case-clock.js';
export type { FreezeClockInput, SaidEvent } from './clock-facts.js';
export { clocksOf } from './clocks-of.js';
export * from './consent.js';
export { type ConsentGrant, type ConsentWord, isGrantOpen, type Standing, standing } from './consent-word.js';
export * from './delivery.js';
export { freezeDiagram } from './diagram.js';
export * from './disclosure.js';
export * from './disclosure-case.js';
export * from './disclosure-event.js';
export * from './disclosure-table.js';
export * from './duty-clocks.js';
export * from './duty-row.js';
export * from './exculpatory.js';
export * from './feedback.js';
export { type FoldOptions, foldFreezeCase, openingRequest } from './fold-freeze.js';
export type { FoldedCase, FreezeGuards } from './fold-state.js';
export { assertNext, next } from './freeze.js';
export * from './freeze-case.js';
export * from './freeze-clocks.js';
export * from './freeze-event.js';
export { type PlacedEvent, placeEvents, rankOf, type SignedEvent } from './freeze-graph.js';
export {
  type Actor,
  actorWords,
  EVENT_WORDS,
  insteadOf,
  type Refusal,
  refusalError,
  whoMay,
} from './freeze-refusal.js';
export { type NextStep, nextSteps } from './freeze-steps.js';
export * from './freeze-table.js';
export { type ClockWarning, warningsMs, warningsOf } from './warnings.js';
