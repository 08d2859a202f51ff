/**
 * Before sending, as the desk asks it: the protocol's pure check, fed with what the directory and our own archive hold. Nothing is
 * queued and nobody is told.
 */
import {
  type AgencyId,
  type MessageBody,
  type Observed,
  type Preflight,
  type Published,
  preflight,
  stateOf,
} from '@holdfast/protocol';
import { caseOf } from '../cases/case.js';
import type { DeskRuntime } from '../desk-runtime.js';
import type { PublishedAgency } from '../directory/published.js';
import { observedOf } from './observed.js';

export interface PreflightRequest {
  readonly to: AgencyId;
  readonly body: MessageBody<'freeze.request'>;
}

/** So many of the newest cases with an agency show how it answers now, and are read while an officer waits. */
const OBSERVED_CASES = 50;

/** An agency as the check needs it. */
export function asPublished({
  agency,
  active,
  entry,
  capability,
  deviceKeys,
  quarantined,
}: PublishedAgency): Published {
  const isAlive = deviceKeys.includes('current');
  const reach = quarantined
    ? 'quarantined'
    : !active
      ? 'suspended'
      : isAlive
        ? 'reachable'
        : deviceKeys.includes('stale')
          ? 'stale'
          : 'unreachable';
  return { agency, entry, capability, reach };
}

/** @throws SdkError `directory.unknown-agency`, `relay.*`; the signal's reason */
export async function preflightFor(
  runtime: DeskRuntime,
  { to, body }: PreflightRequest,
  signal: AbortSignal,
): Promise<Preflight> {
  const { identity, now } = runtime;
  const recipient = asPublished(await runtime.published(to, signal));
  signal.throwIfAborted();
  const sender = await ownEntry(runtime, signal);
  const question = {
    request: body,
    recipient,
    sender,
    observed: observedBy(runtime, to),
    nowMs: now(),
  };
  const first = preflight(question);
  // The rest of the directory is read only where another way is wanted: an alert that can go is not kept waiting.
  if (first.isSendable && recipient.capability?.power !== 'indirect') return first;
  const states = new Set([stateOf(to), stateOf(identity.agency)]);
  const others: Published[] = [];
  for (const agency of await runtime.agencies(signal)) {
    if (agency !== to && states.has(stateOf(agency))) others.push(asPublished(await runtime.published(agency, signal)));
  }
  return preflight({ ...question, others });
}

async function ownEntry(runtime: DeskRuntime, signal: AbortSignal): Promise<Published> {
  return asPublished(await runtime.published(runtime.identity.agency, signal));
}

/** What the newest cases in our archive show of an agency; null where none of them is an alert of ours. */
export function observedBy({ archive, identity, now, recordsOf }: DeskRuntime, agency: AgencyId): Observed | null {
  const conversations = archive.messages
    .conversations()
    .filter((conversation) => archive.conversations.get(conversation)?.agencies.includes(agency) === true)
    .slice(-OBSERVED_CASES);
  const cases = conversations.map((conversation) => caseOf(archive, identity.agency, conversation, now(), recordsOf));
  const observed = observedOf(cases, agency, now());
  return observed.alerts === 0 ? null : observed;
}
