/** Reading what an agency has published from a client that may have been opened a moment ago. */
import type { AgencyId } from '@holdfast/protocol';
import { isSdkError, SdkError } from '../errors.js';
import type { Runtime } from '../runtime.js';
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
  if (!runtime.isOnline && !isAtHand(agency, directory.isKnown ? directory.view : undefined, archive)) {
    try {
      await runtime.online(AbortSignal.any([signal, AbortSignal.timeout(FIRST_SYNC_MS)]));
    } catch (cause) {
      throw isSdkError(cause) ? cause : new SdkError('relay.unreachable', undefined, { cause });
    }
  }
  return publishedAgency(agency, runtime.publishedWith(signal));
}
