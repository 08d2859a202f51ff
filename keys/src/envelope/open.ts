/**
 * Opening a delivered envelope, in the order of the specification (33-manifest): cheap and public checks first, nothing
 * decrypted before the sender's signature holds, nothing believed before the manifest's does.
 */
import type { EpochKeyName } from '@holdfast/protocol';
import { KeysError } from '../errors.js';
import { equalBytes } from '../primitives/compare.js';
import { sha256 } from '../primitives/sha256.js';
import {
  assertStanzaCount,
  decryptAndBelieve,
  type InspectedEnvelope,
  type OpenedEnvelope,
  type OpenRequest,
  verifySender,
} from './opening.js';

export {
  type EpochSecret,
  type InspectedEnvelope,
  inspectEnvelope,
  type OpenedEnvelope,
  type OpenRequest,
} from './opening.js';

/** Steps 1 to 8, after the form. @throws KeysError `envelope.*`, `jws.invalid`; whatever the callbacks throw */
export async function openEnvelope(inspected: InspectedEnvelope, request: OpenRequest): Promise<OpenedEnvelope> {
  const senderKey = verifySender(inspected, request);
  const name = ownStanza(inspected, request);
  request.checkRecipients(inspected.core);
  return decryptAndBelieve(inspected, name, request, senderKey);
}

/** Step 3: this device is in `to`, and the stanza is the one at its place. @returns the epoch key that it is sealed to */
function ownStanza(inspected: InspectedEnvelope, { self }: OpenRequest): EpochKeyName {
  const { core, delivered } = inspected;
  const index = core.to.findIndex(([device]) => device === self);
  const name = core.to[index]?.[1];
  if (name === undefined) throw new KeysError('envelope.misdirected', 'The envelope is not for this device.');
  assertStanzaCount(inspected);
  if (!equalBytes(sha256(delivered.stanza), delivered.stanzaHashes[index] ?? new Uint8Array()))
    throw new KeysError('envelope.misdirected', 'The stanza is not the one meant for this device.');
  return name;
}
