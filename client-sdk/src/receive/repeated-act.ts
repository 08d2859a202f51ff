/**
 * One approved act, one effect (spec 38-approvals): two devices of an agency may both send what was approved on both. It counts once, as
 * the earlier of the two, wherever and in whatever order they arrive. Another act under the same id is refused.
 */
import { hasOfficers } from '@holdfast/keys/verify';
import { type Hash, isSameAct } from '@holdfast/protocol';
import type { Finding } from '../alarms.js';
import type { Archive } from '../archive/archive.js';
import type { StoredMessage } from '../archive/message-table.js';
import { DirectoryAlarm } from '../directory/alarm.js';
import { manifestOf } from './evidence.js';
import type { OpenedMessage } from './open-delivered.js';

/** What the same agency has sent of this act already. @throws DirectoryAlarm `approval.id-reused` where it was another act */
export function repeatedActs(
  archive: Archive,
  { envelope, sender }: OpenedMessage,
  eh: Hash,
): readonly StoredMessage[] {
  const { core, manifest } = envelope;
  if (!hasOfficers(manifest)) return [];
  const others = archive.messages.ofAct(sender.agency, core.id).filter((other) => other.eh !== eh);
  const another = others.find((other) => !isSameAct(manifestOf(other), manifest));
  if (another !== undefined)
    throw new DirectoryAlarm('approval.id-reused', { id: core.id, against: another.eh, agency: sender.agency });
  return others;
}

/** Flags all but the earliest, within the transaction that has stored the newest. @returns what to tell of it */
export function flagRepeated(
  archive: Archive,
  others: readonly StoredMessage[],
  newest: Pick<StoredMessage, 'eh' | 'tsMs' | 'conversation'>,
): Finding[] {
  if (others.length === 0) return [];
  const [, ...later] = [...others, newest].sort((a, b) => a.tsMs - b.tsMs || (a.eh < b.eh ? -1 : 1));
  for (const { eh } of later) archive.messages.flag(eh, 'repeated');
  const { eh, conversation } = newest;
  return [{ code: 'message.repeated', detail: { eh, conversation } }];
}
