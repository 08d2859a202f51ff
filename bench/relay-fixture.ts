/** A real relay process with a federation of real keys, and devices that are signed in to it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSession } from '@holdfast/client-sdk';
import { sealEnvelope } from '@holdfast/keys';
import { OPERATIONS, toBase64url, toConversationId, toEnvelopeId } from '@holdfast/protocol';
import { createSession } from '#client-sdk/session/session.js';
import { Stream, type StreamHandlers } from '#client-sdk/session/stream.js';
import { httpTransport } from '#client-sdk/transport/http.js';
import {
  type FixtureDevice,
  type FixtureFederation,
  makeFederation,
  ORIGIN,
  recipientKey,
} from '../test/fixtures/federation.js';
import { bareManifest } from '../test/fixtures/manifest.js';
import { type Started, start } from './process.js';

const RELAY = 'server/dist/main.js';

export interface BenchRelay {
  readonly federation: FixtureFederation;
  readonly process: Started;
  readonly url: string;
  readonly folder: string;
  readonly configFile: string;
  stop(): Promise<void>;
}

export async function startBenchRelay(agencies: Parameters<typeof makeFederation>[0]): Promise<BenchRelay> {
  const federation = await makeFederation(agencies, Date.now());
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  const keyFile = join(folder, 'relay.key');
  writeFileSync(keyFile, toBase64url(federation.relayKey.seed));
  const trustListFile = join(folder, 'trust-list.json');
  writeFileSync(trustListFile, JSON.stringify(federation.trust.jws));
  const configFile = join(folder, 'relay.json');
  const limits = { requestsPerMinute: 1_000_000 };
  writeFileSync(
    configFile,
    JSON.stringify({
      port: 0,
      dataDir: join(folder, 'data'),
      origin: ORIGIN,
      fed: federation.fed,
      keyFile,
      trustListFile,
      limits,
    }),
  );
  const relay = await start(RELAY, ['start', '--config', configFile]);
  const url = String(relay.ready.url);
  const session = openSession(url, AbortSignal.timeout(300_000));
  for (const { agency, statements } of federation.agencies) {
    for (const statement of statements)
      await session.openCall(OPERATIONS.appendStatement, { params: { agency }, body: { statement, document: null } });
  }
  return {
    federation,
    process: relay,
    url,
    folder,
    configFile,
    stop: async () => {
      await relay.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

/** A device's open stream; resolves once it has resumed. */
export async function openStream(
  relay: BenchRelay,
  device: FixtureDevice,
  onDelivery: StreamHandlers['onDelivery'],
  signal: AbortSignal,
): Promise<Stream> {
  const transport = httpTransport(relay.url);
  const session = createSession({
    transport,
    baseUrl: relay.url,
    device: device.device,
    signingKey: device.key,
    fed: relay.federation.fed,
    origin: () => ORIGIN,
    now: Date.now,
    signal,
  });
  const socket = await transport.openStream({ headers: await session.streamHeaders(), signal });
  return new Promise((resolve, reject) => {
    const handlers: StreamHandlers = {
      cursors: () => ({ alert: 0, routine: 0 }),
      onDelivery,
      onDirectoryHint: () => undefined,
      onAlarm: reject,
      onResumed: () => resolve(stream),
      onLive: () => undefined,
    };
    const stream = new Stream(socket, session, handlers, Date.now);
    stream.run(1024).catch(reject);
  });
}

let serial = 0;

/** A sealed envelope of about 3 KiB plaintext. */
export async function sealOne(
  relay: BenchRelay,
  from: FixtureDevice,
  to: readonly FixtureDevice[],
): Promise<Uint8Array> {
  const id = new Uint8Array(16);
  new DataView(id.buffer).setUint32(12, ++serial);
  const atMs = Date.now();
  const { bytes } = await sealEnvelope({
    fed: relay.federation.fed,
    id: toEnvelopeId(id),
    from: from.device,
    signingKey: from.key,
    to: to.map(recipientKey),
    dir: {},
    atMs,
    expiresAtMs: atMs + 3_600_000,
    priority: 'routine',
    manifest: bareManifest(toConversationId(id), []),
    body: new Uint8Array(2000).fill(0x20),
    padding: { kind: 'padme' },
  });
  return bytes;
}
