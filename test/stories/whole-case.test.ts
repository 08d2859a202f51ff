import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { runNode } from '../fixtures/command.js';

/** What happens, in this order; the case's whole story. */
const STORY = [
  'sandbox.started',
  'federation.made',
  'relay.ready',
  'agency.ready',
  'agency.ready',
  'draft.approved',
  'disclosure.accepted',
  'relay.killed',
  'disclosure.received',
  'receipts.checked',
  'draft.approved',
  'alert.delivered',
  'alert.acknowledged',
  'draft.approved',
  'asset',
  'asset',
  'asset',
  'alert.imposed',
  'receipts.checked',
  'canaries.searched',
  'sandbox.done',
];

/** Processes whose command line names `folder`, where the system lists them: everything that the sandbox started does. */
async function processesOf(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of await readdir('/proc').catch(() => [])) {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) continue;
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (line.includes(folder)) found.push(`${pid} ${line.replaceAll('\0', ' ')}`);
  }
  return found;
}

t.test('one whole case, over real processes, with the relay killed in the middle', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-whole-case-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const run = await runNode(['cli/dist/main.js', 'sandbox', '--once', '--json', '--folder', folder, '--port', '0']);

  t.equal(run.code, 0, run.stderr);
  t.strictSame(
    run.events.map(({ event }) => event),
    STORY,
    'every step was taken, and standard output is JSON lines only',
  );
  t.ok(
    run.events.every(({ v }) => v === 1),
    'every line says its version',
  );
  t.match(run.events.at(-1), { event: 'sandbox.done', ok: true, messages: 4, relayKills: 1, canariesFound: 0 });
  t.notMatch(run.stderr, /error|warning/i, 'standard error has nothing to complain of');
  const byName = (name: string) => run.events.filter(({ event }) => event === name);

  const [killed] = byName('relay.killed');
  t.match(killed, { signal: 'SIGKILL' });
  t.not(killed?.before, killed?.after, 'it is another process afterwards');
  const [accepted] = byName('disclosure.accepted');
  const [received] = byName('disclosure.received');
  t.equal(received?.eh, accepted?.eh, 'what was accepted before the kill was delivered after it');
  t.equal(accepted?.attachmentBytes, 20 * 1024 * 1024);
  t.match(received?.attachmentSha256, /^[0-9a-f]{64}$/);
  t.strictSame(
    byName('receipts.checked').map(({ levels }) => levels),
    [
      ['delivered', 'opened'],
      ['delivered', 'opened', 'acted'],
    ],
  );
  const assets = byName('asset').map(({ assetRef, state }) => [assetRef, state]);
  t.strictSame(assets, [
    ['a1', 'in-force'],
    ['a2', 'not-frozen'],
    ['w1', 'in-force'],
  ]);
  for (const { state, expiry } of byName('asset')) {
    if (state === 'in-force') t.match(expiry, { atMs: Number, explanation: /\S/ }, 'a deadline, with its reckoning');
    else t.equal(expiry, null);
  }
  t.match(byName('canaries.searched')[0], { found: 0 });
  t.ok(Number(byName('canaries.searched')[0]?.bytes) > 20 * 1024 * 1024, 'the attachment was among what was searched');

  for (const pid of [killed?.before, killed?.after])
    t.throws(() => process.kill(Number(pid), 0), { code: 'ESRCH' }, `relay ${String(pid)} has ended`);
  t.strictSame(await processesOf(folder), [], 'no process is left behind');
});
