// `holdfast keys`: fingerprints, copies of keystores, the keyring, the archive key and recovery, each by the command as a user runs it.
import { rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomBytes } from '@holdfast/keys';
import t from 'tap';
import { type CommandResult, runNode } from '../fixtures/command.js';
import { disclosureBody, makeTestNetwork, soon, type TestNetwork, XA, XB } from '../fixtures/network.js';
import { loseDevices } from '../fixtures/recovery.js';

let network: TestNetwork;
t.before(async () => {
  network = await makeTestNetwork();
});
t.teardown(() => network.close());

/** Runs a command on the network's home, as the agency. */
function holdfast(agency: string, args: readonly string[], env: Record<string, string> = {}): Promise<CommandResult> {
  const main = ['cli/dist/main.js', '--json', '--home', network.home, '--agency', agency];
  return runNode([...main, ...args], { HOLDFAST_UNLOCK_KEY_FILE: network.unlockFile, ...env });
}
const keyFile = (name: string): string => {
  const path = join(network.home, `${name}.key`);
  writeFileSync(path, randomBytes(32), { mode: 0o600 });
  return path;
};

t.test('fingerprint: both sides see the same, and --expect tells by its exit code', async (t) => {
  const own = await holdfast(XB, ['keys', 'fingerprint']);
  const [mine] = own.events;
  t.match(mine, { event: 'fingerprint', agency: XB, digits: /^(\d{5} ){11}\d{5}$/, words: /^([a-z]+ ){11}[a-z]+$/ });
  const seen = await holdfast(XA, ['keys', 'fingerprint', XB]);
  t.strictSame(seen.events, own.events, 'as the other agency sees it in the directory');
  const typed = String(mine?.words).toUpperCase().replaceAll(' ', '-');
  const [same, other, short, federation] = await Promise.all([
    holdfast(XB, ['keys', 'fingerprint', '--expect', typed]),
    holdfast(XA, ['keys', 'fingerprint', '--expect', String(mine?.digits)]),
    holdfast(XB, ['keys', 'fingerprint', '--expect', '12345']),
    holdfast(XA, ['keys', 'fingerprint', '--federation']),
  ]);
  t.match(same, { code: 0 });
  t.match(same.events[0], { form: 'words', matches: true });
  t.match(other, { code: 4 });
  t.match(other.events, [
    { event: 'fingerprint', form: 'digits', matches: false },
    { event: 'error', code: 'fingerprint.differs' },
  ]);
  t.match(short, { code: 4 }, 'a part is no comparison');
  t.match(federation.events[0], { agency: null, fed: network.trust.fed });
  t.match(await holdfast(XA, ['keys', 'fingerprint', 'xz-none']), { code: 3 });
});

t.test('export and import: one size, nothing written over, another root refused', async (t) => {
  const env = { HOLDFAST_EXPORT_KEY_FILE: keyFile('export') };
  const file = (name: string): string => join(network.home, name);
  await Promise.all(
    ['root/1', 'directory', 'device'].map(async (keystore) => {
      const out = file(`${keystore.replace('/', '-')}.export`);
      t.match(await holdfast(XA, ['keys', 'export', '--keystore', keystore, '--out', out], env), { code: 0 }, keystore);
      t.equal(statSync(out).size, 65_536);
      t.equal(statSync(out).mode & 0o777, 0o600);
    }),
  );
  const wrong = { HOLDFAST_EXPORT_KEY_FILE: keyFile('other') };
  const [here, twice, unknown, locked] = await Promise.all([
    holdfast(XA, ['keys', 'import', file('device.export')], env),
    holdfast(XA, ['keys', 'export', '--keystore', 'root/1', '--out', file('root-1.export')], env),
    holdfast(XA, ['keys', 'export', '--keystore', 'day-wrap', '--out', file('x')], env),
    holdfast(XA, ['keys', 'import', file('root-1.export')], wrong),
  ]);
  t.match(here, { code: 5 }, 'the keystore is here already');
  t.match(twice, { code: 5 }, 'the file is here already');
  t.match(unknown, { code: 2 });
  t.match(locked, { code: 4 });

  // On a new machine: the home is made out of the files, and opens with what is given there.
  const elsewhere = join(network.home, 'elsewhere');
  const newUnlock = { HOLDFAST_UNLOCK_KEY_FILE: keyFile('new'), ...env };
  const there = (args: readonly string[]): Promise<CommandResult> =>
    runNode(['cli/dist/main.js', '--json', '--home', elsewhere, ...args], newUnlock);
  for (const keystore of ['directory', 'device']) {
    const imported = await there(['keys', 'import', file(`${keystore}.export`)]);
    t.match(imported, { code: 0 }, imported.stderr);
  }
  const own = await holdfast(XA, ['keys', 'fingerprint']);
  t.strictSame((await there(['keys', 'fingerprint'])).events, own.events);
  const enrolled = await there(['device', 'enrol', 'second']);
  t.match(enrolled, { code: 0 }, `the directory key works there: ${enrolled.stderr}`);
  t.match(await there(['--device', 'gateway', 'outbox']), { code: 0 }, 'the device opens, with an archive of its own');
  rmSync(elsewhere, { recursive: true });
  const fresh = await there(['agency', 'init', XA, '--name', 'Another agency of the same id']);
  t.match(fresh, { code: 0 });
  const stranger = await there(['keys', 'import', file('device.export')]);
  t.match(stranger.events[0], { code: 'keystore.not-this-agency', exitCode: 5 }, 'other root keys are here');
});

t.test('a keyring that is not there: a code, and what to do instead', async (t) => {
  // Elsewhere the keyring is no bus that could be made unreachable.
  if (process.platform !== 'linux') return;
  const env = { HOLDFAST_KEYRING: 'holdfast-test', DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/bus' };
  const main = ['cli/dist/main.js', '--json', '--home', network.home, '--agency', XA];
  const opened = await runNode([...main, 'outbox'], env);
  t.equal(opened.code, 69);
  t.match(opened.events[0], {
    event: 'error',
    code: 'keyring.unavailable',
    message: /HOLDFAST_UNLOCK_KEY_FILE.*\/dev\/fd/,
  });
  const stored = await holdfast(XA, ['keys', 'keyring', 'store', 'holdfast-test'], env);
  t.match(stored.events[0], { code: 'keyring.unavailable' });
  t.match(await holdfast(XA, ['keys', 'keyring', 'store', '../x'], env), { code: 2 });
  t.match(await holdfast(XA, ['outbox'], env), { code: 0 }, 'a key file comes first, and the keyring is not asked');
});

t.test('the archive key, its custodians, and recovery', async (t) => {
  const custodians = {
    HOLDFAST_CUSTODIAN_1_KEY_FILE: keyFile('ada'),
    HOLDFAST_CUSTODIAN_2_KEY_FILE: keyFile('bo'),
  };
  const two = ['--custodian', 'ada', '--custodian', 'bo'];
  t.match(await holdfast(XB, ['keys', 'archive', 'status']), { code: 3 }, 'there is none yet');
  t.match(
    await holdfast(XB, ['keys', 'archive', 'init', '--custodian', 'ada'], custodians),
    { code: 2 },
    'one is too few',
  );
  const officer = await holdfast(XB, ['officer', 'add', 'ada', '--role', 'admin'], {
    HOLDFAST_OFFICER_KEY_FILE: keyFile('ada-signs'),
  });
  t.match(officer, { code: 0 }, officer.stderr);
  const made = await holdfast(XB, ['keys', 'archive', 'init', ...two], custodians);
  t.match(made.events[0], { event: 'archive.published', published: true, custodians: { length: 2 } }, made.stderr);
  const numbers = made.events[0]?.custodians;
  t.ok(Array.isArray(numbers) && numbers.includes(officer.events[0]?.officer), "ada's number is the officer's");
  t.match(await holdfast(XB, ['keys', 'archive', 'init', ...two], custodians), { code: 2 }, 'once only');
  const again = await holdfast(XB, ['keys', 'archive', 'publish']);
  t.match(again.events[0], { published: false });
  const third = { ...custodians, HOLDFAST_NEW_CUSTODIAN_KEY_FILE: keyFile('cy') };
  const added = await holdfast(XB, ['keys', 'archive', 'add-custodian', 'cy', ...two], third);
  t.match(added.events[0], { custodians: { length: 3 } }, added.stderr);

  const [a, b] = [await network.open(XA), await network.open(XB)];
  await b.online({ signal: soon() });
  const sent = await a.disclose({ to: XB, body: await disclosureBody() });
  await sent.until('delivered', { signal: soon() });
  const { conversation } = sent;
  await Promise.all([a.close(), b.close()]);
  const from = loseDevices(network, XB);
  t.match(await holdfast(XB, ['device', 'enrol', 'second']), { code: 0 });

  const recover = (names: readonly string[], env: Record<string, string>): Promise<CommandResult> =>
    holdfast(XB, ['--device', 'second', 'keys', 'recover', '--from', from, ...names], env);
  t.match(await recover(['--custodian', 'ada'], custodians), { code: 2 });
  t.match(
    await recover(['--custodian', 'ada', '--custodian', 'ada'], {
      ...custodians,
      HOLDFAST_CUSTODIAN_2_KEY_FILE: custodians.HOLDFAST_CUSTODIAN_1_KEY_FILE,
    }),
    { code: 2 },
  );
  t.match(await recover(['--custodian', 'bo', '--custodian', 'ada'], custodians), { code: 4 }, 'each by their own key');
  const cy = {
    HOLDFAST_CUSTODIAN_1_KEY_FILE: third.HOLDFAST_NEW_CUSTODIAN_KEY_FILE,
    HOLDFAST_CUSTODIAN_2_KEY_FILE: custodians.HOLDFAST_CUSTODIAN_2_KEY_FILE,
  };
  const done = await recover(['--custodian', 'cy', '--custodian', 'bo'], cy);
  t.match(done, { code: 0 }, done.stderr);
  t.match(done.events.at(-1), { event: 'history.recovered', wraps: 2, restored: 2, refused: [] });
  const cases = await holdfast(XB, ['--device', 'second', 'case', 'list']);
  t.match(cases.events, [{ event: 'case', conversation, kind: 'disclosure' }]);
});
