/**
 * What passes between fake agencies: the manifest that the SDK would sign and the body, unsigned and unsealed. Its evidence says
 * `"alg":"none"`, which nothing that verifies evidence takes.
 */
import { randomBytes } from '@holdfast/keys';
import { sha256 } from '@holdfast/keys/verify';
import {
  type AgencyId,
  canonicalBytes,
  type DeviceId,
  type EnvelopeId,
  encodeManifest,
  type Hash,
  LIMITS,
  type Manifest,
  type Priority,
  type Receipt,
  rosterHash,
  toBase64url,
  toHash,
} from '@holdfast/protocol';
import type { Archive } from '../archive/archive.js';
import type { OutboxItem } from '../archive/outbox-table.js';
import { followsOf } from '../cases/heads.js';
import { SdkError } from '../errors.js';
import { queueActed } from '../send/receipts.js';

export interface FakeEnvelope {
  readonly id: EnvelopeId;
  readonly eh: Hash;
  readonly agency: AgencyId;
  readonly device: DeviceId;
  readonly to: readonly AgencyId[];
  readonly tsMs: number;
  readonly priority: Priority;
  readonly manifest: Manifest;
  readonly body: Uint8Array;
}

const text = (bytes: number): string => toBase64url(randomBytes(bytes));
const HEADER = toBase64url(canonicalBytes({ alg: 'none', typ: 'holdfast-fake' }));

/** Where the evidence would be: readable, signed by nobody. */
export const fakeEvidence = (manifest: Manifest): string => `${HEADER}.${toBase64url(encodeManifest(manifest))}.`;

/** Fixes `item` as an envelope and stores it as sent, in one transaction, as sealing does. */
export function packEnvelope(
  item: OutboxItem,
  archive: Archive,
  sender: { readonly agency: AgencyId; readonly device: DeviceId },
  nowMs: number,
): FakeEnvelope {
  const { id, kind, conversation, recipients, priority, caseRef, termsHash, body, signed } = item;
  const follows = followsOf(archive, item);
  const thread = archive.conversations.get(conversation);
  if (thread === undefined) throw new SdkError('case.unknown');
  const files = archive.outbox.attachments(id).filter(({ isContent }) => !isContent);
  const attachments = files.map(({ id: blob, key, size, sha256: hash }) => {
    if (size === null || hash === null) throw new SdkError('attachment.unreadable');
    return { id: blob, key: toBase64url(key), size, sha256: hash };
  });
  const seen = archive.conversations.seen(conversation).slice(-LIMITS.seenHeads);
  const manifest: Manifest = {
    ch: toHash(randomBytes(32)),
    conversation,
    rosterHash: toHash(rosterHash(sha256, [...recipients, sender.agency])),
    sq: thread.sq,
    prev: thread.prev,
    seen: Object.fromEntries(seen.map(({ device, sq, eh }) => [device, [sq, eh]])),
    on: follows,
    kind,
    caseRef,
    bodyHash: toHash(sha256(body)),
    salt: text(32),
    termsHash,
    attachments,
    actor: signed?.actor ?? null,
    actorSig: signed?.actorSig ?? null,
    approvedUntil: signed?.approvedUntil ?? null,
    approvals: [...(signed?.approvals ?? [])],
    checkpoints: [],
  };
  const eh = toHash(sha256(encodeManifest(manifest)));
  const jws = fakeEvidence(manifest);
  archive.atomically(() => {
    archive.outbox.setSealed(id, eh, canonicalBytes(jws));
    archive.conversations.advance(conversation, eh);
    archive.messages.insert({
      eh,
      direction: 'out',
      conversation,
      kind,
      ...sender,
      tsMs: nowMs,
      storedAtMs: nowMs,
      priority,
      caseRef,
      follows,
      body,
      jws,
      handled: true,
      envelopeId: id,
      sq: thread.sq,
      prev: thread.prev,
      isReady: true,
    });
    queueActed(archive, item, eh, nowMs);
  });
  return { id, eh, ...sender, to: recipients, tsMs: nowMs, priority, manifest, body };
}

/** A receipt of the right form, signed by no relay. */
export function fakeReceipt(eh: Hash, atMs: number): Receipt {
  const batch = { n: 0, prev: toHash(randomBytes(32)), root: eh, size: 1, atMs, sig: text(64) };
  return { origin: 'fake.example', eh, atMs, leaf: text(34), opening: text(32), index: 0, path: [], batch };
}
