/** What a device does with an envelope that it believes: stores it once, with the receipt that goes back, or counts a receipt. */
import type { AgencyId } from '@holdfast/protocol';
import type { Archive } from '../archive/archive.js';
import type { AcknowledgementLevel } from '../archive/message-table.js';
import type { SdkEvent } from '../events.js';
import { readMessage } from '../receive/read-message.js';
import { queueReceipt } from '../send/receipts.js';
import { type FakeEnvelope, fakeEvidence } from './fake-envelope.js';

const LEVELS: ReadonlyMap<string, AcknowledgementLevel> = new Map([
  ['receipt.delivered', 'delivered'],
  ['receipt.opened', 'opened'],
  ['receipt.acted', 'acted'],
]);

/** @returns what to tell the listeners; undefined where it was here already */
export function storeDelivery(
  { eh, agency, device, to, tsMs, priority, manifest, body }: FakeEnvelope,
  archive: Archive,
  nowMs: number,
): SdkEvent | undefined {
  const { conversation, kind, sq, caseRef, on } = manifest;
  const level = LEVELS.get(kind);
  return archive.atomically(() => {
    if (archive.messages.has(eh)) return undefined;
    const roster: readonly AgencyId[] = [...new Set([agency, ...to])];
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
      handled: level !== undefined,
    });
    const message = archive.messages.get(eh);
    if (message === undefined) return undefined;
    if (level === undefined) {
      queueReceipt(archive, message, 'delivered', nowMs);
      return { event: 'inbox.stored', message };
    }
    const receipt = readMessage(message);
    if (receipt.kind === 'unknown' || !('eh' in receipt.body)) return undefined;
    const ack = { eh: receipt.body.eh, agency, level, atMs: tsMs, receiptEh: eh } as const;
    archive.messages.acknowledge(ack);
    return { event: 'receipt', ...ack };
  });
}
