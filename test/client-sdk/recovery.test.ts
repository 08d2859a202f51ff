// Recovery: an agency that has lost every device gets its history back from wraps, with two custodians; and what is refused.
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { archiveStatus, enrol, initArchive, recoverHistory } from '@holdfast/client-sdk';
import t from 'tap';
import { makeTestNetwork, soon, XA, XB } from '../fixtures/network.js';
import { appoint, hireTwo, loseDevices, plain, traffic, wrapsIn } from '../fixtures/recovery.js';

t.test('all devices lost: two custodians give back every case, bit for bit', async (t) => {
  const network = await makeTestNetwork();
  t.teardown(() => network.close());
  const home = network.agencyHome(XB);
  const people = await hireTwo(network, 'custodians');
  const [one, other] = people;
  await appoint(network, XB, people);
  await t.rejects(
    initArchive(
      home,
      people.map(({ custodian }) => custodian),
    ),
    { code: 'recovery.exists' },
  );
  t.strictSame((await archiveStatus(home)).custodians, people.map(({ custodian }) => custodian.number).sort());
  const a = await network.open(XA);
  const b = await network.open(XB);
  await traffic(a, b);
  const before = plain(b.cases());
  await b.close();

  const wraps = wrapsIn(join(home, 'recovery'));
  t.match(wraps[0], /^[A-Za-z0-9_-]{22}\/\d{4}-\d{2}\/0000000001\.wrap$/, 'a name says device, month and number');
  const clear = Buffer.concat(wraps.map((name) => readFileSync(join(home, 'recovery', name))));
  for (const word of ['2026/0417', 'Thank you', 'disclosure', XA]) t.notOk(clear.includes(word), `no "${word}"`);

  const from = loseDevices(network, XB);
  const signal = soon(30_000);
  await enrol({ home, name: 'second', unlock: network.unlock, nowMs: Date.now(), signal });
  const request = { home, device: 'second', unlock: network.unlock, from, signal };
  const custodians = [await one.present(), await other.present()] as const;
  const report = await recoverHistory({ ...request, custodians: [custodians[1], custodians[0]] });
  t.strictSame(report, { wraps: wraps.length, restored: wraps.length, alreadyHere: 0, refused: [] });
  t.strictSame(await recoverHistory({ ...request, custodians }), {
    ...report,
    restored: 0,
    alreadyHere: wraps.length,
  });

  const again = await network.open(XB, { device: 'second' });
  t.strictSame(plain(again.cases()), before, 'every case is as it was');
  t.equal(again.cases().length, 2);
  await again.online({ signal });
  const [first] = again.cases();
  if (first === undefined) throw new Error('there is no case');
  const note = await again.note({
    conversation: first.conversation,
    body: { writtenAtMs: Date.now(), text: { language: 'en', text: 'We are back.' } },
  });
  await note.until('delivered', { signal });
  t.equal(a.case(first.conversation).timeline.at(-1)?.eh, note.eh, 'the case goes on');
  const answer = await a.note({
    conversation: first.conversation,
    body: { writtenAtMs: Date.now(), text: { language: 'en', text: 'Good.' } },
  });
  await answer.until('delivered', { signal });
  const unread = await again.inbox({ signal }).next();
  t.equal(unread.done === true ? undefined : unread.value.eh, answer.eh, 'nothing that was recovered is unread');
});

t.test('what is refused: too few, strangers, another key, what was changed, moved or forged', async (t) => {
  const network = await makeTestNetwork();
  t.teardown(() => network.close());
  const home = network.agencyHome(XB);
  const [people, foreign] = [await hireTwo(network, 'own'), await hireTwo(network, 'foreign')];
  await appoint(network, XB, people);
  await appoint(network, XA, foreign);
  const [a, b] = [await network.open(XA), await network.open(XB)];
  await traffic(a, b);
  await Promise.all([a.close(), b.close()]);
  const from = loseDevices(network, XB);
  const fromA = join(network.agencyHome(XA), 'recovery');
  const signal = soon(30_000);
  await enrol({ home, name: 'second', unlock: network.unlock, nowMs: Date.now(), signal });
  const request = { home, device: 'second', unlock: network.unlock, from, signal };
  const own = [await people[0].present(), await people[1].present()] as const;
  const strangers = [await foreign[0].present(), await foreign[1].present()] as const;

  await t.rejects(recoverHistory({ ...request, custodians: [own[0], own[0]] }), { code: 'recovery.two-custodians' });
  await t.rejects(recoverHistory({ ...request, custodians: strangers }), { code: 'recovery.not-custodian' });
  await t.rejects(recoverHistory({ ...request, custodians: [own[0], strangers[1]] }), {
    code: 'recovery.not-custodian',
  });
  await t.rejects(recoverHistory({ ...request, from: fromA, custodians: strangers }), {
    code: 'recovery.other-agency',
  });
  await t.rejects(recoverHistory({ ...request, from: join(from, 'nowhere'), custodians: own }), {
    code: 'recovery.none',
  });

  // Another archive key of the same agency: its custodians are true ones, but none of these wraps is sealed to it.
  const elsewhere = join(network.home, 'elsewhere');
  cpSync(from, elsewhere, { recursive: true });
  rmSync(join(home, 'recovery'), { recursive: true, force: true });
  await initArchive(
    home,
    foreign.map(({ custodian }) => custodian),
  );
  cpSync(join(home, 'recovery', 'recovery.json'), join(elsewhere, 'recovery.json'));
  const wrong = await recoverHistory({ ...request, from: elsewhere, custodians: strangers });
  t.equal(wrong.restored, 0);
  t.equal(wrong.refused.length, wrong.wraps);
  t.strictSame([...new Set(wrong.refused.map(({ code }) => code))], ['recovery.wrong-archive-key']);

  // One changed, one in another's place, one of another agency, one erased.
  const names = wrapsIn(from);
  const path = (index: number): string => join(from, names[index] ?? '');
  const changed = readFileSync(path(0));
  changed[changed.length - 1] = (changed[changed.length - 1] ?? 0) ^ 1;
  writeFileSync(path(0), changed);
  cpSync(path(2), path(1));
  const foreignWrap = wrapsIn(fromA)[0] ?? '';
  cpSync(join(fromA, foreignWrap), join(from, foreignWrap), { recursive: true });
  rmSync(path(3));
  const report = await recoverHistory({ ...request, custodians: own });
  t.strictSame(Object.fromEntries(report.refused.map(({ file, code }) => [file, code])), {
    [path(0)]: 'recovery.wrap-invalid',
    [path(1)]: 'recovery.wrap-invalid',
    [join(from, foreignWrap)]: 'recovery.device-unknown',
  });
  t.equal(report.wraps, names.length, 'one erased, one more');
  t.equal(report.restored, names.length - 3);
});
