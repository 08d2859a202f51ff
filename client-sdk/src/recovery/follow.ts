/** Keeps the wraps in step with the archive while a device is open: at the start, after whatever happens, and every minute. */
import type { Archive } from '../archive/archive.js';
import { SdkError } from '../errors.js';
import type { EventHub } from '../events.js';
import type { Identity } from '../outbox/seal-item.js';
import { everyMinute } from '../upkeep.js';
import { recoveryFolder } from './folder.js';
import { archiveKeyIn } from './recovery-file.js';
import { RecoveryWriter } from './writer.js';

export interface FollowDependencies {
  readonly home: string;
  readonly archive: Archive;
  readonly identity: Identity;
  readonly events: EventHub;
  readonly signal: AbortSignal;
}

export function followForRecovery({ home, archive, identity, events, signal }: FollowDependencies): RecoveryWriter {
  const folder = recoveryFolder(home);
  const writer = new RecoveryWriter({
    archive,
    identity,
    folder,
    archiveKey: () => archiveKeyIn(folder, identity),
    onError: (cause) => {
      const { code, message } = new SdkError('recovery.not-written', undefined, { cause });
      const why = cause instanceof Error ? cause.message : String(cause);
      events.emit({ event: 'alarm', code, detail: { message, cause: why } });
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
