/** An attachment of 1 GB: encrypted, uploaded to a relay process, fetched, verified and decrypted; against AES-256-GCM alone. HOLDFAST_ATTACHMENT_MB for less. */
import { createCipheriv } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from '@holdfast/keys';
import { toBase64url, toBlobId } from '@holdfast/protocol';
import { downloadBlob } from '#client-sdk/attachments/download.js';
import { encryptToSpool } from '#client-sdk/attachments/spool.js';
import { uploadBlob } from '#client-sdk/attachments/upload.js';
import { createSession } from '#client-sdk/session/session.js';
import { httpTransport } from '#client-sdk/transport/http.js';
import { ORIGIN, only } from '../test/fixtures/federation.js';
import { print, round } from './measure.js';
import { startBenchRelay } from './relay-fixture.js';

const BYTES = Number(process.env.HOLDFAST_ATTACHMENT_MB ?? '1000') * 1_000_000;
const PIECE = 16 * 1024;

export async function benchAttachment(): Promise<void> {
  const relay = await startBenchRelay([
    { agency: 'xa-fiu', devices: 1 },
    { agency: 'xb-fiu', devices: 1 },
  ]);
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-attachment-'));
  const [source, spoolPath, targetPath] = ['source', 'spool', 'target'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const file = await open(source, 'w');
  const piece = randomBytes(1_000_000);
  for (let written = 0; written < BYTES; written += piece.length) await file.writeFile(piece);
  await file.close();
  const device = only(only(relay.federation.agencies).devices);
  const signal = AbortSignal.timeout(3_600_000);
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
  const [id, key] = [toBlobId(randomBytes(16)), randomBytes(32)];
  const before = process.memoryUsage().rss;
  let peak = before;
  const watch = (): void => {
    peak = Math.max(peak, process.memoryUsage().rss);
  };
  const bare = bareGcm();
  const { value: spooled, perSecond: encrypting } = await timed(() =>
    encryptToSpool({ sourcePath: source, spoolPath, id, key, signal, onProgress: watch }),
  );
  const { size, sha256 } = spooled;
  const { perSecond: uploading } = await timed(() =>
    uploadBlob({ session, id, spoolPath, size, signal, onProgress: watch }),
  );
  const ref = { id, key: toBase64url(key), size, sha256 };
  const { perSecond: downloading } = await timed(() =>
    downloadBlob({ session, ref, targetPath, signal, onProgress: watch }),
  );
  for (const [metric, value] of [
    ['encrypted and made durable', encrypting],
    ['uploaded', uploading],
    ['fetched, verified, decrypted and made durable', downloading],
  ] as const)
    print({
      metric: `an attachment of ${BYTES / 1_000_000} MB: ${metric}, against bare AES-256-GCM`,
      value: round(value),
      unit: 'MB/s',
      limit: round(bare),
      ratio: round(value / bare),
      rounds: 1,
    });
  print({
    metric: `memory that an attachment of ${BYTES / 1_000_000} MB takes at its peak`,
    value: round((peak - before) / 2 ** 20),
    unit: 'MiB',
    limit: null,
    ratio: null,
    rounds: 1,
  });
  transport.close();
  await relay.stop();
  rmSync(folder, { recursive: true });
}

async function timed<T>(work: () => Promise<T>): Promise<{ readonly value: T; readonly perSecond: number }> {
  const startedAt = performance.now();
  const value = await work();
  return { value, perSecond: BYTES / 1000 / (performance.now() - startedAt) };
}

/** MB/s of the cipher alone, in pieces of the same size. */
function bareGcm(): number {
  const [key, piece] = [randomBytes(32), randomBytes(PIECE)];
  const startedAt = performance.now();
  for (let done = 0; done < BYTES; done += PIECE) {
    const cipher = createCipheriv('aes-256-gcm', key, new Uint8Array(12));
    cipher.update(piece);
    cipher.final();
    cipher.getAuthTag();
  }
  return BYTES / 1000 / (performance.now() - startedAt);
}
