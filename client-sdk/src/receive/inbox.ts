/**
 * The inbox as the application reads it: each message once, in order of arrival, until it is done with. Asking for the next
 * item says that the one before is dealt with; a crash before that shows it again, under the same `eh`.
 */
import type { AgencyId, AttachmentRef, ConversationId, Hash, Message, Priority } from '@holdfast/protocol';
import type { Archive } from '../archive/archive.js';
import type { MessageFlag } from '../archive/json-columns.js';
import type { StoredMessage } from '../archive/message-table.js';
import type { EventHub } from '../events.js';
import type { StepHook } from '../steps.js';
import { linkSignals } from '../transport/linked-signal.js';
import { attachmentsOf } from './evidence.js';
import { readMessage, type UnknownMessage } from './read-message.js';

export interface InboxItem {
  /** The envelope's name: stable across redelivery and restarts. */
  readonly eh: Hash;
  readonly conversation: ConversationId;
  readonly from: AgencyId;
  readonly caseRef: string | null;
  readonly priority: Priority;
  readonly sentAtMs: number;
  readonly storedAtMs: number;
  readonly message: Message | UnknownMessage;
  readonly attachments: readonly AttachmentRef[];
  /** How it came: `late` behind ones that follow it, `delayed`, `forked` (two under one number), `id-reused`, `recovered` from the agency archive. */
  readonly flags: readonly MessageFlag[];
}

export function itemOf(message: StoredMessage): InboxItem {
  return {
    eh: message.eh,
    conversation: message.conversation,
    from: message.agency,
    caseRef: message.caseRef,
    priority: message.priority,
    sentAtMs: message.tsMs,
    storedAtMs: message.storedAtMs,
    message: readMessage(message),
    attachments: attachmentsOf(message),
    flags: message.flags,
  };
}

export interface InboxDependencies {
  readonly archive: Archive;
  readonly events: EventHub;
  /** Queues the `opened` receipt, in the same transaction that marks the item as handled. */
  readonly queueOpened: (message: StoredMessage) => void;
  /** Aborts when the client is closed. */
  readonly closed: AbortSignal;
  readonly onStep: StepHook | undefined;
}

/**
 * Yields each unhandled message; ends when `signal` aborts, or the client is closed.
 * @throws SdkError `closed` where an item was in hand when the client was closed: it is not marked as dealt with
 */
export async function* readInbox(
  deps: InboxDependencies,
  signal: AbortSignal,
): AsyncGenerator<InboxItem, void, undefined> {
  const { archive, events } = deps;
  const link = linkSignals(signal, deps.closed);
  let after = 0;
  try {
    while (!link.signal.aborted) {
      const message = archive.messages.nextUnhandled(after);
      if (message === undefined) {
        try {
          await events.until(() => archive.messages.nextUnhandled(after) !== undefined, link.signal);
        } catch (error) {
          if (link.signal.aborted) return;
          throw error;
        }
        continue;
      }
      after = message.ready ?? after;
      const item = itemOf(message);
      deps.onStep?.('handed-over');
      yield item;
      finish(deps, message);
    }
  } finally {
    link.release();
  }
}

function finish({ archive, queueOpened, onStep }: InboxDependencies, message: StoredMessage): void {
  archive.atomically(() => {
    if (archive.messages.get(message.eh)?.handled === true) return;
    archive.messages.markHandled(message.eh);
    onStep?.('handling');
    queueOpened(message);
  });
  onStep?.('opened-queued');
}
