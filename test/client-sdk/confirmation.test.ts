/** Deadlines of the other side's confirmation, and how devices stand by their day keys: by the clock, without a network. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exampleCapability, exampleEntry } from '@holdfast/client-sdk/testing';
import { generateEpochKeys, generateSigningKey, signEpochBatch } from '@holdfast/keys';
import { type AcceptedTrustList, epochLeaves, sha256, startChain } from '@holdfast/keys/verify';
import { treeOf } from '@holdfast/log';
import {
  type AgencyId,
  AgencyIdSchema,
  type ConversationId,
  canonicalBytes,
  type DeviceId,
  dayOf,
  type EnvelopeCore,
  type EnvelopeId,
  type EpochKeyProof,
  type Hash,
  MS_PER_DAY,
  parseCapabilityRecord,
  parseDirectoryEntry,
  parserOf,
  toBase64url,
  toConversationId,
  toDeviceId,
  toEnvelopeId,
  toEpochKeyName,
  toHash,
} from '@holdfast/protocol';
import t from 'tap';
import type { Finding } from '#client-sdk/alarms.js';
import { type Archive, openArchive } from '#client-sdk/archive/archive.js';
import type { DirectoryAlarm } from '#client-sdk/directory/alarm.js';
import { DayKeys } from '#client-sdk/directory/day-keys.js';
import { directoryFindings } from '#client-sdk/directory/findings.js';
import { mayPass } from '#client-sdk/directory/view.js';
import { unconfirmed } from '#client-sdk/outbox/unconfirmed.js';
import type { RelaySession } from '#client-sdk/session/session.js';
import { FakeRelay, FED, json } from './fake-relay.js';

type D = DeviceId;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const WRITTEN = Date.UTC(2026, 2, 2, 14, 0);
const agency = parserOf('agency id', AgencyIdSchema, 'message.invalid');
const XA: AgencyId = agency('xa-fiu');
const XB: AgencyId = agency('xb-fiu');

const newArchive = async (): Promise<Archive> =>
  openArchive(join(await mkdtemp(join(tmpdir(), 'holdfast-confirm-')), 'archive.db'), new Uint8Array(32).fill(1));

let counter = 0;
const bytes = (length: number): Uint8Array => new Uint8Array(length).fill(++counter);

interface Sent {
  readonly id: EnvelopeId;
  readonly conversation: ConversationId;
  readonly eh: Hash;
}

/** A message in the outbox, taken by the relay. */
function sent(archive: Archive, kind: string, priority: 'flash' | 'urgent' | 'routine'): Sent {
  const [id, conversation, eh] = [toEnvelopeId(bytes(16)), toConversationId(bytes(16)), toHash(bytes(32))];
  archive.outbox.insert({
    id,
    conversation,
    kind,
    recipients: [XB],
    priority,
    caseRef: null,
    termsHash: null,
    follows: [],
    body: canonicalBytes({}),
    createdAtMs: WRITTEN,
  });
  archive.outbox.setSealed(id, eh, new Uint8Array(1));
  return { id, conversation, eh };
}

const confirm = (archive: Archive, { eh }: Sent): void =>
  archive.messages.acknowledge({
    eh,
    agency: XB,
    level: 'delivered',
    atMs: WRITTEN + MINUTE,
    receiptEh: toHash(bytes(32)),
  });

/** R's duty officer answers. */
function answer(archive: Archive, { conversation }: Sent): void {
  archive.messages.insert({
    eh: toHash(bytes(32)),
    direction: 'in',
    conversation,
    kind: 'freeze.acknowledge',
    agency: XB,
    device: toDeviceId(bytes(16)),
    tsMs: WRITTEN,
    storedAtMs: WRITTEN,
    priority: 'flash',
    caseRef: null,
    follows: [],
    body: canonicalBytes({}),
    jws: '',
    handled: true,
    envelopeId: null,
    sq: 0,
    prev: null,
    isReady: true,
  });
}

t.test('an alert that nobody confirms is raised in time, once for each stage', async (t) => {
  // Without the recipient's calendar: Monday 2 March 2026 14:01 UTC, the day not counted, so the end of Tuesday.
  const endOfTuesday = Date.UTC(2026, 2, 4) - WRITTEN;
  for (const [priority, dueMs] of [
    ['flash', HOUR + MINUTE],
    ['urgent', 4 * HOUR + MINUTE],
    ['routine', endOfTuesday],
  ] as const) {
    const archive = await newArchive();
    t.teardown(() => archive.close());
    const alert = sent(archive, 'freeze.request', priority);
    const told = (afterMs: number): readonly unknown[] =>
      unconfirmed(archive, WRITTEN + afterMs).map(({ code, detail }) => [code, detail.stage]);
    t.strictSame(told(15 * MINUTE), [], `${priority}: not before 15 minutes have passed`);
    t.strictSame(told(15 * MINUTE + 1), [['alert.undelivered', 'delivered']]);
    t.strictSame(told(20 * MINUTE), [], 'told once');
    confirm(archive, alert);
    t.strictSame(told(dueMs), [], 'it has arrived; its duty officer has time');
    t.strictSame(told(dueMs + 1), [['alert.unacknowledged', 'acknowledged']]);
    answer(archive, alert);
    t.strictSame(told(400 * HOUR), [], 'answered');
    t.strictSame(archive.outbox.watched(), [], 'and watched no more');
  }
});

t.test("a working day is one of the recipient's own calendar, and its duty contact is named", async (t) => {
  const archive = await newArchive();
  t.teardown(() => archive.close());
  const example = exampleCapability(XB, WRITTEN);
  const capability = parseCapabilityRecord({
    ...example,
    // Tuesday and Wednesday are holidays in Belmora, three quarters of an hour beside UTC.
    calendar: { timeZone: 'Asia/Kathmandu', weekend: [6], holidays: ['2026-03-03', '2026-03-04'] },
  });
  const entry = parseDirectoryEntry(exampleEntry(XB, WRITTEN));
  const alert = sent(archive, 'freeze.request', 'routine');
  const told = (atMs: number): readonly Finding[] => unconfirmed(archive, atMs, () => ({ entry, capability }));
  const [undelivered] = told(WRITTEN + 16 * MINUTE);
  t.match(undelivered, { code: 'alert.undelivered', detail: { contacts: [{ agency: XB, phone: /^\+/ }] } });
  confirm(archive, alert);
  // Monday 19:46 in Kathmandu; Thursday 5 March is the next working day and ends at 18:15 UTC.
  const endMs = Date.parse('2026-03-05T18:15:00Z');
  t.strictSame(told(endMs), []);
  t.match(told(endMs + 1), [{ code: 'alert.unacknowledged', detail: { contacts: [{ agency: XB }] } }]);
});

t.test('other messages are asked after too; receipts and what is confirmed are not', async (t) => {
  const archive = await newArchive();
  t.teardown(() => archive.close());
  sent(archive, 'disclosure', 'routine');
  const urgent = sent(archive, 'note', 'urgent');
  sent(archive, 'receipt.delivered', 'flash');
  const confirmed = sent(archive, 'disclosure', 'flash');
  confirm(archive, confirmed);
  t.match(unconfirmed(archive, WRITTEN + HOUR), [
    { code: 'message.unconfirmed', detail: { id: urgent.id, recipients: [XB], state: 'sealed' } },
  ]);
  t.match(unconfirmed(archive, WRITTEN + 25 * HOUR), [{ code: 'message.unconfirmed', detail: { kind: 'disclosure' } }]);
  t.equal(archive.arrivals.alarms().length, 2, 'each is kept');
});

/** Proofs of one device's batches, as a relay hands them out. */
async function device(): Promise<{
  readonly device: ReturnType<typeof toDeviceId>;
  readonly owner: { fed: typeof FED; agency: AgencyId; device: ReturnType<typeof toDeviceId>; key: Uint8Array };
  readonly batch: (firstDay: number, count: number) => Promise<(day: number) => EpochKeyProof>;
}> {
  const key = generateSigningKey();
  const id = toDeviceId(bytes(16));
  const owner = { fed: FED, agency: XA, device: id, key: key.publicKey };
  let previous: Awaited<ReturnType<typeof signEpochBatch>> | undefined;
  return {
    device: id,
    owner,
    batch: async (firstDay, count) => {
      const pairs = generateEpochKeys(firstDay, count);
      const signed = await signEpochBatch(previous, pairs, owner, key);
      previous = signed;
      const tree = treeOf(
        sha256,
        epochLeaves(
          firstDay,
          pairs.map(({ publicKey }) => publicKey),
        ),
      );
      return (day) => ({
        device: id,
        batch: signed.jws,
        day,
        key: toBase64url(pairs[day - firstDay]?.publicKey ?? new Uint8Array()),
        path: tree.inclusionPath(day - firstDay).map(toHash),
      });
    },
  };
}

t.test('a device is current, stale, dormant; and no older key is taken than one seen', async (t) => {
  const archive = await newArchive();
  t.teardown(() => archive.close());
  const someone = await device();
  const relay = new FakeRelay();
  const abort = new AbortController();
  const session: RelaySession = relay.session(abort.signal);
  let today = 20_000;
  let proof: EpochKeyProof | undefined;
  relay.answer = () => json(200, { keys: proof === undefined ? [] : [proof], next: null });
  const alarms: DirectoryAlarm[] = [];
  const keys = new DayKeys({
    table: archive.directory,
    now: () => today * MS_PER_DAY + HOUR,
    ownerOf: (id) => (id === someone.device ? someone.owner : undefined),
    onAlarm: (alarm) => alarms.push(alarm),
  });
  const at = async (day: number, shown: EpochKeyProof): Promise<string> => {
    today = day;
    proof = shown;
    await keys.refresh(session, undefined);
    return keys.stateOf(someone.device);
  };
  const { device: id } = someone;
  t.equal(keys.stateOf(id), 'no-key');
  const old = await someone.batch(20_000, 3);
  const next = await someone.batch(20_003, 3);
  t.equal(await at(20_000, old(20_000)), 'current');
  t.equal(await at(20_003, next(20_003)), 'current');
  t.equal(keys.recipientKey(id)?.day, 20_003);

  t.equal(await at(20_004, old(20_002)), 'current', 'the relay goes back to a batch that is over');
  t.match(alarms, [{ code: 'epoch-key.refused', detail: { device: id, batch: 0, known: 1 } }]);
  t.equal(keys.recipientKey(id)?.day, 20_003, 'and is not followed');
  alarms.length = 0;
  t.equal(await at(20_004, next(20_003)), 'current');
  t.match(alarms, [{ code: 'epoch-key.refused', detail: { day: 20_003 } }], "yesterday's is not today's");

  t.equal(await at(20_006, next(20_005)), 'stale', 'past its last key, which is still used');
  t.equal(keys.recipientKey(id)?.day, 20_005);
  t.equal(await at(20_065, next(20_005)), 'stale', 'on the sixtieth day');
  t.equal(await at(20_066, next(20_005)), 'dormant');
  t.equal(keys.recipientKey(id), undefined, 'not addressed any more');
  const again = await someone.batch(20_066, 3);
  t.equal(await at(20_066, again(20_066)), 'current', 'until it comes back');
  abort.abort();
});

t.test('a sender a day behind, and a device of ours left out, are worth a word', (t) => {
  const [sender, self, sibling, fresh] = [0, 1, 2, 3].map(() => toDeviceId(bytes(16))) as [D, D, D, D];
  const heads = [0, 1, 2].map(() => toHash(bytes(32)));
  const certificate = (device: D, seq: number, sinceMs: number) => ({
    device,
    key: toBase64url(bytes(32)),
    notBeforeMs: sinceMs,
    notAfterMs: WRITTEN + 100 * MS_PER_DAY,
    seq,
  });
  const chain = {
    ...startChain(XB, { threshold: 1, keys: [toBase64url(bytes(32))] }, FED),
    seq: 2,
    devices: new Map(
      [
        certificate(self, 0, WRITTEN - 30 * MS_PER_DAY),
        certificate(sibling, 1, WRITTEN - 30 * MS_PER_DAY),
        certificate(fresh, 1, WRITTEN - HOUR),
      ].map((found) => [found.device, found]),
    ),
  };
  const view = (lastAtMs: number) => ({
    trust: {} as AcceptedTrustList,
    agencies: new Map([
      [XB, { chain, heads, times: [WRITTEN - 30 * MS_PER_DAY, WRITTEN - 30 * MS_PER_DAY, lastAtMs] }],
    ]),
    owners: new Map(),
    quarantined: new Set<AgencyId>(),
  });
  const core = (seq: number, to: readonly D[]): EnvelopeCore => ({
    v: 1,
    suite: 'HF1',
    fed: FED,
    id: toEnvelopeId(bytes(16)),
    from: sender,
    to: to.map((device) => [device, toEpochKeyName(bytes(36))]),
    dir: { [XB]: [seq, heads[seq] ?? toHash(bytes(32))] },
    ts: WRITTEN,
    exp: WRITTEN + MS_PER_DAY,
    prio: 'routine',
  });
  const eh = toHash(bytes(32));
  const reader = (lastDay: number | undefined) => ({ agency: XB, device: self, lastDayOf: () => lastDay });
  const codes = (...given: Parameters<typeof directoryFindings>): readonly string[] =>
    directoryFindings(...given).map(({ code }) => code);
  const today = dayOf(WRITTEN);
  t.strictSame(
    codes(view(WRITTEN), core(2, [self, sibling]), eh, reader(today)),
    [],
    'one enrolled an hour ago may miss',
  );
  t.strictSame(codes(view(WRITTEN), core(2, [self]), eh, reader(today)), ['recipient.left-out']);
  t.strictSame(
    codes(view(WRITTEN), core(2, [self]), eh, reader(today - 1)),
    [],
    'one past its keys is left out rightly',
  );
  t.strictSame(
    codes(view(WRITTEN), core(0, [self]), eh, reader(today)),
    ['directory.sender-behind'],
    'not known to the sender',
  );
  t.strictSame(codes(view(WRITTEN - 23 * HOUR), core(1, [self, sibling]), eh, reader(today)), [], 'less than a day');
  t.strictSame(codes(view(WRITTEN - 25 * HOUR), core(1, [self, sibling]), eh, reader(today)), [
    'directory.sender-behind',
  ]);
  t.end();
});

t.test(
  'a trust list past its expiry lets freeze messages and their receipts pass for thirty days, and nothing else',
  (t) => {
    const expiresAtMs = WRITTEN;
    const view = {
      trust: { list: { expiresAtMs } } as AcceptedTrustList,
      agencies: new Map(),
      owners: new Map(),
      quarantined: new Set<AgencyId>(),
    };
    const passes = (atMs: number): readonly boolean[] =>
      ['freeze.request', 'receipt.delivered', 'disclosure', 'note'].map((kind) => mayPass(view, kind, atMs));
    t.strictSame(passes(expiresAtMs), [true, true, true, true]);
    t.strictSame(passes(expiresAtMs + 1), [true, true, false, false]);
    t.strictSame(passes(expiresAtMs + 30 * MS_PER_DAY), [true, true, false, false]);
    t.strictSame(passes(expiresAtMs + 30 * MS_PER_DAY + 1), [false, false, false, false]);
    t.end();
  },
);
