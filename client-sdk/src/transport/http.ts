/** The port over HTTP(S) and WebSocket: node's own client with kept connections, and `ws`. Bounded in size and time. */
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { STREAM_PATH } from '@holdfast/protocol';
import { SdkError } from '../errors.js';
import type { HttpRequest, HttpResponse, RelayTransport } from './port.js';
import { openSocket } from './websocket.js';

const REQUEST_TIMEOUT_MS = 30_000;

/** @param baseUrl the relay's address, http: or https: */
export function httpTransport(baseUrl: string): RelayTransport {
  const base = baseUrl.replace(/\/$/, '');
  const isSecure = base.startsWith('https:');
  const agent = isSecure
    ? new HttpsAgent({ keepAlive: true, maxSockets: 16, timeout: REQUEST_TIMEOUT_MS })
    : new HttpAgent({ keepAlive: true, maxSockets: 16 });
  const call = isSecure ? httpsRequest : httpRequest;
  return {
    request: (request) =>
      new Promise<HttpResponse>((resolve, reject) => {
        const { method, signal, maxResponseBytes } = request;
        const timeout = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
        const outgoing = call(`${base}${request.path}`, {
          method,
          headers: withLength(request),
          agent,
          signal: AbortSignal.any([signal, timeout]),
        });
        outgoing.once('error', (cause) =>
          reject(
            signal.aborted
              ? new SdkError('aborted', undefined, { cause })
              : new SdkError('relay.unreachable', undefined, { cause }),
          ),
        );
        outgoing.once('response', (response) => void readBounded(response, maxResponseBytes).then(resolve, reject));
        outgoing.end(request.body);
      }),
    openStream: ({ headers, signal }) => openSocket(`${base.replace(/^http/, 'ws')}${STREAM_PATH}`, headers, signal),
  };
}

function withLength({ headers, body }: HttpRequest): Record<string, string | number> {
  return body === undefined ? { ...headers } : { ...headers, 'content-length': body.length };
}

async function readBounded(response: IncomingMessage, limit: number): Promise<HttpResponse> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    const body: AsyncIterable<Uint8Array> = response;
    for await (const bytes of body) {
      length += bytes.length;
      if (length > limit) {
        response.destroy();
        throw new SdkError('relay.misbehaved', `The relay answered with more than ${limit} bytes.`);
      }
      chunks.push(bytes);
    }
  } catch (cause) {
    throw cause instanceof SdkError ? cause : new SdkError('relay.unreachable', undefined, { cause });
  }
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.headers)) if (typeof value === 'string') headers[name] = value;
  return { status: response.statusCode ?? 0, headers, body: Buffer.concat(chunks) };
}
