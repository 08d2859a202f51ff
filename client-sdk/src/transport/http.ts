/** The port over HTTP(S) and WebSocket: node's own client with kept connections, and `ws`. Bounded in size and time. */
import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { STREAM_PATH } from '@holdfast/protocol';
import { SdkError } from '../errors.js';
import { onAbort } from './linked-signal.js';
import type { HttpRequest, HttpResponse, RelayTransport } from './port.js';
import { openSocket } from './websocket.js';

const MAX_SOCKETS = 16;

export interface HttpTimeouts {
  /** Without a byte either way for this long the request fails. */
  readonly silenceMs?: number;
  /** However it trickles, a request is over after this. */
  readonly deadlineMs?: number;
}

/** @param baseUrl the relay's address, http: or https:, without query */
export function httpTransport(
  baseUrl: string,
  { silenceMs = 30_000, deadlineMs = 5 * 60_000 }: HttpTimeouts = {},
): RelayTransport {
  const base = baseUrl.replace(/\/$/, '');
  const isSecure = base.startsWith('https:');
  const agent = new (isSecure ? HttpsAgent : HttpAgent)({ keepAlive: true, maxSockets: MAX_SOCKETS });
  const start = isSecure ? httpsRequest : httpRequest;
  return {
    request: async (request) => {
      const { method, path, signal } = request;
      if (signal.aborted) throw new SdkError('aborted');
      const outgoing = start(`${base}${path}`, { method, headers: headersOf(request), agent });
      const fail = (why: string) => () => outgoing.destroy(new SdkError('relay.unreachable', why));
      const deadline = setTimeout(fail('The relay did not answer in time.'), deadlineMs);
      outgoing.setTimeout(silenceMs, fail('The relay fell silent.'));
      const release = onAbort(signal, () => void outgoing.destroy(new SdkError('aborted')));
      try {
        return await exchange(outgoing, request);
      } catch (cause) {
        if (signal.aborted) throw new SdkError('aborted', undefined, { cause });
        throw cause instanceof SdkError ? cause : new SdkError('relay.unreachable', undefined, { cause });
      } finally {
        clearTimeout(deadline);
        release();
      }
    },
    openStream: ({ headers, signal }) => openSocket(`${base.replace(/^http/, 'ws')}${STREAM_PATH}`, headers, signal),
    close: () => agent.destroy(),
  };
}

function headersOf({ headers, body }: HttpRequest): Record<string, string | number> {
  return body === undefined ? { ...headers } : { ...headers, 'content-length': body.length };
}

async function exchange(outgoing: ClientRequest, { body, maxResponseBytes }: HttpRequest): Promise<HttpResponse> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.once('response', resolve);
    // Stays on: an error after the answer began comes here too, and ends the reading below.
    outgoing.on('error', reject);
    outgoing.end(body);
  });
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.headers)) if (typeof value === 'string') headers[name] = value;
  return { status: response.statusCode ?? 0, headers, body: await readBounded(outgoing, response, maxResponseBytes) };
}

async function readBounded(outgoing: ClientRequest, response: IncomingMessage, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const body: AsyncIterable<Uint8Array> = response;
  for await (const bytes of body) {
    length += bytes.length;
    if (length > limit) {
      outgoing.destroy();
      throw new SdkError('relay.misbehaved', `The relay answered with more than ${limit} bytes.`);
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}
