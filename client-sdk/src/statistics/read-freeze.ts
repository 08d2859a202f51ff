/** What became of a freeze alert: acknowledged, decided, how long it waited, and the amounts at every stage. */
import type { MessageOf } from '@holdfast/protocol';
import type { Case, TimelineEntry } from '../cases/case.js';
import type { AmountFact, Decision, Ending, RequestFact } from './facts.js';

/** `feedback` comes from what belongs to every form. */
export type FollowedFreeze = Pick<
  RequestFact,
  'acknowledgedAtMs' | 'ending' | 'awaitsDecision' | 'pausedMs' | 'amounts'
>;
type Request = MessageOf<'freeze.request'>['body'];
type Impose = MessageOf<'freeze.impose'>['body'];
type Held = AmountFact['amount'];

/** @param accepted the case's timeline without what its state refused */
export function followFreeze(
  found: Case,
  accepted: readonly TimelineEntry[],
  { sentAtMs }: TimelineEntry,
  request: Request,
): FollowedFreeze {
  const ending = endingOf(found, accepted);
  return {
    acknowledgedAtMs: accepted.find(({ message }) => message.kind === 'freeze.acknowledge')?.sentAtMs ?? null,
    ending,
    awaitsDecision: true,
    pausedMs: ending === null ? 0 : pausedMs(accepted, ending.atMs),
    amounts: [...sought(request, sentAtMs), ...held(found, accepted)],
  };
}

function endingOf({ assets }: Case, accepted: readonly TimelineEntry[]): Ending | null {
  const all = accepted.flatMap(({ message, sentAtMs }) => endingBy(message, sentAtMs));
  // A withdrawal that crossed R's decision does not undo it.
  const decided = all.filter(({ decision }) => decision !== 'withdrawn');
  const endings = decided.length > 0 ? decided : all;
  const [first] = endings;
  const last = endings.at(-1);
  if (first === undefined || last === undefined) return null;
  // Two decisions that contradict one another freeze nothing until a later one resolves them; the first one stopped the clock.
  if (assets.some(({ state }) => state === 'contested')) return bare('contested', first.atMs);
  return { ...last, atMs: first.atMs };
}

/** One or none: what the message is the end of, if it is one. */
function endingBy(message: TimelineEntry['message'], atMs: number): readonly Ending[] {
  if (message.kind === 'freeze.impose') {
    const assetCodes = message.body.outcomes.flatMap((one) => (one.outcome === 'not-frozen' ? [one.code] : []));
    const decision = assetCodes.length === 0 ? 'imposed' : 'imposed-in-part';
    return [{ decision, atMs, refusalCode: null, assetCodes }];
  }
  if (message.kind === 'freeze.refuse')
    return [{ decision: 'refused', atMs, refusalCode: message.body.code, assetCodes: [] }];
  const decision = BARE.get(message.kind);
  return decision === undefined ? [] : [bare(decision, atMs)];
}

const BARE: ReadonlyMap<string, Decision> = new Map<string, Decision>([
  ['freeze.no-assets', 'no-assets'],
  ['freeze.redirect', 'redirected'],
  ['freeze.withdraw', 'withdrawn'],
]);

const bare = (decision: Decision, atMs: number): Ending => ({ decision, atMs, refusalCode: null, assetCodes: [] });

/** Time from each question to its answer, or to the decision where none came before it. */
function pausedMs(accepted: readonly TimelineEntry[], endedAtMs: number): number {
  let askedAtMs: number | null = null;
  let paused = 0;
  for (const { message, sentAtMs } of accepted) {
    if (message.kind === 'freeze.ask' && askedAtMs === null) askedAtMs = sentAtMs;
    if (message.kind !== 'freeze.supply' || askedAtMs === null) continue;
    paused += Math.max(0, Math.min(sentAtMs, endedAtMs) - askedAtMs);
    askedAtMs = null;
  }
  return askedAtMs === null ? paused : paused + Math.max(0, endedAtMs - askedAtMs);
}

/** What was asked for: the cap where the measure is capped, else what the asset is thought to hold. */
const sought = (request: Request, atMs: number): readonly AmountFact[] =>
  request.assets.map(({ amount, measure: { extent } }) => ({
    stage: 'sought',
    atMs,
    amount: extent.kind === 'capped' ? extent.amount : (amount ?? null),
  }));

/** What was frozen, and how each frozen asset ended; the amount is the decision's own, throughout. */
function held({ assets }: Case, accepted: readonly TimelineEntry[]): readonly AmountFact[] {
  const frozen = new Map<string, { readonly atMs: number; readonly amount: Held }>();
  for (const { message, sentAtMs } of accepted)
    if (message.kind === 'freeze.impose')
      for (const [ref, amount] of inForce(message.body)) frozen.set(ref, { atMs: sentAtMs, amount });
  return [...frozen].flatMap(([assetRef, { atMs, amount }]): AmountFact[] => {
    const asset = assets.find((candidate) => candidate.assetRef === assetRef);
    if (asset === undefined || asset.state === 'contested' || asset.state === 'not-frozen') return [];
    const ended = (stage: AmountFact['stage'], endedAtMs: number | undefined): AmountFact[] =>
      endedAtMs === undefined ? [] : [{ stage, atMs: endedAtMs, amount }];
    const facts: AmountFact[] = [{ stage: 'frozen', atMs, amount }];
    if (asset.state === 'lapsed') facts.push(...ended('lapsed', asset.expiry?.atMs));
    if (asset.state === 'lifted') facts.push(...ended('lifted', lastNaming(accepted, assetRef, liftedBy)));
    if (asset.state === 'superseded') facts.push(...ended('superseded', lastNaming(accepted, assetRef, restrainedBy)));
    return facts;
  });
}

const inForce = ({ outcomes }: Impose): readonly (readonly [string, Held])[] =>
  outcomes.flatMap((one) => (one.outcome === 'in-force' ? [[one.assetRef, one.amount ?? null] as const] : []));

function lastNaming(
  accepted: readonly TimelineEntry[],
  assetRef: string,
  named: (message: TimelineEntry['message']) => readonly string[],
): number | undefined {
  return accepted.findLast(({ message }) => named(message).includes(assetRef))?.sentAtMs;
}

function liftedBy(message: TimelineEntry['message']): readonly string[] {
  if (message.kind === 'freeze.lift-by-law') return message.body.assets;
  if (message.kind !== 'freeze.lift-decision') return [];
  return message.body.outcomes.flatMap(({ outcome, assetRef }) => (outcome === 'lifted' ? [assetRef] : []));
}

const restrainedBy = (message: TimelineEntry['message']): readonly string[] =>
  message.kind === 'freeze.restraint' ? message.body.assets : [];
