/** Reading what an agency has published from a client that may have been opened a moment ago. */
import type { AgencyId } from '@holdfast/protocol';
import { isSdkError, SdkError } from '../errors.js';
import type { Runtime } from '../runtime.js';
import { reasonOf, underSignals } from '../transport/linked-signal.js';
import { isAtHand, type PublishedAgency, publishedAgency } from './published.js';

/** How long a client that was just opened waits for its first sight of the directory. */
const FIRST_SYNC_MS = 15_000;

/**
 * Where it is not here yet, waits a little for the relay; what is here is answered at once, online or not.
 * @throws SdkError `directory.unknown-agency`, `relay.unreachable`
 */
export async function publishedBy(
  runtime: Runtime,
  agency: AgencyId,
  signal: AbortSignal = runtime.signal,
): Promise<PublishedAgency> {
  const { directory, archive } = runtime;
  if (!runtime.isOnline && !isAtHand(agency, directory.isKnown ? directory.view : undefined, archive))
    await firstSight(runtime, signal);
  return publishedAgency(agency, runtime.publishedWith(signal));
}

/** Waits a little for the relay. @throws SdkError `relay.unreachable`; the signal's reason */
export async function firstSight(runtime: Runtime, signal: AbortSignal): Promise<void> {
  try {
    await underSignals([signal, AbortSignal.timeout(FIRST_SYNC_MS)], (either) => runtime.online(either));
  } catch (cause) {
    if (signal.aborted) throw reasonOf(signal);
    throw isSdkError(cause) ? cause : new SdkError('relay.unreachable', undefined, { cause });
  }
}
