/**
 * Fixing an outbox item's bytes: keys, `sq`, `prev`, `seen` and `ts` as they are at first submission, stored with the message in
 * one transaction before a byte leaves. From then on only these bytes are sent.
 */
import {
  BUCKET_BYTES,
  type Padding,
  type RecipientKey,
  type SealedEnvelope,
  type SigningKey,
  sealEnvelope,
} from '@holdfast/keys';
import { sha256, verifyApproval } from '@holdfast/keys/verify';
import {
  type AgencyId,
  bodyHash,
  type DeviceId,
  type FederationId,
  fromBase64url,
  isFreezeKind,
  LIMITS,
  type Manifest,
  paddingClass,
  rosterHash,
  toBase64url,
  toHash,
} from '@holdfast/protocol';
import type { Archive } from '../archive/archive.js';
import type { SignedParts } from '../archive/json-columns.js';
import type { OutboxAttachment, OutboxItem } from '../archive/outbox-table.js';
import { followsOf } from '../cases/heads.js';
import { approvalsRequired } from '../directory/approval-policy.js';
import type { Directory } from '../directory/directory.js';
import { headsOf } from '../directory/view.js';
import { SdkError } from '../errors.js';
import { keepContentKey } from '../rewrap/keep-content-key.js';
import { queueActed } from '../send/receipts.js';
import type { StepHook } from '../steps.js';

export interface Identity {
  readonly fed: FederationId;
  readonly agency: AgencyId;
  readonly device: DeviceId;
  readonly signingKey: SigningKey;
}

/** Life of a message that is not a freeze kind: 30 days, so that a lead does not outlive the day keys by much. */
const DEFAULT_EXPIRY_MS = LIMITS.freezeExpiryMs;

/**
 * Seals `item` and stores it as sealed.
 * @throws SdkError `directory.quarantined`; `directory.no-devices` where a recipient agency cannot be reached yet
 */
export async function sealItem(
  item: OutboxItem,
  deps: {
    readonly archive: Archive;
    readonly directory: Directory;
    readonly identity: Identity;
    readonly now: () => number;
    readonly onStep?: StepHook | undefined;
  },
): Promise<SealedEnvelope> {
  const { archive, directory, identity } = deps;
  const to = recipientsOf(item, directory, identity);
  const conversation = archive.conversations.get(item.conversation);
  if (conversation === undefined) throw new SdkError('case.unknown');
  const roster = [...new Set([...item.recipients, identity.agency])].sort();
  const atMs = deps.now();
  const follows = followsOf(archive, item);
  const manifest: Omit<Manifest, 'ch' | 'bodyHash' | 'salt'> = {
    conversation: item.conversation,
    rosterHash: toHash(rosterHash(sha256, roster)),
    sq: conversation.sq,
    prev: conversation.prev,
    seen: Object.fromEntries(
      archive.conversations
        .seen(item.conversation)
        .slice(-LIMITS.seenHeads)
        .map(({ device, sq, eh }) => [device, [sq, eh]]),
    ),
    on: follows,
    kind: item.kind,
    caseRef: item.caseRef,
    termsHash: item.termsHash,
    attachments: archive.outbox
      .attachments(item.id)
      .filter(({ isContent }) => !isContent)
      .map(attachmentRef),
    ...officersOf(item),
    checkpoints: [],
  };
  const { signed = null } = item;
  if (signed !== null) assertStillApproved(item, signed, manifest, roster, deps, atMs);
  deps.onStep?.('sealing');
  const sealed = await sealEnvelope({
    fed: identity.fed,
    id: item.id,
    from: identity.device,
    signingKey: identity.signingKey,
    to,
    dir: headsOf(directory.view, roster),
    atMs,
    expiresAtMs: atMs + (isFreezeKind(item.kind) ? LIMITS.freezeExpiryMs : DEFAULT_EXPIRY_MS),
    priority: item.priority,
    manifest,
    body: item.body,
    ...(signed === null ? {} : { salt: fromBase64url(signed.salt) }),
    padding: paddingOf(item.kind, item.body.length),
  });
  archive.atomically(() => {
    // Erased while it was sealed: it does not come back.
    if (archive.outbox.get(item.id)?.state !== 'queued') throw new SdkError('case.erased');
    archive.outbox.setSealed(item.id, sealed.eh, sealed.bytes);
    keepContentKey(archive, directory.view, 'out', sealed);
    archive.conversations.advance(item.conversation, sealed.eh);
    archive.messages.insert({
      eh: sealed.eh,
      direction: 'out',
      conversation: item.conversation,
      kind: item.kind,
      agency: identity.agency,
      device: identity.device,
      tsMs: atMs,
      storedAtMs: atMs,
      priority: item.priority,
      caseRef: item.caseRef,
      follows,
      body: item.body,
      jws: sealed.jws,
      handled: true,
      envelopeId: item.id,
      sq: conversation.sq,
      prev: conversation.prev,
      isReady: true,
    });
    queueActed(archive, item, sealed.eh, atMs);
  });
  deps.onStep?.('sealed');
  return sealed;
}

/** Every recipient agency must have a device; our own other devices get a copy where they can. */
function recipientsOf(item: OutboxItem, directory: Directory, identity: Identity): RecipientKey[] {
  const to: RecipientKey[] = [];
  for (const agency of item.recipients) {
    if (directory.view.quarantined.has(agency)) throw new SdkError('directory.quarantined');
    const keys = directory.recipientKeys(agency);
    if (keys.length === 0) throw new SdkError('directory.no-devices', `${agency} has no device that can receive now.`);
    to.push(...keys);
  }
  to.push(...directory.recipientKeys(identity.agency));
  return to.filter(({ device }) => device !== identity.device);
}

function attachmentRef({ id, key, size, sha256: hash }: OutboxAttachment): Manifest['attachments'][number] {
  if (size === null || hash === null) throw new SdkError('attachment.unreadable', 'An attachment is not ready yet.');
  return { id, key: toBase64url(key), size, sha256: hash };
}

/** What the manifest says of officers; nothing where the device speaks alone. */
function officersOf({ signed }: OutboxItem): Pick<Manifest, 'actor' | 'actorSig' | 'approvedUntil' | 'approvals'> {
  if (signed === null || signed === undefined)
    return { actor: null, actorSig: null, approvedUntil: null, approvals: [] };
  const { actor, actorSig, approvedUntil, approvals } = signed;
  return { actor, actorSig, approvedUntil, approvals };
}

/** As its recipients will check it: an officer may have been revoked, or the approval have ended, while it waited here. */
function assertStillApproved(
  { id, body }: OutboxItem,
  { salt }: SignedParts,
  manifest: Omit<Manifest, 'ch' | 'bodyHash' | 'salt'>,
  roster: readonly AgencyId[],
  {
    archive,
    directory,
    identity,
  }: { readonly archive: Archive; readonly directory: Directory; readonly identity: Identity },
  tsMs: number,
): void {
  const chain = directory.chainOf(identity.agency);
  if (chain === undefined) throw new SdkError('relay.unreachable');
  const required = approvalsRequired(archive, directory.view, identity.agency, chain.seq, tsMs);
  const hash = toHash(bodyHash(sha256, fromBase64url(salt), body));
  verifyApproval(
    { core: { fed: identity.fed, id, ts: tsMs }, manifest: { ...manifest, bodyHash: hash }, roster },
    { chain, seq: chain.seq, required },
  );
}

/** What the manifest and its signature take beside the body, with room to spare. */
const MANIFEST_ROOM_BYTES = 8192;

/** Approve and refuse look alike: every freeze answer fills one bucket, every request another (crypto, "Padding"). */
function paddingOf(kind: string, bodyBytes: number): Padding {
  switch (paddingClass(kind)) {
    case 'request': {
      const [, usual, large] = BUCKET_BYTES.request;
      return { kind: 'bucket', bytes: bodyBytes + MANIFEST_ROOM_BYTES <= usual ? usual : large };
    }
    case 'answer':
      return { kind: 'bucket', bytes: BUCKET_BYTES.answer };
    case 'padme':
      return { kind: 'padme' };
  }
}
