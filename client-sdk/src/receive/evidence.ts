/** The manifest inside a stored message's JWS; the signature was verified when it was stored. */
import { type AttachmentRef, fromBase64url, type Manifest, parseManifest } from '@holdfast/protocol';
import type { StoredMessage } from '../archive/message-table.js';

export function manifestOf(message: Pick<StoredMessage, 'jws'>): Manifest {
  return parseManifest(fromBase64url(message.jws.split('.')[1] ?? ''));
}

/** What was signed beside the body: the attachments, and the terms' hash; none of a message that was erased. */
export function signedOf(message: Pick<StoredMessage, 'jws'>): Pick<Manifest, 'attachments' | 'termsHash'> {
  if (message.jws === '') return { attachments: [], termsHash: null };
  const { attachments, termsHash } = manifestOf(message);
  return { attachments, termsHash };
}

/** The attachments that a message names; none of one that was erased. */
export const attachmentsOf = (message: Pick<StoredMessage, 'jws'>): readonly AttachmentRef[] =>
  signedOf(message).attachments;
