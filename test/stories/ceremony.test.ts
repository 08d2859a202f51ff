/** The ceremonies of docs/ceremony.md, by the real commands, each of which must stand on that page and the other way round. */
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from '@holdfast/keys';
import { completeConfig, createRelayKey, type RunningRelay, startRelay } from '@holdfast/server';
import t from 'tap';
import { type CommandResult, runNode } from '../fixtures/command.js';
import { ORIGIN } from '../fixtures/network.js';

// Some fifty processes are started, most of them one after the other.
t.setTimeout(300_000);

type Fields = Readonly<Record<string, unknown>>;
type Assertions = Pick<typeof t, 'equal' | 'match'>;

const home = await mkdtemp(join(tmpdir(), 'holdfast-ceremony-'));
let relay: RunningRelay | undefined;
t.teardown(async () => {
  await relay?.stop();
  await rm(home, { recursive: true, force: true });
});
const relayData = join(home, 'relay');
await mkdir(relayData, { mode: 0o700 });
const federation = join(home, 'federation');
const agency = join(home, 'agency', 'xa-fiu');

/** A key file for each holder, one for the administrator and one for an officer. */
async function keyFile(name: string): Promise<string> {
  const path = join(home, `${name}.key`);
  await writeFile(path, randomBytes(32), { mode: 0o600 });
  return path;
}
const admin = await keyFile('admin');
const rootFiles = async (who: string, first: number, count: number): Promise<Record<string, string>> => {
  const env: Record<string, string> = {};
  for (let number = first; number < first + count; number++)
    env[`HOLDFAST_ROOT_${number}_KEY_FILE`] = await keyFile(`${who}-${number}`);
  return env;
};

/** What has been typed, without its values: the words of the command and its options. */
const typed: { readonly command: string; readonly options: ReadonlySet<string> }[] = [];
function shapeOf(words: readonly string[]): (typeof typed)[number] {
  const end = words.findIndex((word) => !/^[a-z]+$/.test(word));
  return {
    command: words.slice(0, end === -1 ? words.length : end).join(' '),
    options: new Set(words.filter((word) => /^--[a-z]/.test(word))),
  };
}

async function holdfast(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<CommandResult> {
  typed.push(shapeOf(args));
  const run = await runNode(['cli/dist/main.js', '--home', home, '--json', ...args], {
    HOLDFAST_UNLOCK_KEY_FILE: admin,
    ...env,
  });
  return run;
}
async function done(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<CommandResult> {
  const run = await holdfast(args, env);
  t.equal(run.code, 0, `${args.slice(0, 3).join(' ')}: ${run.stdout}${run.stderr}`);
  return run;
}
function event(run: CommandResult, name: string): Fields {
  const found = run.events.find((line) => line.event === name);
  if (found === undefined) throw new Error(`No ${name} in:\n${run.stdout}\n${run.stderr}`);
  return found;
}
const holder = (who: string, number: number): Record<string, string> => ({
  HOLDFAST_UNLOCK_KEY_FILE: join(home, `${who}-${number}.key`),
});
const draftOf = (run: CommandResult): string => String(event(run, 'draft.made').file);
const summaryOf = (run: CommandResult, name = 'draft.made'): string => JSON.stringify(event(run, name).summary);
const signs = (group: readonly string[], draft: string, who: string, number: number, folder: string) =>
  done([...group, 'sign', draft, '--yes', '--key', folder], holder(who, number));
const signsAtSecretariat = (draft: string, number: number) =>
  signs(['federation'], draft, 'fed', number, join(federation, 'root', String(number)));
const signsAtAgency = (draft: string, number: number) =>
  signs(['agency', 'root'], draft, 'xa', number, join(agency, 'root', String(number)));

t.test('a federation and an agency begin, each with 2 of 3', async (t) => {
  const relayKey = createRelayKey(join(relayData, 'relay.key')).publicKey;
  const [made, request] = await Promise.all([
    done(
      // biome-ignore format: as it is typed
      ['federation', 'init', '--name', 'Ceremony', '--use', 'sandbox', '--relay-origin', ORIGIN, '--relay-key', relayKey,
        '--root-keys', '3', '--threshold', '2'],
      await rootFiles('fed', 1, 3),
    ),
    done(
      ['agency', 'init', 'xa-fiu', '--name', 'FIU of Arvenia', '--root-keys', '3', '--threshold', '2'],
      await rootFiles('xa', 1, 3),
    ),
  ]);
  const fed = String(event(made, 'trust-list.signed').fed);
  // One holder of the federation has gone home with the key.
  const carried = join(home, 'stick');
  await rename(join(federation, 'root', '3'), carried);

  const admitted = await done(['federation', 'admit', String(event(request, 'agency.made').request)]);
  const draft = draftOf(admitted);
  t.match(summaryOf(admitted), /xa-fiu \\"FIU of Arvenia\\" is ADMITTED \(active\) under the root 2 of/);
  const early = await signs(['federation'], draft, 'fed', 3, carried);
  t.match(early.stderr, /xa-fiu "FIU of Arvenia" is ADMITTED/, 'shown before it is signed');
  const unfinished = await holdfast(['federation', 'finish', draft]);
  t.equal(unfinished.code, 4);
  t.match(event(unfinished, 'error'), {
    code: 'signatures.missing',
    message: /1 more of the root keys: of any 1 of [\w-]{8}…, [\w-]{8}…/,
  });
  const unclear = await holdfast(['federation', 'sign', draft, '--yes'], holder('fed', 1));
  t.equal(unclear.code, 2, 'two folders are here: nobody is signed for by guesswork');
  await rename(join(federation, 'root', '2'), join(home, 'stick-2'));
  const unread = await holdfast(['federation', 'sign', draft], holder('fed', 1));
  t.equal(unread.code, 2, 'nobody signs unread');
  await done(['federation', 'sign', draft, '--yes'], holder('fed', 1));
  await done(['federation', 'finish', draft]);
  await rename(join(home, 'stick-2'), join(federation, 'root', '2'));
  await rename(carried, join(federation, 'root', '3'));

  const trustListFile = join(federation, 'trust-lists', '1.json');
  relay = await startRelay(completeConfig({ port: 0, dataDir: relayData, origin: ORIGIN, fed, trustListFile }), {
    log: () => undefined,
  });
  await done(['federation', 'publish', '--relay', relay.url]);
  // biome-ignore format: as it is typed
  const registering = ['agency', 'register', '--relay', relay.url, '--fed', fed, '--entry', 'samples/entry-xa.json',
    '--capability', 'samples/capability-xa.json'];
  const first = await holdfast(registering);
  t.equal(first.code, 4, 'the root has to certify the directory key first');
  const [named] = event(first, 'error').issues as readonly { reason: string }[];
  const directory = String(named?.reason);
  await signsAtAgency(directory, 1);
  const signed = await signsAtAgency(directory, 2);
  t.strictSame(event(signed, 'draft.signed').missing, []);
  t.match(event(await done(['agency', 'root', 'publish', directory]), 'statement.published'), {
    kind: 'directory-key',
  });
  t.match(event(await done(registering), 'agency.registered'), { agency: 'xa-fiu', seq: 2 });
  await done(['device', 'enrol', 'gateway-1']);
});

async function rotateFederation(t: Assertions): Promise<void> {
  const list = JSON.parse(
    Buffer.from(
      (JSON.parse(await readFile(join(federation, 'trust-lists', '1.json'), 'utf8')) as { payload: string }).payload,
      'base64url',
    ).toString(),
  ) as { root: { keys: string[] } };
  const rotating = await done(
    // biome-ignore format: as it is typed
    ['federation', 'rotate', '--root-keys', '3', '--threshold', '2', '--keep', String(list.root.keys[0]), String(list.root.keys[1])],
    await rootFiles('fed', 4, 1),
  );
  t.match(summaryOf(rotating), /the ROOT KEYS OF THE FEDERATION are replaced/);
  await signsAtSecretariat(draftOf(rotating), 1);
  await signsAtSecretariat(draftOf(rotating), 4);
  const half = await holdfast(['federation', 'finish', draftOf(rotating)]);
  t.match(event(half, 'error'), { message: /1 more of the root keys in force until now/ });
  await signsAtSecretariat(draftOf(rotating), 2);
  await done(['federation', 'finish', draftOf(rotating)]);
}

async function addAndRevokeOfficer(t: Assertions): Promise<void> {
  const shared = await holdfast(['officer', 'add', 'analyst-1', '--role', 'analyst'], {
    HOLDFAST_OFFICER_KEY_FILE: admin,
  });
  t.match(event(shared, 'error'), { code: 'officer.unlock-shared', exitCode: 2 });
  const password = join(home, 'officer.password');
  await writeFile(password, 'the officer types this\n');
  const added = await done(['officer', 'add', 'analyst-1', '--role', 'analyst', 'duty'], {
    HOLDFAST_OFFICER_PASSWORD_FILE: password,
  });
  const { officer } = event(added, 'officer.added');
  t.match(event(await done(['officer', 'list']), 'officer'), {
    id: officer,
    name: 'analyst-1',
    roles: ['analyst', 'duty'],
    revoked: null,
  });
  await done(['officer', 'revoke', 'analyst-1', '--reason', 'left-service']);
  const status = await done(['keys', 'status']);
  const row = (what: string) => status.events.find((line) => line.what === what);
  t.match(row('officer'), { revoked: { reason: 'left-service' } });
  t.match(row('device'), { name: 'gateway-1', daysLeft: 179, epochKeys: { daysAhead: 44, held: 45 }, warning: null });
  t.match(row('directory-key'), { daysLeft: 364 });
  t.equal(status.events.filter((line) => line.what === 'root').length, 3);
}

t.test("officers sign with what is their own; the federation's root goes to other holders meanwhile", async (t) => {
  await Promise.all([addAndRevokeOfficer(t), rotateFederation(t)]);
});

t.test('a device is stolen in the night; another takes its place; the directory key is renewed', async (t) => {
  await done(['device', 'enrol', 'gateway-2']);
  await done(['device', 'revoke', 'gateway-1', '--reason', 'compromised']);
  const stolen = await runNode(['cli/dist/main.js', '--home', home, '--json', '--device', 'gateway-1', 'inbox'], {
    HOLDFAST_UNLOCK_KEY_FILE: admin,
  });
  t.equal(stolen.code, 4, 'the relay lets it in no more');
  await done(['device', 'enrol', 'gateway-3', '--replaces', 'gateway-2']);
  const devices = (await done(['device', 'list'])).events.map(({ name, revoked }) => [name, revoked]);
  t.match(devices, [
    ['gateway-1', { reason: 'compromised' }],
    ['gateway-2', { reason: 'superseded' }],
    ['gateway-3', null],
  ]);

  const renewing = await holdfast(['keys', 'rotate', 'directory']);
  t.equal(renewing.code, 4);
  const draft = join(
    agency,
    'drafts',
    String(event(renewing, 'error').message).match(/\d+-directory-key\.json/)?.[0] ?? '',
  );
  await signsAtAgency(draft, 1);
  await signsAtAgency(draft, 3);
  await done(['agency', 'root', 'publish', draft]);
  const renewed = event(await done(['keys', 'rotate', 'directory']), 'directory-key.rotated');

  const revoking = await done(['keys', 'revoke', String(renewed.key), '--reason', 'compromised', '--by', 'root']);
  t.match(summaryOf(revoking), new RegExp(`REVOKES this key.*${String(renewed.key)}`));
  await signsAtAgency(draftOf(revoking), 2);
  await signsAtAgency(draftOf(revoking), 3);
  await done(['agency', 'root', 'publish', draftOf(revoking)]);
});

t.test('a holder is lost; then too many', async (t) => {
  const shown = event(await done(['agency', 'root', 'show']), 'root');
  const [one, , three] = shown.keys as readonly { readonly key: string }[];
  const replaced = await done(
    // biome-ignore format: as it is typed
    ['agency', 'root', 'replace', '--root-keys', '3', '--threshold', '2', '--keep', String(one?.key), String(three?.key)],
    await rootFiles('xa', 4, 1),
  );
  const draft = draftOf(replaced);
  await signsAtAgency(draft, 1);
  await signsAtAgency(draft, 4);
  const refused = await holdfast(['agency', 'root', 'publish', draft]);
  t.match(event(refused, 'error'), {
    code: 'signatures.missing',
    message: /1 more of the root keys in force until now/,
  });
  await signsAtAgency(draft, 3);
  t.match(event(await done(['agency', 'root', 'publish', draft]), 'statement.published'), { rootTrust: 'succeeded' });

  const anew = await done(
    ['agency', 'root', 'replace', '--root-keys', '2', '--threshold', '1'],
    await rootFiles('xa', 5, 2),
  );
  await signsAtAgency(draftOf(anew), 5);
  const alone = await holdfast(['agency', 'root', 'publish', draftOf(anew)]);
  t.equal(alone.code, 4, 'the federation has not vouched for it');
  const vouching = await done(['federation', 'admit', join(agency, 'membership-request.json'), '--new-root']);
  t.match(summaryOf(vouching), /VOUCHES for other root keys of xa-fiu/);
  await signsAtSecretariat(draftOf(vouching), 1);
  await signsAtSecretariat(draftOf(vouching), 2);
  await done(['federation', 'finish', draftOf(vouching)]);

  const suspending = await done(['federation', 'suspend', 'xa-fiu']);
  t.match(summaryOf(suspending), /xa-fiu is now SUSPENDED/);
  const url = relay?.url ?? '';
  t.equal((await done(['federation', 'publish', '--relay', url])).events.length, 2);
  const published = await done(['agency', 'root', 'publish', draftOf(anew)]);
  t.match(event(published, 'statement.published'), { kind: 'root', rootTrust: 'vouched' });
  t.match(event(await done(['agency', 'root', 'show']), 'root'), { threshold: 1, rootTrust: 'vouched' });
});

t.test('the guide and this story are about the same commands', async (t) => {
  const guide = await readFile('docs/ceremony.md', 'utf8');
  const blocks = [...guide.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block ?? '');
  const lines = blocks.flatMap((block) => block.split('\n')).filter((line) => line.startsWith('holdfast '));
  t.ok(lines.length > 30);
  const taught = lines.map((line) => shapeOf((line.split(' #')[0] ?? '').trim().split(/ +/).slice(1)));
  for (const [index, { command, options }] of taught.entries())
    t.ok(
      typed.some((run) => run.command === command && [...options].every((option) => run.options.has(option))),
      `the guide's "${lines[index]}" was run`,
    );
  for (const command of new Set(typed.map((run) => run.command)))
    t.ok(
      taught.some((line) => line.command === command),
      `"${command}" stands in the guide`,
    );
});
