/** Every example of README.md and docs/sdk: shown as it is in its file, and run here against a relay or the fakes. */
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { InboxItem } from '@holdfast/client-sdk';
import { fakeNetwork } from '@holdfast/client-sdk/testing';
import t from 'tap';
import { readInput } from '#cli/input/read-input.js';
import { startNode } from '../fixtures/command.js';
import { makeTestNetwork, requestBody, soon, XA, XB } from '../fixtures/network.js';
import { errorsPage, eventsPage } from '../tools/sdk-pages.js';
import { examplesIn } from './documents.js';
import { type CaseSystem, handOver } from './receive.js';
import { alert, discloseWithFile, follow, whereIs } from './send.js';
import { watch } from './watch.js';
import { failingCaseSystem, whatGoesWrong } from './with-fakes.js';

const DOCUMENTS = ['README.md', 'docs/sdk.md', ...readdirSync('docs/sdk').map((name) => join('docs', 'sdk', name))];

t.test('the documents show the examples that run here', (t) => {
  const shown = DOCUMENTS.flatMap((document) =>
    examplesIn(readFileSync(document, 'utf8')).map((example) => ({ document, ...example })),
  );
  for (const { document, file, text } of shown)
    t.equal(text, readFileSync(file, 'utf8'), `${document} holds ${file} as it is`);
  const support = new Set(['documents.ts']);
  const examples = readdirSync('test/examples').filter((name) => !name.endsWith('.test.ts') && !support.has(name));
  t.strictSame(
    [...new Set(shown.map(({ file }) => file))].sort(),
    examples.map((name) => `test/examples/${name}`).sort(),
  );
  t.strictSame(examplesIn('```ts test/examples/a.ts\nx\n```\n'), [{ file: 'test/examples/a.ts', text: 'x\n' }]);
  t.end();
});

t.test('the tables of errors and events are those of the code', (t) => {
  const rerun = 'run: node build/test/tools/write-sdk-pages.js';
  t.equal(readFileSync('docs/sdk/errors.md', 'utf8'), errorsPage(), rerun);
  t.equal(readFileSync('docs/sdk/events.md', 'utf8'), eventsPage(), rerun);
  t.end();
});

/** A folder that goes with the test. */
function folderFor(t: { teardown(work: () => void): void }): string {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-guide-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  return folder;
}

const sample = async (name: string): Promise<object> => {
  const value = await readInput(join('samples', name), Date.now());
  if (typeof value !== 'object' || value === null) throw new Error(`${name} is no object.`);
  return value;
};

t.test(
  'receive and send: a disclosure with its file is handed over once, though the case system fails at first',
  async (t) => {
    const network = await makeTestNetwork();
    t.teardown(() => network.close());
    const folder = folderFor(t);
    const path = join(folder, 'statement.csv');
    writeFileSync(path, 'date,amount\n');
    const [a, b] = [await network.open(XA), await network.open(XB)];
    const sent = await discloseWithFile(a, XB, await sample('disclosure.json'), path);
    const states: string[] = [];
    const following = follow(sent, (text) => void states.push(text), soon());

    const stop = new AbortController();
    const put: [string, InboxItem, readonly string[]][] = [];
    let isDown = true;
    const cases: CaseSystem = {
      put: (...row) => {
        if (isDown) return Promise.reject(new Error('down'));
        put.push(row);
        stop.abort();
        return Promise.resolve();
      },
    };
    const signal = AbortSignal.any([stop.signal, soon()]);
    await t.rejects(handOver(b, cases, folder, signal), { message: 'down' });
    t.not(sent.state, 'opened');
    isDown = false;
    await handOver(b, cases, folder, signal);
    await following;
    t.strictSame([states[0], states.at(-1)], ['queued', 'opened']);
    t.match(put, [[sent.eh, { from: XA, caseRef: 'XA-2025-0417', message: { kind: 'disclosure' } }]]);
    t.strictSame(
      put.flatMap(([, , files]) => files.map((file) => readFileSync(file, 'utf8'))),
      ['date,amount\n'],
    );
    t.strictSame(whereIs(a, sent.id), { state: 'opened', conversation: sent.conversation });
    t.throws(() => whereIs(a, 'not an id'), { code: 'message.invalid' });

    const advice: string[] = [];
    const alerted = await alert(a, XB, await sample('alert.json'), (text) => void advice.push(text));
    t.match(advice, [/confirmed these figures/]);
    await alerted.until('accepted', { signal: soon() });
  },
);

t.test('gateway: two processes, one device each, end cleanly when they are told to', async (t) => {
  const network = await makeTestNetwork({ devices: ['gateway', 'second'] });
  t.teardown(() => network.close());
  const a = await network.open(XA);
  const gateways = ['gateway', 'second'].map((device) => {
    const child = startNode([join('build', 'test', 'examples', 'gateway.js')], {
      AGENCY_HOME: network.agencyHome(XB),
      DEVICE: device,
      UNLOCK_KEY_FILE: network.unlockFile,
    });
    if (child.stdout === null) throw new Error('The process has no output.');
    const lines: string[] = [];
    const reader = createInterface({ input: child.stdout });
    reader.on('line', (line) => void lines.push(line));
    return { child, reader, lines, ended: once(child, 'exit') };
  });
  const alerted = await a.freeze.request({ to: XB, body: await requestBody() });
  await alerted.until('accepted', { signal: soon() });
  const has = (text: string) => (lines: readonly string[]) => lines.some((line) => line.includes(text));
  for (const { child, reader, lines, ended } of gateways) {
    while (!has(alerted.eh ?? 'no eh')(lines)) await once(reader, 'line', { signal: soon(20_000) });
    child.kill('SIGTERM');
    t.strictSame(await ended, [0, null]);
    t.ok(has('"connection":"online"')(lines));
    t.ok(has('"connection":"stopped"')(lines), 'closed, not cut off');
  }
  // A receipt that was still queued goes out when the device is open again.
  await network.open(XB);
  await alerted.until('opened', { signal: soon() });
  t.match(
    alerted.acknowledgements.map(({ level }) => level).sort(),
    ['delivered', 'opened'],
    'one agency has opened it, whichever device said so',
  );
});

t.test('watch: an operator sees alarms, refusals and the connection', async (t) => {
  const network = await fakeNetwork();
  t.teardown(() => network.close());
  const [ours] = network.agencies;
  if (ours === undefined) throw new Error('There is no agency.');
  const lines: object[] = [];
  const end = watch(ours.desk, (line) => void lines.push(line));
  await network.settled();
  ours.alarm('envelope.refused', { from: 'somebody' });
  ours.refuseNext();
  await ours.desk.freeze.request({ to: XB, body: await requestBody() });
  await network.settled();
  ours.disconnect();
  end();
  ours.connect();
  await network.settled();
  t.match(lines, [
    { level: 'info', connection: 'online', code: null },
    { level: 'alarm', code: 'envelope.refused', from: 'somebody' },
    { level: 'error', code: 'envelope.malformed' },
    { level: 'info', connection: 'offline', code: 'relay.unreachable' },
  ]);
});

t.test('with fakes: the examples of tests pass', async (t) => {
  await failingCaseSystem(await sample('alert.json'), folderFor(t));
  await whatGoesWrong(await sample('alert.json'));
  t.pass('both, with assertions of their own');
});
