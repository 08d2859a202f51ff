/** The state tables: what may happen to a case and to an envelope, as data and as one total function each. */
export * from './consent.js';
export { type ConsentGrant, type ConsentWord, isOpen, type Standing, standing } from './consent-word.js';
export * from './delivery.js';
export { freezeDiagram } from './diagram.js';
export * from './duty-clocks.js';
export * from './duty-row.js';
export * from './exculpatory.js';
export * from './feedback.js';
export * from './freeze.js';
export * from './freeze-case.js';
export * from './freeze-clocks.js';
export * from './freeze-event.js';
export * from './freeze-table.js';
