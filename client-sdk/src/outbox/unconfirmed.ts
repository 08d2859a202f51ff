/**
 * What the other side has not confirmed in time (domain, Flow 1, "clock"): by its own signed receipts and answers, whatever the relay
 * has promised. Told once for each message and stage, also across restarts. Working days are those of the recipient's calendar.
 */
import { acknowledgeDueMs, DELIVERY_WITHIN_MS, type Priority } from '@holdfast/protocol';
import type { Finding } from '../alarms.js';
import type { Archive } from '../archive/archive.js';
import type { OutboxItem } from '../archive/outbox-table.js';
import { dutyContacts } from '../deadlines/duty-contacts.js';
import { noRecords, type RecordsOf } from '../directory/records-at-hand.js';

/** For messages that are no alerts. */
const CONFIRM_WITHIN_MS: Readonly<Record<Priority, number>> = {
  flash: 15 * 60_000,
  urgent: 15 * 60_000,
  routine: 24 * 3_600_000,
};

type Stage = 'delivered' | 'acknowledged';

/** Everything that is overdue at `nowMs` and was not told before; marks it as told. Run within a transaction. */
export function unconfirmed(archive: Archive, nowMs: number, recordsOf: RecordsOf = noRecords): Finding[] {
  return archive.outbox.watched().flatMap((item) => {
    const stage = awaitedStage(archive, item);
    if (stage === undefined) archive.outbox.unwatch(item.id);
    if (stage === undefined || nowMs <= dueMs(archive, item, stage, recordsOf)) return [];
    if (!archive.told.once(`unconfirmed ${stage} ${item.id}`, nowMs)) return [];
    const { conversation, eh, id, kind, recipients, state } = item;
    const ageMs = nowMs - item.createdAtMs;
    const detail = { conversation, id, eh, kind, stage, recipients, state, ageMs };
    const finding: Finding =
      kind === 'freeze.request'
        ? { code: ALERT[stage], detail: { ...detail, contacts: dutyContacts(recipients, recordsOf) } }
        : { code: 'message.unconfirmed', detail };
    archive.arrivals.alarm(finding.code, finding.detail, nowMs);
    return [finding];
  });
}

const ALERT = { delivered: 'alert.undelivered', acknowledged: 'alert.unacknowledged' } as const;

/** What the other side still owes: its receipt, and for an alert a person's answer; undefined where it owes nothing. */
function awaitedStage(archive: Archive, item: OutboxItem): Stage | undefined {
  if (!isDelivered(archive, item)) return 'delivered';
  return item.kind === 'freeze.request' && !isAnswered(archive, item) ? 'acknowledged' : undefined;
}

function dueMs(archive: Archive, item: OutboxItem, stage: Stage, recordsOf: RecordsOf): number {
  const { kind, priority, createdAtMs, recipients } = item;
  if (kind !== 'freeze.request') return createdAtMs + CONFIRM_WITHIN_MS[priority];
  if (stage === 'delivered') return createdAtMs + DELIVERY_WITHIN_MS;
  const acks = acknowledgementsOf(archive, item);
  const due = recipients.map((agency) => {
    // A receipt that claims a time before the alert, or far ahead, moves nothing.
    const firstMs = Math.min(...acks.filter((ack) => ack.agency === agency).map(({ atMs }) => atMs));
    const deliveredAtMs = Math.max(createdAtMs, Math.min(firstMs, createdAtMs + 30 * 86_400_000));
    return acknowledgeDueMs(agency, recordsOf(agency).capability, priority, deliveredAtMs);
  });
  return Math.max(...due);
}

const acknowledgementsOf = (
  archive: Archive,
  { eh }: OutboxItem,
): ReturnType<Archive['messages']['acknowledgements']> => (eh === null ? [] : archive.messages.acknowledgements(eh));

/** Every recipient agency has signed that it has it. */
function isDelivered(archive: Archive, item: OutboxItem): boolean {
  const acks = acknowledgementsOf(archive, item);
  return item.recipients.every((agency) => acks.some((ack) => ack.agency === agency));
}

/** Anything of the alert that the other side has signed beside receipts says that a person has it. */
const isAnswered = (archive: Archive, { conversation, recipients }: OutboxItem): boolean =>
  archive.messages
    .ofConversation(conversation)
    .some(({ agency, kind }) => recipients.includes(agency) && kind.startsWith('freeze.'));
