/**
 * Opening a delivered envelope against the directory (spec 33-manifest, "Order of verification", steps 2 to 10). What it throws is
 * why the envelope is not believed; what it finds beside is raised, and stops nothing.
 */
import type { EpochSecret, OpenedEnvelope } from '@holdfast/keys';
import { sha256 } from '@holdfast/keys/verify';
import { type AgencyId, type EpochKeyName, isOwnKind, rosterHash, toBase64url } from '@holdfast/protocol';
import type { Finding } from '../alarms.js';
import { DirectoryAlarm } from '../directory/alarm.js';
import type { Directory } from '../directory/directory.js';
import { checkRecipients, mayPass, rosterOf, type Sender, senderOf } from '../directory/view.js';
import type { Identity } from '../outbox/seal-item.js';
import { type InspectedItem, openItem } from '../rewrap/open-item.js';
import type { StepHook } from '../steps.js';

export interface OpeningDependencies {
  readonly directory: Directory;
  readonly identity: Identity;
  readonly now: () => number;
  readonly epochSecret: (name: EpochKeyName) => EpochSecret | undefined;
  readonly onStep?: StepHook | undefined;
}

export interface OpenedMessage {
  readonly envelope: OpenedEnvelope;
  readonly sender: Sender;
  /** The agencies that it addresses, its sender's included, in order. */
  readonly roster: readonly AgencyId[];
  readonly findings: readonly Finding[];
}

/** @throws DirectoryAlarm, KeysError, ProtocolError */
export async function openDelivered(inspected: InspectedItem, deps: OpeningDependencies): Promise<OpenedMessage> {
  const { directory, identity, epochSecret } = deps;
  let sender: Sender | undefined;
  const envelope = await openItem(inspected, directory.view, {
    fed: identity.fed,
    self: identity.device,
    nowMs: deps.now(),
    senderKey: (device) => {
      sender = senderOf(directory.view, device, inspected.core.ts);
      return sender.key;
    },
    checkRecipients: (core) => checkRecipients(directory.view, core),
    epochSecret,
  });
  if (sender === undefined) throw new DirectoryAlarm('sender.unknown');
  assertSigned(directory.view.trust.list.use, envelope.manifest);
  if (!mayPass(directory.view, envelope.manifest.kind, deps.now())) throw new DirectoryAlarm('directory.expired');
  const roster = rosterOf(directory.view, envelope.core);
  if (toBase64url(rosterHash(sha256, roster)) !== envelope.manifest.rosterHash)
    throw new DirectoryAlarm('recipient.ghost', { roster });
  assertOwn(envelope.manifest.kind, roster, identity.agency);
  deps.onStep?.('decrypted');
  return { envelope, sender, roster, findings: directory.findingsOn(envelope.core, envelope.eh) };
}

/** Nobody else's device may put a draft or a key among ours, and ours tell them to nobody else. */
function assertOwn(kind: string, roster: readonly AgencyId[], self: AgencyId): void {
  if (isOwnKind(kind) && roster.some((agency) => agency !== self)) throw new DirectoryAlarm('own.not-ours', { roster });
}

/** A device alone speaks for its agency only in a sandbox; officers' signatures are a later version's. Receipts, and what its siblings are told, are a device's own. */
function assertSigned(use: 'sandbox' | 'live', { kind, approvals }: OpenedEnvelope['manifest']): void {
  if (use === 'live' && approvals.length === 0 && !kind.startsWith('receipt.') && !isOwnKind(kind))
    throw new DirectoryAlarm('officers.missing');
}
