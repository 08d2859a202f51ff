/**
 * Erasing a case on this device: files first, then every row that holds its words, then the record of it, in one transaction. What
 * stays is a tombstone a message: its name, kind, times and body hash, which without the salt say nothing of the words.
 */
import type { BlobId, ConversationId, Hash } from '@holdfast/protocol';
import type { Archive } from '../archive/archive.js';
import type { StoredMessage } from '../archive/message-table.js';
import type { OutboxItem } from '../archive/outbox-table.js';
import type { Erasure } from '../archive/retention-table.js';
import { type Case, caseOf } from '../cases/case.js';
import type { DeskRuntime } from '../desk-runtime.js';
import { SdkError } from '../errors.js';
import { attachmentsOf, manifestOf } from '../receive/evidence.js';
import { eraseCopies } from './erase-files.js';
import { checkedReason } from './reason.js';

export interface EraseRequest {
  readonly conversation: ConversationId;
  readonly reason: string;
  /** Who decided: an officer's name. The device's id where nothing is given. */
  readonly by?: string;
  /** Also where a measure is in force or something is on its way. A legal hold is lifted first. */
  readonly insist?: boolean;
}

/** Receipts name an envelope and a time and nothing else; they stay, since they prove what was told. */
const holdsWords = ({ kind }: { readonly kind: string }): boolean => !kind.startsWith('receipt.');

interface Found {
  readonly messages: readonly StoredMessage[];
  readonly queued: readonly OutboxItem[];
  readonly blobs: readonly BlobId[];
}

function find(archive: Archive, conversation: ConversationId): Found {
  const messages = archive.messages
    .ofConversation(conversation)
    .filter((message) => holdsWords(message) && message.erasedAtMs === null);
  const queued = archive.outbox.list().filter((item) => item.conversation === conversation && holdsWords(item));
  const blobs = new Set([
    ...messages.flatMap((message) => attachmentsOf(message).map(({ id }) => id)),
    ...queued.flatMap(({ id }) => archive.outbox.attachments(id).map((attachment) => attachment.id)),
  ]);
  return { messages, queued, blobs: [...blobs] };
}

/**
 * Erases a case. Doing it again finds what has come since.
 * @throws SdkError `case.unknown`; `erasure.refused`; `retention.refused` where there is no reason
 */
export async function eraseCase(runtime: DeskRuntime, request: EraseRequest): Promise<Erasure> {
  const { archive, identity, now } = runtime;
  const { conversation } = request;
  const reason = checkedReason(request.reason);
  const insisted = request.insist === true;
  const before = caseOf(archive, identity.agency, conversation, now());
  const found = find(archive, conversation);
  const blocking = obstacles(archive, before, found);
  if (blocking.hold !== undefined) throw new SdkError('erasure.refused', blocking.hold);
  const [first] = blocking.reasons;
  if (first !== undefined && !insisted)
    throw new SdkError('erasure.refused', `${first} Insist to erase it all the same.`);
  await runtime.eraseFiles({
    spooled: found.blobs,
    wraps: found.messages.map(({ arrival, storedAtMs }) => ({ arrival, storedAtMs })),
  });
  const copies = archive.retention.copies(conversation, found.blobs);
  const files = await eraseCopies(copies);
  const atMs = now();
  const erasure: Erasure = {
    conversation,
    atMs,
    reason,
    by: request.by ?? identity.device,
    insisted: insisted && first !== undefined,
    kind: before.kind,
    state: before.erased?.state ?? before.state,
    ehs: found.messages.map(({ eh }) => eh),
    files,
  };
  archive.atomically(() => {
    for (const message of found.messages) {
      archive.messages.erase(message.eh, bodyHashOf(message), atMs);
      archive.contentKeys.forget(message.eh);
    }
    for (const { id } of found.queued) archive.outbox.erase(id);
    for (const { blob } of archive.contents.ofConversation(conversation)) archive.contents.destroy(blob);
    eraseDrafts(archive, conversation, atMs);
    for (const { path } of copies) archive.retention.forgetCopy(path);
    archive.retention.erased(erasure);
  });
  archive.checkpoint();
  return erasure;
}

/** Drafts hold bodies, and so do the messages by which our devices told one another of them. */
function eraseDrafts(archive: Archive, conversation: ConversationId, atMs: number): void {
  for (const { draft, thread } of archive.drafts.list()) {
    if (draft.conversation !== conversation) continue;
    for (const message of archive.messages.ofConversation(thread)) {
      archive.messages.erase(message.eh, bodyHashOf(message), atMs);
      archive.contentKeys.forget(message.eh);
    }
    archive.drafts.forget(draft.draft);
  }
}

const bodyHashOf = (message: StoredMessage): Hash | null =>
  message.jws === '' ? message.bodyHash : manifestOf(message).bodyHash;

function obstacles(
  archive: Archive,
  found: Case,
  { queued }: Found,
): { readonly hold: string | undefined; readonly reasons: readonly string[] } {
  const hold = archive.retention.holdOn(found.conversation);
  const inForce = found.assets.filter(({ state }) => state === 'in-force' || state === 'lift-proposed');
  const waiting = queued.filter(({ state }) => state === 'queued' || state === 'sealed');
  return {
    hold: hold === undefined ? undefined : `There is a legal hold on the case ("${hold.reason}"): release it first.`,
    reasons: [
      ...(inForce.length === 0
        ? []
        : [`A measure is in force on ${inForce.map(({ assetRef }) => assetRef).join(', ')}.`]),
      ...(waiting.length === 0 ? [] : [`${waiting.length} message(s) of the case wait in the outbox.`]),
    ],
  };
}
