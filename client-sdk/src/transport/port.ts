/**
 * What the SDK needs of a network: one request, and one stream of binary frames. Everything above is the same over HTTPS, in
 * memory, or through a hostile relay.
 */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'HEAD' | 'PATCH';
  /** Path and query, from the relay's base URL on. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** More than this is refused before it is held. */
  readonly maxResponseBytes: number;
  readonly signal: AbortSignal;
}

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface FrameSocket {
  /** Resolves when the frame is handed on, later where the other side is slow. @throws SdkError `relay.unreachable` */
  send(frame: Uint8Array): Promise<void>;
  /** Frames in order, for one reader; ends when the socket closes. Unread frames hold the sender back. */
  readonly frames: AsyncIterable<Uint8Array>;
  /** Ends it; unread frames are dropped. A peer that does not answer the close is not waited for. */
  close(): void;
  /** How it ended; never rejects. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
}

export interface RelayTransport {
  /** @throws SdkError `relay.unreachable`, `relay.misbehaved`, `aborted` */
  request(request: HttpRequest): Promise<HttpResponse>;
  /** @throws SdkError `relay.refused` (with the problem), `relay.unreachable`, `relay.misbehaved`, `aborted` */
  openStream(options: {
    readonly headers: Readonly<Record<string, string>>;
    readonly signal: AbortSignal;
  }): Promise<FrameSocket>;
  /** Frees kept connections. Requests under way fail; streams are their openers' to close. */
  close(): void;
}
