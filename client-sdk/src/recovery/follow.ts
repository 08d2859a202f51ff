/** Keeps the wraps in step with the archive while a device is open: at the start, after whatever happens, and every minute. */
import { fromBase64url } from '@holdfast/protocol';
import { errorEvent } from '../alarms.js';
import type { Archive } from '../archive/archive.js';
import type { Directory } from '../directory/directory.js';
import { SdkError } from '../errors.js';
import type { EventHub } from '../events.js';
import type { Identity } from '../outbox/seal-item.js';
import { everyMinute } from '../upkeep.js';
import { recoveryFolder } from './folder.js';
import { RecoveryWriter } from './writer.js';

export interface FollowDependencies {
  readonly home: string;
  readonly archive: Archive;
  readonly directory: Directory;
  readonly identity: Identity;
  readonly events: EventHub;
  readonly signal: AbortSignal;
}

export function followForRecovery(deps: FollowDependencies): RecoveryWriter {
  const { home, archive, directory, identity, events, signal } = deps;
  const folder = recoveryFolder(home);
  const writer = new RecoveryWriter({
    archive,
    identity,
    folder,
    // From the agency's chain, never from a file: who could write the file would have messages sealed to a key of their own.
    archiveKey: () => {
      const named = directory.chainOf(identity.agency)?.archive;
      return named === undefined || named === null ? undefined : fromBase64url(named.key);
    },
    onError: (cause) => {
      const why = cause instanceof Error ? cause.message : String(cause);
      events.emit(errorEvent(new SdkError('recovery.not-written', undefined, { cause }), { cause: why }));
    },
    signal,
  });
  // Not after an alarm, which may be the writer's own.
  events.subscribe(({ event }) => {
    if (event !== 'alarm' && !signal.aborted) writer.wake();
  });
  everyMinute(() => writer.wake(), signal);
  writer.wake();
  return writer;
}
