import { open, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import Database from 'better-sqlite3';
import t from 'tap';
import { type CommandResult, runNode } from '../fixtures/command.js';
import { makeTestNetwork, type TestNetwork, XA, XB } from '../fixtures/network.js';

// Some forty processes are started, one after the other.
t.setTimeout(180_000);

type Fields = Readonly<Record<string, unknown>>;

/** `holdfast` as an officer of `agency` types it. */
const officer =
  (network: TestNetwork, agency: string) =>
  (...args: string[]): Promise<CommandResult> =>
    runNode(['cli/dist/main.js', '--home', network.home, '--agency', agency, '--json', ...args], {
      HOLDFAST_UNLOCK_KEY_FILE: network.unlockFile,
    });

function one(run: CommandResult, event: string): Fields {
  const found = run.events.find((line) => line.event === event);
  if (found === undefined) throw new Error(`No ${event} in:\n${run.stdout}\n${run.stderr}`);
  return found;
}

/** Everything that the relay has ever taken: one receipt an envelope. */
function envelopesTaken({ database }: TestNetwork): number {
  const sql = new Database(database, { readonly: true });
  try {
    return Number(sql.prepare('SELECT COUNT(*) FROM receipts').pluck().get());
  } finally {
    sql.close();
  }
}

t.test('two officers settle a case by hand', async (t) => {
  const network = await makeTestNetwork();
  t.teardown(() => network.close());
  const a = officer(network, XA);
  const b = officer(network, XB);

  const found = await a('directory', 'find', '--state', 'XB');
  t.equal(found.code, 0, found.stderr);
  t.match(one(found, 'directory.agency'), { agency: XB, active: true, devices: 1 });

  const file = join(network.home, 'statement.bin');
  await writeFile(file, Buffer.alloc(100_000, 'statement '));
  const disclosed = await a('disclose', 'samples/disclosure.json', '--to', XB, '--attach', file);
  t.equal(disclosed.code, 0, disclosed.stderr);
  const disclosure = one(disclosed, 'message.accepted');
  const requested = await a('freeze', 'request', 'samples/alert.json', '--to', XB);
  t.equal(requested.code, 0, requested.stderr);
  const alert = one(requested, 'message.accepted');
  const conversation = String(alert.conversation);

  const inbox = await b('inbox');
  t.equal(inbox.code, 0, inbox.stderr);
  const items = inbox.events.filter(({ event }) => event === 'inbox.item');
  t.same(new Set(items.map(({ eh }) => eh)), new Set([alert.eh, disclosure.eh]), 'each message, once');
  const lead = items.find(({ eh }) => eh === disclosure.eh);
  const [attachment] = (lead?.attachments ?? []) as readonly Fields[];
  t.strictSame(Object.keys(attachment ?? {}), ['id', 'size'], 'the key of an attachment is not printed');
  t.equal((await b('inbox')).events.length, 0, 'what was read is not shown again');

  const target = join(network.home, 'fetched.bin');
  const fetched = await b(
    'attachment',
    'get',
    String(disclosure.conversation),
    String(attachment?.id),
    '--out',
    target,
  );
  t.equal(fetched.code, 0, fetched.stderr);
  t.ok((await readFile(target)).equals(await readFile(file)), 'the attachment, bit for bit');

  for (const [verb, sample] of [
    ['acknowledge', 'acknowledge'],
    ['impose', 'impose'],
  ] as const) {
    const run = await b('freeze', verb, conversation, `samples/${sample}.json`);
    t.equal(run.code, 0, `${verb}: ${run.stdout}${run.stderr}`);
    t.equal(one(run, 'message.accepted').conversation, conversation);
  }
  const again = await b('freeze', 'refuse', conversation, 'samples/refuse.json');
  t.equal(again.code, 5, 'what is decided cannot be refused');
  t.match(one(again, 'error'), { code: 'case.event-not-allowed', exitCode: 5 });

  t.equal((await a('inbox')).events.filter(({ event }) => event === 'inbox.item').length, 2);
  const shown = one(await a('case', 'show', conversation), 'case');
  t.match(shown, { kind: 'freeze', state: 'partial', agencies: [XA, XB] });
  t.strictSame(
    (shown.timeline as readonly { message: { kind: string } }[]).map(({ message }) => message.kind),
    ['freeze.request', 'freeze.acknowledge', 'freeze.impose'],
  );
  t.strictSame(shown.assets, one(await b('case', 'show', conversation), 'case').assets, 'both sides see the same');
  const cases = (await a('case', 'list')).events;
  t.same(new Set(cases.map((found) => found.conversation)), new Set([conversation, disclosure.conversation]));
  // One id in sixty-four begins with a hyphen.
  t.equal((await a('case', 'show', '-erLLpWfqA8Y9EqoZypazg')).code, 3, 'an id is not taken for an option');
  const outbox = (await a('outbox')).events;
  t.equal(outbox.find(({ id }) => id === alert.id)?.state, 'decided');
  t.notMatch(JSON.stringify([shown, cases]), /"key":/, 'no key in any output of a case');

  const year = String(new Date().getUTCFullYear());
  type Rows = readonly { readonly keys: Fields; readonly values: Fields }[];
  const requestsOf = (run: CommandResult): Rows => {
    const { tables } = one(run, 'statistics').statistics as {
      readonly tables: readonly (Fields & { readonly rows: Rows })[];
    };
    return tables.find(({ name }) => name === 'requests')?.rows ?? [];
  };
  const whole = await a('stats', '--year', year, '--time-zone', 'UTC');
  t.equal(whole.code, 0, whole.stderr);
  t.strictSame(
    requestsOf(whole).find(({ keys }) => keys.direction === 'sent' && keys.form === 'all')?.values,
    { requests: 2, cases: 2 },
    'the agency sees its own year whole',
  );
  const exported = await a('stats', '--year', year, '--export');
  t.ok(requestsOf(exported).every(({ values }) => JSON.stringify(values.requests) === '{"suppressed":true}'));
  const folder = join(network.home, 'report');
  const written = one(await a('stats', '--year', year, '--format', 'csv', '--to', folder), 'statistics.written');
  t.match(written, { year: Number(year), format: 'csv', threshold: 5 });
  t.strictSame((await readdir(folder)).length, (written.files as readonly string[]).length);
  t.match(await readFile(join(folder, 'requests.csv'), 'utf8'), `${year},sent,freeze-alert,suppressed,suppressed\r\n`);
  t.equal((await a('stats', '--year', year, '--format', 'csv', '--to', folder)).code, 5, 'nothing is written over');
  const everything = join(network.home, 'all.json');
  t.equal((await a('stats', '--year', year, '--format', 'json', '--threshold', '1', '--to', everything)).code, 0);
  t.match(JSON.parse(await readFile(everything, 'utf8')), { agency: XA, threshold: 1 });
  for (const wrong of [
    ['--year', 'last'],
    ['--year', year, '--format', 'csv'],
    ['--year', year, '--threshold', '9'],
  ])
    t.equal((await a('stats', ...wrong)).code, 2, wrong.join(' '));
});

/** A command for each bad sample; `impose-*` needs an alert that waits for a decision. */
function commandFor(name: string, path: string, conversation: string, fed: string, url: string): string[] {
  const [kind = ''] = name.split('-');
  switch (kind) {
    case 'alert':
      return ['freeze', 'request', path, '--to', XB];
    case 'disclosure':
      return ['disclose', path, '--to', XB];
    case 'impose':
      return ['freeze', 'impose', conversation, path];
    case 'capability':
      return [
        '--relay',
        url,
        'agency',
        'register',
        '--fed',
        fed,
        '--entry',
        'samples/entry-xb.json',
        '--capability',
        path,
      ];
    default:
      throw new Error(`${name} belongs to no command`);
  }
}

t.test('every bad file is refused with its field and reason, and nothing is sent', async (t) => {
  const network = await makeTestNetwork();
  t.teardown(() => network.close());
  const a = officer(network, XA);
  const b = officer(network, XB);
  const alert = one(await a('freeze', 'request', 'samples/alert.json', '--to', XB), 'message.accepted');
  const conversation = String(alert.conversation);
  t.equal((await b('inbox')).code, 0);
  // Receipts of what was read may still be on their way; then nothing moves any more.
  t.equal((await a('inbox')).code, 0);
  const before = envelopesTaken(network);
  const statements = chainLength(network);

  const nonsense = join(network.home, 'alert-nonsense.json');
  const sparse = await open(nonsense, 'w');
  await sparse.truncate(200_000_000);
  await sparse.close();
  const files = (await readdir('samples/bad')).filter((name) => name.endsWith('.json'));
  t.ok(files.length >= 15);
  // At most one of them gets as far as opening a device, so that they can run side by side.
  const all: (readonly [string, string])[] = files.map((file) => [file, join('samples', 'bad', file)]);
  all.push(['alert-nonsense.json', nonsense]);
  await Promise.all(
    all.map(async ([name, path]) => {
      const as = name.startsWith('alert') || name.startsWith('disclosure') ? a : b;
      const run = await as(...commandFor(name, path, conversation, network.trust.fed, network.url));
      t.equal(run.code, 2, `${name}: ${run.stdout}${run.stderr}`);
      const issues = one(run, 'error').issues as readonly { field: string; reason: string }[];
      const named = issues.length > 0 && issues.every(({ field, reason }) => field !== '' && reason !== '');
      t.ok(named, `${name} is refused for ${JSON.stringify(issues)}`);
    }),
  );
  t.equal(envelopesTaken(network), before, 'the relay has taken nothing');
  t.equal(chainLength(network), statements, 'no statement was published either');
  t.equal((await b('inbox')).events.length, 0, 'and nothing came');
  t.notOk(
    (await a('outbox')).events.some(({ state }) => state === 'queued'),
    'and nothing waits to be sent',
  );
});

function chainLength({ database }: TestNetwork): number {
  const sql = new Database(database, { readonly: true });
  try {
    return Number(sql.prepare('SELECT COUNT(*) FROM statements').pluck().get());
  } finally {
    sql.close();
  }
}

t.test('an alert is not sent on a capability record that has expired', async (t) => {
  // Published while it still holds; the machine's clock does the rest.
  const expiresAtMs = Date.now() + 5000;
  const network = await makeTestNetwork({
    capability: (sample, agency) => (agency === XB ? { ...(sample as object), expiresAtMs } : sample),
  });
  t.teardown(() => network.close());
  const a = officer(network, XA);
  t.equal((await a('directory', 'find')).code, 0);
  const before = envelopesTaken(network);
  await setTimeout(expiresAtMs - Date.now());
  const run = await a('freeze', 'request', 'samples/alert.json', '--to', XB);
  t.equal(run.code, 2, run.stderr);
  t.match(one(run, 'error'), { code: 'capability.expired', issues: [{ field: 'to', reason: /expired/ }] });
  t.equal(envelopesTaken(network), before);
});
