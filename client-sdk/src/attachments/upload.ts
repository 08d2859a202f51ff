/**
 * Uploading a spooled attachment by tus 1.0, resumable at any byte. Written here, in three requests, because every one of them
 * needs a fresh DPoP proof over its own method and URL, signs in again where the relay has forgotten the token, and goes through
 * the SDK's transport port; tus-js-client brings a transport and a store of its own and shares neither.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { BLOBS_PATH, type BlobId } from '@holdfast/protocol';
import { SdkError } from '../errors.js';
import { blobPath, type RelaySession } from '../session/session.js';
import type { HttpRequest, HttpResponse } from '../transport/port.js';
import { isRefusal, refusalOf } from '../transport/refusal.js';
import { Patience } from './patience.js';

const TUS = { 'tus-resumable': '1.0.0' } as const;
const PATCH_BYTES = 4 * 1024 * 1024;
const MAX_ANSWER_BYTES = 64 * 1024;

export interface UploadRequest {
  readonly session: RelaySession;
  readonly id: BlobId;
  readonly spoolPath: string;
  /** Ciphertext bytes. */
  readonly size: number;
  readonly signal: AbortSignal;
  /** For back-off, in [0, 1). */
  readonly random?: () => number;
  readonly onProgress?: (sentBytes: number) => void;
}

/**
 * Resolves when the relay has every byte, also where it had them before. A relay that restarts meanwhile is asked how far it
 * came; after several attempts without progress the error is the caller's, and another call goes on from there.
 * @throws SdkError `relay.*`, `attachment.too-large`, `attachment.unreadable`, `session.refused`, `aborted`
 */
export async function uploadBlob(request: UploadRequest): Promise<void> {
  const { spoolPath, size, signal, onProgress, random = Math.random } = request;
  const patience = new Patience(random, signal);
  const spool = await open(spoolPath).catch((cause: unknown) => {
    throw new SdkError('attachment.unreadable', 'The spooled attachment is not there any more.', { cause });
  });
  try {
    // Unknown until the relay says; unknown again after every failure.
    let offset: number | undefined;
    while (offset === undefined || offset < size) {
      try {
        if (offset === undefined) {
          offset = await begin(request);
        } else {
          offset = await patch(request, spool, offset);
          patience.progress();
        }
        onProgress?.(offset);
      } catch (error) {
        await patience.bear(error);
        offset = undefined;
      }
    }
  } finally {
    await spool.close();
  }
}

type Send = Pick<HttpRequest, 'method' | 'path' | 'headers' | 'body'>;

const send = ({ session, signal }: UploadRequest, { headers, ...rest }: Send): Promise<HttpResponse> =>
  session.blob({ ...rest, headers: { ...TUS, ...headers }, maxResponseBytes: MAX_ANSWER_BYTES, signal });

/** Creates the upload, or finds how far an earlier attempt came. @returns the offset to go on from */
async function begin(request: UploadRequest): Promise<number> {
  const { id, size } = request;
  const metadata = `id ${Buffer.from(id).toString('base64')}`;
  const headers = { 'upload-length': String(size), 'upload-metadata': metadata };
  const created = await send(request, { method: 'POST', path: BLOBS_PATH, headers, body: new Uint8Array() });
  if (created.status === 201) return 0;
  const refusal = refusalOf(created);
  if (created.status === 413 && refusal.problem !== undefined)
    throw new SdkError('attachment.too-large', undefined, { problem: refusal.problem });
  if (!isRefusal(refusal, 'blob.conflict')) throw refusal;
  const found = await send(request, { method: 'HEAD', path: blobPath(id), headers: {} });
  // Not ours, or another file under our id.
  const isOther = found.status === 200 && found.headers['upload-length'] !== String(size);
  if (isOther || found.status === 404 || found.status === 410) throw refusal;
  return offsetIn(found, 200, size);
}

async function patch(request: UploadRequest, spool: FileHandle, offset: number): Promise<number> {
  const { id, size } = request;
  const chunk = new Uint8Array(Math.min(PATCH_BYTES, size - offset));
  const { bytesRead } = await spool.read(chunk, 0, chunk.length, offset);
  if (bytesRead === 0) throw new SdkError('attachment.unreadable', 'The spooled attachment is shorter than it was.');
  const headers = { 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' };
  const body = chunk.subarray(0, bytesRead);
  const next = offsetIn(await send(request, { method: 'PATCH', path: blobPath(id), headers, body }), 204, size);
  if (next <= offset) throw new SdkError('relay.misbehaved', 'The relay took bytes and did not get on.');
  return next;
}

function offsetIn(answer: HttpResponse, status: number, size: number): number {
  if (answer.status !== status) throw refusalOf(answer);
  const text = answer.headers['upload-offset'] ?? '';
  const offset = /^\d{1,15}$/.test(text) ? Number(text) : undefined;
  if (offset === undefined || offset > size)
    throw new SdkError('relay.misbehaved', 'The relay gave no upload offset, or one past the end.');
  return offset;
}
