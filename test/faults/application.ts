/**
 * An agency's application as the documentation advises it: it looks in the outbox before it sends again, records each message
 * by `eh` before it asks for the next, and does nothing twice for an `eh` that it has recorded.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Holdfast, InboxItem, SendHandle } from '@holdfast/client-sdk';
import { type AgencyId, parseMessage } from '@holdfast/protocol';
import { appendLedger, readLedger } from './ledger.js';
import type { Plan, PlannedSend } from './plan.js';

export type ApplicationPlan = Pick<Plan, 'to' | 'ledger' | 'downloads' | 'acknowledge' | 'refuse'>;

/** Queues what is not queued yet. */
export async function sendAll(desk: Holdfast, to: AgencyId, sends: readonly PlannedSend[]): Promise<void> {
  const queued = new Set(desk.outbox().map(({ caseRef }) => caseRef));
  for (const send of sends) if (!queued.has(send.ref)) await sendOne(desk, to, send);
}

async function sendOne(desk: Holdfast, to: AgencyId, { ref, kind, body, attachment }: PlannedSend): Promise<void> {
  const attachments = attachment === null ? [] : [attachment];
  const common = { to, caseRef: ref, attachments };
  if (kind === 'disclosure') await desk.disclose({ ...common, body: parseMessage('disclosure', body).body });
  else await desk.freeze.request({ ...common, body: parseMessage('freeze.request', body).body });
}

/** Deals with each message, until `signal` aborts. */
export async function readAll(
  desk: Holdfast,
  plan: ApplicationPlan,
  signal: AbortSignal,
  afterEach: () => void,
): Promise<void> {
  const done = new Set(readLedger(plan.ledger).map(({ eh }) => eh));
  for await (const item of desk.inbox({ signal })) {
    const again = done.has(item.eh);
    const attachments = again ? [] : await dealWith(desk, item, plan, signal);
    const { kind } = item.message;
    const writtenAtMs = item.message.kind === 'unknown' ? 0 : item.message.body.writtenAtMs;
    appendLedger(plan.ledger, { eh: item.eh, kind, ref: item.caseRef, writtenAtMs, attachments, again });
    done.add(item.eh);
    afterEach();
  }
}

async function dealWith(
  desk: Holdfast,
  item: InboxItem,
  plan: ApplicationPlan,
  signal: AbortSignal,
): Promise<string[]> {
  const hashes: string[] = [];
  for (const ref of item.attachments) {
    const target = join(plan.downloads, ref.id);
    await desk.download(ref, target, { signal });
    hashes.push(
      createHash('sha256')
        .update(await readFile(target))
        .digest('hex'),
    );
  }
  if (item.message.kind === 'freeze.request') await answer(desk, item, plan, signal);
  return hashes;
}

async function answer(desk: Holdfast, item: InboxItem, plan: ApplicationPlan, signal: AbortSignal): Promise<void> {
  const { conversation } = item;
  const sent = (kind: string): SendHandle | undefined =>
    desk.outbox().find((handle) => handle.kind === kind && handle.conversation === conversation);
  const acknowledged =
    sent('freeze.acknowledge') ??
    (await desk.freeze.acknowledge({ conversation, body: parseMessage('freeze.acknowledge', plan.acknowledge).body }));
  await acknowledged.until('accepted', { signal });
  if (sent('freeze.refuse') === undefined)
    await desk.freeze.refuse({ conversation, body: parseMessage('freeze.refuse', plan.refuse).body });
}

const AFTER_OPENED: readonly string[] = ['opened', 'decided'];
const UNDECIDED: readonly string[] = ['queued', 'unknown'];

/**
 * Everything sent has been opened over there, everything expected is dealt with here, and every receipt is with the relay.
 * @param settled ids that it need not ask about again; added to
 */
export function isDone(desk: Holdfast, expect: number, settled: Set<string> = new Set()): boolean {
  let opened = 0;
  for (const handle of desk.outbox()) {
    const { kind } = handle;
    if (kind === 'receipt.opened') opened += 1;
    if (settled.has(handle.id)) continue;
    const { state } = handle;
    if (kind.startsWith('receipt.') ? UNDECIDED.includes(state) : !AFTER_OPENED.includes(state)) return false;
    settled.add(handle.id);
  }
  return opened >= expect;
}
