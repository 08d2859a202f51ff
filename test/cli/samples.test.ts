/** The sample records of real States: each parses, names its source, and says UNCONFIRMED wherever it is shown; none passes for an agency's word. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAgencyId, parseMessage, preflight } from '@holdfast/protocol';
import t from 'tap';
import { readBody } from '#cli/input/read-body.js';
import { readSample, sampleStates } from '#cli/input/samples.js';
import { renderCapability } from '#cli/render/capability.js';
import { renderPreflight } from '#cli/render/preflight.js';
import { ownDocument } from '#client-sdk/enrolment/documents.js';
import { runNode } from '../fixtures/command.js';

const NOW = Date.UTC(2026, 3, 1, 8);
const nobody = { agency: parseAgencyId('zz-nobody'), entry: null, capability: null, reach: 'unknown' } as const;

/** What the domain gives for each State: act, number, unit, silence. */
const FIGURES: Readonly<Record<string, readonly [string, number, string, string] | null>> = {
  FR: ['transaction', 10, 'working-days', 'no-effect'],
  PL: ['transaction', 96, 'hours', 'no-effect'],
  SI: ['transaction', 72, 'hours', 'no-effect'],
  DE: ['transaction', 1, 'months', 'no-effect'],
  GB: ['transaction', 7, 'working-days', 'consent-to-the-transaction'],
  ZA: ['transaction', 10, 'working-days', 'no-effect'],
  CH: ['account', 5, 'working-days', 'no-effect'],
  US: null,
  BE: ['account', 5, 'working-days', 'no-effect'],
};

t.test('at least twelve, each with its source and its mark', async (t) => {
  const states = await sampleStates();
  t.ok(states.length >= 12, states.join());
  const request = parseMessage('freeze.request', await readBody('samples/alert.json', NOW)).body;
  for (const state of states) {
    const record = await readSample(state, NOW);
    t.equal(record.confirmed, false, state);
    t.match(record.agency, new RegExp(`^${state.toLowerCase()}-`));
    t.match(record.source, /not verified|not read|not looked up/, `${state} says that nobody has verified it`);
    t.match(
      renderCapability(record, record.expiresAtMs, NOW, 'UTC').split('\n')[0],
      /^UNCONFIRMED SAMPLE, published by nobody/,
    );
    const recipient = { agency: record.agency, entry: null, capability: record, reach: 'unknown' } as const;
    const checked = preflight({ request, recipient, sender: nobody, nowMs: NOW });
    t.equal(checked.answers.figures, 'sample', state);
    t.match(
      checked.advice.find(({ code }) => code === 'capability.unconfirmed'),
      { text: /^UNCONFIRMED SAMPLE, published by nobody: do not rely on these figures\. Source: ./ },
      state,
    );
    const text = renderPreflight(`the sample record of ${state}`, checked, 'UTC');
    t.match(text.split('\n')[0], /UNCONFIRMED SAMPLE$/, 'in the first line');
    t.match(text, /If it were imposed now · UNCONFIRMED SAMPLE/, 'and over the figures');
    t.throws(
      () => ownDocument('capability', record, record.agency),
      { code: 'message.refused' },
      'nobody publishes it',
    );
    t.throws(() => ownDocument('capability', { ...record, confirmed: true }, record.agency), {
      code: 'message.invalid',
    });
  }
});

t.test('the figures are those of the domain', async (t) => {
  for (const [state, figure] of Object.entries(FIGURES)) {
    const { power, measures } = await readSample(state, NOW);
    if (figure === null) {
      t.match({ power, measures }, { power: 'none', measures: [] }, state);
      continue;
    }
    const [action, number, unit, silence] = figure;
    const found = measures.find((measure) => measure.action === action);
    t.match(found?.duration, { number, unit, silence }, state);
  }
  const swiss = await readSample('CH', NOW);
  t.equal(swiss.measures[0]?.duration.firstDay, 'not-counted');
  const british = await readSample('GB', NOW);
  t.match(british.measures[0]?.duration.extensions, { count: 1, each: { number: 31 } });
});

t.test('a file that lost its marks is not used', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-samples-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const { source: _source, ...rest } = JSON.parse(await readFile('samples/jurisdictions/de.json', 'utf8')) as Record<
    string,
    unknown
  >;
  await writeFile(join(folder, 'de.json'), JSON.stringify(rest));
  await t.rejects(readSample('DE', NOW, folder), { code: 'input.unreadable' });
  await t.rejects(readSample('XX', NOW), { code: 'not-found', message: /there is one for BE, CH, / });
  await t.rejects(sampleStates(join(folder, 'none')), { code: 'not-found' });
});

t.test('nothing but the reader of samples knows where they lie', async (t) => {
  const readers: string[] = [];
  for (const workspace of ['protocol', 'client-sdk', 'cli', 'server', 'keys', 'log']) {
    const files = await readdir(`${workspace}/src`, { recursive: true });
    for (const file of files.filter((name) => name.endsWith('.ts')))
      if ((await readFile(join(workspace, 'src', file), 'utf8')).includes('jurisdictions'))
        readers.push(join(workspace, 'src', file));
  }
  t.same(readers, ['cli/src/input/samples.ts']);
});

t.test('by command, with no agency and no network', async (t) => {
  const home = await mkdtemp(join(tmpdir(), 'holdfast-samples-'));
  t.teardown(() => rm(home, { recursive: true }));
  const run = (...args: string[]) => runNode(['cli/dist/main.js', '--home', home, ...args]);
  const list = await run('capability', 'samples');
  t.equal(list.code, 0, list.stderr);
  const lines = list.stdout.trim().split('\n');
  t.equal(lines.length, (await sampleStates()).length);
  t.ok(
    lines.every((line) => /^[A-Z]{2} {2}UNCONFIRMED SAMPLE {2}/.test(line)),
    list.stdout,
  );
  const swiss = await run('preflight', 'samples/alert.json', '--sample', 'CH');
  t.equal(swiss.code, 0, swiss.stdout);
  t.match(swiss.stdout, /UNCONFIRMED SAMPLE/);
  const american = await run('--json', 'preflight', 'samples/alert.json', '--sample', 'US');
  t.equal(american.code, 2);
  t.match(american.events, [
    { event: 'preflight', to: null, sample: 'US', isSendable: false, route: { kind: 'diplomatic-channel' } },
    { event: 'error', code: 'preflight.blocked' },
  ]);
  t.equal((await run('preflight', 'samples/alert.json')).code, 2, 'neither agency nor sample');
});
