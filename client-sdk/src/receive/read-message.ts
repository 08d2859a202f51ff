/** A stored message in its typed form; what this version does not know comes whole, as `unknown`. */
import { isProtocolError, type Message, parseCanonical, parseMessage } from '@holdfast/protocol';
import type { StoredMessage } from '../archive/message-table.js';

/** A message of a kind that this version does not know, or a body it cannot read: kept whole, shown as such. */
export interface UnknownMessage {
  readonly kind: 'unknown';
  readonly claimedKind: string;
  readonly body: unknown;
}

/** A stored message as its typed form; a newer version's kind comes as `unknown`. */
export function readMessage(message: Pick<StoredMessage, 'kind' | 'body'>): Message | UnknownMessage {
  const body = parseCanonical(message.body);
  try {
    return parseMessage(message.kind, body);
  } catch (error) {
    if (!isProtocolError(error)) throw error;
    return { kind: 'unknown', claimedKind: message.kind, body };
  }
}
