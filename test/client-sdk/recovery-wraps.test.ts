// Wraps follow the archive by position: what was stored before there was a key is caught up, nothing is written twice, what is
// erased stays erased, and several devices' wraps make one history.
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { addArchiveCustodian, type Case, enrol, recoverHistory } from '@holdfast/client-sdk';
import t from 'tap';
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
