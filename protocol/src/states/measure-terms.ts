/** For each asset that is or was frozen: since which act its end stands, why it is then, and what ended it before (spec 55-clocks). */
import { measureFor } from '../directory/index.js';
import type { Message } from '../messages/index.js';
import type { ClockFacts, SaidEvent } from './clock-facts.js';

export interface MeasureTerm {
  readonly assetRef: string;
  /** When the end as it stands was set: the start of the measure, or the last extension. */
  readonly startedAtMs: number;
  readonly expiresAtMs: number;
  /** R's own words. */
  readonly explanation: string;
  /** When a lifting or a restraint ended it. */
  readonly endedAtMs: number | undefined;
  /** As `endedAtMs`, or when it lapsed. */
  readonly overAtMs: number | undefined;
  /** When more time was last asked for since the end was set. */
  readonly askedAtMs: number | undefined;
  /** Does R's record, as far as there is one, allow one more extension? */
  readonly mayExtend: boolean;
  /** The end as it stood at an instant. */
  readonly expiryAtMs: (atMs: number) => number;
}

interface Act {
  readonly atMs: number;
  readonly startedAtMs: number;
  readonly expiresAtMs: number;
  readonly explanation: string;
}

export function measureTerms(facts: ClockFacts): readonly MeasureTerm[] {
  return facts.assets.flatMap(({ assetRef, state, expiresAtMs }) => {
    const acts = facts.events.flatMap((event) => actsOn(event, assetRef));
    const current = acts.filter((act) => act.expiresAtMs === expiresAtMs).at(-1);
    if (current === undefined || expiresAtMs === null || state === 'contested' || state === 'not-frozen') return [];
    const { startedAtMs, explanation } = current;
    const ended = facts.events.filter(({ message }) => ends(message, assetRef)).at(-1);
    const endedAtMs = state === 'lifted' || state === 'superseded' ? ended?.atMs : undefined;
    const asked = facts.events.filter(
      ({ message, atMs }) =>
        message.kind === 'freeze.extension-request' && message.body.assets.includes(assetRef) && atMs >= startedAtMs,
    );
    return [
      {
        assetRef,
        startedAtMs,
        expiresAtMs,
        explanation,
        endedAtMs,
        askedAtMs: asked.at(-1)?.atMs,
        overAtMs: state === 'lapsed' ? expiresAtMs : endedAtMs,
        mayExtend: mayExtend(facts, assetRef, acts.length - 1),
        expiryAtMs: (atMs) => acts.filter((act) => act.atMs <= atMs).at(-1)?.expiresAtMs ?? expiresAtMs,
      },
    ];
  });
}

/** What sets an asset's end. */
function actsOn({ message, atMs }: SaidEvent, assetRef: string): readonly Act[] {
  if (message.kind !== 'freeze.impose' && message.kind !== 'freeze.extension-decision') return [];
  return message.body.outcomes.flatMap((outcome) => {
    if (outcome.assetRef !== assetRef || !('expiry' in outcome)) return [];
    const { expiry } = outcome;
    const startedAtMs = 'startsAtMs' in outcome ? outcome.startsAtMs : atMs;
    return [{ atMs, startedAtMs, expiresAtMs: expiry.atMs, explanation: expiry.explanation }];
  });
}

function ends(message: Message, assetRef: string): boolean {
  if (message.kind === 'freeze.lift-by-law' || message.kind === 'freeze.restraint')
    return message.body.assets.includes(assetRef);
  return (
    message.kind === 'freeze.lift-decision' &&
    message.body.outcomes.some((outcome) => outcome.assetRef === assetRef && outcome.outcome === 'lifted')
  );
}

function mayExtend({ record, events }: ClockFacts, assetRef: string, given: number): boolean {
  if (record === null) return true;
  const messages = events.map(({ message }) => message);
  const kind = messages
    .flatMap((message) => (message.kind === 'freeze.request' ? message.body.assets : []))
    .find((asset) => asset.assetRef === assetRef)?.kind;
  const action = messages
    .flatMap((message) => (message.kind === 'freeze.impose' ? message.body.outcomes : []))
    .flatMap((outcome) => (outcome.assetRef === assetRef && outcome.outcome === 'in-force' ? [outcome.action] : []))
    .at(-1);
  if (kind === undefined || action === undefined) return true;
  // An act that the record does not name is by another law, of which nothing is known here.
  const measure = measureFor(record, action, kind);
  return measure === undefined || given < measure.duration.extensions.count;
}
