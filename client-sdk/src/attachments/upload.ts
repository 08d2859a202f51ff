/**
 * Uploading a spooled attachment by tus 1.0, resumable at any byte. Written here, in three requests, because every one of them
 * needs a fresh DPoP proof over its own method and URL and goes through the SDK's transport port.
 */
import { open } from 'node:fs/promises';
import { BLOBS_PATH, type BlobId } from '@holdfast/protocol';
import { SdkError } from '../errors.js';
import { isRefusal, refusalOf } from '../session/open-session.js';
import { blobPath, type RelaySession } from '../session/session.js';
import type { HttpResponse } from '../transport/port.js';

const TUS = { 'tus-resumable': '1.0.0' } as const;
const PATCH_BYTES = 4 * 1024 * 1024;
const MAX_ANSWER_BYTES = 64 * 1024;

export interface UploadRequest {
  readonly session: RelaySession;
  readonly id: BlobId;
  readonly spoolPath: string;
  readonly size: number;
  readonly signal: AbortSignal;
  readonly onProgress?: (sentBytes: number) => void;
}

/** Resolves when the relay has every byte. @throws SdkError `relay.*`, `attachment.*`, `aborted` */
export async function uploadBlob({ session, id, spoolPath, size, signal, onProgress }: UploadRequest): Promise<void> {
  const send = (
    method: 'POST' | 'HEAD' | 'PATCH',
    path: string,
    headers: Record<string, string>,
    body?: Uint8Array,
  ): Promise<HttpResponse> =>
    session.blob({
      method,
      path,
      headers: { ...TUS, ...headers },
      maxResponseBytes: MAX_ANSWER_BYTES,
      signal,
      ...(body === undefined ? {} : { body }),
    });

  let offset = await begin(send, id, size);
  const spool = await open(spoolPath);
  try {
    while (offset < size) {
      const { bytesRead, buffer } = await spool.read(
        new Uint8Array(Math.min(PATCH_BYTES, size - offset)),
        0,
        undefined,
        offset,
      );
      if (bytesRead === 0)
        throw new SdkError('attachment.unreadable', 'The spooled attachment is shorter than it was.');
      const headers = { 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' };
      const answer = await send('PATCH', blobPath(id), headers, buffer.subarray(0, bytesRead));
      // Another offset than ours: something of an earlier attempt arrived after all. Ask, and go on from there.
      offset = answer.status === 409 ? await offsetOf(send, id) : offsetIn(answer, 204);
      onProgress?.(offset);
    }
  } finally {
    await spool.close();
  }
}

type Send = (
  method: 'POST' | 'HEAD' | 'PATCH',
  path: string,
  headers: Record<string, string>,
  body?: Uint8Array,
) => Promise<HttpResponse>;

/** Creates the upload, or finds how far an earlier attempt came. */
async function begin(send: Send, id: BlobId, size: number): Promise<number> {
  const metadata = `id ${Buffer.from(id).toString('base64')}`;
  const created = await send(
    'POST',
    BLOBS_PATH,
    { 'upload-length': String(size), 'upload-metadata': metadata },
    new Uint8Array(),
  );
  if (created.status === 201) return 0;
  const refusal = refusalOf(created);
  if (created.status === 409 || isRefusal(refusal, 'blob.conflict')) return offsetOf(send, id);
  if (created.status === 413)
    throw new SdkError(
      'attachment.too-large',
      undefined,
      refusal.problem === undefined ? {} : { problem: refusal.problem },
    );
  throw refusal;
}

const offsetOf = async (send: Send, id: BlobId): Promise<number> => offsetIn(await send('HEAD', blobPath(id), {}), 200);

function offsetIn(answer: HttpResponse, status: number): number {
  if (answer.status !== status) throw refusalOf(answer);
  const offset = Number(answer.headers['upload-offset']);
  if (!Number.isSafeInteger(offset) || offset < 0)
    throw new SdkError('relay.misbehaved', 'The relay gave no upload offset.');
  return offset;
}
