/** The relay against the bare limits of this machine: latency at a steady rate, durable throughput, start, idle memory. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import WebSocket from 'ws';
import type { Stream } from '#client-sdk/session/stream.js';
import { only } from '../test/fixtures/federation.js';
import { median, percentile, print, round } from './measure.js';
import { start } from './process.js';
import { type BenchRelay, openStream, sealOne, startBenchRelay } from './relay-fixture.js';

const RATE_PER_S = 200;
const SECONDS = 5;
const ROUNDS = 5;

export async function benchRelay(): Promise<void> {
  await latency();
  await throughput();
  await coldStart();
  await idleStreams();
}

/** Calls `work(i)` at a steady rate, never waiting for the one before. */
async function atRate(count: number, work: (index: number) => Promise<void>): Promise<void> {
  const startedAt = performance.now();
  const running: Promise<void>[] = [];
  for (let i = 0; i < count; i++) {
    const dueIn = startedAt + (i * 1000) / RATE_PER_S - performance.now();
    if (dueIn > 1) await sleep(dueIn);
    running.push(work(i));
  }
  await Promise.all(running);
}

async function latency(): Promise<void> {
  const relay = await startBenchRelay([
    { agency: 'xa-fiu', devices: 1 },
    { agency: 'xb-fiu', devices: 1 },
  ]);
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-echo-'));
  const echo = await start('build/bench/bare-echo.js', [join(folder, 'echo')]);
  const [sender, recipient] = [
    only(only(relay.federation.agencies).devices),
    only(only(relay.federation.agencies, 1).devices),
  ];
  const signal = AbortSignal.timeout(600_000);
  const sentAt: number[] = [];
  let toDelivery: number[] = [];
  let offset = 0;
  const outgoing = await openStream(relay, sender, async () => undefined, signal);
  const incoming = await openStream(
    relay,
    recipient,
    async ({ number }) => {
      toDelivery.push(performance.now() - (sentAt[number - 1 - offset] ?? Number.NaN));
    },
    signal,
  );
  const bare = new WebSocket(`ws://127.0.0.1:${String(echo.ready.port)}`, { perMessageDeflate: false });
  await once(bare, 'open');

  const count = RATE_PER_S * SECONDS;
  const rows: Record<'receipt50' | 'receipt99' | 'delivery50' | 'delivery99' | 'bare50' | 'bare99', number[]> = {
    receipt50: [],
    receipt99: [],
    delivery50: [],
    delivery99: [],
    bare50: [],
    bare99: [],
  };
  for (let i = 0; i < ROUNDS; i++) {
    const envelopes: Uint8Array[] = [];
    for (let k = 0; k < count; k++) envelopes.push(await sealOne(relay, sender, [recipient]));
    const toReceipt: number[] = [];
    sentAt.length = 0;
    toDelivery = [];
    await atRate(count, async (index) => {
      const at = performance.now();
      sentAt[index] = at;
      await outgoing.submit(envelopes[index] ?? new Uint8Array(), signal);
      toReceipt.push(performance.now() - at);
    });
    while (toDelivery.length < count) await sleep(5);
    offset += count;
    const toEcho = await bareEcho(bare, envelopes);
    rows.receipt50.push(median(toReceipt));
    rows.receipt99.push(percentile(toReceipt, 0.99));
    rows.delivery50.push(median(toDelivery));
    rows.delivery99.push(percentile(toDelivery, 0.99));
    rows.bare50.push(median(toEcho));
    rows.bare99.push(percentile(toEcho, 0.99));
  }
  for (const [metric, ours, limit] of [
    ['submit to receipt p50', rows.receipt50, rows.bare50],
    ['submit to receipt p99', rows.receipt99, rows.bare99],
    ['submit to delivery p50', rows.delivery50, rows.bare50],
    ['submit to delivery p99', rows.delivery99, rows.bare99],
  ] as const) {
    const ratio = median(ours.map((value, index) => value / (limit[index] ?? Number.NaN)));
    print({
      metric: `${metric} at ${RATE_PER_S}/s, against a ws echo with one fsync`,
      value: round(median(ours)),
      unit: 'ms',
      limit: round(median(limit)),
      ratio: round(ratio),
      rounds: ROUNDS,
    });
  }
  outgoing.close();
  incoming.close();
  bare.terminate();
  await echo.stop();
  await relay.stop();
  rmSync(folder, { recursive: true });
}

async function bareEcho(socket: WebSocket, messages: readonly Uint8Array[]): Promise<number[]> {
  const times: number[] = [];
  const waiting: (() => void)[] = [];
  const onMessage = (): void => waiting.shift()?.();
  socket.on('message', onMessage);
  await atRate(messages.length, async (index) => {
    const at = performance.now();
    await new Promise<void>((resolve) => {
      waiting.push(resolve);
      socket.send(messages[index] ?? new Uint8Array());
    });
    times.push(performance.now() - at);
  });
  socket.off('message', onMessage);
  return times;
}

async function throughput(): Promise<void> {
  const relay = await startBenchRelay([
    { agency: 'xa-fiu', devices: 1 },
    { agency: 'xb-fiu', devices: 1 },
  ]);
  const [sender, recipient] = [
    only(only(relay.federation.agencies).devices),
    only(only(relay.federation.agencies, 1).devices),
  ];
  const signal = AbortSignal.timeout(600_000);
  const stream = await openStream(relay, sender, async () => undefined, signal);
  const ours: number[] = [];
  const bare: number[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    const envelopes: Uint8Array[] = [];
    for (let k = 0; k < 3000; k++) envelopes.push(await sealOne(relay, sender, [recipient]));
    ours.push(await inFlight(envelopes, 100, (bytes) => stream.submit(bytes, signal)));
    bare.push(groupedInserts(envelopes));
  }
  const ratio = median(ours.map((value, index) => value / (bare[index] ?? Number.NaN)));
  print({
    metric: 'durable submissions, 100 in flight, against grouped better-sqlite3 inserts of the same bytes',
    value: round(median(ours)),
    unit: 'op/s',
    limit: round(median(bare)),
    ratio: round(ratio),
    rounds: ROUNDS,
  });
  stream.close();
  await relay.stop();
}

async function inFlight(
  items: readonly Uint8Array[],
  width: number,
  work: (item: Uint8Array) => Promise<unknown>,
): Promise<number> {
  const startedAt = performance.now();
  let index = 0;
  const lane = async (): Promise<void> => {
    for (let item = items[index++]; item !== undefined; item = items[index++]) await work(item);
  };
  await Promise.all(Array.from({ length: width }, lane));
  return (items.length / (performance.now() - startedAt)) * 1000;
}

/** One row a message, one synced transaction a hundred messages: what the disk and SQLite can do without us. */
function groupedInserts(messages: readonly Uint8Array[]): number {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-rows-'));
  const db = new Database(join(folder, 'rows.db'));
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.exec('CREATE TABLE rows (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT');
  const insert = db.prepare('INSERT INTO rows (bytes) VALUES (?)');
  const group = db.transaction((batch: readonly Uint8Array[]) => {
    for (const bytes of batch) insert.run(bytes);
  });
  const startedAt = performance.now();
  for (let offset = 0; offset < messages.length; offset += 100) group.immediate(messages.slice(offset, offset + 100));
  const rate = (messages.length / (performance.now() - startedAt)) * 1000;
  db.close();
  rmSync(folder, { recursive: true });
  return rate;
}

async function coldStart(): Promise<void> {
  const relay = await startBenchRelay([{ agency: 'xa-fiu', devices: 1 }]);
  await relay.process.stop();
  const ours: number[] = [];
  const bare: number[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    const started = await start('server/dist/main.js', ['start', '--config', relay.configFile]);
    ours.push(started.tookMs);
    await started.stop();
    const plain = await start('build/bench/bare-fastify.js', []);
    bare.push(plain.tookMs);
    await plain.stop();
  }
  const ratio = median(ours.map((value, index) => value / (bare[index] ?? Number.NaN)));
  print({
    metric: 'cold start to ready, against bare Fastify',
    value: round(median(ours)),
    unit: 'ms',
    limit: round(median(bare)),
    ratio: round(ratio),
    rounds: ROUNDS,
  });
  rmSync(relay.folder, { recursive: true });
}

const STREAMS = 1000;

async function idleStreams(): Promise<void> {
  const agencies = Array.from({ length: 6 }, (_, index) => ({ agency: `xa-fiu${index}`, devices: 168 }));
  const relay: BenchRelay = await startBenchRelay(agencies);
  const devices = relay.federation.agencies.flatMap((agency) => agency.devices).slice(0, STREAMS);
  const signal = AbortSignal.timeout(600_000);
  const before = relay.process.memory();
  const streams: Stream[] = [];
  for (const device of devices) streams.push(await openStream(relay, device, async () => undefined, signal));
  await sleep(2000);
  const ours = (relay.process.memory() - before) / STREAMS;
  for (const stream of streams) stream.close();
  await relay.stop();

  const folder = mkdtempSync(join(tmpdir(), 'holdfast-echo-'));
  const echo = await start('build/bench/bare-echo.js', [join(folder, 'echo')]);
  const bareBefore = echo.memory();
  const sockets: WebSocket[] = [];
  for (let i = 0; i < STREAMS; i++) {
    const socket = new WebSocket(`ws://127.0.0.1:${String(echo.ready.port)}`, { perMessageDeflate: false });
    await once(socket, 'open');
    sockets.push(socket);
  }
  await sleep(2000);
  const bare = (echo.memory() - bareBefore) / STREAMS;
  for (const socket of sockets) socket.terminate();
  await echo.stop();
  rmSync(folder, { recursive: true });
  print({
    metric: `memory of an idle stream (${STREAMS} of them), against bare ws`,
    value: round(ours / 1024),
    unit: 'KiB',
    limit: round(bare / 1024),
    ratio: round(ours / bare),
    rounds: 1,
  });
}
