/**
 * One device's stream (spec 74-stream): its frames in and out, its token's end, its two mailbox feeds. A broken frame or a broken
 * rule ends it; a refused submission does not.
 */

import { setImmediate } from 'node:timers/promises';
import type { WebSocket } from '@fastify/websocket';
import {
  CLOSE_CODES,
  controlJson,
  type DirectoryHint,
  decodeCursor,
  decodeFrame,
  encodeCursor,
  encodeDelivery,
  encodeFrame,
  encodeMailbox,
  type Frame,
  type FrameType,
  isProtocolError,
  type Mailbox,
  ProtocolError,
  parseReauth,
  parseResume,
  problemOf,
  utf8,
} from '@holdfast/protocol';
import type { Session } from '../session/sessions.js';
import type { StreamDependencies } from './dependencies.js';
import { MailboxFeed } from './mailbox-feed.js';

const PING_EVERY_MS = 20_000;
/** A token's end is enforced with this much grace. */
const EXPIRY_GRACE_MS = 30_000;
/** Unsent bytes up to which the next page is read at once. */
const READ_ON_BELOW_BYTES = 256 * 1024;

export class StreamConnection {
  readonly #socket: WebSocket;
  readonly #deps: StreamDependencies;
  readonly #timers: NodeJS.Timeout[] = [];
  #resumed: Promise<Readonly<Record<Mailbox, MailboxFeed>>> | undefined;
  #feeds: Readonly<Record<Mailbox, MailboxFeed>> | undefined;
  readonly epoch: number;
  #session: Session;
  #expiry: NodeJS.Timeout | undefined;
  #isAlive = true;
  #isClosed = false;

  constructor(socket: WebSocket, session: Session, epoch: number, deps: StreamDependencies) {
    this.#socket = socket;
    this.#session = session;
    this.epoch = epoch;
    this.#deps = deps;
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
    socket.once('close', () => this.#ended());
  }

  get device(): Session['device'] {
    return this.#session.device;
  }

  #ended(): void {
    this.#isClosed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    clearTimeout(this.#expiry);
  }

  close(why: keyof typeof CLOSE_CODES, problem?: ProtocolError): void {
    if (this.#isClosed) return;
    if (problem !== undefined) this.#send('problem', 0, utf8(JSON.stringify(problemOf(problem))));
    this.#isClosed = true;
    this.#socket.close(CLOSE_CODES[why]);
    // A client that does not answer the close is not waited for.
    setTimeout(() => this.#socket.terminate(), 2000).unref();
  }

  #ping(): void {
    if (this.#isAlive) this.#socket.ping();
    else this.#socket.terminate();
    this.#isAlive = false;
  }

  #expireAt(expiresAtMs: number): void {
    clearTimeout(this.#expiry);
    this.#expiry = setTimeout(
      () => this.close('sessionExpired', new ProtocolError('session.expired')),
      Math.max(0, expiresAtMs - this.#deps.now() + EXPIRY_GRACE_MS),
    );
  }

  #receive(bytes: Uint8Array): void {
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
    if (request === 0) this.close(closeReasonOf(problem), problem);
    else this.#send('problem', request, utf8(JSON.stringify(problemOf(problem))));
  }

  async #carryOut({ type, request, payload }: Frame): Promise<void> {
    if (this.#isClosed) return;
    if (type === 'resume') {
      if (this.#resumed !== undefined) throw new ProtocolError('frame.malformed', '`resume` comes once.');
      this.#resumed = this.#resume(request, payload);
      this.#feeds = await this.#resumed;
      return this.wake();
    }
    // What follows `resume` in the same packet waits for it.
    if (this.#resumed === undefined) throw new ProtocolError('frame.malformed', 'The first frame must be `resume`.');
    const feeds = await this.#resumed;
    switch (type) {
      case 'submit': {
        const receipt = await this.#deps.acceptor.submit(payload, this.#session.device);
        this.#send('receipt', request, utf8(JSON.stringify(receipt)));
        return;
      }
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

  async #resume(request: number, payload: Uint8Array): Promise<Readonly<Record<Mailbox, MailboxFeed>>> {
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
    this.#send('resumed', request, utf8(JSON.stringify(resumed)));
    return { alert: feed('alert'), routine: feed('routine') };
  }

  #feed(mailbox: Mailbox, from: number, window: number): MailboxFeed {
    return new MailboxFeed({
      store: this.#deps.store,
      device: this.device,
      mailbox,
      window,
      from,
      onItem: (item) => this.#send('delivery', 0, encodeDelivery({ mailbox, ...item })),
      onLive: () => this.#send('live', 0, encodeMailbox(mailbox)),
      drained: () => this.#drained(),
      onFailure: (error) => this.#fail(0, error),
      isClosed: () => this.#isClosed,
    });
  }

  async #reauth(request: number, payload: Uint8Array): Promise<void> {
    const { accessToken, proof } = parseReauth(controlJson(payload));
    const session = await this.#deps.authenticate(`DPoP ${accessToken}`, proof);
    if (session.device !== this.#session.device) throw new ProtocolError('session.proof-invalid');
    this.#session = session;
    this.#expireAt(session.expiresAtMs);
    this.#send('reauthed', request, utf8(JSON.stringify({ expiresAtMs: session.expiresAtMs })));
  }

  #acknowledge(feeds: Readonly<Record<Mailbox, MailboxFeed>>, request: number, payload: Uint8Array): void {
    const { mailbox, cursor } = decodeCursor(payload);
    const feed = feeds[mailbox];
    if (cursor > feed.sent) throw new ProtocolError('mailbox.cursor-ahead');
    const acknowledged = feed.acknowledge(cursor);
    this.#deps.acknowledge({ device: this.device, mailbox, cursor }, () => {
      this.#send('acknowledged', request, encodeCursor({ mailbox, cursor: acknowledged }));
    });
  }

  /** Something may have come: read on. */
  wake(): void {
    this.#feeds?.alert.wake();
    this.#feeds?.routine.wake();
  }

  hint(hint: DirectoryHint): void {
    if (this.#feeds !== undefined) this.#send('directory', 0, utf8(JSON.stringify(hint)));
  }

  #send(type: FrameType, request: number, payload: Uint8Array): void {
    if (this.#isClosed) return;
    this.#socket.send(encodeFrame({ type, request, payload }));
    // A client that does not read is cut off; its mailbox is intact.
    if (this.#socket.bufferedAmount > this.#deps.bufferedBytes) this.close('slowReader');
  }

  /** The next page waits for the client to take this one; one that takes nothing for long is cut off. */
  async #drained(): Promise<void> {
    // Other connections have their turn between two pages.
    await setImmediate();
    if (this.#isClosed || this.#socket.bufferedAmount < READ_ON_BELOW_BYTES) return;
    const late = setTimeout(() => this.close('slowReader'), this.#deps.timeouts.slowReaderMs);
    // An empty ping goes out after all that waits before it; a socket that closes calls back too.
    await new Promise<void>((resolve) => {
      this.#socket.ping('', undefined, () => resolve());
    });
    clearTimeout(late);
  }
}

function closeReasonOf({ code }: ProtocolError): keyof typeof CLOSE_CODES {
  if (code === 'relay.draining') return 'draining';
  if (code === 'session.device-refused') return 'deviceRefused';
  return code.startsWith('session.') ? 'sessionExpired' : 'malformed';
}
