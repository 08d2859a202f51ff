/** How soon a client whose connection drops is back and has a message confirmed; against a bare WebSocket that is opened once. */
import { once } from 'node:events';
import WebSocket from 'ws';
import { httpTransport } from '#client-sdk/transport/http.js';
import type { FrameSocket, RelayTransport } from '#client-sdk/transport/port.js';
import { disclosureBody, makeTestNetwork, XA, XB } from '../test/fixtures/network.js';
import { median, print, round } from './measure.js';
import { start } from './process.js';

const ROUNDS = 15;

export async function benchRecovery(): Promise<void> {
  const network = await makeTestNetwork();
  const echo = await start('build/bench/bare-echo.js', [`${network.home}/echo`]);
  const signal = AbortSignal.timeout(300_000);
  const b = await network.open(XB);
  await b.online({ signal });
  const body = await disclosureBody();
  const [ours, bare]: [number[], number[]] = [[], []];
  for (let i = 0; i < ROUNDS; i++) {
    // A new client each time: one that drops again and again waits longer each time, on purpose.
    const { transport, cut } = cuttable(network.url);
    const a = await network.open(XA, { transport });
    await a.online({ signal });
    const offline = new Promise<void>((resolve) => {
      a.on((event) => {
        if (event.event === 'connection' && event.state === 'offline') resolve();
      });
    });
    const cutAt = performance.now();
    cut();
    await offline;
    const handle = await a.disclose({ to: XB, body });
    await handle.until('delivered', { signal });
    ours.push(performance.now() - cutAt);
    await a.close();
    const openedAt = performance.now();
    const plain = new WebSocket(`ws://127.0.0.1:${String(echo.ready.port)}`);
    await once(plain, 'open');
    bare.push(performance.now() - openedAt);
    plain.terminate();
  }
  const ratios = ours.map((value, index) => value / (bare[index] ?? Number.NaN));
  print({
    metric:
      'a dropped connection: until the next message is confirmed by its recipient, against opening a bare WebSocket',
    value: round(median(ours)),
    unit: 'ms',
    limit: round(median(bare)),
    ratio: round(median(ratios)),
    rounds: ROUNDS,
  });
  await echo.stop();
  await network.close();
}

/** The honest transport, whose stream somebody may cut. */
function cuttable(url: string): { readonly transport: RelayTransport; readonly cut: () => void } {
  const honest = httpTransport(url);
  let socket: FrameSocket | undefined;
  const transport: RelayTransport = {
    ...honest,
    openStream: async (options) => {
      socket = await honest.openStream(options);
      return socket;
    },
  };
  return { transport, cut: () => socket?.close() };
}
