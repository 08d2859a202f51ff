/** The manifest inside a stored message's JWS; the signature was verified when it was stored. */
import { type AttachmentRef, fromBase64url, type Manifest, parseManifest } from '@holdfast/protocol';
import type { StoredMessage } from '../archive/message-table.js';

export function manifestOf(message: Pick<StoredMessage, 'jws'>): Manifest {
  return parseManifest(fromBase64url(message.jws.split('.')[1] ?? ''));
}

/** The attachments that a message names; none of one that was erased. */
export const attachmentsOf = (message: Pick<StoredMessage, 'jws'>): readonly AttachmentRef[] =>
  message.jws === '' ? [] : manifestOf(message).attachments;
