/** Attachments: encrypted into the spool, uploaded and fetched over interruptions, and nothing handed out that is not whole. */
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isSdkError, type SdkErrorCode } from '@holdfast/client-sdk';
import { randomBytes } from '@holdfast/keys';
import { type AttachmentRef, type BlobId, BlobIdSchema, parserOf, toBase64url } from '@holdfast/protocol';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { downloadBlob } from '#client-sdk/attachments/download.js';
import { encryptToSpool } from '#client-sdk/attachments/spool.js';
import { uploadBlob } from '#client-sdk/attachments/upload.js';
import { createSession, type RelaySession } from '#client-sdk/session/session.js';
import { httpTransport } from '#client-sdk/transport/http.js';
import type { HttpRequest, HttpResponse } from '#client-sdk/transport/port.js';
import { type FixtureDevice, ORIGIN } from '../fixtures/federation.js';
import { openFiles } from '../fixtures/leftovers.js';
import {
  deviceAt,
  type RelayFixture,
  type RelayInProcess,
  relayAsProcess,
  relayInProcess,
} from '../fixtures/relay-fixture.js';
import { FakeRelay, problem } from './fake-relay.js';

const never = new AbortController().signal;
const MIB = 1024 * 1024;
const toBlobId = parserOf('attachment id', BlobIdSchema, 'message.invalid');

async function codeOf(work: Promise<unknown>): Promise<SdkErrorCode | undefined> {
  try {
    await work;
  } catch (error) {
    if (isSdkError(error)) return error.code;
    throw error;
  }
  return undefined;
}

/** A folder that goes with the test, and must have no file open by then. */
async function makeFolder(t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-blob-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

interface Spooled {
  readonly plain: Uint8Array;
  readonly spoolPath: string;
  readonly ref: AttachmentRef;
}

async function spoolOf(folder: string, plain: Uint8Array): Promise<Spooled> {
  const id: BlobId = toBlobId(toBase64url(randomBytes(16)));
  const key = randomBytes(32);
  const sourcePath = join(folder, `${id}.source`);
  const spoolPath = join(folder, `${id}.spool`);
  await writeFile(sourcePath, plain);
  const spooled = await encryptToSpool({ sourcePath, spoolPath, id, key, signal: never });
  return { plain, spoolPath, ref: { id, key: toBase64url(key), ...spooled } };
}

function sessionOf(
  t: Test,
  relay: RelayFixture,
  { device, key }: FixtureDevice,
  wrap: (session: RelaySession) => RelaySession = (session) => session,
): RelaySession {
  const transport = httpTransport(relay.url);
  t.teardown(() => transport.close());
  const { fed } = relay.federation;
  const options = { transport, baseUrl: relay.url, device, signingKey: key, fed, origin: () => ORIGIN, now: relay.now };
  return wrap(createSession({ ...options, signal: never }));
}

/** Tells what goes through `blob`, and may answer in its place. */
const spied =
  (onRequest: (request: HttpRequest) => Promise<HttpResponse | undefined> | HttpResponse | undefined) =>
  (session: RelaySession): RelaySession => ({
    ...session,
    blob: async (request) => (await onRequest(request)) ?? session.blob(request),
  });

const upload = (session: RelaySession, { ref, spoolPath }: Spooled, changes = {}): Promise<void> =>
  uploadBlob({ session, id: ref.id, size: ref.size, spoolPath, signal: never, random: () => 0, ...changes });
const download = (session: RelaySession, ref: AttachmentRef, targetPath: string, changes = {}): Promise<void> =>
  downloadBlob({ session, ref, targetPath, signal: never, random: () => 0, ...changes });
const blobFile = (relay: RelayFixture, { id }: AttachmentRef): string => join(relay.folder, 'data', 'blobs', id);

t.test('the spool holds what the reference says, and says nothing of the content', async (t) => {
  const folder = await makeFolder(t);
  for (const size of [0, 1, 16_383, 16_384, 16_385, 3 * MIB]) {
    const plain = new Uint8Array(size).fill(0x41);
    const { spoolPath, ref } = await spoolOf(folder, plain);
    const bytes = await readFile(spoolPath);
    t.equal(bytes.length, ref.size);
    t.equal(createHash('sha256').update(bytes).digest('base64url'), ref.sha256);
    t.equal(bytes.indexOf('AAAAAAAAAAAA'), -1);
    t.equal((await stat(spoolPath)).mode & 0o777, 0o600);
  }
  t.same(openFiles(folder), []);
});

t.test('a file that cannot be read, or changes meanwhile, leaves no spool', async (t) => {
  const folder = await makeFolder(t);
  const sourcePath = join(folder, 'source');
  const spoolPath = join(folder, 'spool');
  await writeFile(sourcePath, new Uint8Array(2 * MIB));
  const id = toBlobId(toBase64url(randomBytes(16)));
  const spool = (changes: object): Promise<unknown> =>
    encryptToSpool({ sourcePath, spoolPath, id, key: randomBytes(32), signal: never, ...changes });
  t.equal(await codeOf(spool({ sourcePath: join(folder, 'none') })), 'attachment.unreadable');
  t.equal(await codeOf(spool({ sourcePath: folder })), 'attachment.unreadable', 'a folder');
  t.equal(
    await codeOf(spool({ onProgress: () => appendFileSync(sourcePath, 'x') })),
    'attachment.unreadable',
    'growing',
  );
  const huge = join(folder, 'huge');
  await writeFile(huge, '');
  await truncate(huge, 1024 * MIB + 1);
  const startedAtMs = Date.now();
  t.equal(await codeOf(spool({ sourcePath: huge })), 'attachment.too-large');
  t.ok(Date.now() - startedAtMs < 500, 'before it is read');
  const abort = new AbortController();
  const onProgress = (bytes: number): void => {
    if (bytes > MIB) abort.abort();
  };
  t.equal(await codeOf(spool({ signal: abort.signal, onProgress })), 'aborted');
  t.equal(existsSync(spoolPath), false);
  await t.rejects(spool({ spoolPath: join(folder, 'no', 'such', 'folder') }), { code: 'ENOENT' });
  t.same(openFiles(folder), []);
});

t.test('with a real relay', async (t) => {
  const relay: RelayInProcess = await relayInProcess({
    limits: { attachmentBytes: 40 * MIB, requestsPerMinute: 100_000 },
  });
  t.teardown(() => relay.dispose());
  const folder = await makeFolder(t);
  const sender = sessionOf(t, relay, deviceAt(relay, 0));
  const recipient = sessionOf(t, relay, deviceAt(relay, 2));

  await t.test('a round trip between agencies', async (t) => {
    const spooled = await spoolOf(folder, randomBytes(10 * MIB + 12_345));
    const sent: number[] = [];
    await upload(sender, spooled, { onProgress: (bytes: number) => sent.push(bytes) });
    t.same(sent, [0, 4 * MIB, 8 * MIB, spooled.ref.size]);
    const target = join(folder, 'received');
    const received: number[] = [];
    await download(recipient, spooled.ref, target, { onProgress: (bytes: number) => received.push(bytes) });
    t.same(received, [4 * MIB, 8 * MIB, spooled.ref.size]);
    t.ok((await readFile(target)).equals(spooled.plain));
    t.equal((await stat(target)).mode & 0o777, 0o600);
    t.same(
      (await readdir(folder)).filter((name) => name.startsWith('received.')),
      [],
      'nothing beside it',
    );
  });

  await t.test('an upload goes on at any byte', async (t) => {
    const spooled = await spoolOf(folder, randomBytes(200_000));
    const ciphertext = await readFile(spooled.spoolPath);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: spooled.ref.size - 1 }), { maxLength: 4 }), async (cuts) => {
        const id = toBlobId(toBase64url(randomBytes(16)));
        const stops = [...new Set(cuts)].sort((a, b) => a - b);
        // Each attempt sends up to its stop, then its connection is gone.
        for (const stop of stops) {
          const session = spied(async (request) => {
            if (request.method !== 'PATCH') return undefined;
            const offset = Number(request.headers['upload-offset']);
            await sender.blob({ ...request, body: ciphertext.subarray(offset, stop) });
            throw new Error('the process is killed');
          })(sender);
          await uploadBlob({ session, id, size: spooled.ref.size, spoolPath: spooled.spoolPath, signal: never }).catch(
            (error: unknown) => {
              if (!(error instanceof Error && error.message === 'the process is killed')) throw error;
            },
          );
        }
        const offsets: number[] = [];
        const session = spied((request) => {
          if (request.method === 'PATCH') offsets.push(Number(request.headers['upload-offset']));
          return undefined;
        })(sender);
        await uploadBlob({ session, id, size: spooled.ref.size, spoolPath: spooled.spoolPath, signal: never });
        if (offsets[0] !== (stops.at(-1) ?? 0)) throw new Error(`it went on at ${offsets[0]}`);
        return (await readFile(blobFile(relay, { ...spooled.ref, id }))).equals(ciphertext);
      }),
      { numRuns: 15 },
    );
    t.pass();
  });

  await t.test('what is complete is not sent again, and what is not ours is refused', async (t) => {
    const spooled = await spoolOf(folder, randomBytes(50_000));
    await upload(sender, spooled);
    const methods: string[] = [];
    const watched = spied(({ method }) => void methods.push(method))(sender);
    await upload(watched, spooled);
    t.same(methods, ['POST', 'HEAD']);
    const refused = upload(recipient, spooled);
    await t.rejects(refused, { code: 'relay.refused', problem: { code: 'blob.conflict' } }, "another agency's id");
    const other = { ...spooled, ref: { ...spooled.ref, size: spooled.ref.size - 1 } };
    await t.rejects(upload(sender, other), { code: 'relay.refused' }, 'another length under our id');
    const large = { ...spooled, ref: { ...spooled.ref, id: toBlobId(toBase64url(randomBytes(16))), size: 41 * MIB } };
    t.equal(await codeOf(upload(sender, large)), 'attachment.too-large');
    await rm(spooled.spoolPath);
    t.equal(await codeOf(upload(sender, spooled)), 'attachment.unreadable', 'the spool is gone');
  });

  await t.test('a tampered, cut or lost blob is refused and nothing is handed out', async (t) => {
    const spooled = await spoolOf(folder, randomBytes(100_000));
    const { ref } = spooled;
    await upload(sender, spooled);
    const good = await readFile(spooled.spoolPath);
    const target = join(folder, 'kept');
    await writeFile(target, 'what was there before');
    const flips = fc.integer({ min: 0, max: good.length * 8 - 1 });
    await fc.assert(
      fc.asyncProperty(flips, async (bit) => {
        const bad = Buffer.from(good);
        bad[bit >> 3] = (bad[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        await writeFile(blobFile(relay, ref), bad);
        return (await codeOf(download(recipient, ref, target))) === 'attachment.corrupt';
      }),
      { numRuns: 25 },
    );
    await writeFile(blobFile(relay, ref), good);
    const lies: readonly AttachmentRef[] = [
      { ...ref, size: ref.size - 1 },
      { ...ref, size: ref.size + 1 },
      { ...ref, size: ref.size + 5 * MIB },
      { ...ref, sha256: toBase64url(randomBytes(32)) as AttachmentRef['sha256'] },
      { ...ref, key: toBase64url(randomBytes(32)) },
    ];
    for (const lie of lies) t.equal(await codeOf(download(recipient, lie, target)), 'attachment.corrupt');
    t.equal(await codeOf(download(recipient, { ...ref, size: 2 ** 31 }, target)), 'attachment.too-large');
    const unknown = { ...ref, id: toBlobId(toBase64url(randomBytes(16))) };
    t.equal(await codeOf(download(recipient, unknown, target)), 'attachment.gone');
    await truncate(blobFile(relay, ref), 5000);
    t.equal(await codeOf(download(recipient, ref, target)), 'attachment.gone', 'half of it is none of it');
    t.equal(await readFile(target, 'utf8'), 'what was there before');
    t.same(
      (await readdir(folder)).filter((name) => name.startsWith('kept.')),
      [],
    );
    t.same(openFiles(folder), []);
  });

  await t.test('a download that was aborted goes on where it stopped, unless what is there is damaged', async (t) => {
    const spooled = await spoolOf(folder, randomBytes(9 * MIB));
    const { ref } = spooled;
    await upload(sender, spooled);
    const target = join(folder, 'resumed');
    const part = `${target}.${ref.id}.part`;
    const stopAfter = async (bytes: number): Promise<void> => {
      const abort = new AbortController();
      const onProgress = (received: number): void => {
        if (received >= bytes) abort.abort();
      };
      t.equal(await codeOf(download(recipient, ref, target, { signal: abort.signal, onProgress })), 'aborted');
    };
    const ranges: string[] = [];
    const watched = spied(({ headers }) => void ranges.push(headers.range ?? ''))(recipient);
    await stopAfter(4 * MIB);
    t.equal((await stat(part)).size, 4 * MIB);
    await truncate(part, 4 * MIB - 777);
    await download(watched, ref, target);
    t.ok((await readFile(target)).equals(spooled.plain));
    t.equal(ranges[0], `bytes=${4 * MIB - 777}-${8 * MIB - 778}`);
    t.equal(existsSync(part), false);

    await rm(target);
    await writeFile(part, randomBytes(5 * MIB));
    await download(watched, ref, target);
    t.ok((await readFile(target)).equals(spooled.plain), 'fetched once more from the first byte');

    await rm(target);
    await stopAfter(ref.size);
    t.equal(existsSync(target), false, 'aborted after the last byte and before it was checked');
    t.same(openFiles(folder), []);
    await download(recipient, ref, target);
    t.ok((await readFile(target)).equals(spooled.plain));
  });
});

t.test('a relay that is killed half way: both directions go on by themselves', async (t) => {
  const relay = await relayAsProcess();
  t.teardown(() => relay.dispose());
  const folder = await makeFolder(t);
  const spooled = await spoolOf(folder, randomBytes(20 * MIB));
  const session = sessionOf(t, relay, deviceAt(relay, 0));
  let kills = 0;
  const killAt = (bytes: number) => {
    let restart: Promise<void> | undefined;
    return (done: number): void => {
      if (done < bytes || restart !== undefined) return;
      kills += 1;
      restart = relay.end('SIGKILL').then(() => relay.start());
    };
  };
  const random = (): number => 0.5;
  await upload(session, spooled, { random, onProgress: killAt(8 * MIB) });
  t.ok((await readFile(blobFile(relay, spooled.ref))).equals(await readFile(spooled.spoolPath)));
  const target = join(folder, 'target');
  await download(session, spooled.ref, target, { random, onProgress: killAt(8 * MIB) });
  t.ok((await readFile(target)).equals(spooled.plain));
  t.equal(kills, 2);
});

t.test('a relay that never gets on is not borne for ever, and a lying one not at all', async (t) => {
  const folder = await makeFolder(t);
  const spooled = await spoolOf(folder, randomBytes(30_000));
  const answers = (patch: HttpResponse): [FakeRelay, () => number] => {
    const relay = new FakeRelay();
    let patches = 0;
    relay.answer = ({ method }) => {
      if (method === 'POST') return problem('blob.conflict');
      if (method === 'HEAD') {
        const headers = { 'upload-offset': '100', 'upload-length': String(spooled.ref.size) };
        return { status: 200, headers, body: new Uint8Array() };
      }
      patches += 1;
      return patch;
    };
    return [relay, () => patches];
  };
  const offset = (value: string): HttpResponse => ({
    status: 204,
    headers: { 'upload-offset': value },
    body: new Uint8Array(),
  });
  for (const answer of [problem('relay.unavailable'), problem('blob.offset-mismatch')]) {
    const [relay, patches] = answers(answer);
    t.equal(await codeOf(upload(relay.session(never), spooled)), 'relay.refused');
    t.equal(patches(), 8, 'a few attempts');
  }
  for (const lie of ['100', '99', '0', '-1', '1e9', '99999999', '']) {
    const [relay, patches] = answers(offset(lie));
    t.equal(await codeOf(upload(relay.session(never), spooled)), 'relay.misbehaved', `offset ${lie}`);
    t.equal(patches(), 1);
  }
  const [relay] = answers(problem('relay.unavailable'));
  const abort = new AbortController();
  const waiting = upload(relay.session(never), spooled, { signal: abort.signal, random: () => 1 });
  setTimeout(() => abort.abort(), 50);
  const startedAtMs = Date.now();
  t.equal(await codeOf(waiting), 'aborted');
  t.ok(Date.now() - startedAtMs < 200, 'a wait ends at once');
  t.same(openFiles(folder), []);
});
