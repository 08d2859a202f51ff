/**
 * Taking a rewrap in (spec 36-rewrap): one more recipient of an envelope that is held. Only what is public is checked; both
 * signatures are the added device's business.
 */
import { equalBytes, sha256 } from '@holdfast/keys/verify';
import {
  type DeviceId,
  decodeSubmittedRewrap,
  type EnvelopeCore,
  fromBase64url,
  LIMITS,
  ProtocolError,
  parseCore,
  parseRewrap,
  type Rewrap,
  type Rewrapped,
  recipientsOf,
  type SubmittedRewrap,
} from '@holdfast/protocol';
import type { Registry } from '../membership/registry.js';
import type { HeldEnvelope, Store } from '../store/port.js';

export interface RewrapDependencies {
  readonly store: Store;
  readonly registry: Registry;
  readonly now: () => number;
  readonly mailboxItems: number;
  /** An item is in this device's mailbox now. */
  readonly onStored: (devices: Iterable<DeviceId>) => void;
}

/**
 * Stores the rewrap that `sender` has submitted; the same envelope and device a second time gets the same answer.
 * @throws ProtocolError `rewrap.*`, `encoding.*`, `envelope.*`, `mailbox.full`, `relay.unavailable`
 */
export async function acceptRewrap(bytes: Uint8Array, sender: DeviceId, deps: RewrapDependencies): Promise<Rewrapped> {
  const { store, registry, now, onStored } = deps;
  const submitted = decodeSubmittedRewrap(bytes);
  const rewrap = checkForm(submitted, sender, registry);
  if (rewrap.ts > now() + LIMITS.clockAheadMs) throw new ProtocolError('envelope.time-refused');
  if (!registry.isServing) throw new ProtocolError('relay.unavailable', 'The trust list has expired.');
  const { eh, device, by } = rewrap;
  const held = await store.heldEnvelope(eh);
  // Not held, no party, a device that is not there or not to be added: all alike, so that nobody can ask what is held for whom.
  if (held === undefined || !isAllowed(held, rewrap, deps)) throw new ProtocolError('rewrap.refused');
  const before = await store.rewrapperOf(eh, device);
  // Whoever has been revoked since may have spoilt it, a thief above all: then the next party may do it again.
  const isMendable = before !== undefined && before !== by && registry.device(before) === undefined;
  if (before !== undefined && !isMendable) return { eh, device, by: before };
  if (await isFull(device, held, deps)) throw new ProtocolError('mailbox.full');
  const { stanza } = submitted;
  const outcome = await store.rewrap({ eh, device, by, submitted: bytes, stanza, acceptedAtMs: now() }, before);
  if (outcome === 'gone') throw new ProtocolError('rewrap.refused');
  if (outcome === 'stored') onStored([device]);
  return { eh, device, by: (await store.rewrapperOf(eh, device)) ?? by };
}

function checkForm({ rewrap: encoded, stanza }: SubmittedRewrap, sender: DeviceId, { fed }: Registry): Rewrap {
  const rewrap = parseRewrap(encoded);
  if (rewrap.by !== sender) throw new ProtocolError('envelope.sender-mismatch');
  if (rewrap.fed !== fed) throw new ProtocolError('envelope.federation-mismatch');
  if (!equalBytes(sha256(stanza), fromBase64url(rewrap.stanzaHash)))
    throw new ProtocolError('rewrap.malformed', 'The stanza is not the one that the rewrap names.');
  return rewrap;
}

function isAllowed(held: HeldEnvelope, { by, device }: Rewrap, { registry, now }: RewrapDependencies): boolean {
  const core = parseCore(held.core);
  const recipients = recipientsOf(core);
  if (held.expiresAtMs <= now() || recipients.includes(device) || core.from === device) return false;
  const agency = registry.device(device)?.agency;
  return agency !== undefined && mayAdd(core, by, registry).has(agency);
}

/** The agencies of which `by` may add devices: its own where it is a recipient, those addressed where it is the sender. */
function mayAdd(core: EnvelopeCore, by: DeviceId, registry: Registry): ReadonlySet<string | undefined> {
  const recipients = recipientsOf(core);
  if (recipients.includes(by)) return new Set([registry.ownerOf(by)]);
  return new Set(core.from === by ? recipients.map((recipient) => registry.ownerOf(recipient)) : []);
}

async function isFull(device: DeviceId, { mailbox }: HeldEnvelope, deps: RewrapDependencies): Promise<boolean> {
  const { acknowledged, highest } = (await deps.store.cursors(device))[mailbox];
  return highest - acknowledged >= deps.mailboxItems;
}
