/** A stored message in its typed form; what this version does not know comes whole, as `unknown`. */
import { isProtocolError, type Message, parseCanonical, parseMessage } from '@holdfast/protocol';
import type { StoredMessage } from '../archive/message-table.js';

/** A message of a kind that this version does not know, or a body it cannot read: kept whole, shown as such. */
export interface UnknownMessage {
  readonly kind: 'unknown';
  readonly claimedKind: string;
  readonly body: unknown;
  /** Its words were erased: only that there was a message of this kind is left. */
  readonly isErased?: true;
}

/** A stored message as its typed form; a newer version's kind comes as `unknown`. */
export function readMessage(message: Pick<StoredMessage, 'kind' | 'body'>): Message | UnknownMessage {
  // No canonical JSON is empty: it is a tombstone.
  if (message.body.length === 0) return { kind: 'unknown', claimedKind: message.kind, body: null, isErased: true };
  const body = parseCanonical(message.body);
  try {
    return parseMessage(message.kind, body);
  } catch (error) {
    if (!isProtocolError(error)) throw error;
    return { kind: 'unknown', claimedKind: message.kind, body };
  }
}
