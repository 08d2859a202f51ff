/**
 * Attachments (spec 75-attachments): ciphertext under an id that the client drew, uploaded by tus 1.0 (`@tus/server`), fetched in
 * ranges. The relay sees neither name nor type; whoever knows the id may fetch, only the agency that began may go on.
 */
import { createReadStream } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  BLOBS_PATH,
  type BlobId,
  BlobIdSchema,
  MS_PER_DAY,
  PROBLEM_MEDIA_TYPE,
  ProtocolError,
  parserOf,
  problemOf,
} from '@holdfast/protocol';
import { FileStore } from '@tus/file-store';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Relay } from '../relay.js';
import { sessionOf } from '../routes/register.js';
import { TusWithProblems } from './tus-problems.js';

const LIFE_MS = 30 * MS_PER_DAY;
const parseId = parserOf('attachment id', BlobIdSchema, 'request.malformed');
const RANGE = /^bytes=(\d{1,15})-(\d{1,15})?$/;

export async function blobRoutes(app: FastifyInstance, relay: Relay): Promise<void> {
  const { store, config, now } = relay;
  const directory = join(config.dataDir, 'blobs');
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const tus = new TusWithProblems({
    path: BLOBS_PATH,
    datastore: new FileStore({ directory }),
    maxSize: config.limits.attachmentBytes,
    respectForwardedHeaders: false,
    relativeLocation: true,
    namingFunction: (_request, metadata) => parseId(metadata?.id),
    // Acknowledged bytes must survive a power cut.
    onUploadFinish: async (_request, upload) => {
      await sync(join(directory, upload.id));
      await sync(directory);
      return {};
    },
  });

  // tus reads the body itself.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));

  const handOver = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    reply.hijack();
    await tus.handle(request.raw, reply.raw);
  };
  const own = { config: { auth: 'blob' as const }, bodyLimit: config.limits.attachmentBytes };

  app.post(BLOBS_PATH, own, async (request, reply) => {
    const { agency } = sessionOf(request);
    const size = Number(request.headers['upload-length']);
    if (!Number.isSafeInteger(size) || size < 1)
      throw new ProtocolError('request.malformed', 'Upload-Length is missing.');
    if (size > config.limits.attachmentBytes) throw new ProtocolError('blob.quota');
    const id = idIn(request.headers['upload-metadata']);
    const outcome = await store.createBlob(
      { id, agency, size, expiresAtMs: now() + LIFE_MS },
      config.limits.agencyAttachmentBytes,
    );
    // One's own half-done upload is resumed, another agency's id is none of the caller's business. What was begun and never made,
    // since the relay ended in between, is made now.
    if (outcome === 'conflict' && !(await isUnmade(id, agency, size))) throw new ProtocolError('blob.conflict');
    if (outcome === 'quota') throw new ProtocolError('blob.quota');
    await handOver(request, reply);
  });

  const isUnmade = async (id: BlobId, agency: string, size: number): Promise<boolean> => {
    const blob = await store.blob(id);
    return blob?.agency === agency && blob.size === size && (await sizeOf(join(directory, `${id}.json`))) === undefined;
  };

  const resume = async (request: FastifyRequest<{ Params: { id: string } }>, reply: FastifyReply): Promise<void> => {
    const blob = await store.blob(parseId(request.params.id));
    if (blob === undefined || blob.agency !== sessionOf(request).agency) throw new ProtocolError('blob.not-found');
    await handOver(request, reply);
  };
  app.route({ method: 'HEAD', url: `${BLOBS_PATH}/:id`, ...own, handler: resume });
  app.route({ method: 'PATCH', url: `${BLOBS_PATH}/:id`, ...own, handler: resume });

  app.get<{ Params: { id: string } }>(
    `${BLOBS_PATH}/:id`,
    { ...own, exposeHeadRoute: false },
    async (request, reply) => {
      const id = parseId(request.params.id);
      const blob = await store.blob(id);
      const file = join(directory, id);
      if (blob === undefined || blob.expiresAtMs <= now() || (await sizeOf(file)) !== blob.size)
        throw new ProtocolError('blob.not-found');
      const range = rangeOf(request.headers.range, blob.size);
      if (range === 'unsatisfiable') {
        const problem = { ...problemOf(new ProtocolError('request.malformed')), status: 416 };
        return reply
          .code(416)
          .header('content-range', `bytes */${blob.size}`)
          .type(PROBLEM_MEDIA_TYPE)
          .send(JSON.stringify(problem));
      }
      reply
        .header('accept-ranges', 'bytes')
        .header('etag', `"${id}"`)
        .header('cache-control', 'no-store')
        .type('application/octet-stream');
      if (range === undefined) return reply.header('content-length', blob.size).send(createReadStream(file));
      const { start, end } = range;
      return reply
        .code(206)
        .header('content-range', `bytes ${start}-${end}/${blob.size}`)
        .header('content-length', end - start + 1)
        .send(createReadStream(file, { start, end }));
    },
  );
}

/** Removes attachments past their time. */
export async function expireBlobs({ store, config, now }: Relay): Promise<void> {
  for (const id of await store.expiredBlobs(now(), 100)) {
    for (const name of [id, `${id}.json`]) await rm(join(config.dataDir, 'blobs', name), { force: true });
    await store.deleteBlob(id);
  }
}

/** tus metadata: `key base64(value)` pairs; ours is `id` alone. */
function idIn(metadata: string | string[] | undefined): BlobId {
  const match = /^id ([A-Za-z0-9+/=]{1,64})$/.exec(typeof metadata === 'string' ? metadata : '');
  return parseId(Buffer.from(match?.[1] ?? '', 'base64').toString('utf8'));
}

function rangeOf(
  header: string | undefined,
  size: number,
): { readonly start: number; readonly end: number } | 'unsatisfiable' | undefined {
  if (header === undefined) return undefined;
  const match = RANGE.exec(header);
  if (match === null) return 'unsatisfiable';
  const start = Number(match[1]);
  const end = Math.min(match[2] === undefined ? size - 1 : Number(match[2]), size - 1);
  return start > end ? 'unsatisfiable' : { start, end };
}

async function sizeOf(path: string): Promise<number | undefined> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    return (await file.stat()).size;
  } finally {
    await file.close();
  }
}

async function sync(path: string): Promise<void> {
  const file = await open(path);
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
