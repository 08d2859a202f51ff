/** Recovery when every device is lost: a newly enrolled device takes back the agency's history from wraps. */
import { type ArchiveKeyPair, type Unlock, zeroize } from '@holdfast/keys';
import { Runtime } from '../runtime.js';
import { openArchiveKey, type Present } from './custody.js';
import { type RestoreReport, restoreWraps } from './restore.js';

export interface RecoverRequest {
  readonly home: string;
  /** The newly enrolled device that takes the history. */
  readonly device?: string;
  readonly unlock: Unlock;
  readonly relayUrl?: string;
  /** The folder with `recovery.json` and the folders of wraps. */
  readonly from: string;
  readonly custodians: Present;
  readonly now?: () => number;
  readonly signal: AbortSignal;
}

/**
 * Opens the archive key with two custodians, then every wrap; stores what verifies and lists what does not. May be repeated.
 * @throws SdkError `home.*`, `recovery.*`, `relay.*`; KeysError `recovery.*`, `keystore.*`
 */
export async function recoverHistory(request: RecoverRequest): Promise<RestoreReport> {
  const { home, device, unlock, relayUrl, from, custodians, now = Date.now, signal } = request;
  const archiveKey: ArchiveKeyPair = await openArchiveKey(home, from, custodians);
  try {
    const runtime = await Runtime.start({
      home,
      unlock,
      now,
      ...(device === undefined ? {} : { device }),
      ...(relayUrl === undefined ? {} : { relayUrl }),
    });
    try {
      // Signatures are checked against the chains of all agencies: the directory comes first.
      await runtime.online(signal);
      const { archive, directory, identity } = runtime;
      const { fed, agency } = identity;
      const scope = { fed, agency };
      return await restoreWraps({ archive, scope, view: directory.view, from, archiveKey, nowMs: now() });
    } finally {
      await runtime.stop();
    }
  } finally {
    zeroize(archiveKey.secretKey);
  }
}
