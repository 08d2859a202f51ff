/** Guards that only the case's other events can answer: was Q heard, and is the advance copy the one that was announced? */
import type { Folding } from './fold-state.js';
import type { AssetEvent } from './freeze-event.js';
import type { PlacedEvent } from './freeze-graph.js';

/**
 * Before lifting or maintaining, Q is heard where that is possible (article 55(8)): in its own request for release, in a message
 * that follows the proposal, or by its silence once the time to answer is over; or the decision records why it was not possible.
 * @returns why the decision may not stand, or undefined
 */
export function hearingFault(folding: Folding, placed: PlacedEvent, event: AssetEvent): string | undefined {
  const { message } = placed;
  if (message?.kind !== 'freeze.lift-decision') return undefined;
  const { hearing } = message.body;
  switch (hearing.kind) {
    case 'not-possible':
      return undefined;
    case 'heard':
      return heardFault(folding, placed, event, folding.events.get(hearing.eh));
    case 'no-answer':
      return silenceFault(folding, placed, event);
    default:
      return hearing satisfies never;
  }
}

function heardFault(
  folding: Folding,
  placed: PlacedEvent,
  event: AssetEvent,
  heard: PlacedEvent | undefined,
): string | undefined {
  if (heard === undefined || heard.by !== 'requesting' || !placed.follows(heard.eh))
    return 'the message in which Q is said to have been heard is none of Q that this decision follows';
  const unheard = event.assets.find(({ assetRef }) => {
    const { proposals, deciders } = folding.of(assetRef);
    const isOnIt = proposals.some(({ eh, by }) => eh === heard.eh || (by === 'requested' && heard.follows(eh)));
    // With two decisions to settle there is no proposal: Q has spoken once it has seen one of them.
    const isContested = folding.freezeCase.assets.get(assetRef)?.state === 'contested';
    return !isOnIt && !(isContested && deciders.some(({ eh }) => heard.follows(eh)));
  });
  return unheard && `what Q said does not answer a proposal to lift ${unheard.assetRef}`;
}

function silenceFault(folding: Folding, placed: PlacedEvent, event: AssetEvent): string | undefined {
  for (const { assetRef } of event.assets) {
    const times = folding
      .of(assetRef)
      .proposals.filter(({ eh, by }) => by === 'requested' && placed.follows(eh))
      .flatMap(({ message }) => (message?.kind === 'freeze.lift-propose' ? [message.body.answerByMs] : []));
    if (times.length === 0) return `Q was given no time to answer on ${assetRef}`;
    const untilMs = Math.min(...times);
    if (placed.atMs < untilMs) return `Q may answer on ${assetRef} until ${new Date(untilMs).toISOString()}`;
  }
  return undefined;
}

/** One advance copy a case: its hash is the request's where that gives one, else the first link's. @returns why not, or undefined */
export function lawfulLink({ announcedHash, links }: Folding, placed: PlacedEvent): string | undefined {
  const { message } = placed;
  if (message?.kind !== 'freeze.mla-link') return undefined;
  const { advanceCopyHash, originalReceivedAtMs } = message.body;
  const known = announcedHash ?? links[0]?.hash;
  if (known !== undefined && known !== advanceCopyHash)
    return `the advance copy is not the one that was announced: its hash is ${known}`;
  if (originalReceivedAtMs === undefined) return undefined;
  const isLinked = announcedHash !== undefined || links.some(({ eh }) => placed.follows(eh));
  return isLinked ? undefined : 'no advance copy has been linked with which the original could be compared';
}
