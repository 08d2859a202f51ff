/**
 * Every call is given up at each of its awaits, or the client closed under it: it ends with a typed error, nothing is left
 * behind, and the device can be opened again at once.
 */
import { createHash } from 'node:crypto';
import { getEventListeners } from 'node:events';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Holdfast, isSdkError, newBlobId } from '@holdfast/client-sdk';
import { randomBytes } from '@holdfast/keys';
import t, { type Test } from 'tap';
import { devicePaths } from '#client-sdk/home/home.js';
import { withSteps } from '#client-sdk/steps.js';
import { httpTransport } from '#client-sdk/transport/http.js';
import type { RelayTransport } from '#client-sdk/transport/port.js';
import { eventually, heldResources, openFiles } from '../fixtures/leftovers.js';
import { disclosureBody, makeTestNetwork, requestBody, soon, type TestNetwork, XA, XB } from '../fixtures/network.js';
import { IS_LONG } from './lives.js';
import { Ticks } from './ticks.js';

const unhandled: unknown[] = [];
process.on('unhandledRejection', (reason) => unhandled.push(reason));

const REASON = new Error('enough');

/** Signals, one for each call, given up together. */
class Callers {
  readonly #controllers: AbortController[] = [];

  get signal(): AbortSignal {
    const controller = new AbortController();
    this.#controllers.push(controller);
    return controller.signal;
  }

  abort(): void {
    for (const controller of this.#controllers) controller.abort(REASON);
  }

  get listeners(): number {
    return this.#controllers.reduce((sum, { signal }) => sum + getEventListeners(signal, 'abort').length, 0);
  }
}

const isTyped = (error: unknown): boolean =>
  error === REASON || isSdkError(error, 'aborted') || isSdkError(error, 'closed');

function checkEnds(t: Test, ends: readonly PromiseSettledResult<unknown>[], at: string): number {
  const rejected = ends.filter((end) => end.status === 'rejected');
  for (const { reason } of rejected)
    if (!isTyped(reason)) t.fail(`${at}: not a typed error`, { reason: String(reason) });
  return rejected.length;
}

/** Opens the sender as on its first day: without a directory. */
async function openAfresh(network: TestNetwork, ticks: Ticks): Promise<{ desk: Holdfast; transport: RelayTransport }> {
  const { archive, folder } = devicePaths(network.agencyHome(XA), 'gateway');
  for (const name of readdirSync(folder)) if (name.startsWith(basename(archive))) rmSync(join(folder, name));
  const transport = ticks.over(httpTransport(network.url));
  const desk = await network.open(XA, { transport, random: () => 0.02, ...withSteps(ticks.tick) });
  return { desk, transport };
}

for (const how of ['abort', 'close'] as const) {
  t.test(`a client that was just opened: ${how} at each step`, async (t) => {
    const network = await makeTestNetwork();
    t.teardown(() => network.close());
    const [body, request] = [await disclosureBody(), await requestBody()];
    const home = network.agencyHome(XA);
    await eventually(() => !heldResources().some((kind) => kind.startsWith('TCP')), 'the set-up has let go');
    const baseline = heldResources().length;
    const stride = IS_LONG ? 1 : 5;
    let [times, given] = [0, 0];
    for (let at = IS_LONG ? 1 : (Date.now() % stride) + 1; ; at += stride) {
      const ticks = new Ticks();
      const { desk, transport } = await openAfresh(network, ticks);
      const callers = new Callers();
      let closing: Promise<void> | undefined;
      ticks.arm(at, () => {
        if (how === 'abort') callers.abort();
        else closing = desk.close();
      });
      const reading = desk.inbox({ signal: callers.signal }).next();
      const ends = await Promise.allSettled([
        desk.online({ signal: callers.signal }),
        desk.caughtUp({ signal: callers.signal }),
        desk.find({ text: 'fiu' }, { signal: callers.signal }),
        desk.disclose({ to: XB, body }, { signal: callers.signal }),
        desk.freeze.request({ to: XB, body: request }, { signal: callers.signal }),
      ]);
      const isOver = ticks.count < at;
      given += checkEnds(t, ends, `${how} at ${at}`);
      if (isOver) callers.abort();
      t.strictSame(await reading, { done: true, value: undefined }, `${how} at ${at}`);
      if (callers.listeners !== 0) t.fail(`${callers.listeners} listeners are left at ${at}`);
      await Promise.all([closing, desk.close()]);
      transport.close();
      t.strictSame(openFiles(home), []);
      await eventually(() => heldResources().length <= baseline, `only ${baseline} handles are held after ${at}`);
      if (isOver) break;
      times += 1;
    }
    t.ok(times > 5 && given > 5);
    t.comment(`${how}: ${times} times, ${given} calls given up`);
  });
}

t.test('a client that is connected: abort at each step', async (t) => {
  const network = await makeTestNetwork();
  t.teardown(() => network.close());
  const ticks = new Ticks();
  const { desk: a, transport } = await openAfresh(network, ticks);
  t.teardown(() => transport.close());
  const b = await network.open(XB);
  await a.caughtUp({ signal: soon() });
  await b.caughtUp({ signal: soon() });
  const path = join(network.home, 'statement.bin');
  const bytes = randomBytes(9_000_000);
  writeFileSync(path, bytes);
  const id = newBlobId();
  const body = await disclosureBody([{ id, name: 'statement.bin', mediaType: 'application/octet-stream' }]);
  const opening = await b.disclose({ to: XA, body, attachments: [{ id, path }] });
  await opening.until('delivered', { signal: soon(20_000) });
  const first = await a.inbox({ signal: soon() }).next();
  const ref = first.value?.attachments[0];
  if (ref === undefined) throw new Error('There is no attachment.');
  const { conversation } = opening;
  const plain = await disclosureBody();
  const target = join(network.home, 'fetched.bin');

  /** Gives the call up at tick 0 (before it), 1, 2, … until it comes to its end. @returns how often */
  const sweep = async (name: string, call: (signal: AbortSignal) => Promise<unknown>): Promise<void> => {
    for (let at = 0; ; at++) {
      const callers = new Callers();
      const { signal } = callers;
      ticks.arm(at, () => callers.abort());
      if (at === 0) callers.abort();
      const [end] = await Promise.allSettled([call(signal)]);
      if (end.status === 'rejected' && !isTyped(end.reason))
        t.fail(`${name} at ${at}: not a typed error`, { reason: String(end.reason) });
      if (callers.listeners !== 0) t.fail(`${name} at ${at}: a listener is left`);
      if (!signal.aborted) {
        t.equal(end.status, 'fulfilled', `${name} was given up ${at} times`);
        return;
      }
    }
  };
  await sweep('find', (signal) => a.find({ agency: XB }, { signal }));
  await sweep('until', async (signal) => {
    const note = { writtenAtMs: Date.now(), text: { language: 'en', text: 'Again.' } };
    await (await a.note({ conversation, body: note })).until('delivered', { signal });
  });
  await sweep('inbox', async (signal) => {
    const note = { writtenAtMs: Date.now(), text: { language: 'en', text: 'And again.' } };
    await b.note({ conversation, body: note });
    const items = a.inbox({ signal });
    await items.next();
    await items.return();
  });
  await sweep('download', (signal) => a.download(ref, target, { signal }));
  t.strictSame(createHash('sha256').update(readFileSync(target)).digest(), createHash('sha256').update(bytes).digest());
  const queued = a.outbox().length;
  const gone = AbortSignal.abort(REASON);
  await t.rejects(a.disclose({ to: XB, body: plain }, { signal: gone }), REASON);
  await t.rejects(a.freeze.request({ to: XB, body: await requestBody() }, { signal: gone }), REASON);
  t.equal(a.outbox().length, queued, 'what was given up is not queued');
  const waiting = (await a.disclose({ to: XB, body: plain })).until('decided', { signal: soon(60_000) });
  const inHand = a.inbox({ signal: soon(60_000) });
  await inHand.next();
  await Promise.all([a.close(), a.close(), t.rejects(waiting, { code: 'closed' }, 'a wait ends with the client')]);
  await t.rejects(inHand.next(), { code: 'closed' }, 'what was in hand is not marked as dealt with');
  t.throws(() => a.outbox(), { code: 'closed' });
  await t.rejects(a.online({ signal: soon() }), { code: 'closed' });
});

t.test('opening is given up at any time', async (t) => {
  const network = await makeTestNetwork();
  t.teardown(() => network.close());
  const home = network.agencyHome(XA);
  let times = 0;
  for (let afterMs = 0; ; afterMs = Math.ceil(afterMs * 1.4) + 1) {
    const controller = new AbortController();
    const { signal } = controller;
    const timer = setTimeout(() => controller.abort(REASON), afterMs);
    if (afterMs === 0) controller.abort(REASON);
    const [end] = await Promise.allSettled([Holdfast.open({ home, unlock: network.unlock, signal })]);
    clearTimeout(timer);
    t.equal(getEventListeners(signal, 'abort').length, 0);
    if (end.status === 'fulfilled') {
      await end.value.close();
      if (!signal.aborted) break;
    } else if (!isTyped(end.reason)) t.fail('not a typed error', { reason: String(end.reason) });
    t.strictSame(openFiles(home), []);
    times += 1;
  }
  t.ok(times > 1, `given up ${times} times`);
});

t.test('no rejection was left unhandled', async (t) => {
  t.strictSame(unhandled, []);
});
