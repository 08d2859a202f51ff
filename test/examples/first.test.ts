/** The README's first example, run as it stands; `sdk-guide.test.ts` compares the README's copy of it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Holdfast } from '@holdfast/client-sdk';
import { readUnlockKey } from '@holdfast/keys';
import t from 'tap';
import { readBody } from '#cli/input/read-body.js';
import { MEMBERS, makeNetwork } from '#cli/sandbox/network.js';
import { alertAndWait, receive } from './first.js';

t.test('the first example sends an alert and the other side reads it', async (t) => {
  const home = mkdtempSync(join(tmpdir(), 'holdfast-first-'));
  const signal = AbortSignal.timeout(60_000);
  const network = await makeNetwork({
    home,
    samples: 'samples',
    port: 0,
    devices: ['gateway'],
    report: () => undefined,
    signal,
  });
  const [from, to] = MEMBERS;
  const key = await readUnlockKey(network.unlockFile);
  const desk = await Holdfast.open({ home: network.agencyHome(to), unlock: { kind: 'key', key } });
  t.teardown(async () => {
    await desk.close();
    await network.relay.stop();
    rmSync(home, { recursive: true });
  });
  const file = join(home, 'alert.json');
  writeFileSync(file, JSON.stringify(await readBody(join('samples', 'alert.json'), Date.now())));
  const stop = new AbortController();
  const seen: string[] = [];
  desk.on((event) => {
    if (event.event !== 'inbox.stored') return;
    seen.push(event.message.kind);
    stop.abort();
  });
  const reading = receive(desk, stop.signal);
  t.match(await alertAndWait(network.agencyHome(from), key, to.agency, file), /^(delivered|opened): case /);
  await reading;
  t.same(seen, ['freeze.request']);
});
