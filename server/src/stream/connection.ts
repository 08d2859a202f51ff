/**
 * One device's stream (spec 74-stream). Each mailbox passes through three phases: *backfill*, pages read from the store after the
 * client's cursor; *cut-over*, the first empty page, told to the client as `live`; *live*, woken by each commit. There is no
 * second path for live items: a wake only means "read on", so nothing can be missed or overtaken between the phases.
 */
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
  MAILBOXES,
  type Mailbox,
  ProtocolError,
  parseReauth,
  parseResume,
  problemOf,
  utf8,
} from '@holdfast/protocol';
import type { WebSocket } from 'ws';
import type { Session } from '../session/sessions.js';
import type { StreamDependencies } from './gateway.js';

const RESUME_WITHIN_MS = 5000;
const PING_EVERY_MS = 20_000;
const PAGE_ITEMS = 64;
const PAGE_BYTES = 1024 * 1024;
/** A token's end is enforced with this much grace. */
const EXPIRY_GRACE_MS = 30_000;

interface Box {
  readonly mailbox: Mailbox;
  /** Highest number handed to this connection. */
  sent: number;
  acknowledged: number;
  isLive: boolean;
  isPumping: boolean;
  isAwake: boolean;
}

export class StreamConnection {
  readonly #socket: WebSocket;
  readonly #deps: StreamDependencies;
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #boxes: Readonly<Record<Mailbox, Box>>;
  readonly epoch: number;
  #session: Session;
  #expiry: NodeJS.Timeout | undefined;
  #window = 0;
  #isAlive = true;
  #isClosed = false;

  constructor(socket: WebSocket, session: Session, epoch: number, deps: StreamDependencies) {
    this.#socket = socket;
    this.#session = session;
    this.epoch = epoch;
    this.#deps = deps;
    const box = (mailbox: Mailbox): Box => ({
      mailbox,
      sent: 0,
      acknowledged: 0,
      isLive: false,
      isPumping: false,
      isAwake: false,
    });
    this.#boxes = { alert: box('alert'), routine: box('routine') };
    this.#timers.push(
      setTimeout(() => this.close('idle'), RESUME_WITHIN_MS),
      setInterval(() => this.#ping(), PING_EVERY_MS),
    );
    this.#expireAt(session.expiresAtMs);
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (!isBinary) return this.close('malformed');
      this.#receive(data);
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
    if (!this.#isAlive) return this.#socket.terminate();
    this.#isAlive = false;
    this.#socket.ping();
  }

  #expireAt(expiresAtMs: number): void {
    clearTimeout(this.#expiry);
    this.#expiry = setTimeout(
      () => this.close('sessionExpired', new ProtocolError('session.expired')),
      Math.max(0, expiresAtMs - this.#deps.now() + EXPIRY_GRACE_MS),
    );
  }

  #receive(bytes: Uint8Array): void {
    let frame: Frame;
    try {
      frame = decodeFrame(bytes);
    } catch (error) {
      return this.#fail(0, error);
    }
    this.#carryOut(frame).catch((error: unknown) => this.#fail(frame.type === 'submit' ? frame.request : 0, error));
  }

  /** A refused submission leaves the stream up; a broken frame or a broken rule ends it. */
  #fail(request: number, error: unknown): void {
    if (!isProtocolError(error)) this.#deps.logger.failed({ where: 'stream', error });
    const problem = isProtocolError(error) ? error : new ProtocolError('relay.internal');
    if (request === 0) return this.close(problem.code === 'relay.draining' ? 'draining' : 'malformed', problem);
    this.#send('problem', request, utf8(JSON.stringify(problemOf(problem))));
  }

  async #carryOut({ type, request, payload }: Frame): Promise<void> {
    if (this.#isClosed) return;
    if (this.#window === 0 && type !== 'resume')
      throw new ProtocolError('frame.malformed', 'The first frame must be `resume`.');
    switch (type) {
      case 'resume':
        return this.#resume(request, payload);
      case 'submit': {
        const receipt = await this.#deps.acceptor.submit(payload, this.#session.device);
        this.#send('receipt', request, utf8(JSON.stringify(receipt)));
        return;
      }
      case 'acknowledge':
        return this.#acknowledge(request, payload);
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

  async #resume(request: number, payload: Uint8Array): Promise<void> {
    if (this.#window > 0) throw new ProtocolError('frame.malformed', '`resume` comes once.');
    const wanted = parseResume(controlJson(payload));
    this.#window = wanted.window;
    clearTimeout(this.#timers[0]);
    const cursors = await this.#deps.store.cursors(this.#session.device);
    for (const mailbox of MAILBOXES) {
      const box = this.#boxes[mailbox];
      // What the client holds durably counts as acknowledged; it cannot hold more than there is.
      box.sent = Math.min(Math.max(wanted[mailbox], cursors[mailbox].acknowledged), cursors[mailbox].highest);
      box.acknowledged = box.sent;
      if (box.sent > cursors[mailbox].acknowledged)
        this.#deps.acknowledge({ device: this.device, mailbox, cursor: box.sent }, () => undefined);
    }
    this.#send(
      'resumed',
      request,
      utf8(
        JSON.stringify({ alert: cursors.alert.acknowledged, routine: cursors.routine.acknowledged, epoch: this.epoch }),
      ),
    );
    this.wake();
  }

  async #reauth(request: number, payload: Uint8Array): Promise<void> {
    const { accessToken, proof } = parseReauth(controlJson(payload));
    const session = await this.#deps.authenticate(`DPoP ${accessToken}`, proof);
    if (session.device !== this.#session.device) throw new ProtocolError('session.proof-invalid');
    this.#session = session;
    this.#expireAt(session.expiresAtMs);
    this.#send('reauthed', request, utf8(JSON.stringify({ expiresAtMs: session.expiresAtMs })));
  }

  #acknowledge(request: number, payload: Uint8Array): void {
    const { mailbox, cursor } = decodeCursor(payload);
    const box = this.#boxes[mailbox];
    if (cursor > box.sent) throw new ProtocolError('mailbox.cursor-ahead');
    box.acknowledged = Math.max(box.acknowledged, cursor);
    this.#deps.acknowledge({ device: this.device, mailbox, cursor }, () =>
      this.#send('acknowledged', request, encodeCursor({ mailbox, cursor: box.acknowledged })),
    );
    this.#pump(box);
  }

  /** Something may have come: read on. */
  wake(): void {
    if (this.#window === 0) return;
    for (const mailbox of MAILBOXES) this.#pump(this.#boxes[mailbox]);
  }

  hint(hint: DirectoryHint): void {
    if (this.#window > 0) this.#send('directory', 0, utf8(JSON.stringify(hint)));
  }

  #pump(box: Box): void {
    box.isAwake = true;
    if (box.isPumping) return;
    box.isPumping = true;
    this.#deliverAll(box)
      .catch((error: unknown) => this.#fail(0, error))
      .finally(() => {
        box.isPumping = false;
      });
  }

  async #deliverAll(box: Box): Promise<void> {
    while (box.isAwake && !this.#isClosed) {
      box.isAwake = false;
      const room = Math.min(PAGE_ITEMS, this.#window - (box.sent - box.acknowledged));
      if (room <= 0) return; // The next acknowledgement reads on.
      const items = await this.#deps.store.nextFor(this.device, box.mailbox, box.sent, room, PAGE_BYTES);
      for (const { number, acceptedAtMs, item, bytes } of items) {
        box.sent = number;
        this.#send('delivery', 0, encodeDelivery({ mailbox: box.mailbox, number, acceptedAtMs, item, bytes }));
      }
      if (items.length > 0) box.isAwake = true;
      else if (!box.isLive) {
        box.isLive = true;
        this.#send('live', 0, encodeMailbox(box.mailbox));
      }
    }
  }

  #send(type: FrameType, request: number, payload: Uint8Array): void {
    if (this.#isClosed) return;
    this.#socket.send(encodeFrame({ type, request, payload }));
    // A client that does not read is cut off; its mailbox is intact.
    if (this.#socket.bufferedAmount > this.#deps.bufferedBytes) this.close('slowReader');
  }
}
