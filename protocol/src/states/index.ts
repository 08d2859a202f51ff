/** The state tables: what may happen to a case and to an envelope, as data and as one total function each. */
export * from './delivery.js';
export { freezeDiagram } from './diagram.js';
export * from './disclosure.js';
export * from './disclosure-case.js';
export * from './disclosure-event.js';
export * from './disclosure-table.js';
export * from './freeze.js';
export * from './freeze-case.js';
export * from './freeze-clocks.js';
export * from './freeze-event.js';
export * from './freeze-table.js';
