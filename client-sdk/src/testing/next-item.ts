/** Which queued message of a fake agency goes out next. */
import { type ConversationId, PRIORITIES } from '@holdfast/protocol';
import type { Archive } from '../archive/archive.js';
import type { OutboxItem } from '../archive/outbox-table.js';

/** The most urgent item, then the oldest, whose conversation does not wait. */
export function nextItem(archive: Archive, waiting: ReadonlySet<ConversationId>): OutboxItem | undefined {
  return archive.outbox
    .list()
    .filter(({ state, conversation }) => (state === 'queued' || state === 'sealed') && !waiting.has(conversation))
    .sort((a, b) => PRIORITIES.indexOf(a.priority) - PRIORITIES.indexOf(b.priority) || a.position - b.position)[0];
}
