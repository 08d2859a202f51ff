/**
 * End-to-end receipts: signed messages, never an answer to a receipt (crypto, "Order, replay, loss"). They go to everybody in the
 * case, as every message of it does: a number that some of them do not see would look like a message that is missing.
 */

import type { AgencyId, Hash } from '@holdfast/protocol';
import type { Archive } from '../archive/archive.js';
import type { StoredMessage } from '../archive/message-table.js';
import type { OutboxItem } from '../archive/outbox-table.js';
import { enqueue } from './enqueue.js';

/** Kinds that answer a freeze request for good. */
const ANSWERS: ReadonlySet<string> = new Set(['freeze.impose', 'freeze.refuse', 'freeze.no-assets', 'freeze.redirect']);

/** Queues the receipt of `message`, within the transaction that gives rise to it. */
export function queueReceipt(
  archive: Archive,
  message: StoredMessage,
  level: 'delivered' | 'opened',
  self: AgencyId,
  nowMs: number,
): void {
  const agencies = archive.conversations.get(message.conversation)?.agencies ?? [message.agency];
  enqueue(
    archive,
    {
      kind: `receipt.${level}`,
      body: { eh: message.eh, writtenAtMs: nowMs },
      conversation: message.conversation,
      recipients: agencies.filter((agency) => agency !== self),
      priority: message.priority,
      caseRef: null,
      termsHash: null,
      follows: [message.eh],
      attachments: [],
    },
    nowMs,
  );
}

/** Queues `receipt.acted` for the request that `answer` decides, within the transaction that fixes the answer's name. */
export function queueActed(archive: Archive, answer: OutboxItem, event: Hash, nowMs: number): void {
  if (!ANSWERS.has(answer.kind)) return;
  const request = archive.messages
    .ofConversation(answer.conversation)
    .find(({ kind, direction }) => kind === 'freeze.request' && direction === 'in');
  if (request === undefined) return;
  const { conversation, priority, eh } = request;
  const body = { eh, event, writtenAtMs: nowMs };
  enqueue(
    archive,
    {
      kind: 'receipt.acted',
      body,
      conversation,
      recipients: answer.recipients,
      priority,
      caseRef: null,
      termsHash: null,
      follows: [event],
      attachments: [],
    },
    nowMs,
  );
}
