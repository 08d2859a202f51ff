/** Whose information it is: of the agency that sent the items. */
import type { AgencyId, SharedItem } from '@holdfast/protocol';
import type { DutyMessage } from './duty-message.js';

/**
 * The one other agency that sent all of the items.
 * @returns a reason in words where there is none
 */
export function senderOfItems(
  items: readonly SharedItem[],
  all: readonly DutyMessage[],
  agencies: readonly AgencyId[],
  asking: AgencyId,
): { readonly agency: AgencyId } | string {
  const known = items.flatMap(({ eh }) => all.find(({ id }) => id === eh) ?? []);
  const senders = new Set(known.map(({ agency }) => agency));
  // Where a message has not arrived here, between two the sender is clear all the same.
  if (known.length < items.length) {
    if (agencies.length !== 2) return 'it names a message that is not in this case';
    for (const agency of agencies) if (agency !== asking) senders.add(agency);
  }
  if (senders.has(asking)) return 'it names what its own sender wrote';
  const [agency, second] = senders;
  if (agency === undefined) return 'it names no message of another agency';
  return second === undefined ? { agency } : 'its items come from several agencies; ask each for its own';
}
