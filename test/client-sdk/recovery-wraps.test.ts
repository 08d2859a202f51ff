// Wraps follow the archive by position: what was stored before there was a key is caught up, nothing is written twice, what is
// erased stays erased, and several devices' wraps make one history.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addArchiveCustodian, type Case, enrol, recoverHistory } from '@holdfast/client-sdk';
import { generateArchiveKey, generateSigningKey, openArchiveWrap, randomBytes } from '@holdfast/keys';
import {
  type AgencyId,
  fromUtf8,
  toConversationId,
  toDeviceId,
  toFederationId,
  toHash,
  utf8,
} from '@holdfast/protocol';
import t from 'tap';
import { openArchive } from '#client-sdk/archive/archive.js';
import { parseRecord } from '#client-sdk/recovery/record.js';
import { RecoveryWriter } from '#client-sdk/recovery/writer.js';
import { makeTestNetwork, soon, XA, XB } from '../fixtures/network.js';
import { appoint, hire, hireTwo, loseDevices, plain, traffic, wrapsIn } from '../fixtures/recovery.js';

t.test(
  'what was stored before there was an archive key, and before a crash, is wrapped at the next open',
  async (t) => {
    const network = await makeTestNetwork({ devices: ['gateway', 'desk'] });
    t.teardown(() => network.close());
    const home = network.agencyHome(XA);
    const people = await hireTwo(network, 'custodians');
    const [a, b] = [await network.open(XA), await network.open(XB)];
    await traffic(a, b);
    const before = a.cases();
    await a.close();
    t.throws(() => wrapsIn(join(home, 'recovery')), { code: 'ENOENT' }, 'no key, no wrap');
    await appoint(network, XA, people);
    const reopened = await network.open(XA);
    await reopened.online({ signal: soon() });
    await reopened.close();
    const wraps = wrapsIn(join(home, 'recovery'));
    const messages = before.reduce((sum, { timeline }) => sum + timeline.length, 0);
    t.ok(wraps.length > messages, `${wraps.length} wraps for ${messages} messages and their receipts`);
    const contents = wraps.map((name) => readFileSync(join(home, 'recovery', name)));
    await (await network.open(XA)).close();
    t.strictSame(wrapsIn(join(home, 'recovery')), wraps, 'nothing twice');
    t.strictSame(
      wraps.map((name) => readFileSync(join(home, 'recovery', name))),
      contents,
      'and nothing again',
    );
    const erased = wraps[0] ?? '';
    rmSync(join(home, 'recovery', erased));
    await (await network.open(XA)).close();
    t.notOk(wrapsIn(join(home, 'recovery')).includes(erased), 'what was erased stays erased');

    // The other device has the same messages, as a sibling's; together they give each message once.
    const desk = await network.open(XA, { device: 'desk' });
    await desk.caughtUp({ signal: soon() });
    await desk.close();
    const third = await hire(join(network.home, 'custodians', '3'));
    const present = [await people[0].present(), await people[1].present()] as const;
    await addArchiveCustodian(home, present, third.custodian);
    const from = loseDevices(network, XA);
    const signal = soon(30_000);
    await enrol({ home, name: 'second', unlock: network.unlock, nowMs: Date.now(), signal });
    const custodians = [await third.present(), await people[0].present()] as const;
    const report = await recoverHistory({ home, device: 'second', unlock: network.unlock, from, custodians, signal });
    t.strictSame(report.refused, []);
    t.ok(
      report.alreadyHere > 0,
      `${report.alreadyHere} of ${report.wraps} wraps are of a message that another has too`,
    );
    const again = await network.open(XA, { device: 'second' });
    const essence = (cases: readonly Case[]): unknown =>
      plain(
        cases.map(({ conversation, state, assets, timeline }) => ({
          conversation,
          state,
          assets: assets.map(({ state: asset, expiry }) => ({ asset, expiry })),
          timeline: timeline.map(({ eh, from: sender, sentAtMs, message, refused }) => ({
            eh,
            sender,
            sentAtMs,
            message,
            refused,
          })),
        })) as unknown as readonly Case[],
      );
    t.strictSame(essence(again.cases()), essence(before));
  },
);

t.test('a disk that fails, and a crash between the file and its number, lose nothing and double nothing', async (t) => {
  const folder = t.testdir();
  const archive = openArchive(join(folder, 'archive.db'), randomBytes(32));
  t.teardown(() => archive.close());
  const agency = 'xa-fiu' as AgencyId;
  const identity = {
    fed: toFederationId(randomBytes(32)),
    agency,
    device: toDeviceId(randomBytes(16)),
    signingKey: generateSigningKey(),
  };
  const key = generateArchiveKey();
  const conversation = toConversationId(randomBytes(16));
  const storedAtMs = Date.UTC(2026, 1, 28, 23, 59);
  const insert = (text: string): void => {
    archive.messages.insert({
      eh: toHash(randomBytes(32)),
      direction: 'out',
      conversation,
      kind: 'note',
      agency,
      device: identity.device,
      tsMs: storedAtMs,
      storedAtMs,
      priority: 'routine',
      caseRef: null,
      follows: [],
      body: utf8(text),
      jws: 'a.b.c',
      handled: true,
      envelopeId: null,
      sq: null,
      prev: null,
      isReady: true,
    });
  };
  const wraps = join(folder, 'wraps');
  const errors: unknown[] = [];
  const writer = new RecoveryWriter({
    archive,
    identity,
    folder: wraps,
    archiveKey: () => key.publicKey,
    onError: (error) => errors.push(error),
    signal: new AbortController().signal,
  });
  const bodyOf = async (name: string): Promise<string> => {
    const { fed, device, signingKey } = identity;
    const opening = { name: { fed, agency, device, number: Number(name.slice(-15, -5)) }, archive: key };
    const bytes = new Uint8Array(readFileSync(join(wraps, name)));
    return fromUtf8(parseRecord(await openArchiveWrap(bytes, { ...opening, deviceKey: signingKey.publicKey })).body);
  };

  insert('one');
  writeFileSync(wraps, 'a file in the place of the folder');
  await writer.finish();
  t.equal(errors.length, 1, 'the fault is told');
  t.equal(archive.recovery.waiting(), 1, 'and the message waits');
  rmSync(wraps);
  insert('two');
  await writer.finish();
  const names = wrapsIn(wraps);
  t.strictSame(
    names.map((name) => name.slice(identity.device.length)),
    ['/2026-02/0000000001.wrap', '/2026-02/0000000002.wrap'],
  );
  t.strictSame(await Promise.all(names.map(bodyOf)), ['one', 'two']);
  t.equal(archive.recovery.waiting(), 0);

  // The file of a third was written, and the process died before its number was: the next open writes the same name again.
  insert('three');
  const third = join(wraps, identity.device, '2026-02', '0000000003.wrap');
  writeFileSync(third, 'half a fi');
  await writer.finish();
  t.strictSame(await Promise.all(wrapsIn(wraps).map(bodyOf)), ['one', 'two', 'three']);
  t.equal(errors.length, 1);
});
