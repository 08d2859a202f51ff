/**
 * The stream's binary frames (spec 74-stream): u8 version ‖ u8 type ‖ u32be request ‖ payload. JSON only for control.
 * An answer repeats the request's number; what the relay sends unasked has number 0.
 */
import { ByteReader, concat, u32be } from '../encoding/bytes.js';
import { ProtocolError } from '../errors.js';
import { LIMITS } from '../limits.js';

export const FRAME_VERSION = 1;
export const FRAME_HEADER_BYTES = 6;

export const FRAME_TYPES = {
  /** Client: JSON {alert, routine, window}: begin deliveries after these cursors. Must be the first frame. */
  resume: 0x01,
  /** Client: an envelope as submitted. */
  submit: 0x02,
  /** Client: u8 mailbox ‖ u64be cursor. */
  acknowledge: 0x03,
  /** Client: JSON {accessToken, proof}: go on under a new token. */
  reauth: 0x04,
  /** Relay: JSON {alert, routine, epoch}: acknowledged cursors as the relay has them. */
  resumed: 0x81,
  /** Relay: JSON receipt. */
  receipt: 0x82,
  /** Relay: a mailbox item (delivery.ts). */
  delivery: 0x83,
  /** Relay: u8 mailbox ‖ u64be cursor, as acknowledged. */
  acknowledged: 0x84,
  /** Relay: u8 mailbox: the backlog is drained, what follows is live. */
  live: 0x85,
  /** Relay: JSON problem. With number 0 the connection closes. */
  problem: 0x86,
  /** Relay: JSON {expiresAtMs}: the new token holds. */
  reauthed: 0x87,
  /** Relay: JSON {agency} or {trustList}: the directory has changed; a hint, fetch and verify. */
  directory: 0x88,
} as const;
export type FrameType = keyof typeof FRAME_TYPES;
const isFrameType = (name: string): name is FrameType => Object.hasOwn(FRAME_TYPES, name);
export const FRAME_TYPE_NAMES: readonly FrameType[] = Object.keys(FRAME_TYPES).filter(isFrameType);

const NAMES: ReadonlyMap<number, FrameType> = new Map(FRAME_TYPE_NAMES.map((name) => [FRAME_TYPES[name], name]));

export interface Frame {
  readonly type: FrameType;
  /** 0 … 2^32-1. */
  readonly request: number;
  readonly payload: Uint8Array;
}

export function encodeFrame(frame: Frame): Uint8Array {
  return concat(new Uint8Array([FRAME_VERSION, FRAME_TYPES[frame.type]]), u32be(frame.request), frame.payload);
}

/** @throws ProtocolError `encoding.too-large`, `frame.malformed`, `frame.unknown-type` */
export function decodeFrame(bytes: Uint8Array): Frame {
  if (bytes.length > LIMITS.frameBytes) throw new ProtocolError('encoding.too-large', 'The frame is too large.');
  if (bytes.length < FRAME_HEADER_BYTES) throw new ProtocolError('frame.malformed', 'The frame has no whole header.');
  const reader = new ByteReader(bytes);
  if (reader.u8() !== FRAME_VERSION) throw new ProtocolError('frame.malformed', 'The frame has another version.');
  const type = NAMES.get(reader.u8());
  if (type === undefined) throw new ProtocolError('frame.unknown-type');
  return { type, request: reader.u32(), payload: reader.rest() };
}

/** Close codes of the stream, in the private range of RFC 6455 §7.4.2. */
export const CLOSE_CODES = {
  /** Signed-in token ended. */
  sessionExpired: 4401,
  /** The device was revoked or suspended. */
  deviceRefused: 4403,
  /** No `resume` in time. */
  idle: 4408,
  /** A newer connection of the device. */
  fenced: 4409,
  /** A frame that cannot be read. */
  malformed: 4400,
  /** The client does not read. */
  slowReader: 4413,
  draining: 4503,
} as const;
