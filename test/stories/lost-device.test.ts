/**
 * An agency loses a device: what waited unread at the relay, sealed to keys that are gone, comes to the new device all the same,
 * rewrapped by whoever sent it, or by a sibling. Real relay, real folders; nobody asks for anything.
 */
import { rm } from 'node:fs/promises';
import { enrol, type Holdfast, openSession, type SdkEvent } from '@holdfast/client-sdk';
import { type AgencyChain, extendChain, startChain } from '@holdfast/keys/verify';
import { type AgencyId, OPERATIONS } from '@holdfast/protocol';
import t from 'tap';
import { publishStatement, readSigningKey } from '#client-sdk/enrolment/agency.js';
import { agencyPaths, devicePaths, readAgencyFile, readDeviceId } from '#client-sdk/home/home.js';
import { makeTestNetwork, requestBody, soon, type TestNetwork, XA, XB } from '../fixtures/network.js';

async function chainOf(network: TestNetwork, agency: AgencyId): Promise<AgencyChain> {
  const { root } = await readAgencyFile(network.agencyHome(agency));
  const { statements } = await openSession(network.url, soon()).openCall(OPERATIONS.getStatements, {
    params: { agency },
    query: { from: '0' },
  });
  let chain = startChain(agency, root, network.trust.fed);
  for (const jws of statements) chain = extendChain(chain, jws).chain;
  return chain;
}

/** The device's folder is gone, and the agency says so. */
async function lose(network: TestNetwork, agency: AgencyId, name: string): Promise<void> {
  const home = network.agencyHome(agency);
  const device = await readDeviceId(home, name);
  const { keystore, archive, spool } = devicePaths(home, name);
  for (const path of [keystore, archive, `${archive}-wal`, `${archive}-shm`, spool])
    await rm(path, { recursive: true, force: true });
  const chain = await chainOf(network, agency);
  const target = chain.devices.get(device)?.key;
  if (target === undefined) throw new Error('The device was never certified.');
  const directoryKey = await readSigningKey(agencyPaths(home).directory, network.unlock);
  const content = { kind: 'revoke', target, reason: 'lost' } as const;
  await publishStatement(openSession(network.url, soon()), chain, content, [directoryKey], Date.now());
}

const enrolIn = (network: TestNetwork, agency: AgencyId, name: string) =>
  enrol({ home: network.agencyHome(agency), name, unlock: network.unlock, nowMs: Date.now(), signal: soon() });

/** Sends three alerts, each taken by the relay. @returns their names, in order */
async function threeAlerts(desk: Holdfast): Promise<string[]> {
  const names: string[] = [];
  for (let i = 0; i < 3; i++) {
    const alert = await desk.freeze.request({ to: XB, body: await requestBody() });
    names.push((await alert.until('accepted', { signal: soon() })).eh ?? '');
  }
  return names;
}

/** What the inbox holds once it has `count` items, and whether anything came after. */
async function read(desk: Holdfast, count: number): Promise<string[]> {
  const enough = new AbortController();
  const names: string[] = [];
  for await (const item of desk.inbox({ signal: AbortSignal.any([enough.signal, soon(20_000)]) })) {
    names.push(item.eh);
    if (names.length === count) enough.abort();
  }
  return names;
}

function watch(desk: Holdfast): { readonly rewraps: string[]; readonly alarms: SdkEvent[] } {
  const watched = { rewraps: [] as string[], alarms: [] as SdkEvent[] };
  desk.on((event) => {
    if (event.event === 'rewrapped') watched.rewraps.push(event.eh);
    if (event.event === 'alarm') watched.alarms.push(event);
  });
  return watched;
}

t.test('B loses its only device with three alerts unread; A rewraps them for the new one', async (t) => {
  const network = await makeTestNetwork();
  t.teardown(() => network.close());
  const a = await network.open(XA);
  await a.online({ signal: soon() });
  const seenByA = watch(a);
  const alerts = await threeAlerts(a);

  await lose(network, XB, 'gateway');
  await enrolIn(network, XB, 'second');
  const b = await network.open(XB, { device: 'second' });
  const seenByB = watch(b);
  t.strictSame(await read(b, 3), alerts, 'all three, in order');
  for (const handle of a.outbox().filter(({ eh }) => alerts.includes(eh ?? '')))
    await handle.until('delivered', { signal: soon() });
  t.strictSame(seenByA.rewraps, alerts, 'each rewrapped once');
  t.equal(b.cases().length, 3, 'each there once');
  t.strictSame([...seenByA.alarms, ...seenByB.alarms], [], 'and nobody was alarmed');
});

t.test('the same when A was away, and comes back only after the loss', async (t) => {
  const network = await makeTestNetwork();
  t.teardown(() => network.close());
  const before = await network.open(XA);
  await before.online({ signal: soon() });
  const alerts = await threeAlerts(before);
  await before.close();

  await lose(network, XB, 'gateway');
  await enrolIn(network, XB, 'second');
  const b = await network.open(XB, { device: 'second' });
  await b.caughtUp({ signal: soon() });
  t.equal(b.cases().length, 0, 'nobody has rewrapped anything yet');
  const a = await network.open(XA);
  t.strictSame(await read(b, 3), alerts);
  await a.close();

  const again = await network.open(XA);
  const seen = watch(again);
  await again.caughtUp({ signal: soon() });
  const fourth = await again.freeze.request({ to: XB, body: await requestBody() });
  t.strictSame(await read(b, 1), [fourth.eh], 'nothing of before comes twice');
  t.strictSame(seen.rewraps, [], 'and nothing is rewrapped again');
});

t.test('a sibling that lives rewraps what the agency has received, and A need not', async (t) => {
  const network = await makeTestNetwork({ devices: ['gateway', 'sibling'] });
  t.teardown(() => network.close());
  const a = await network.open(XA);
  await a.online({ signal: soon() });
  const seenByA = watch(a);
  const sibling = await network.open(XB, { device: 'sibling' });
  const seenBySibling = watch(sibling);
  const alerts = await threeAlerts(a);
  t.strictSame(await read(sibling, 3), alerts);
  for (const handle of a.outbox().filter(({ eh }) => alerts.includes(eh ?? '')))
    await handle.until('delivered', { signal: soon() });

  await lose(network, XB, 'gateway');
  await enrolIn(network, XB, 'second');
  const b = await network.open(XB, { device: 'second' });
  const seenByB = watch(b);
  t.strictSame(await read(b, 3), alerts, 'all three, in order');
  t.equal(b.cases().length, 3);
  t.strictSame(
    alerts.filter((eh) => !seenBySibling.rewraps.includes(eh)),
    [],
    'by the sibling',
  );
  t.strictSame(
    seenByA.rewraps.filter((eh) => alerts.includes(eh)),
    [],
    'A knew them delivered',
  );
  t.strictSame(seenByB.alarms, []);
});
