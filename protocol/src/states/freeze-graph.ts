/**
 * The graph of a case's events over `on`: what follows what, as of when each event counts, and the order in which the state takes
 * them. A function of the set alone: nothing here knows when a message arrived (spec 50-states, "Convergence").
 */
import type { Message } from '../messages/index.js';

/** A message of a freeze case, signed and opened. */
export interface SignedEvent {
  /** Its envelope's name; any name of its own for one that is not sealed yet. */
  readonly eh: string;
  /** The events that it says it follows. */
  readonly on: readonly string[];
  readonly by: 'requesting' | 'requested';
  /** `ts` of its envelope. */
  readonly tsMs: number;
  /** The latest `ts` among what its sender's `seen` and `prev` prove to be older than it. */
  readonly notBeforeMs?: number;
  /** When it was stored here. Only `late` is read from it, which is this node's own view. */
  readonly storedAtMs?: number;
  /** Null where this version does not know the kind, or the text was erased: what it follows still counts. */
  readonly message: Message | null;
}

/** An event in its place. */
export interface PlacedEvent extends SignedEvent {
  /** As of when it counts: its `ts`, unless what it follows proves it later. */
  readonly atMs: number;
  /** Does it follow that event, directly or not? */
  readonly follows: (eh: string) => boolean;
}

/** What an event follows, as one bit for each place before its own: a long case must not cost a set for each message. */
interface Placed extends PlacedEvent {
  readonly place: number;
  readonly past: Uint32Array;
}

/** Court or law, then restraint, then R's acts, then Q's; last what says nothing here. A side that may not report a court's order gains nothing by trying. */
export function rankOf({ by, message }: SignedEvent): number {
  if (message === null) return 4;
  const { kind } = message;
  if (by === 'requesting') return 3;
  if (kind === 'freeze.lift-by-law') return 0;
  return kind === 'freeze.restraint' ? 1 : 2;
}

/**
 * The order in which events are taken: by rank, then `ts`, then name, each directly behind those it follows that are not taken
 * yet. So nothing of a lower standing comes before an event unless that event follows it.
 * @param events of one case, each name once
 */
export function placeEvents(events: readonly SignedEvent[]): readonly PlacedEvent[] {
  const ranked = [...events].sort(
    (a, b) => rankOf(a) - rankOf(b) || a.tsMs - b.tsMs || (a.eh < b.eh ? -1 : a.eh > b.eh ? 1 : 0),
  );
  const here = new Map(events.map((event) => [event.eh, event]));
  const position = new Map(ranked.map(({ eh }, index) => [eh, index]));
  const placed = new Map<string, Placed>();
  const begun = new Set<string>();
  // Without recursion: a hostile chain of ten thousand messages must not end the process.
  const place = (first: SignedEvent): void => {
    const stack = [first];
    for (let event = stack.at(-1); event !== undefined; event = stack.at(-1)) {
      if (placed.has(event.eh)) {
        stack.pop();
        continue;
      }
      const before = event.on.flatMap((eh) => here.get(eh) ?? []).filter(({ eh }) => !placed.has(eh));
      // Hashes cannot form a cycle; names that are not hashes could, and then the first visit decides.
      const open = begun.has(event.eh) ? [] : before;
      begun.add(event.eh);
      if (open.length === 0) {
        placed.set(event.eh, atItsPlace(event, placed));
        stack.pop();
      } else stack.push(...open.sort((a, b) => (position.get(b.eh) ?? 0) - (position.get(a.eh) ?? 0)));
    }
  };
  ranked.forEach(place);
  return [...placed.values()];
}

function atItsPlace(event: SignedEvent, placed: ReadonlyMap<string, Placed>): Placed {
  const place = placed.size;
  const past = new Uint32Array((place + 31) >>> 5);
  let atMs = Math.max(event.tsMs, event.notBeforeMs ?? 0);
  for (const eh of event.on) {
    const before = placed.get(eh);
    if (before === undefined) continue;
    before.past.forEach((bits, index) => {
      past[index] = (past[index] ?? 0) | bits;
    });
    past[before.place >>> 5] = (past[before.place >>> 5] ?? 0) | (1 << (before.place & 31));
    atMs = Math.max(atMs, before.atMs);
  }
  const follows = (eh: string): boolean => {
    const other = placed.get(eh)?.place;
    return other !== undefined && other < place && (((past[other >>> 5] ?? 0) >>> (other & 31)) & 1) === 1;
  };
  return { ...event, atMs, follows, place, past };
}
