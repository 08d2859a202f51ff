/**
 * What the other side has not confirmed in time (domain, Flow 1, "clock"): by its own signed receipts and answers, whatever the relay
 * has promised. Told once for each message and stage, also across restarts.
 */
import { type Clock, type Priority, STATE_CLOCKS, type StateClock } from '@holdfast/protocol';
import type { Finding } from '../alarms.js';
import type { Archive } from '../archive/archive.js';
import type { OutboxItem } from '../archive/outbox-table.js';

const HOUR_MS = 3_600_000;
/** Until the recipient's own calendar is asked, a working day is a day that a weekend may lie in. */
const UNIT_MS: Readonly<Record<Clock['unit'], number>> = {
  minutes: 60_000,
  hours: HOUR_MS,
  'working-days': 72 * HOUR_MS,
};
/** For messages that are no alerts. */
const CONFIRM_WITHIN_MS: Readonly<Record<Priority, number>> = {
  flash: 15 * 60_000,
  urgent: 15 * 60_000,
  routine: 24 * HOUR_MS,
};

function limitMs(state: StateClock['state'], priority: Priority): number {
  const clock = STATE_CLOCKS.find((candidate) => candidate.state === state)?.within[priority];
  if (clock === undefined) throw new Error(`There is no clock for ${state}.`);
  return clock.number * UNIT_MS[clock.unit];
}

type Stage = 'delivered' | 'acknowledged';

/** Everything that is overdue at `nowMs` and was not told before; marks it as told. Run within a transaction. */
export function unconfirmed(archive: Archive, nowMs: number): Finding[] {
  return archive.outbox.watched().flatMap((item) => {
    const stage = awaitedStage(archive, item);
    if (stage === undefined) archive.outbox.unwatch(item.id);
    const ageMs = nowMs - item.createdAtMs;
    if (stage === undefined || ageMs <= allowedMs(item, stage)) return [];
    if (!archive.told.once(`unconfirmed ${stage} ${item.id}`, nowMs)) return [];
    const { conversation, eh, id, kind, recipients, state } = item;
    const finding: Finding = {
      code: kind === 'freeze.request' ? 'alert.unacknowledged' : 'message.unconfirmed',
      detail: { conversation, id, eh, kind, stage, recipients, state, ageMs },
    };
    archive.arrivals.alarm(finding.code, finding.detail, nowMs);
    return [finding];
  });
}

/** What the other side still owes: its receipt, and for an alert a person's answer; undefined where it owes nothing. */
function awaitedStage(archive: Archive, item: OutboxItem): Stage | undefined {
  if (!isDelivered(archive, item)) return 'delivered';
  return item.kind === 'freeze.request' && !isAnswered(archive, item) ? 'acknowledged' : undefined;
}

function allowedMs({ kind, priority }: OutboxItem, stage: Stage): number {
  if (kind !== 'freeze.request') return CONFIRM_WITHIN_MS[priority];
  return limitMs('sent', priority) + (stage === 'delivered' ? 0 : limitMs('delivered', priority));
}

/** Every recipient agency has signed that it has it. */
function isDelivered(archive: Archive, { eh, recipients }: OutboxItem): boolean {
  const acks = eh === null ? [] : archive.messages.acknowledgements(eh);
  return recipients.every((agency) => acks.some((ack) => ack.agency === agency));
}

/** Anything of the alert that the other side has signed beside receipts says that a person has it. */
const isAnswered = (archive: Archive, { conversation, recipients }: OutboxItem): boolean =>
  archive.messages
    .ofConversation(conversation)
    .some(({ agency, kind }) => recipients.includes(agency) && kind.startsWith('freeze.'));
