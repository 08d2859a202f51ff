/**
 * One device's stream (spec 74-stream): what its frames ask for, its token's end, its two mailbox feeds. A broken frame or a broken
 * rule ends it; a refused submission does not.
 */
import type { WebSocket } from '@fastify/websocket';
import {
  type CLOSE_CODES,
  controlJson,
  type DirectoryHint,
  decodeCursor,
  decodeFrame,
  encodeCursor,
  encodeDelivery,
  encodeMailbox,
  type Frame,
  isProtocolError,
  type Mailbox,
  ProtocolError,
  parseReauth,
  parseResume,
} from '@holdfast/protocol';
import type { Session } from '../session/sessions.js';
import type { StreamDependencies } from './dependencies.js';
import { FrameSender } from './frame-sender.js';
import { MailboxFeed } from './mailbox-feed.js';

const PING_EVERY_MS = 20_000;
/** A token's end is enforced with this much grace. */
const EXPIRY_GRACE_MS = 30_000;
/** Submitted bytes of one stream that may wait for their commit; more is not read until some have theirs. */
const MAX_UNDER_WAY_BYTES = 8 * 1024 * 1024;

type Feeds = Readonly<Record<Mailbox, MailboxFeed>>;

export class StreamConnection {
  readonly #socket: WebSocket;
  readonly #sender: FrameSender;
  readonly #deps: StreamDependencies;
  readonly #timers: NodeJS.Timeout[] = [];
  readonly epoch: number;
  #resumed: Promise<Feeds> | undefined;
  #feeds: Feeds | undefined;
  #session: Session;
  #expiry: NodeJS.Timeout | undefined;
  #underWayBytes = 0;
  #isAlive = true;

  constructor(socket: WebSocket, session: Session, epoch: number, deps: StreamDependencies) {
    this.#socket = socket;
    this.#session = session;
    this.epoch = epoch;
    this.#deps = deps;
    this.#sender = new FrameSender(socket, { bufferedBytes: deps.bufferedBytes, ...deps.timeouts });
    this.#timers.push(
      setTimeout(() => this.close('idle'), deps.timeouts.resumeMs),
      setInterval(() => this.#ping(), PING_EVERY_MS),
    );
    this.#expireAt(session.expiresAtMs);
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (isBinary) this.#receive(data);
      else this.close('malformed');
    });
    socket.on('pong', () => {
      this.#isAlive = true;
    });
    // Its `close` follows; a client's broken frame is not our error.
    socket.on('error', () => undefined);
    socket.once('close', () => {
      for (const timer of [...this.#timers, this.#expiry]) clearTimeout(timer);
    });
  }

  get device(): Session['device'] {
    return this.#session.device;
  }

  close(why: keyof typeof CLOSE_CODES, problem?: ProtocolError): void {
    this.#sender.close(why, problem);
  }

  #ping(): void {
    if (this.#isAlive) this.#socket.ping();
    else this.#socket.terminate();
    this.#isAlive = false;
  }

  #expireAt(expiresAtMs: number): void {
    clearTimeout(this.#expiry);
    // The socket may have closed while the new token was checked: its timers are cleared once.
    if (this.#socket.readyState === this.#socket.CLOSED) return;
    this.#expiry = setTimeout(
      () => this.close('sessionExpired', new ProtocolError('session.expired')),
      Math.max(0, expiresAtMs - this.#deps.now() + EXPIRY_GRACE_MS),
    );
  }

  #receive(bytes: Uint8Array): void {
    if (this.#sender.isClosed) return;
    try {
      const frame = decodeFrame(bytes);
      const request = frame.type === 'submit' && this.#resumed !== undefined ? frame.request : 0;
      this.#carryOut(frame).catch((error: unknown) => {
        this.#fail(request, error);
      });
    } catch (error) {
      this.#fail(0, error);
    }
  }

  /** A refused submission leaves the stream up; a broken frame or a broken rule ends it. */
  #fail(request: number, error: unknown): void {
    if (!isProtocolError(error)) this.#deps.logger.failed({ where: 'stream', error });
    const problem = isProtocolError(error) ? error : new ProtocolError('relay.internal');
    if (request === 0) this.#sender.closeFor(problem);
    else this.#sender.refuse(request, problem);
  }

  async #carryOut({ type, request, payload }: Frame): Promise<void> {
    if (type === 'resume') {
      if (this.#resumed !== undefined) throw new ProtocolError('frame.malformed', '`resume` comes once.');
      this.#resumed = this.#resume(request, payload);
      this.#feeds = await this.#resumed;
      return this.wake();
    }
    // What follows `resume` in the same packet waits for it.
    if (this.#resumed === undefined) throw new ProtocolError('frame.malformed', 'The first frame must be `resume`.');
    const feeds = await this.#resumed;
    if (this.#sender.isClosed) return;
    switch (type) {
      case 'submit':
        return this.#submit(request, payload);
      case 'acknowledge':
        return this.#acknowledge(feeds, request, payload);
      case 'reauth':
        return this.#reauth(request, payload);
      case 'resumed':
      case 'receipt':
      case 'delivery':
      case 'acknowledged':
      case 'live':
      case 'problem':
      case 'reauthed':
      case 'directory':
        throw new ProtocolError('frame.unknown-type', "That frame is the relay's to send.");
    }
  }

  async #submit(request: number, payload: Uint8Array): Promise<void> {
    this.#underWay(payload.length);
    try {
      this.#sender.sendJson('receipt', request, await this.#deps.acceptor.submit(payload, this.device));
    } finally {
      this.#underWay(-payload.length);
    }
  }

  /** One client's flood waits in its own socket, not in everybody's queue. */
  #underWay(bytes: number): void {
    this.#underWayBytes += bytes;
    if (this.#underWayBytes > MAX_UNDER_WAY_BYTES) this.#socket.pause();
    else if (this.#socket.isPaused) this.#socket.resume();
  }

  async #resume(request: number, payload: Uint8Array): Promise<Feeds> {
    const wanted = parseResume(controlJson(payload));
    clearTimeout(this.#timers[0]);
    const cursors = await this.#deps.store.cursors(this.device);
    const feed = (mailbox: Mailbox): MailboxFeed => {
      const { acknowledged, highest } = cursors[mailbox];
      // What the client holds durably counts as acknowledged; it cannot hold more than there is.
      const from = Math.min(Math.max(wanted[mailbox], acknowledged), highest);
      if (from > acknowledged) this.#deps.acknowledge({ device: this.device, mailbox, cursor: from }, () => undefined);
      return this.#feed(mailbox, from, wanted.window);
    };
    const { alert, routine } = cursors;
    const resumed = { alert: alert.acknowledged, routine: routine.acknowledged, epoch: this.epoch };
    this.#sender.sendJson('resumed', request, resumed);
    return { alert: feed('alert'), routine: feed('routine') };
  }

  #feed(mailbox: Mailbox, from: number, window: number): MailboxFeed {
    return new MailboxFeed({
      store: this.#deps.store,
      device: this.device,
      mailbox,
      window,
      from,
      onItem: (item) => this.#sender.send('delivery', 0, encodeDelivery({ mailbox, ...item })),
      onLive: () => this.#sender.send('live', 0, encodeMailbox(mailbox)),
      drained: () => this.#sender.drained(),
      onFailure: (error) => this.#fail(0, error),
      isClosed: () => this.#sender.isClosed,
    });
  }

  async #reauth(request: number, payload: Uint8Array): Promise<void> {
    const { accessToken, proof } = parseReauth(controlJson(payload));
    const session = await this.#deps.authenticate(`DPoP ${accessToken}`, proof);
    if (session.device !== this.#session.device) throw new ProtocolError('session.proof-invalid');
    this.#session = session;
    this.#expireAt(session.expiresAtMs);
    this.#sender.sendJson('reauthed', request, { expiresAtMs: session.expiresAtMs });
  }

  #acknowledge(feeds: Feeds, request: number, payload: Uint8Array): void {
    const { mailbox, cursor } = decodeCursor(payload);
    const feed = feeds[mailbox];
    if (cursor > feed.sent) throw new ProtocolError('mailbox.cursor-ahead');
    const acknowledged = feed.acknowledge(cursor);
    this.#deps.acknowledge({ device: this.device, mailbox, cursor }, () => {
      this.#sender.send('acknowledged', request, encodeCursor({ mailbox, cursor: acknowledged }));
    });
  }

  /** Something may have come: read on. */
  wake(): void {
    this.#feeds?.alert.wake();
    this.#feeds?.routine.wake();
  }

  hint(hint: DirectoryHint): void {
    if (this.#feeds !== undefined) this.#sender.sendJson('directory', 0, hint);
  }
}
