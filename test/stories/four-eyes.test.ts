/** Four eyes as officers type them, in a live federation: one drafts, another approves; by processes of their own. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { type CommandResult, runNode } from '../fixtures/command.js';
import { makeTestNetwork, type TestNetwork, XA, XB } from '../fixtures/network.js';

t.setTimeout(180_000);

type Type = (...args: string[]) => Promise<CommandResult>;

/** `holdfast --as NAME`, with the officer's own key file. */
async function officer(network: TestNetwork, agency: string, name: string, ...roles: string[]): Promise<Type> {
  const keyFile = join(network.home, `${agency}-${name}.key`);
  await writeFile(keyFile, Buffer.alloc(32, `${agency}-${name}`), { mode: 0o600 });
  const type: Type = (...args) =>
    runNode(['cli/dist/main.js', '--home', network.home, '--agency', agency, '--json', ...args], {
      HOLDFAST_UNLOCK_KEY_FILE: network.unlockFile,
      HOLDFAST_OFFICER_KEY_FILE: keyFile,
    });
  const added = await type('officer', 'add', name, '--role', ...roles);
  if (added.code !== 0) throw new Error(added.stderr);
  return (...args) => type('--as', name, ...args);
}

function one(run: CommandResult, event: string): Readonly<Record<string, unknown>> {
  const found = run.events.find((line) => line.event === event);
  if (found === undefined) throw new Error(`No ${event} in:\n${run.stdout}\n${run.stderr}`);
  return found;
}

t.test('an alert goes out when two officers have signed it', async (t) => {
  const network = await makeTestNetwork({ use: 'live' });
  t.teardown(() => network.close());
  const analyst = await officer(network, XA, 'analyst-1', 'analyst', 'duty');
  const approver = await officer(network, XA, 'approver-1', 'approver');
  const duty = await officer(network, XB, 'duty-1', 'duty');

  const drafted = await analyst('freeze', 'request', 'samples/alert.json', '--to', XB);
  t.equal(drafted.code, 0, drafted.stderr);
  const { id, state } = one(drafted, 'draft.stored');
  t.equal(state, 'awaiting-approval');
  const draft = String(id);
  t.match(one(await approver('drafts'), 'draft'), { id, state: 'awaiting-approval', message: 'freeze.request' });

  const own = await analyst('approve', draft);
  t.equal(own.code, 4, 'the drafter is denied');
  t.match(own.stdout + own.stderr, /approval\.own-draft|another approver/);
  const returned = await approver('return', draft, '--reason', 'More urgent than that.');
  t.match(one(returned, 'draft.returned'), { state: 'draft' });
  t.equal((await approver('approve', draft)).code, 5, 'a conflict: it was returned');
  t.match(one(await analyst('edit', draft, 'samples/alert.json'), 'draft.stored'), { revision: 1, approvals: [] });

  const approved = await approver('approve', draft);
  t.equal(approved.code, 0, approved.stderr);
  const { conversation } = one(approved, 'message.accepted');
  t.match(one(await duty('inbox'), 'inbox.item'), { conversation });
  const acknowledged = await duty('freeze', 'acknowledge', String(conversation), 'samples/acknowledge.json');
  t.equal(acknowledged.code, 0, acknowledged.stderr);
  one(acknowledged, 'message.accepted');
  const refusal = await duty('freeze', 'refuse', String(conversation), 'samples/refuse.json');
  t.ok(one(refusal, 'draft.stored'), 'a refusal needs an approver');
});
