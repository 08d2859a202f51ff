/** A network that breaks at one frame of the stream, in either direction, as a cable does: nobody is told. */
import {
  canonicalBytes,
  decodeFrame,
  encodeFrame,
  type FrameType,
  ProtocolError,
  type ProtocolErrorCode,
  problemOf,
} from '@holdfast/protocol';
import type { FrameSocket, RelayTransport } from '#client-sdk/transport/port.js';

export interface FrameSeen {
  readonly type: FrameType;
  readonly direction: 'out' | 'in';
  /** From 1, both directions, over all streams. */
  readonly number: number;
}

/**
 * @param isLast says of each frame whether the stream breaks there: an outgoing one has left, an incoming one is lost.
 */
export function cuttingTransport(inner: RelayTransport, isLast: (frame: FrameSeen) => boolean): RelayTransport {
  let number = 0;
  const wrap = (socket: FrameSocket, cut: AbortController): FrameSocket => {
    const breaksAt = (bytes: Uint8Array, direction: 'out' | 'in'): boolean => {
      number += 1;
      if (!isLast({ type: decodeFrame(bytes).type, direction, number })) return false;
      cut.abort();
      return true;
    };
    const frames = async function* (): AsyncGenerator<Uint8Array, void, undefined> {
      for await (const bytes of socket.frames) {
        if (cut.signal.aborted || breaksAt(bytes, 'in')) return;
        yield bytes;
      }
    };
    return {
      frames: frames(),
      closed: socket.closed,
      close: () => socket.close(),
      send: async (bytes) => {
        await socket.send(bytes);
        breaksAt(bytes, 'out');
      },
    };
  };
  return {
    request: (request) => inner.request(request),
    openStream: async ({ headers, signal }) => {
      const cut = new AbortController();
      return wrap(await inner.openStream({ headers, signal: AbortSignal.any([signal, cut.signal]) }), cut);
    },
    close: () => inner.close(),
  };
}

/** A relay that answers the first submission with a problem instead of the receipt. */
export function refusingTransport(inner: RelayTransport, code: ProtocolErrorCode): RelayTransport {
  let isDone = false;
  const frames = async function* (socket: FrameSocket): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const bytes of socket.frames) {
      const { type, request } = decodeFrame(bytes);
      if (isDone || type !== 'receipt') yield bytes;
      else {
        isDone = true;
        yield encodeFrame({ type: 'problem', request, payload: canonicalBytes(problemOf(new ProtocolError(code))) });
      }
    }
  };
  return {
    request: (request) => inner.request(request),
    openStream: async (options) => {
      const socket = await inner.openStream(options);
      return { ...socket, frames: frames(socket) };
    },
    close: () => inner.close(),
  };
}
