/** A test network with two applications on it, what they are to say to each other, and the count of it all at the end. */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Holdfast, newBlobId } from '@holdfast/client-sdk';
import { randomBytes } from '@holdfast/keys';
import { type AgencyId, parseCanonical } from '@holdfast/protocol';
import type { Test } from 'tap';
import { eventually } from '../fixtures/leftovers.js';
import {
  acknowledgeBody,
  disclosureBody,
  makeTestNetwork,
  refuseBody,
  requestBody,
  type TestNetwork,
  XA,
  XB,
} from '../fixtures/network.js';
import { isDone, readAll } from './application.js';
import { type DeviceState, deviceState, relayReceipts } from './inspect.js';
import { readLedger } from './ledger.js';
import type { Plan, PlannedSend } from './plan.js';

export interface Party {
  readonly plan: Plan;
  readonly sends: PlannedSend[];
}

export interface Stage {
  readonly network: TestNetwork;
  readonly a: Party;
  readonly b: Party;
  /** Adds `count` messages to what a party is to send: freeze requests, or disclosures, with an attachment each unless `bare`. */
  add(party: Party, kind: PlannedSend['kind'], count: number, bare?: 'bare'): Promise<void>;
  /** The party's application in this process, until `stop`. */
  run(party: Party): Promise<{ readonly desk: Holdfast; stop(): Promise<void> }>;
  /** As the plan stands now: all that was added, and what it makes the other side say. */
  planOf(party: Party, kill?: Plan['kill']): Plan;
}

export async function makeStage(t: Test): Promise<Stage> {
  const network = await makeTestNetwork();
  t.teardown(() => network.close());
  const [acknowledge, refuse] = [await acknowledgeBody(), await refuseBody()];
  const party = (agency: AgencyId, to: AgencyId): Party => {
    const folder = join(network.home, 'application', agency);
    mkdirSync(join(folder, 'downloads'), { recursive: true });
    const sends: PlannedSend[] = [];
    const plan: Plan = {
      home: network.agencyHome(agency),
      device: 'gateway',
      unlockFile: network.unlockFile,
      to,
      ledger: join(folder, 'ledger'),
      downloads: join(folder, 'downloads'),
      sends,
      expect: 0,
      acknowledge,
      refuse,
      kill: null,
    };
    return { plan, sends };
  };
  const a = party(XA, XB);
  const b = party(XB, XA);
  const planOf = (one: Party, kill: Plan['kill'] = null): Plan => {
    const other = one === a ? b : a;
    // Each request is answered twice.
    const answers = one.sends.filter(({ kind }) => kind === 'freeze.request').length * 2;
    return { ...one.plan, expect: other.sends.length + answers, kill };
  };
  return {
    network,
    a,
    b,
    planOf,
    add: async ({ plan, sends }, kind, count, bare) => {
      for (let i = 0; i < count; i++) sends.push(await plannedSend(plan, kind, sends.length, bare));
    },
    run: async (one) => {
      const desk = await network.open(one === a ? XA : XB, { random: () => 0.05 });
      const end = new AbortController();
      const reading = readAll(desk, one.plan, end.signal, () => undefined);
      return {
        desk,
        stop: async () => {
          await eventually(() => isDone(desk, planOf(one).expect), 'the other side is done too', 30_000);
          end.abort();
          await reading;
          await desk.close();
        },
      };
    },
  };
}

/** Written long before it goes out, so that the time of writing can be told from the time of sending. */
async function plannedSend(
  plan: Plan,
  kind: PlannedSend['kind'],
  n: number,
  bare: 'bare' | undefined,
): Promise<PlannedSend> {
  const ref = `${plan.to}-${n}`;
  const writtenAtMs = Date.now() - 3_600_000 - n;
  if (kind === 'freeze.request')
    return { ref, kind, body: { ...(await requestBody()), writtenAtMs }, attachment: null };
  if (bare === 'bare') return { ref, kind, body: { ...(await disclosureBody()), writtenAtMs }, attachment: null };
  const id = newBlobId();
  const path = join(plan.downloads, '..', `${id}.source`);
  writeFileSync(path, randomBytes(50_000 + n));
  const named = [{ id, name: 'statement.bin', mediaType: 'application/octet-stream' }];
  const body = { ...(await disclosureBody(named)), writtenAtMs };
  return { ref, kind, body, attachment: { id, path } };
}

/** After every process has ended: nothing lost, nothing doubled, times and bytes as they were. */
export async function checkOnce(t: Test, { network, a, b }: Stage): Promise<void> {
  const states = new Map<Party, DeviceState>([
    [a, await deviceState(network, XA)],
    [b, await deviceState(network, XB)],
  ]);
  const accepted = relayReceipts(network.database);
  const outboxes = [...states.values()].flatMap(({ outbox }) => outbox);
  t.strictSame(
    accepted.map(({ id, eh }) => `${id} ${eh}`).sort(),
    outboxes.map(({ id, eh }) => `${id} ${eh}`).sort(),
    'the relay has taken each envelope once, and no other',
  );
  for (const [party, state] of states) {
    const other = states.get(party === a ? b : a);
    if (other !== undefined) checkDirection(t, party, state, other);
  }
}

function checkDirection(t: Test, from: Party, sender: DeviceState, recipient: DeviceState): void {
  const to = from.plan.to;
  t.equal(sender.integrity, 'ok');
  t.strictSame(sender.foreignKeys, []);
  t.equal(sender.held, 0, 'nothing was put aside');
  t.strictSame(sender.alarms, []);
  t.strictSame(sender.spooled, [], 'no ciphertext is left behind');
  const said = sender.outbox.filter(({ kind }) => !kind.startsWith('receipt.'));
  t.strictSame(
    said.flatMap(({ caseRef }) => caseRef ?? []).sort(),
    from.sends.map(({ ref }) => ref).sort(),
    `each message to ${to} was queued once`,
  );
  const written = new Map(from.sends.map(({ ref, body }) => [ref, body]));
  for (const { caseRef, body, state, createdAtMs, kind } of said) {
    if (caseRef !== null) t.strictSame(parseCanonical(body), written.get(caseRef), 'as it was written, time included');
    t.equal(state, 'accepted', `${kind} written at ${createdAtMs}`);
  }
  const bodies = (messages: readonly { readonly eh: string | null; readonly body: Uint8Array }[]): string[] =>
    messages.map(({ eh, body }) => `${eh} ${createHash('sha256').update(body).digest('hex')}`).sort();
  t.strictSame(bodies(recipient.received), bodies(said), `${to} has each message once, to the byte`);
  const expected = said.flatMap(({ eh, kind }) =>
    ['delivered', 'opened', ...(kind === 'freeze.request' ? ['acted'] : [])].map(
      (level) => `receipt.${level} of ${eh}`,
    ),
  );
  t.strictSame([...sender.receipts].sort(), expected.sort(), 'no receipt is missing, none is doubled');
}

/** Ciphertext and plaintext of downloads that did not come to their end. */
const halfDownloads = ({ plan }: Party): string[] =>
  readdirSync(plan.downloads).filter((name) => /\.(part|plain)$/.test(name));

/** What the recipient's application did: each message dealt with once, attachments equal to the byte. */
export function checkLedger(t: Test, from: Party, recipient: Party): { readonly again: number } {
  const lines = readLedger(recipient.plan.ledger);
  const fresh = lines.filter(({ again }) => !again);
  t.equal(new Set(fresh.map(({ eh }) => eh)).size, fresh.length, 'nothing was dealt with twice');
  const dealt = fresh.filter(({ ref }) => ref !== null).sort(byRef);
  t.strictSame(
    dealt.map(({ ref, attachments }) => ({ ref, attachments })),
    [...from.sends].sort(byRef).map(({ ref, attachment }) => ({
      ref,
      attachments: attachment === null ? [] : [hashOf(attachment.path)],
    })),
    'each message was dealt with, its attachment equal to the byte',
  );
  t.strictSame(halfDownloads(recipient), []);
  return { again: lines.length - fresh.length };
}

const byRef = (a: { readonly ref: string | null }, b: { readonly ref: string | null }): number =>
  (a.ref ?? '') < (b.ref ?? '') ? -1 : 1;

const hashOf = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');
