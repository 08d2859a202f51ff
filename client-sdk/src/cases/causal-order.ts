/** Ordering a case's messages so that each comes after those it follows; among the rest, by time sent, then by name. */
import type { Hash } from '@holdfast/protocol';
import type { StoredMessage } from '../archive/message-table.js';

/**
 * The same order on every device that has the same messages, whatever the order of arrival.
 * @param rankOf of those that could come next, the lower rank comes first
 */
export function causalOrder(
  messages: readonly StoredMessage[],
  rankOf: (message: StoredMessage) => number = () => 0,
): StoredMessage[] {
  const byHash = new Map(messages.map((message) => [message.eh, message]));
  const placed = new Set<Hash>();
  const waiting = [...messages].sort((a, b) => rankOf(a) - rankOf(b) || a.tsMs - b.tsMs || (a.eh < b.eh ? -1 : 1));
  const ordered: StoredMessage[] = [];
  // A message is ready once everything it follows, as far as we have it, is placed. Hashes cannot form a cycle.
  while (waiting.length > 0) {
    const index = waiting.findIndex(({ follows }) => follows.every((eh) => placed.has(eh) || !byHash.has(eh)));
    const [next] = waiting.splice(Math.max(index, 0), 1);
    if (next === undefined) break;
    placed.add(next.eh);
    ordered.push(next);
  }
  return ordered;
}
