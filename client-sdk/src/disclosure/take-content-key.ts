/**
 * Another of our devices has offered a disclosure and tells us its key: kept until it is released or destroyed, so that the release
 * does not hang on one device. Within the transaction that stores the message; its own copy is wiped with the key.
 */
import { fromBase64url } from '@holdfast/protocol';
import type { Archive } from '../archive/archive.js';
import type { StoredMessage } from '../archive/message-table.js';
import { readMessage } from '../receive/read-message.js';

/** Does nothing with a message of another kind. */
export function takeContentKey(archive: Archive, stored: StoredMessage): void {
  const message = readMessage(stored);
  if (message.kind !== 'own.content-key') return;
  const { blobId: blob, conversation, termsHash, key } = message.body;
  archive.contents.keep({
    blob,
    conversation,
    termsHash,
    key: fromBase64url(key),
    content: null,
    atMs: stored.storedAtMs,
  });
}
