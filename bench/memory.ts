/** Memory of a gateway over many messages: verified, opened, stored, read. Flat, or there is a leak. HOLDFAST_MESSAGES says how many. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Hash } from '@holdfast/protocol';
import { EventHub } from '#client-sdk/events.js';
import { readInbox } from '#client-sdk/receive/inbox.js';
import { startReceiving } from '#client-sdk/receive/receiving.js';
import { makeFederation, only } from '../test/fixtures/federation.js';
import { print, round } from './measure.js';
import { benchDevice, deliveredTo } from './sdk-fixture.js';

const MESSAGES = Number(process.env.HOLDFAST_MESSAGES ?? '100000');
const THREAD_LENGTH = 20;

export async function benchMemory(): Promise<void> {
  const federation = await makeFederation(
    [
      { agency: 'xa-fiu', devices: 1 },
      { agency: 'xb-fiu', devices: 1 },
    ],
    Date.now(),
  );
  const [sender, self] = [only(only(federation.agencies).devices), only(only(federation.agencies, 1).devices)];
  const device = benchDevice(federation, self);
  const { archive, opening } = device;
  const stop = new AbortController();
  const events = new EventHub(stop.signal);
  const receiver = startReceiving({
    archive,
    directory: opening.directory,
    identity: opening.identity,
    now: Date.now,
    signal: stop.signal,
    sync: async () => undefined,
    epochSecret: opening.epochSecret,
    liveSinceMs: () => undefined,
    emit: (event) => events.emit(event),
  });
  const inbox = readInbox(
    { archive, events, queueOpened: () => undefined, closed: stop.signal, onStep: undefined },
    stop.signal,
  );
  let prev: Hash | null = null;
  let early = 0;
  const startedAt = performance.now();
  for (let i = 0; i < MESSAGES; i++) {
    const sq = i % THREAD_LENGTH;
    if (sq === 0) prev = null;
    const thread = { conversation: Math.floor(i / THREAD_LENGTH), sq, prev };
    const made = await deliveredTo({ federation, directory: opening.directory }, sender, self, thread);
    prev = made.eh;
    await receiver.take({
      mailbox: 'routine',
      number: i + 1,
      acceptedAtMs: Date.now(),
      item: 'envelope',
      bytes: made.bytes,
    });
    const { value } = await inbox.next();
    if (value?.eh !== made.eh) throw new Error(`Message ${i} did not come in its turn.`);
    if (i % 1000 === 0) await nextTurn();
    if (i + 1 === Math.floor(MESSAGES / 10)) early = resident();
  }
  const tookS = (performance.now() - startedAt) / 1000;
  print({
    metric: `memory after ${MESSAGES} messages received, against that after a tenth of them`,
    value: round(resident() / 2 ** 20),
    unit: 'MiB',
    limit: round(early / 2 ** 20),
    ratio: round(resident() / early),
    rounds: 1,
  });
  print({
    metric: 'messages sealed, verified, opened, durably stored and read, one after the other',
    value: round(MESSAGES / tookS),
    unit: 'op/s',
    limit: null,
    ratio: null,
    rounds: 1,
  });
  stop.abort();
  await inbox.return();
  device.close();
}

/** What the process holds, garbage apart where the collector can be asked. */
function resident(): number {
  globalThis.gc?.();
  return process.memoryUsage().rss;
}
