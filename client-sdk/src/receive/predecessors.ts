/**
 * What a message follows (spec 33-manifest): its device's envelope before it, the heads that its sender had seen of others, and the
 * envelopes that it answers. The application is shown none of them after it. Pure.
 */
import { type DeviceId, type Hash, type Manifest, mapEntries } from '@holdfast/protocol';

export interface Predecessor {
  readonly eh: Hash;
  /** Who sent it, and its number in the conversation, where the manifest says so. */
  readonly device: DeviceId | null;
  readonly sq: number | null;
}

/** Each once; our own device's apart, which we need not wait for. */
export function predecessorsOf(manifest: Manifest, from: DeviceId, self: DeviceId): readonly Predecessor[] {
  const found = new Map<Hash, Predecessor>();
  if (manifest.prev !== null) found.set(manifest.prev, { eh: manifest.prev, device: from, sq: manifest.sq - 1 });
  for (const [device, [sq, eh]] of mapEntries(manifest.seen))
    if (device !== self && !found.has(eh)) found.set(eh, { eh, device, sq });
  for (const eh of manifest.on) if (!found.has(eh)) found.set(eh, { eh, device: null, sq: null });
  return [...found.values()];
}

/** Our own head as the sender has seen it. */
export function seenOfSelf(manifest: Manifest, self: DeviceId): { readonly sq: number; readonly eh: Hash } | undefined {
  const head = manifest.seen[self];
  return head === undefined ? undefined : { sq: head[0], eh: head[1] };
}
