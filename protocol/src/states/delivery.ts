/**
 * How far an envelope has come, as its sender can prove it. It only ever goes on: a late or repeated proof changes nothing.
 * `unknown` means that bytes have left and no receipt has come: asking again with the same bytes settles it.
 */

/** From least to furthest. */
export const DELIVERY_STATES = ['queued', 'unknown', 'accepted', 'delivered', 'opened', 'decided'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

export interface DeliveryRow {
  readonly on: DeliveryEvent;
  /** Whose word it is. */
  readonly by: 'own node' | 'relay' | 'recipient';
  readonly to: DeliveryState;
}

export const DELIVERY_EVENTS = ['submit', 'receipt', 'receipt.delivered', 'receipt.opened', 'receipt.acted'] as const;
export type DeliveryEvent = (typeof DELIVERY_EVENTS)[number];

export const DELIVERY_ROWS: readonly DeliveryRow[] = [
  { on: 'submit', by: 'own node', to: 'unknown' },
  { on: 'receipt', by: 'relay', to: 'accepted' },
  { on: 'receipt.delivered', by: 'recipient', to: 'delivered' },
  { on: 'receipt.opened', by: 'recipient', to: 'opened' },
  { on: 'receipt.acted', by: 'recipient', to: 'decided' },
];

/** The further of two states: what both proofs together show, whatever the order in which they came. */
export const furthest = (a: DeliveryState, b: DeliveryState): DeliveryState =>
  DELIVERY_STATES.indexOf(a) >= DELIVERY_STATES.indexOf(b) ? a : b;

/** The state after `event`. Total and monotone. */
export function nextDelivery(state: DeliveryState, event: DeliveryEvent): DeliveryState {
  const row = DELIVERY_ROWS.find(({ on }) => on === event);
  return row === undefined ? state : furthest(state, row.to);
}
