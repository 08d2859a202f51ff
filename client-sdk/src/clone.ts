/**
 * A device that finds something under its own valid signature that it does not know was restored from a backup, or copied: it
 * sends nothing any more, so that no number is used twice (crypto, "Order, replay, loss"). The archive remembers.
 */
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
import type { Archive } from './archive/archive.js';
import type { OwnEpochKeys } from './enrolment/own-epoch-keys.js';
import { SdkError } from './errors.js';
import type { Identity } from './outbox/seal-item.js';
import type { RelaySession } from './session/session.js';

const FACT = 'device.cloned';

/** @returns true the first time */
export const markCloned = (archive: Archive, atMs: number): boolean => archive.told.once(FACT, atMs);

export const isCloned = (archive: Archive): boolean => archive.told.has(FACT);

/** @throws SdkError `device.cloned` */
export function assertNotCloned(archive: Archive): void {
  if (isCloned(archive)) throw new SdkError('device.cloned');
}

export interface OwnDevice {
  readonly archive: Archive;
  readonly identity: Identity;
  readonly session: RelaySession;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/**
 * Tops up the day keys, and asks the relay what it has of us that we may not know. It can withhold that, but not make it up.
 * @returns what carries our signature and was never here
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
