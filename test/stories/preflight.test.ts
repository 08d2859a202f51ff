/** An officer asks before sending, an administrator keeps the entry good: processes over a running relay. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isSdkError } from '@holdfast/client-sdk';
import t from 'tap';
import { type CommandResult, runNode } from '../fixtures/command.js';
import { acknowledgeBody, imposeDraft, makeTestNetwork, requestBody, soon, XA, XB, XC } from '../fixtures/network.js';

t.setTimeout(180_000);

type Fields = Readonly<Record<string, unknown>>;

function one(run: CommandResult, event: string): Fields {
  const found = run.events.find((line) => line.event === event);
  if (found === undefined) throw new Error(`No ${event} in:\n${run.stdout}\n${run.stderr}`);
  return found;
}

t.test('before sending, by command', async (t) => {
  const network = await makeTestNetwork({
    agencies: [XA, XB, XC],
    entry: (sample, agency) =>
      agency === XB
        ? { ...(sample as object), requirements: [{ requires: 'advance-copy' }, { requires: 'reciprocity' }] }
        : sample,
  });
  t.teardown(() => network.close());
  const as =
    (agency: string, ...options: string[]) =>
    (...args: string[]): Promise<CommandResult> =>
      runNode(['cli/dist/main.js', '--home', network.home, '--agency', agency, ...options, ...args], {
        HOLDFAST_UNLOCK_KEY_FILE: network.unlockFile,
      });
  const a = as(XA, '--json');
  const b = as(XB, '--json');

  // What would have to be returned is not sent.
  const sample = JSON.parse(await readFile('samples/alert.json', 'utf8')) as { basis: object; mla: object };
  const lacking = join(network.home, 'alert.json');
  await writeFile(lacking, JSON.stringify({ ...sample, basis: { ...sample.basis, reciprocity: 'not-assured' } }));
  const blocked = await a('preflight', lacking, '--to', XB);
  t.equal(blocked.code, 2, blocked.stderr);
  t.match(one(blocked, 'preflight'), {
    to: XB,
    isSendable: false,
    answers: {
      missing: ['mla.advanceCopyHash', 'basis.reciprocity'],
      figures: 'unconfirmed',
      duty: { state: { kind: 'on-duty' } },
    },
  });
  t.match(one(blocked, 'error'), { code: 'preflight.blocked' });
  const refused = await a('freeze', 'request', lacking, '--to', XB);
  t.equal(refused.code, 2);
  t.match(one(refused, 'error'), {
    code: 'preflight.blocked',
    issues: [{ field: 'mla.advanceCopyHash' }, { field: 'basis.reciprocity' }],
  });
  t.same((await a('outbox')).events, [], 'nothing was queued');

  // Unless the sender insists and says why; then the recipient reads it first.
  const insisted = await a('freeze', 'request', lacking, '--to', XB, '--insist', 'The transfer is expected tonight.');
  t.equal(insisted.code, 0, insisted.stderr);
  const inbox = await as(XB)('inbox');
  t.match(inbox.stdout, /SENT THOUGH ITS OWN CHECK SAID: requirement\.missing/);
  t.match(inbox.stdout, /\| The transfer is expected tonight\./);

  // An agency that decides only through others, at night, by the diplomatic channel.
  const text = await as(XA)('preflight', 'samples/alert.json', '--to', XC);
  t.match(text.stdout, /^Before sending to xc-aca: .*UNCONFIRMED figures/);
  t.match(text.stdout, /contact\.original-follows/);
  t.match(text.stdout, /duty\.test-old \(\(top\)\): The duty telephone was never tested\./);

  // The directory, by what an agency says of itself.
  const ids = async (...args: string[]): Promise<string[]> => {
    const run = await a('directory', 'find', ...args);
    return run.events.map(({ agency }) => String(agency)).sort();
  };
  t.same(await ids('--state', 'XB'), [XB]);
  t.same(await ids('--network', 'rrag'), [XC]);
  t.same(await ids('--type', 'aca'), [XC]);
  t.same(await ids('--competence', 'virtual assets'), [XB]);
  t.same(await ids('--text', 'belmora unit', '--state', 'XC'), []);
  t.equal((await a('directory', 'find', '--state', 'x')).code, 2);
  t.equal((await a('directory', 'find', '--type', 'police')).code, 2);
  t.match((await as(XA)('directory', 'find', '--state', 'XB')).stdout, /UNCONFIRMED FIGURES/);

  // A live test is recorded in the agency's own entry, and everybody reads it.
  const day = new Date(Date.now() - 2 * 86_400_000).toISOString().slice(0, 10);
  const c = as(XC, '--json');
  t.match(one(await c('directory', 'duty-test', '--on', day), 'directory.published'), {
    agency: XC,
    lastLiveTestOn: day,
  });
  t.equal((await c('directory', 'duty-test', '--on', '2999-01-01')).code, 2, 'not before it was made');
  const shown = one(await a('directory', 'show', XC), 'directory.agency') as {
    entry: { dutyRoster: Fields; verifiedOnMs: number };
  };
  t.equal(shown.entry.dutyRoster.lastLiveTestOn, day);
  t.match((await as(XA)('directory', 'show', XC)).stdout, new RegExp(`last live test +${day}\\n`));

  // Entry and record are said again, each as the next statement of the chain.
  const again = one(await c('directory', 'confirm', '--days', '90'), 'directory.published') as {
    seq: number;
    expiresAtMs: number;
  };
  const record = one(await c('capability', 'confirm', '--days', '60'), 'capability.published') as { seq: number };
  t.equal(record.seq, again.seq + 1);
  const later = one(await a('directory', 'show', XC), 'directory.agency') as typeof shown;
  t.ok(later.entry.verifiedOnMs > shown.entry.verifiedOnMs);
  t.equal(later.entry.dutyRoster.lastLiveTestOn, day, 'the live test stays');
  t.equal((await c('capability', 'publish', 'samples/capability-xa.json')).code, 2, "another agency's record");
  t.equal((await c('capability', 'publish', 'samples/jurisdictions/ch.json')).code, 2, 'a sample');
  t.equal((await c('capability', 'check', 'samples/capability-xc.json')).code, 0);
  t.match(one(await b('capability', 'show', XC), 'capability'), {
    unconfirmed: true,
    observed: null,
    freshness: { kind: 'fresh' },
  });
});

t.test('what an agency did stands beside what it declares', async (t) => {
  const network = await makeTestNetwork();
  t.teardown(() => network.close());

  const a = await network.open(XA);
  const b = await network.open(XB);
  await Promise.all([a.caughtUp({ signal: soon() }), b.caughtUp({ signal: soon() })]);
  const sent = await a.freeze.request({ to: XB, body: await requestBody() });
  await sent.until('delivered', { signal: soon() });
  const { conversation } = sent;
  await b.freeze.acknowledge({ conversation, body: await acknowledgeBody() });
  const body = await b.freeze.imposition({ conversation, input: await imposeDraft() });
  const decided = await b.freeze.impose({ conversation, body });
  await decided.until('delivered', { signal: soon() });
  t.match(a.observed(XB), {
    alerts: 1,
    silent: 0,
    imposed: 1,
    acknowledge: { flash: { count: 1 } },
    decide: { flash: { count: 1 } },
  });
  t.equal(b.observed(XA), null, 'they have asked us nothing');
  const { answers } = await a.preflight({ to: XB, body: await requestBody() }, { signal: soon() });
  t.same(answers.observed, a.observed(XB), 'and stands in the next check');
  const nobody = await a
    .preflight({ to: 'xz-none' as typeof XB, body: await requestBody() }, { signal: soon() })
    .catch((error: unknown) => error);
  t.ok(isSdkError(nobody, 'directory.unknown-agency'));
  await a.close();
  const shown = await runNode(['cli/dist/main.js', '--home', network.home, '--agency', XA, 'capability', 'show', XB], {
    HOLDFAST_UNLOCK_KEY_FILE: network.unlockFile,
  });
  t.match(shown.stdout, /UNCONFIRMED: /);
  t.match(shown.stdout, /Observed\n {2}alerts +1, of which 0 never answered\n/);
  t.match(shown.stdout, /imposed +1 \(100 %\)/);
});
