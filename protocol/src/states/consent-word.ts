/** What the originator's answers and revocations come to, however they cross: a pure function of the set (spec 54-duties). */
import type { Hash } from '../ids.js';
import type { ConsentDecision } from '../messages/consent-answer.js';
import { coversItem, itemKey, type SharedItem } from '../subjects/shared-item.js';
import type { Prose } from '../subjects/text.js';

/** One answer or revocation. */
export interface ConsentWord {
  readonly id: Hash;
  /** Every event of the case that it follows. */
  readonly after: ReadonlySet<Hash>;
  readonly atMs: number;
  readonly decision: ConsentDecision | { readonly answer: 'revoked' };
}

export interface ConsentGrant {
  readonly items: readonly SharedItem[];
  readonly conditions: readonly Prose[];
  /** Last day on which it may be shared (UTC), null where none is named. */
  readonly until: string | null;
  /** From the latest of the answers that make it up. */
  readonly sinceMs: number;
}

/** The strictest first. */
const STRICTEST = ['revoked', 'refused', 'conditional', 'granted'] as const;
export interface Standing {
  readonly state: (typeof STRICTEST)[number] | 'requested';
  readonly grant: ConsentGrant | null;
  /** Words that no other word follows; more than one where answers have crossed. */
  readonly current: readonly ConsentWord[];
}

/** Of words that do not follow one another the stricter holds, until a later one follows them all. */
export function standing(words: readonly ConsentWord[], asked: readonly SharedItem[]): Standing {
  const current = words.filter(({ id }) => !words.some(({ after }) => after.has(id)));
  const state = STRICTEST.find((candidate) => current.some(({ decision }) => decision.answer === candidate));
  if (state === undefined) return { state: 'requested', grant: null, current };
  if (state === 'revoked' || state === 'refused') return { state, grant: null, current };
  return { state, grant: meet(current, asked), current };
}

/** What every one of the grants allows, under the conditions of all. */
function meet(words: readonly ConsentWord[], asked: readonly SharedItem[]): ConsentGrant {
  const inOrder = [...words].sort((a, b) => (a.id < b.id ? -1 : 1));
  const conditions = new Map<string, Prose>();
  const untils: string[] = [];
  let items = asked;
  for (const { decision } of inOrder) {
    if (decision.answer === 'revoked' || decision.answer === 'refused') continue;
    if (decision.until !== undefined) untils.push(decision.until);
    if (decision.answer === 'granted') continue;
    for (const condition of decision.conditions) conditions.set(`${condition.language} ${condition.text}`, condition);
    if (decision.items !== undefined) items = intersection(items, decision.items);
  }
  const [until = null] = untils.sort();
  return { items, conditions: [...conditions.values()], until, sinceMs: Math.max(...words.map(({ atMs }) => atMs)) };
}

function intersection(a: readonly SharedItem[], b: readonly SharedItem[]): readonly SharedItem[] {
  const both = [...a.filter((item) => coversItem(b, item)), ...b.filter((item) => coversItem(a, item))];
  return [...new Map(both.map((item) => [itemKey(item), item])).values()];
}

/** Words that whoever follows `after` could know. */
export const wordsKnownTo = (words: readonly ConsentWord[], after: ReadonlySet<Hash>): ConsentWord[] =>
  words.filter(({ id }) => after.has(id));

/** May it still be shared at `atMs`? The last day counts to its end, UTC. */
export const isGrantOpen = ({ until }: ConsentGrant, atMs: number): boolean =>
  until === null || new Date(atMs).toISOString().slice(0, 10) <= until;
