/** A relay of the test's own making, in memory: it signs everyone in, and answers and streams what the test tells it to. */
import { generateSigningKey } from '@holdfast/keys';
import {
  canonicalBytes,
  controlJson,
  type Delivery,
  decodeCursor,
  decodeFrame,
  encodeDelivery,
  encodeFrame,
  encodeMailbox,
  type FederationId,
  type Frame,
  type FrameType,
  type Mailbox,
  ProtocolError,
  type ProtocolErrorCode,
  problemOf,
  toBase64url,
  toDeviceId,
  utf8,
} from '@holdfast/protocol';
import { createSession, type RelaySession } from '#client-sdk/session/session.js';
import { memoryTransport, type PeerSocket } from '#client-sdk/transport/memory.js';
import type { HttpRequest, HttpResponse, RelayTransport } from '#client-sdk/transport/port.js';
import { refusalOf } from '#client-sdk/transport/refusal.js';

export const FED = toBase64url(new Uint8Array(32).fill(1)) as FederationId;

export const json = (status: number, value: unknown): HttpResponse => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: canonicalBytes(value),
});

export function problem(code: ProtocolErrorCode, headers: Readonly<Record<string, string>> = {}): HttpResponse {
  const details = problemOf(new ProtocolError(code));
  return {
    status: details.status,
    headers: { 'content-type': 'application/problem+json', ...headers },
    body: canonicalBytes(details),
  };
}

/** The relay's end of one stream. */
export class FakeStream {
  readonly #socket: PeerSocket;
  readonly headers: Readonly<Record<string, string>>;
  readonly frames: Frame[] = [];
  readonly closed: Promise<unknown>;
  #onFrame: (frame: Frame) => void = () => undefined;

  constructor(socket: PeerSocket, headers: Readonly<Record<string, string>>) {
    this.#socket = socket;
    this.headers = headers;
    this.closed = socket.closed;
    void this.#read();
  }

  async #read(): Promise<void> {
    for await (const bytes of this.#socket.frames) {
      const frame = decodeFrame(bytes);
      this.frames.push(frame);
      this.#onFrame(frame);
    }
  }

  onFrame(listener: (frame: Frame) => void): void {
    this.#onFrame = listener;
    for (const frame of this.frames) listener(frame);
  }

  of(type: FrameType): Frame[] {
    return this.frames.filter((frame) => frame.type === type);
  }

  /** Cursors acknowledged so far in a mailbox, in order. */
  acknowledged(mailbox: Mailbox): number[] {
    return this.of('acknowledge')
      .map(({ payload }) => decodeCursor(payload))
      .filter((cursor) => cursor.mailbox === mailbox)
      .map(({ cursor }) => cursor);
  }

  get resume(): unknown {
    const [frame] = this.of('resume');
    return frame === undefined ? undefined : controlJson(frame.payload);
  }

  raw(bytes: Uint8Array): void {
    this.#socket.send(bytes).catch(() => undefined); // The client may have gone; the test sees that elsewhere.
  }

  send(type: FrameType, request: number, payload: unknown = new Uint8Array()): void {
    this.raw(
      encodeFrame({ type, request, payload: payload instanceof Uint8Array ? payload : utf8(JSON.stringify(payload)) }),
    );
  }

  resumed(acknowledged: Partial<Record<Mailbox, number>> = {}): void {
    this.send('resumed', 0, { alert: 0, routine: 0, epoch: 1, ...acknowledged });
  }

  deliver(mailbox: Mailbox, number: number, changes: Partial<Delivery> = {}): void {
    const delivery = {
      mailbox,
      number,
      acceptedAtMs: 1,
      item: 'envelope',
      bytes: new Uint8Array([number % 256]),
      ...changes,
    };
    this.send('delivery', 0, encodeDelivery(delivery as Delivery));
  }

  live(mailbox: Mailbox): void {
    this.send('live', 0, encodeMailbox(mailbox));
  }

  close(code: number): void {
    this.#socket.closeWith(code);
  }
}

export class FakeRelay {
  readonly transport: RelayTransport;
  readonly requests: HttpRequest[] = [];
  readonly streams: FakeStream[] = [];
  /** Sign-ins so far. */
  tokens = 0;
  tokenLifeMs = 600_000;
  fed: FederationId = FED;
  nowMs = 1_000_000_000;
  /** Answers every request but sign-in. */
  answer: (request: HttpRequest, token: string) => HttpResponse | Promise<HttpResponse> = () => json(200, {});
  /** Answers to challenge and token, where sign-in shall not simply work. */
  signIn: (path: string) => HttpResponse | Promise<HttpResponse> | undefined = () => undefined;
  /** Refuses a stream, where it answers something. */
  refuseStream: (attempt: number) => HttpResponse | undefined = () => undefined;
  onStream: (stream: FakeStream, index: number) => void = (stream) => stream.resumed();
  #attempts = 0;

  constructor() {
    this.transport = memoryTransport({
      request: (request) => this.#request(request),
      stream: (socket, headers) => {
        const refusal = this.refuseStream(this.#attempts++);
        if (refusal !== undefined) throw refusalOf(refusal);
        const stream = new FakeStream(socket, headers);
        this.streams.push(stream);
        this.onStream(stream, this.streams.length - 1);
      },
    });
  }

  async #request(request: HttpRequest): Promise<HttpResponse> {
    this.requests.push(request);
    const { path, headers } = request;
    if (path.startsWith('/v1/session/')) {
      const told = await this.signIn(path);
      if (told !== undefined) return told;
    }
    if (path === '/v1/session/challenge') return json(200, { nonce: 'n', expiresAtMs: this.nowMs + 60_000 });
    if (path === '/v1/session/token') {
      this.tokens += 1;
      return json(200, {
        accessToken: `token-${this.tokens}`,
        expiresAtMs: this.nowMs + this.tokenLifeMs,
        fed: this.fed,
      });
    }
    return this.answer(request, (headers.authorization ?? '').replace('DPoP ', ''));
  }

  session(signal: AbortSignal, now: () => number = () => this.nowMs): RelaySession {
    return createSession({
      transport: this.transport,
      baseUrl: 'http://relay.test/',
      device: toDeviceId(new Uint8Array(16).fill(5)),
      signingKey: generateSigningKey(),
      fed: FED,
      origin: () => 'relay.test/holdfast',
      now,
      signal,
    });
  }
}
