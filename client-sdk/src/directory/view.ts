/**
 * The directory as this device knows it: the newest trust list and every agency's chain, replayed and verified. A value;
 * the SDK holds the newest and never goes back to an older one.
 */
import {
  type AcceptedTrustList,
  type AgencyChain,
  activeDevices,
  type DeviceCertificate,
  isActive,
  memberOf,
} from '@holdfast/keys/verify';
import {
  type AgencyId,
  type DeviceId,
  type EnvelopeCore,
  fromBase64url,
  type Hash,
  isFreezeKind,
  isOwnKind,
  MS_PER_DAY,
  mapEntries,
} from '@holdfast/protocol';
import { DirectoryAlarm } from './alarm.js';

export interface KnownAgency {
  readonly chain: AgencyChain;
  /** Head after each position, so that a `dir` of the past can be checked. */
  readonly heads: readonly Hash[];
  /** When each statement was made, by its signer. */
  readonly times: readonly number[];
}

export interface DirectoryView {
  readonly trust: AcceptedTrustList;
  readonly agencies: ReadonlyMap<AgencyId, KnownAgency>;
  readonly owners: ReadonlyMap<DeviceId, AgencyId>;
  /** Agencies under a root that only the federation vouches for, and that nobody here has compared yet. */
  readonly quarantined: ReadonlySet<AgencyId>;
}

export const isMember = (view: DirectoryView, agency: AgencyId): boolean =>
  memberOf(view.trust, agency)?.status === 'active';

/** The devices of an agency that may be addressed now. */
export function addressable(view: DirectoryView, agency: AgencyId, nowMs: number): readonly DeviceCertificate[] {
  const known = view.agencies.get(agency);
  const isTrusted = isMember(view, agency) && !view.quarantined.has(agency);
  return known === undefined || !isTrusted ? [] : activeDevices(known.chain, nowMs);
}

export interface Sender {
  readonly agency: AgencyId;
  readonly key: Uint8Array;
}

/**
 * Who a device is, in the newest view: certified, not revoked, its agency a member.
 * @throws DirectoryAlarm `sender.unknown` (sync and try again), `sender.revoked`, `sender.quarantined` (until it is compared)
 */
export function senderOf(view: DirectoryView, device: DeviceId, tsMs: number): Sender {
  const agency = view.owners.get(device);
  const chain = agency === undefined ? undefined : view.agencies.get(agency)?.chain;
  const certificate = chain?.devices.get(device);
  if (agency === undefined || chain === undefined || certificate === undefined)
    throw new DirectoryAlarm('sender.unknown');
  if (!isMember(view, agency) || !isActive(chain, certificate, tsMs)) throw new DirectoryAlarm('sender.revoked');
  if (view.quarantined.has(agency)) throw new DirectoryAlarm('sender.quarantined', { agency });
  return { agency, key: fromBase64url(certificate.key) };
}

/**
 * Is every device in `to` listed at `dir`? One that is not is a ghost, added by somebody who is not the sender's directory.
 * @throws DirectoryAlarm `directory.behind` (sync and try again), `directory.forked`, `recipient.ghost`
 */
export function checkRecipients(view: DirectoryView, core: EnvelopeCore): void {
  const at = new Map<AgencyId, number>();
  for (const [agency, [seq, head]] of mapEntries(core.dir)) {
    const known = view.agencies.get(agency);
    if (known === undefined || seq >= known.heads.length) throw new DirectoryAlarm('directory.behind');
    if (known.heads[seq] !== head) throw new DirectoryAlarm('directory.forked', { agency, seq });
    at.set(agency, seq);
  }
  for (const [device] of core.to) {
    const agency = view.owners.get(device);
    const seq = agency === undefined ? undefined : at.get(agency);
    const chain = agency === undefined ? undefined : view.agencies.get(agency)?.chain;
    const certificate = chain?.devices.get(device);
    const revokedAt = certificate === undefined ? undefined : chain?.revoked.get(certificate.key)?.seq;
    const listed =
      seq !== undefined &&
      certificate !== undefined &&
      certificate.seq <= seq &&
      (revokedAt === undefined || revokedAt > seq);
    if (!listed) throw new DirectoryAlarm('recipient.ghost', { device });
  }
}

/** The agencies that an envelope addresses, its sender's included. */
export function rosterOf(view: DirectoryView, core: EnvelopeCore): AgencyId[] {
  const agencies = new Set<AgencyId>();
  for (const device of [core.from, ...core.to.map(([id]) => id)]) {
    const agency = view.owners.get(device);
    if (agency !== undefined) agencies.add(agency);
  }
  return [...agencies].sort();
}

/** Positions and heads for `dir`. */
export function headsOf(view: DirectoryView, agencies: Iterable<AgencyId>): EnvelopeCore['dir'] {
  const entries = [...agencies].flatMap((agency) => {
    const chain = view.agencies.get(agency)?.chain;
    return chain === undefined || chain.head === null ? [] : [[agency, [chain.seq, chain.head]] as const];
  });
  return Object.fromEntries(entries.map(([agency, [seq, head]]) => [agency, [seq, head]]));
}

/** May a message of this kind pass under the list as it stands? Receipts go with what they confirm, an agency's own with what it prepares. */
export function mayPass(view: DirectoryView, kind: string, nowMs: number): boolean {
  const state = trustState(view, nowMs);
  return (
    state === 'current' ||
    (state === 'freeze-only' && (isFreezeKind(kind) || isOwnKind(kind) || kind.startsWith('receipt.')))
  );
}

/** Past its expiry an admitted list lets only freeze messages pass, for 30 days more (crypto, "Key hierarchy"). */
export function trustState(view: DirectoryView, nowMs: number): 'current' | 'freeze-only' | 'expired' {
  const { expiresAtMs } = view.trust.list;
  if (nowMs <= expiresAtMs) return 'current';
  return nowMs <= expiresAtMs + 30 * MS_PER_DAY ? 'freeze-only' : 'expired';
}
