/**
 * What a message's numbers say of its sender (crypto, "Order, replay, loss"): two messages under one number, or one id used twice,
 * come from a device that was restored, cloned or stolen, or that lies. Both are kept, flagged and raised.
 */
import type { DeviceId, EnvelopeCore, Hash, Manifest } from '@holdfast/protocol';
import type { Finding } from '../alarms.js';
import type { Archive } from '../archive/archive.js';
import { seenOfSelf } from './predecessors.js';

export interface Numbered {
  readonly eh: Hash;
  readonly core: EnvelopeCore;
  readonly manifest: Manifest;
}

/** Looks at a message that has just been stored; within the same transaction. */
export function sequenceFindings(archive: Archive, { eh, core, manifest }: Numbered, self: DeviceId): Finding[] {
  const { messages } = archive;
  const { conversation, sq, prev } = manifest;
  const findings: Finding[] = [];
  const others = messages.under(conversation, core.from, sq).filter((other) => other.eh !== eh);
  // The number before may be taken by another envelope than the one that this message names: a fork one step back.
  const before = sq === 0 ? [] : messages.under(conversation, core.from, sq - 1).filter((other) => other.eh !== prev);
  const after = messages.under(conversation, core.from, sq + 1).filter((other) => other.prev !== eh);
  if (others.length > 0 || before.length > 0 || after.length > 0) {
    for (const name of [eh, ...others.map((other) => other.eh)]) messages.flag(name, 'forked');
    const against = [...others, ...before, ...after].map((other) => other.eh);
    findings.push({ code: 'sequence.forked', detail: { conversation, device: core.from, sq, eh, against } });
  }
  const sameId = messages.underId(core.from, core.id).filter((other) => other.eh !== eh);
  if (sameId.length > 0) {
    for (const name of [eh, ...sameId.map((other) => other.eh)]) messages.flag(name, 'id-reused');
    const against = sameId.map((other) => other.eh);
    findings.push({
      code: 'envelope.id-reused',
      detail: { conversation, device: core.from, id: core.id, eh, against },
    });
  }
  const seen = seenOfSelf(manifest, self);
  if (seen !== undefined && !messages.has(seen.eh))
    findings.push({ code: 'device.seen-ahead', detail: { conversation, by: core.from, sq: seen.sq, eh: seen.eh } });
  return findings;
}
