/** Asking the relay what it has under this device's own signature; it can withhold that, but not make it up (spec 37-order). */
import { sha256, verifySignature } from '@holdfast/keys/verify';
import {
  coreHash,
  envelopeHash,
  envelopeSigningBytes,
  fromBase64url,
  OPERATIONS,
  parseCore,
  toHash,
} from '@holdfast/protocol';
import type { Archive } from '../archive/archive.js';
import { SdkError } from '../errors.js';
import type { Identity } from '../outbox/seal-item.js';
import type { RelaySession } from '../session/session.js';
import type { OwnEpochKeys } from './own-epoch-keys.js';

export interface OwnDevice {
  readonly archive: Archive;
  readonly identity: Identity;
  readonly session: RelaySession;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/**
 * Tops up the day keys, and looks at the last envelope that the relay took from this device.
 * @returns what carries our signature and was never here
 * @throws SdkError `relay.misbehaved`, `relay.*`
 */
export async function signedElsewhere(
  epochKeys: OwnEpochKeys,
  { archive, identity, session, now, signal }: OwnDevice,
): Promise<'epoch-batch' | 'envelope' | undefined> {
  if ((await epochKeys.topUp(session, identity, now(), signal)) === 'unknown-batch') return 'epoch-batch';
  const { submission } = await session.call(OPERATIONS.getLastSubmission, { signal });
  if (submission === null) return undefined;
  const core = fromBase64url(submission.core);
  const digests = {
    ch: coreHash(sha256, core),
    stanzasHash: fromBase64url(submission.stanzasHash),
    ctHash: fromBase64url(submission.ctHash),
  };
  const isOurs =
    verifySignature(fromBase64url(submission.sig), envelopeSigningBytes(digests), identity.signingKey.publicKey) &&
    parseCore(core).from === identity.device;
  if (!isOurs)
    throw new SdkError('relay.misbehaved', 'The relay shows a last submission that this device has not signed.');
  return archive.messages.has(toHash(envelopeHash(sha256, digests))) ? undefined : 'envelope';
}
