/**
 * What a node does by itself for one disclosure, as its state asks: tells our other devices the key, releases it on a valid
 * acceptance, destroys it where it must never go out, and raises what no honest side sends. Within one transaction; no network.
 */
import { type BlobId, type ConversationId, type Hash, MS_PER_DAY, toBase64url } from '@holdfast/protocol';
import type { Finding } from '../alarms.js';
import type { Archive } from '../archive/archive.js';
import type { StoredContent } from '../archive/content-table.js';
import type { StoredMessage } from '../archive/message-table.js';
import { headsOfCase, openingOf } from '../cases/case.js';
import { type FoldedDisclosure, foldDisclosure } from '../cases/fold-disclosure.js';
import type { DeskRuntime } from '../desk-runtime.js';
import { readMessage } from '../receive/read-message.js';
import { enqueue } from '../send/enqueue.js';
import { queueOwn } from '../send/queue-own.js';

/** An acceptance signed before the offer ran out may arrive after it. */
const GRACE_MS = MS_PER_DAY;
/** How long another of our devices waits for the one that made the offer to release. */
const PATIENCE_MS = 15 * 60_000;

/** Everything but the fetching. @returns what to raise */
export function settle(
  { archive, identity, now, outbox }: DeskRuntime,
  conversation: ConversationId,
): readonly Finding[] {
  return archive.atomically(() => {
    const nowMs = now();
    const folded = foldDisclosure(archive, identity.agency, conversation, nowMs);
    // An offer that is a draft yet, or still in the outbox.
    if (folded === undefined) return [];
    const offers = offersIn(archive, conversation, folded.sender);
    const findings = [...faultsIn(archive, folded, conversation, nowMs)];
    if (folded.role === 'sender') {
      for (const content of archive.contents.ofConversation(conversation)) {
        const fate = fateOf(content, folded, offers, nowMs);
        if (fate === 'destroy') archive.contents.destroy(content.blob);
        if (fate === 'forget-key') archive.contents.forgetKey(content.blob);
        if (fate === 'keep') share(archive, identity.agency, content, offers, nowMs);
      }
      findings.push(...release(archive, identity.device, folded, conversation, offers, nowMs));
    }
    for (const { code, detail } of findings) archive.arrivals.alarm(code, detail, nowMs);
    outbox.wake();
    return findings;
  });
}

type Offers = ReadonlyMap<BlobId, StoredMessage>;

/** By blob. The recipient may write what it likes: only the sender offers. */
function offersIn(archive: Archive, conversation: ConversationId, sender: StoredMessage['agency']): Offers {
  const offers = new Map<BlobId, StoredMessage>();
  for (const stored of archive.messages.ofConversation(conversation)) {
    const message = readMessage(stored);
    if (stored.agency !== sender) continue;
    if (message.kind === 'disclosure.offer' || message.kind === 'disclosure.revise')
      offers.set(message.body.content.blobId, stored);
  }
  return offers;
}

/** What becomes of a key of ours. */
function fateOf(
  { blob, key }: StoredContent,
  { offer, endedBy, released }: FoldedDisclosure,
  offers: Offers,
  nowMs: number,
): 'keep' | 'forget-key' | 'destroy' | 'nothing' {
  const named = offers.get(blob);
  const isInForce = named !== undefined && named.eh === offer?.eh;
  if (released.length > 0) {
    if (!isInForce) return 'destroy';
    return key === null ? 'nothing' : 'forget-key';
  }
  if (endedBy === 'withdrawal' || (named !== undefined && !isInForce)) return 'destroy';
  if (endedBy === 'expiry') return nowMs >= (offer?.openUntilMs ?? 0) + GRACE_MS ? 'destroy' : 'nothing';
  // Not sent yet: it may be a draft.
  return named === undefined ? 'nothing' : 'keep';
}

/** K goes to our own other devices, and to nobody else, once the offer has gone out from here. */
function share(
  archive: Archive,
  self: StoredMessage['agency'],
  { blob, key, conversation, termsHash }: StoredContent,
  offers: Offers,
  nowMs: number,
): void {
  if (key === null || offers.get(blob)?.direction !== 'out' || !archive.contents.share(blob)) return;
  const body = { writtenAtMs: nowMs, conversation, blobId: blob, termsHash, key: toBase64url(key) };
  queueOwn(archive, self, { kind: 'own.content-key', body }, nowMs);
}

/** The release follows the acceptance by itself; the offer's approval covers it. Twice has no other effect than once. */
function release(
  archive: Archive,
  device: StoredMessage['device'],
  { state, offer, accepted }: FoldedDisclosure,
  conversation: ConversationId,
  offers: Offers,
  nowMs: number,
): Finding[] {
  const [accept] = accepted;
  if (state !== 'terms-accepted' || offer === null || accept === undefined) return [];
  if (takesBack(archive, conversation)) return [];
  const [blob, made] = [...offers].find(([, { eh }]) => eh === offer.eh) ?? [];
  const key = blob === undefined ? null : (archive.contents.get(blob)?.key ?? null);
  const acceptedAtMs = archive.messages.get(accept)?.storedAtMs ?? nowMs;
  if (made?.device !== device && nowMs < acceptedAtMs + PATIENCE_MS) return [];
  if (key === null) {
    if (!archive.told.once(`disclosure.key-missing ${offer.eh}`, nowMs)) return [];
    return [{ code: 'disclosure.key-missing', detail: { conversation, offer: offer.eh, accept } }];
  }
  if (!archive.told.once(`disclosure.release ${offer.eh}`, nowMs)) return [];
  const { agencies, priority } = openingOf(archive, conversation);
  enqueue(
    archive,
    {
      kind: 'disclosure.release',
      body: { writtenAtMs: nowMs, offer: offer.eh, accept, key: toBase64url(key) },
      conversation,
      recipients: agencies.filter((agency) => agency !== made?.agency),
      priority,
      caseRef: null,
      termsHash: offer.termsHash,
      follows: headsOfCase(archive, conversation),
      attachments: [],
    },
    nowMs,
  );
  return [];
}

/** An officer has withdrawn or revised the offer, and that waits to go out. */
const takesBack = (archive: Archive, conversation: ConversationId): boolean =>
  archive.outbox
    .list()
    .some(
      (item) =>
        item.conversation === conversation &&
        item.state === 'queued' &&
        (item.kind === 'disclosure.withdraw' || item.kind === 'disclosure.revise'),
    );

function faultsIn(
  archive: Archive,
  { refused }: FoldedDisclosure,
  conversation: ConversationId,
  nowMs: number,
): Finding[] {
  return [...refused].flatMap(([eh, { reason, isFault }]): Finding[] => {
    const stored: StoredMessage | undefined = archive.messages.get(eh);
    if (stored === undefined || stored.direction !== 'in' || !isFault) return [];
    if (!archive.told.once(`disclosure.refused ${eh}`, nowMs)) return [];
    const { agency, kind } = stored;
    return [{ code: 'disclosure.step-refused', detail: { conversation, eh: eh satisfies Hash, agency, kind, reason } }];
  });
}
