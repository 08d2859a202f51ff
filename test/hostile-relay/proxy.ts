/**
 * A hostile relay: real sockets on 127.0.0.1 between one SDK and the real relay, one link for each device, so that two devices can be
 * told two stories. The DPoP proofs name the real relay's address, which stays the client's `relayUrl`; only its transport goes
 * through the link, as through a tunnel. So nothing of the relay or the SDK is configured otherwise than in earnest.
 */
import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { DeviceIdSchema, LIMITS, OPERATIONS, parserOf } from '@holdfast/protocol';
import WebSocket, { WebSocketServer } from 'ws';
import { httpTransport } from '#client-sdk/transport/http.js';
import type { RelayTransport } from '#client-sdk/transport/port.js';
import { type Answer, Answers, objectIn, operationOf, type Request } from './answers.js';
import { Evidence, type SeenDevice, unseenDevice } from './evidence.js';
import { type Armed, Meddler } from './meddler.js';
import type { RelayKey } from './relay-key.js';
import type { AnswerFault, FrameFault, FrameTarget } from './script.js';

const parseDevice = parserOf('device id', DeviceIdSchema, 'message.invalid');

/** One device's way to the relay. */
export interface HostileLink {
  readonly transport: RelayTransport;
  arm(target: FrameTarget, fault: FrameFault): Armed;
  /** Resolves when an armed fault has struck; at once where it has. */
  struck(armed: Armed, signal: AbortSignal): Promise<void>;
  lie(lie: AnswerFault): void;
  /** Lets go what is held back. */
  release(): void;
  /** Cuts the stream; the client connects again. */
  cut(): void;
  /** Ends all faults and lets go. */
  heal(): void;
  close(): Promise<void>;
}

export interface HostileRelay {
  link(): Promise<HostileLink>;
  close(): Promise<void>;
}

/** Puts itself before the relay at `url`. */
export function hostileRelay(url: string, relayKey: RelayKey): HostileRelay {
  const evidence = new Evidence();
  const links: HostileLink[] = [];
  return {
    link: async () => {
      const link = await openLink(url, evidence, relayKey);
      links.push(link);
      return link;
    },
    close: async () => {
      for (const link of links) await link.close();
    },
  };
}

async function openLink(url: string, evidence: Evidence, relayKey: RelayKey): Promise<HostileLink> {
  const device = unseenDevice();
  const answers = new Answers();
  const strikes = new EventTarget();
  const meddler = new Meddler({ evidence, device, relayKey }, () => strikes.dispatchEvent(new Event('strike')));
  const streams = new Set<() => void>();
  const cut = (): void => {
    for (const end of streams) end();
  };

  const server = createServer((incoming, outgoing) => {
    answerOne(url, incoming, answers, device)
      .then((answer) => reply(outgoing, answer))
      .catch(() => outgoing.destroy());
  });
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: LIMITS.frameBytes });
  server.on('upgrade', (incoming, socket, head) => {
    openUpstream(url, incoming, socket, (upstream) => {
      sockets.handleUpgrade(incoming, socket, head, (client) => {
        const end = (): void => {
          streams.delete(end);
          client.terminate();
          upstream.terminate();
        };
        streams.add(end);
        pump(client, upstream, meddler, end);
      });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const transport = httpTransport(`http://127.0.0.1:${port}`);
  return {
    transport,
    arm: (target, fault) => meddler.arm(target, fault),
    struck: (armed, signal) => untilStruck(armed, strikes, signal),
    lie: (lie) => answers.tell(lie),
    release: () => meddler.release(),
    cut,
    heal: () => {
      answers.heal();
      meddler.heal();
    },
    close: async () => {
      transport.close();
      cut();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function untilStruck(armed: Armed, strikes: EventTarget, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      strikes.removeEventListener('strike', look);
      signal.removeEventListener('abort', giveUp);
    };
    const look = (): void => {
      if (!armed.struck) return;
      end();
      resolve();
    };
    const giveUp = (): void => {
      end();
      reject(new Error(`The fault has not struck: ${JSON.stringify(armed)}`));
    };
    strikes.addEventListener('strike', look);
    signal.addEventListener('abort', giveUp);
    look();
  });
}

async function answerOne(
  url: string,
  incoming: IncomingMessage,
  answers: Answers,
  device: SeenDevice,
): Promise<Answer | 'hang-up'> {
  const asked: Request = {
    method: incoming.method ?? 'GET',
    path: incoming.url ?? '/',
    headers: headersOf(incoming),
    body: await bytesOf(incoming),
  };
  const answer = await answers.answer(asked, (request) => ask(url, request));
  if (operationOf(asked)?.id === OPERATIONS.sessionToken.id && answer !== 'hang-up' && answer.status === 200) {
    const { assertion, device: id } = objectIn(asked.body);
    device.id = parseDevice(id);
    const { accessToken } = objectIn(answer.body);
    if (typeof assertion === 'string') device.assertion = assertion;
    if (typeof accessToken === 'string') device.token = accessToken;
  }
  return answer;
}

function reply(outgoing: ServerResponse, answer: Answer | 'hang-up'): void {
  if (answer === 'hang-up') {
    outgoing.destroy();
    return;
  }
  const { status, headers, body } = answer;
  outgoing.writeHead(status, { ...headers, 'content-length': body.length });
  outgoing.end(body);
}

/** The same request to the real relay. */
function ask(url: string, { method, path, headers, body }: Request): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sized = body.length === 0 && method !== 'POST' ? headers : { ...headers, 'content-length': body.length };
    const outgoing = httpRequest(`${url}${path}`, { method, headers: sized }, (incoming) => {
      bytesOf(incoming).then(
        (bytes) => resolve({ status: incoming.statusCode ?? 0, headers: headersOf(incoming), body: bytes }),
        reject,
      );
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'host']);

function headersOf({ headers }: IncomingMessage): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers))
    if (typeof value === 'string' && !HOP_BY_HOP.has(name)) kept[name] = value;
  return kept;
}

async function bytesOf(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Opens the stream at the real relay as the client asked for it; a refusal goes back as it came. */
function openUpstream(
  url: string,
  incoming: IncomingMessage,
  socket: Duplex,
  opened: (upstream: WebSocket) => void,
): void {
  const { authorization = '', dpop = '' } = headersOf(incoming);
  const upstream = new WebSocket(`${url.replace(/^http/, 'ws')}${incoming.url ?? ''}`, {
    headers: { authorization, dpop },
    perMessageDeflate: false,
  });
  upstream.once('open', () => opened(upstream));
  upstream.once('unexpected-response', (_, response) => {
    bytesOf(response).then(
      (body) => {
        const type = response.headers['content-type'] ?? '';
        const head = `HTTP/1.1 ${response.statusCode ?? 502} Refused\r\ncontent-type: ${type}\r\ncontent-length: ${body.length}\r\n`;
        socket.end(Buffer.concat([Buffer.from(`${head}connection: close\r\n\r\n`), body]));
      },
      () => socket.destroy(),
    );
  });
  upstream.on('error', () => socket.destroy());
  socket.on('error', () => upstream.terminate());
}

function pump(client: WebSocket, upstream: WebSocket, meddler: Meddler, end: () => void): void {
  meddler.connected({
    down: (bytes) => client.send(bytes, { binary: true }, () => undefined),
    up: (bytes) => upstream.send(bytes, { binary: true }, () => undefined),
    cut: end,
  });
  client.on('message', (data: Buffer) => meddler.up(data));
  upstream.on('message', (data: Buffer) => meddler.down(data));
  client.on('error', end);
  client.on('close', end);
  upstream.on('close', (code, reason) => {
    // As the relay ended it: the code tells the client whether to come back.
    if (client.readyState === client.OPEN && code >= 1000 && code !== 1005 && code !== 1006) client.close(code, reason);
    else end();
  });
}
