/** End-to-end receipts: signed messages to whoever sent, never an answer to a receipt (crypto, "Order, replay, loss"). */
import type { Archive } from '../archive/archive.js';
import type { StoredMessage } from '../archive/message-table.js';
import { enqueue } from './enqueue.js';

/** Queues the receipt of `message`, within the transaction that gives rise to it. */
export function queueReceipt(archive: Archive, message: StoredMessage, level: 'delivered' | 'opened', nowMs: number): void {
  enqueue(
    archive,
    {
      kind: `receipt.${level}`,
      body: { eh: message.eh, writtenAtMs: nowMs },
      conversation: message.conversation,
      recipients: [message.agency],
      priority: message.priority,
      caseRef: null,
      termsHash: null,
      follows: [message.eh],
      attachments: [],
    },
    nowMs,
  );
}
