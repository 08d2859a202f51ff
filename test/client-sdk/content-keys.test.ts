/** The archive's content keys: what a device may still be given, what is settled, and when a key is forgotten. */
import { join } from 'node:path';
import {
  type AgencyId,
  canonicalBytes,
  type DeviceId,
  type Hash,
  toBase64url,
  toConversationId,
  toEnvelopeId,
} from '@holdfast/protocol';
import t from 'tap';
import { type Archive, openArchive } from '#client-sdk/archive/archive.js';
import type { NewMessage } from '#client-sdk/archive/message-table.js';
import { receiptFor } from '../fixtures/receipt.js';

const NOW = 1_772_000_000_000;
const XA = 'xa-fiu' as AgencyId;
const XB = 'xb-fiu' as AgencyId;
const device = (n: number): DeviceId => toBase64url(new Uint8Array(16).fill(n)) as DeviceId;
const hash = (n: number): Hash => toBase64url(new Uint8Array(32).fill(n)) as Hash;
const conversation = toConversationId(new Uint8Array(16).fill(1));
/** Ours and a sibling of ours; two devices of B, and one that is new there. */
const [SELF, OURS, B1, B2, NEW] = [device(1), device(2), device(3), device(4), device(5)];
const owner = (of: DeviceId): AgencyId => (of === SELF || of === OURS ? XA : XB);

function insert(archive: Archive, n: number, change: Partial<NewMessage> = {}): void {
  archive.messages.insert({
    eh: hash(n),
    direction: 'out',
    conversation,
    kind: 'note',
    agency: XA,
    device: SELF,
    tsMs: NOW,
    storedAtMs: NOW,
    priority: 'routine',
    caseRef: null,
    follows: [],
    body: canonicalBytes({}),
    jws: `jws ${n}`,
    handled: true,
    envelopeId: null,
    sq: null,
    prev: null,
    isReady: true,
    ...change,
  });
}

/** An envelope of ours to B, with its content key, taken by the relay or not yet. */
function sent(archive: Archive, n: number, { isAccepted = true, expiresAtMs = NOW + 1000, to = [B1, B2] } = {}): void {
  const id = toEnvelopeId(new Uint8Array(16).fill(n));
  const item = { id, conversation, kind: 'note', recipients: [XB], priority: 'routine', caseRef: null } as const;
  archive.outbox.insert({ ...item, termsHash: null, follows: [], body: new Uint8Array(), createdAtMs: NOW });
  archive.outbox.setSealed(id, hash(n), new Uint8Array(1));
  if (isAccepted) archive.outbox.setAccepted(id, receiptFor(hash(n)));
  insert(archive, n);
  const key = new Uint8Array(32).fill(n);
  archive.contentKeys.keep({ eh: hash(n), key, expiresAtMs, recipients: to, agencies: [...new Set(to.map(owner))] });
}

/** B's device says that it has it. */
function confirmed(archive: Archive, n: number, by: DeviceId): void {
  const receiptEh = hash(100 + 10 * n + (by === B1 ? 1 : 2));
  const body = canonicalBytes({ eh: hash(n), writtenAtMs: NOW });
  insert(archive, 0, { eh: receiptEh, direction: 'in', kind: 'receipt.delivered', agency: XB, device: by, body });
  archive.messages.acknowledge({ eh: hash(n), agency: XB, level: 'delivered', atMs: NOW, receiptEh });
}

const toNew = { agency: XB, device: NEW, isForeign: true } as const;
const given = (archive: Archive, target: Parameters<Archive['contentKeys']['candidates']>[0] = toNew, limit = 100) =>
  archive.contentKeys.candidates(target, NOW, limit).map(({ eh }) => eh);

async function withArchive(run: (archive: Archive) => void, folder: string): Promise<void> {
  const archive = openArchive(join(folder, 'archive.db'), new Uint8Array(32).fill(7));
  try {
    run(archive);
  } finally {
    archive.close();
  }
}

t.test('a new device of a recipient agency may be given what the agency has not confirmed', async (t) => {
  await withArchive((archive) => {
    sent(archive, 1);
    sent(archive, 2);
    sent(archive, 3, { isAccepted: false });
    sent(archive, 4, { expiresAtMs: NOW });
    sent(archive, 5, { to: [B1, NEW] });
    sent(archive, 6, { to: [OURS] });
    insert(archive, 7, { direction: 'in', agency: XB, device: B1 });
    const received = { eh: hash(7), key: new Uint8Array(32), expiresAtMs: NOW + 1000, recipients: [SELF, B2] };
    archive.contentKeys.keep({ ...received, agencies: [XA, XB] });
    t.strictSame(
      given(archive),
      [hash(1), hash(2)],
      'not what waits here, is expired, has it, is for others or of others',
    );
    t.strictSame(archive.contentKeys.unconfirmed(NOW), [XA, XB]);
    const [first] = archive.contentKeys.candidates(toNew, NOW, 1);
    t.match(first, { eh: hash(1), jws: 'jws 1', from: SELF, tsMs: NOW });
    t.same(first?.key, Buffer.alloc(32, 1));
    confirmed(archive, 1, B1);
    t.strictSame(given(archive), [hash(2)], 'confirmed by any device of the agency: its siblings do the rest');
    archive.contentKeys.settle(hash(2), NEW, SELF, NOW);
    t.strictSame(given(archive), [], 'once');
    t.strictSame(given(archive, { ...toNew, device: device(6) }), [hash(2), hash(5)], 'but another device may follow');
    const sibling = { agency: XA, device: OURS, isForeign: false } as const;
    t.strictSame(given(archive, sibling), [hash(7)], 'our own agency is given what it has received');
  }, t.testdir());
});

t.test('alerts come before the rest, each in the order of arrival', async (t) => {
  await withArchive((archive) => {
    for (const [n, priority] of [
      [1, 'routine'],
      [2, 'urgent'],
      [3, 'routine'],
      [4, 'flash'],
    ] as const) {
      insert(archive, n, { direction: 'in', agency: XB, device: B1, priority });
      const key = { eh: hash(n), key: new Uint8Array(32), expiresAtMs: NOW + 1, recipients: [SELF] };
      archive.contentKeys.keep({ ...key, agencies: [XA] });
    }
    const sibling = { agency: XA, device: OURS, isForeign: false } as const;
    t.strictSame(given(archive, sibling), [2, 4, 1, 3].map(hash));
    t.strictSame(given(archive, sibling, 3), [2, 4, 1].map(hash), 'as many as asked for');
  }, t.testdir());
});

t.test('a rewrap of a device that is believed no more is done again', async (t) => {
  await withArchive((archive) => {
    for (const n of [1, 2, 3]) sent(archive, n);
    archive.contentKeys.settle(hash(1), NEW, SELF, NOW);
    archive.contentKeys.settle(hash(2), NEW, B1, NOW);
    archive.contentKeys.settle(hash(3), NEW, null, NOW);
    t.strictSame(new Set(archive.contentKeys.rewrappers()), new Set([SELF, B1]));
    archive.contentKeys.unsettle(B1);
    t.strictSame(given(archive), [hash(2)], 'that one alone; what is gone stays gone');
  }, t.testdir());
});

t.test('a key goes when every addressed device has confirmed, or at expiry; nothing is left of it', async (t) => {
  await withArchive((archive) => {
    sent(archive, 1, { to: [OURS, B1, B2] });
    sent(archive, 2, { expiresAtMs: NOW + 50 });
    archive.contentKeys.settle(hash(1), NEW, SELF, NOW);
    confirmed(archive, 1, B1);
    archive.contentKeys.prune(XA, owner, NOW);
    t.ok(archive.contentKeys.has(hash(1)), 'B2 has not');
    confirmed(archive, 1, B2);
    archive.contentKeys.prune(XA, owner, NOW);
    t.notOk(archive.contentKeys.has(hash(1)), 'siblings give no receipts, and none is waited for');
    t.strictSame(archive.contentKeys.rewrappers(), [], 'nor is it remembered for whom');
    archive.contentKeys.prune(XA, owner, NOW + 49);
    t.ok(archive.contentKeys.has(hash(2)));
    archive.contentKeys.prune(XA, owner, NOW + 50);
    t.notOk(archive.contentKeys.has(hash(2)));
    sent(archive, 3);
    archive.contentKeys.keep({ eh: hash(3), key: new Uint8Array(32), expiresAtMs: NOW, recipients: [], agencies: [] });
    t.same(archive.contentKeys.candidates(toNew, NOW, 1)[0]?.key, Buffer.alloc(32, 3), 'the first key stays');
  }, t.testdir());
});
