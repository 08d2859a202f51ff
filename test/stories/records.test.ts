/** The records of an agency by its commands: a lead from a file of entities, a case as a folder, keeping and erasing. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgencyId } from '@holdfast/protocol';
import t from 'tap';
import { type CommandResult, runNode } from '../fixtures/command.js';
import { makeTestNetwork, XA, XB } from '../fixtures/network.js';

t.test('import a lead, send it, export the case, review, hold, erase', async (t) => {
  const network = await makeTestNetwork();
  const run = (agency: AgencyId, ...args: string[]): Promise<CommandResult> =>
    runNode(['cli/dist/main.js', '--home', network.home, '--agency', agency, '--json', ...args], {
      HOLDFAST_UNLOCK_KEY_FILE: network.unlockFile,
    });
  try {
    const sample: unknown = JSON.parse(await readFile('samples/disclosure.json', 'utf8'));
    if (typeof sample !== 'object' || sample === null || !('entities' in sample) || !Array.isArray(sample.entities))
      throw new Error('The sample has no entities.');
    const lines = sample.entities.map((entity) => JSON.stringify(entity)).join('\n');
    const lead = join(network.home, 'lead.ftm.json');
    await writeFile(lead, lines);
    const imported = await run(XA, 'ftm', 'import', lead);
    t.same(imported.events, [{ v: 1, event: 'ftm.imported', entities: sample.entities }]);
    await writeFile(lead, lines.replace('"publicKey"', '"privateKey"'));
    const refused = await run(XA, 'ftm', 'import', lead);
    t.equal(refused.code, 2);
    t.match(refused.events, [{ event: 'error', issues: [{ field: /^\d+\.properties\.privateKey$/ }] }]);
    t.equal((await run(XA, 'ftm', 'import', join(network.home, 'nowhere'))).code, 2);

    const draft = join('samples', 'disclosure.json');
    const sent = await run(XA, 'disclose', draft, '--to', XB, '--case-ref', 'LEAD-1');
    t.equal(sent.code, 0, sent.stdout);
    const arrived = await run(XB, 'inbox');
    const conversation = String(arrived.events.find(({ event }) => event === 'inbox.item')?.conversation);
    t.match(conversation, /^[\w-]{22}$/);

    const to = join(network.home, 'case');
    const exported = await run(XB, 'export', conversation, '--to', to, '--stix');
    t.match(exported.events.at(-1), { event: 'exported', folder: to, formats: ['json', 'ftm', 'html', 'stix'] });
    t.ok((await readdir(to)).includes('index.html'));
    t.equal((await run(XB, 'export', conversation, '--to', to)).code, 5);

    t.same((await run(XB, 'retention', 'list', '--due')).events, []);
    const [listed] = (await run(XB, 'retention', 'list')).events;
    t.match(listed, {
      event: 'retention',
      conversation,
      items: [{ what: 'message', purpose: /bribery/ }, { what: 'export' }],
    });
    t.equal((await run(XB, 'retention', 'review', conversation, '--until', '2199-01-01', '--reason', 'x')).code, 2);
    t.equal((await run(XB, 'retention', 'hold', conversation, '--reason', 'audit')).code, 0);
    t.equal((await run(XB, 'erase', conversation, '--reason', 'done', '--insist')).code, 5);
    t.equal((await run(XB, 'retention', 'release', conversation, '--reason', 'audit over')).code, 0);
    const erased = await run(XB, 'erase', conversation, '--reason', 'done', '--by', 'officer 3');
    t.match(erased.events.at(-1), { event: 'erased', reason: 'done', by: 'officer 3', insisted: false });
    await t.rejects(readdir(to), { code: 'ENOENT' }, 'the export too');
    t.match((await run(XB, 'case', 'show', conversation)).events.at(-1), {
      state: 'erased',
      erased: { reason: 'done' },
    });
    t.match((await run(XB, 'retention', 'erasures')).events, [{ conversation, reason: 'done' }]);
    t.same((await run(XB, 'retention', 'policy', '--freeze', '730')).events.at(-1)?.freeze, 730);
  } finally {
    await network.close();
  }
});
