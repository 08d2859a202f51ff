/** The manifest inside a stored message's JWS; the signature was verified when it was stored. */
import { fromBase64url, type Manifest, parseManifest } from '@holdfast/protocol';
import type { StoredMessage } from '../archive/message-table.js';

export function manifestOf(message: Pick<StoredMessage, 'jws'>): Manifest {
  return parseManifest(fromBase64url(message.jws.split('.')[1] ?? ''));
}
