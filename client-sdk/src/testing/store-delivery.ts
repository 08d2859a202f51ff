/** What a device does with an envelope that it believes: stores it once, with the receipt that goes back, or counts a receipt. */
import type { AgencyId } from '@holdfast/protocol';
import type { Archive } from '../archive/archive.js';
import type { SdkEvent } from '../events.js';
import { countReceipt } from '../receive/count-receipt.js';
import { queueReceipt } from '../send/receipts.js';
import { type FakeEnvelope, fakeEvidence } from './fake-envelope.js';

/** @returns what to tell the listeners; undefined where it was here already */
export function storeDelivery(
  { id, eh, agency, device, to, tsMs, priority, manifest, body }: FakeEnvelope,
  archive: Archive,
  self: AgencyId,
  nowMs: number,
): SdkEvent | undefined {
  const { conversation, kind, sq, caseRef, on } = manifest;
  const isReceipt = kind.startsWith('receipt.');
  return archive.atomically(() => {
    if (archive.messages.has(eh)) return undefined;
    const roster: readonly AgencyId[] = [...new Set([agency, ...to])].sort();
    archive.conversations.create(conversation, roster, nowMs);
    archive.conversations.see(conversation, { device, sq, eh });
    archive.messages.insert({
      eh,
      direction: 'in',
      conversation,
      kind,
      agency,
      device,
      tsMs,
      storedAtMs: nowMs,
      priority,
      caseRef,
      follows: on,
      body,
      jws: fakeEvidence(manifest),
      handled: isReceipt,
      envelopeId: id,
      sq,
      prev: manifest.prev,
      isReady: true,
    });
    const message = archive.messages.get(eh);
    if (message === undefined) return undefined;
    if (!isReceipt) {
      queueReceipt(archive, message, 'delivered', self, nowMs);
      return { event: 'inbox.stored', message };
    }
    const acknowledgement = countReceipt(archive, message);
    return acknowledgement === undefined ? undefined : { event: 'receipt', ...acknowledgement };
  });
}
