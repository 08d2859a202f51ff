/**
 * One order of a case's messages that every device with the same messages finds, whatever the order of arrival: each comes after
 * those it follows (`on`); among the rest the lower rank first, then the time sent, then the name.
 */

/** What the order looks at: `StoredMessage` has it, and so has what waits in the outbox. */
export interface Causal {
  readonly eh: string;
  readonly follows: readonly string[];
  readonly tsMs: number;
}

/**
 * @param rankOf precedence among messages that do not follow one another: the lower comes first
 * @returns the messages, each once, after those it follows as far as they are here
 */
export function causalOrder<M extends Causal>(messages: readonly M[], rankOf: (message: M) => number = () => 0): M[] {
  const here = new Set(messages.map(({ eh }) => eh));
  const placed = new Set<string>();
  const waiting = messages
    .map((message) => ({ message, rank: rankOf(message) }))
    .sort((a, b) => a.rank - b.rank || a.message.tsMs - b.message.tsMs || (a.message.eh < b.message.eh ? -1 : 1))
    .map(({ message }) => message);
  const ordered: M[] = [];
  // A message is ready once everything it follows, as far as we have it, is placed. Hashes cannot form a cycle.
  while (waiting.length > 0) {
    const index = waiting.findIndex(({ follows }) => follows.every((eh) => placed.has(eh) || !here.has(eh)));
    const [next] = waiting.splice(Math.max(index, 0), 1);
    if (next === undefined) break;
    placed.add(next.eh);
    ordered.push(next);
  }
  return ordered;
}
