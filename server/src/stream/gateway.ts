/** All streams of this node: who is connected, who is woken, who is cut off. A device's newer stream fences its older one. */

import type { WebSocket } from '@fastify/websocket';
import { CLOSE_CODES, type DeviceId, type DirectoryHint } from '@holdfast/protocol';
import type { Registry } from '../membership/registry.js';
import type { Session } from '../session/sessions.js';
import type { MailboxCursor } from '../store/port.js';
import { StreamConnection } from './connection.js';
import type { StreamDependencies } from './dependencies.js';

const ACKNOWLEDGE_EVERY_MS = 50;

export interface GatewayDependencies extends Omit<StreamDependencies, 'acknowledge'> {
  readonly registry: Registry;
}

export class StreamGateway {
  readonly #deps: GatewayDependencies;
  readonly #connections = new Map<DeviceId, StreamConnection>();
  #cursors = new Map<string, { cursor: MailboxCursor; stored: (() => void)[] }>();
  #flush: NodeJS.Timeout | undefined;
  #isClosing = false;

  constructor(deps: GatewayDependencies) {
    this.#deps = deps;
    deps.registry.onChange((change) => {
      this.#dropRefused();
      this.hint(change);
    });
  }

  /** Tells every stream that the directory is worth a look. */
  hint(change: DirectoryHint): void {
    for (const connection of this.#connections.values()) connection.hint(change);
  }

  get size(): number {
    return this.#connections.size;
  }

  async open(socket: WebSocket, session: Session): Promise<void> {
    if (this.#isClosing) return socket.close(CLOSE_CODES.draining);
    // Nobody listens to its frames before the connection is made.
    socket.pause();
    const epoch = await this.#deps.store.nextSessionEpoch(session.device);
    socket.resume();
    // Gone or told to go meanwhile: its `close` has been, or nobody would hear of it.
    if (socket.readyState !== socket.OPEN) return;
    if (this.#isClosing) return socket.close(CLOSE_CODES.draining);
    const older = this.#connections.get(session.device);
    if (older !== undefined && older.epoch > epoch) return socket.close(CLOSE_CODES.fenced);
    older?.close('fenced');
    const connection = new StreamConnection(socket, session, epoch, {
      ...this.#deps,
      acknowledge: (cursor, stored) => this.#acknowledge(cursor, stored),
    });
    this.#connections.set(session.device, connection);
    this.#deps.logger.streamOpened({ device: session.device, epoch });
    socket.once('close', (code) => {
      if (this.#connections.get(session.device) === connection) this.#connections.delete(session.device);
      this.#deps.logger.streamClosed({ device: session.device, code });
    });
  }

  /** New items lie in these devices' mailboxes. */
  wake(devices: Iterable<DeviceId>): void {
    for (const device of devices) this.#connections.get(device)?.wake();
  }

  /** Cursors are stored in groups: losing one only means a repeat, which the client knows by its name. */
  #acknowledge(cursor: MailboxCursor, stored: () => void): void {
    const name = `${cursor.device} ${cursor.mailbox}`;
    const waiting = this.#cursors.get(name);
    if (waiting === undefined) this.#cursors.set(name, { cursor, stored: [stored] });
    else {
      if (cursor.cursor > waiting.cursor.cursor) waiting.cursor = cursor;
      waiting.stored.push(stored);
    }
    this.#flush ??= setTimeout(() => void this.flush(), ACKNOWLEDGE_EVERY_MS);
  }

  async flush(): Promise<void> {
    clearTimeout(this.#flush);
    this.#flush = undefined;
    const waiting = [...this.#cursors.values()];
    this.#cursors = new Map();
    if (waiting.length === 0) return;
    try {
      await this.#deps.store.acknowledge(waiting.map(({ cursor }) => cursor));
      for (const { stored } of waiting) for (const tell of stored) tell();
    } catch (error) {
      this.#deps.logger.failed({ where: 'acknowledge', error });
    }
  }

  /** Revoked or suspended: out at once. */
  #dropRefused(): void {
    for (const [device, connection] of this.#connections)
      if (this.#deps.registry.device(device) === undefined) connection.close('deviceRefused');
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    for (const connection of this.#connections.values()) connection.close('draining');
    await this.flush();
  }
}
