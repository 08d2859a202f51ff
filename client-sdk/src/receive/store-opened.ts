/**
 * Storing an opened message: one transaction for the message, the thread of hashes, the cursor, the receipt that goes back, and
 * whatever its numbers say of its sender.
 */
import type { EnvelopeId, Hash, Mailbox } from '@holdfast/protocol';
import { mailboxOf } from '@holdfast/protocol';
import type { Finding } from '../alarms.js';
import type { Archive } from '../archive/archive.js';
import type { Acknowledgement, StoredMessage } from '../archive/message-table.js';
import { DirectoryAlarm } from '../directory/alarm.js';
import type { Directory } from '../directory/directory.js';
import { takeContentKey } from '../disclosure/take-content-key.js';
import type { Identity } from '../outbox/seal-item.js';
import { keepContentKey } from '../rewrap/keep-content-key.js';
import type { Causality } from './causality.js';
import { countReceipt } from './count-receipt.js';
import type { OpenedMessage } from './open-delivered.js';
import { flagRepeated, repeatedActs } from './repeated-act.js';
import { sequenceFindings } from './sequence.js';
import { takeOwn } from './take-own.js';

/** Older than this on arrival, while we were connected all the time, is worth a word. */
const DELAYED_AFTER_MS: Readonly<Record<Mailbox, number>> = { alert: 15 * 60_000, routine: 24 * 3_600_000 };

export interface StoreDependencies {
  readonly archive: Archive;
  readonly directory: Directory;
  readonly identity: Identity;
  readonly causality: Causality;
  readonly now: () => number;
  /** Since when everything that the relay has was here at once; undefined while we are not connected. */
  readonly liveSinceMs: () => number | undefined;
  /** Queues a receipt within the running transaction. */
  readonly queueReceipt: (message: StoredMessage, level: 'delivered') => void;
}

export interface StoredResult {
  /** Messages that the application may have now, in its order. */
  readonly released: readonly StoredMessage[];
  readonly acknowledgement: Acknowledgement | undefined;
  readonly findings: readonly Finding[];
  /** A draft of ours that another device of ours has changed. */
  readonly draft?: EnvelopeId | undefined;
}

const NOTHING: StoredResult = { released: [], acknowledgement: undefined, findings: [] };

/**
 * @param also what belongs to the same transaction
 * @throws DirectoryAlarm `conversation.roster-changed`, `approval.id-reused`
 */
export function storeOpened(eh: Hash, opened: OpenedMessage, deps: StoreDependencies, also: () => void): StoredResult {
  const { archive, identity, now } = deps;
  const { core, manifest, body, jws } = opened.envelope;
  return archive.atomically(() => {
    assertRoster(archive, opened);
    also();
    const direction = opened.sender.agency === identity.agency ? 'sibling' : 'in';
    keepContentKey(archive, deps.directory.view, direction, opened.envelope);
    if (archive.messages.has(eh)) return NOTHING;
    const atMs = now();
    const isReceipt = manifest.kind.startsWith('receipt.');
    const repeated = repeatedActs(archive, opened, eh);
    archive.conversations.create(manifest.conversation, opened.roster, atMs);
    const isReady = deps.causality.isReady(manifest, core.from, atMs);
    archive.messages.insert({
      eh,
      direction,
      conversation: manifest.conversation,
      kind: manifest.kind,
      agency: opened.sender.agency,
      device: core.from,
      tsMs: core.ts,
      storedAtMs: atMs,
      priority: core.prio,
      caseRef: manifest.caseRef,
      follows: manifest.on,
      body,
      jws,
      handled: isReceipt || direction === 'sibling' || repeated.length > 0,
      envelopeId: core.id,
      sq: manifest.sq,
      prev: manifest.prev,
      isReady,
    });
    const findings = [...opened.findings, ...sequenceFindings(archive, { eh, core, manifest }, identity.device)];
    if (direction === 'in' && !isReceipt) findings.push(...delayFindings(eh, opened, deps));
    findings.push(...flagRepeated(archive, repeated, { eh, tsMs: core.ts, conversation: manifest.conversation }));
    const settled = deps.causality.arrived(eh);
    findings.push(...settled.findings);
    archive.conversations.see(manifest.conversation, { device: core.from, sq: manifest.sq, eh });
    for (const { code, detail } of findings) archive.arrivals.alarm(code, detail, atMs);
    const message = archive.messages.get(eh);
    if (message === undefined) throw new Error('A message that was just stored is not there.');
    if (direction === 'in' && !isReceipt) deps.queueReceipt(message, 'delivered');
    if (direction === 'sibling') takeContentKey(archive, message);
    const acknowledgement = isReceipt ? countReceipt(archive, message) : undefined;
    const draft = direction === 'sibling' ? takeOwn(archive, message) : undefined;
    return { draft, released: isReady ? [message, ...settled.released] : settled.released, acknowledgement, findings };
  });
}

/** A case is between the agencies that it began with: nobody is slipped in, and no message into another case. */
function assertRoster(archive: Archive, { envelope, roster }: OpenedMessage): void {
  const { conversation } = envelope.manifest;
  const known = archive.conversations.get(conversation);
  if (known !== undefined && known.agencies.join() !== roster.join())
    throw new DirectoryAlarm('conversation.roster-changed', { conversation, roster, expected: known.agencies });
}

function delayFindings(eh: Hash, { envelope, sender }: OpenedMessage, deps: StoreDependencies): Finding[] {
  const { core, manifest } = envelope;
  const liveSinceMs = deps.liveSinceMs();
  const byMs = deps.now() - core.ts;
  if (liveSinceMs === undefined || core.ts < liveSinceMs || byMs <= DELAYED_AFTER_MS[mailboxOf(core.prio)]) return [];
  deps.archive.messages.flag(eh, 'delayed');
  return [
    { code: 'message.delayed', detail: { conversation: manifest.conversation, eh, agency: sender.agency, byMs } },
  ];
}
