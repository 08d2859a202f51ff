/**
 * An agency loses a device: what waited unread at the relay, sealed to keys that are gone, comes to the new device all the same,
 * rewrapped by whoever sent it, or by a sibling. Real relay, real folders; nobody asks for anything.
 */
import t from 'tap';
import { enrolIn, lose, readInboxOf, threeAlerts, watchDesk } from '../fixtures/lost-device.js';
import { makeTestNetwork, requestBody, soon, XA, XB } from '../fixtures/network.js';

t.test('B loses its only device with three alerts unread; A rewraps them for the new one', async (t) => {
  const network = await makeTestNetwork();
  t.teardown(() => network.close());
  const a = await network.open(XA);
  await a.online({ signal: soon() });
  const seenByA = watchDesk(a);
  const alerts = await threeAlerts(a);

  await lose(network, XB, 'gateway');
  await enrolIn(network, XB, 'second');
  const b = await network.open(XB, { device: 'second' });
  const seenByB = watchDesk(b);
  t.strictSame(await readInboxOf(b, 3), alerts, 'all three, in order');
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
  t.strictSame(await readInboxOf(b, 3), alerts);
  await a.close();

  const again = await network.open(XA);
  const seen = watchDesk(again);
  await again.caughtUp({ signal: soon() });
  const fourth = await again.freeze.request({ to: XB, body: await requestBody() });
  t.strictSame(await readInboxOf(b, 1), [fourth.eh], 'nothing of before comes twice');
  t.strictSame(seen.rewraps, [], 'and nothing is rewrapped again');
});

t.test('a sibling that lives rewraps what the agency has received, and A need not', async (t) => {
  const network = await makeTestNetwork({ devices: ['gateway', 'sibling'] });
  t.teardown(() => network.close());
  const a = await network.open(XA);
  await a.online({ signal: soon() });
  const seenByA = watchDesk(a);
  const sibling = await network.open(XB, { device: 'sibling' });
  const seenBySibling = watchDesk(sibling);
  const alerts = await threeAlerts(a);
  t.strictSame(await readInboxOf(sibling, 3), alerts);
  for (const handle of a.outbox().filter(({ eh }) => alerts.includes(eh ?? '')))
    await handle.until('delivered', { signal: soon() });

  await lose(network, XB, 'gateway');
  await enrolIn(network, XB, 'second');
  const b = await network.open(XB, { device: 'second' });
  const seenByB = watchDesk(b);
  t.strictSame(await readInboxOf(b, 3), alerts, 'all three, in order');
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
