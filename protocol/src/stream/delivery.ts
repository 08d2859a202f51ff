/**
 * A mailbox item in a delivery frame: u8 mailbox ‖ u64be number ‖ u64be acceptedAtMs ‖ u8 item ‖ bytes (spec 74-stream).
 * Numbers run without gap per device and mailbox; the time is the relay's word.
 */
import { ByteReader, concat, u64be } from '../encoding/bytes.js';
import { MAILBOXES, type Mailbox } from '../envelope/core.js';
import { ProtocolError } from '../errors.js';

export const DELIVERY_HEADER_BYTES = 18;
export const ITEM_KINDS = ['envelope', 'notice', 'rewrapped'] as const;
export type ItemKind = (typeof ITEM_KINDS)[number];

export interface Delivery {
  readonly mailbox: Mailbox;
  readonly number: number;
  readonly acceptedAtMs: number;
  readonly item: ItemKind;
  /** A delivered envelope, a notice's compact JWS in ASCII, or a rewrap with its envelope. */
  readonly bytes: Uint8Array;
}

/** On the wire kinds count from 1, in their order. */
const itemCode = (item: ItemKind): number => ITEM_KINDS.indexOf(item) + 1;

const mailboxCode = (mailbox: Mailbox): number => MAILBOXES.indexOf(mailbox);

function mailboxFrom(code: number): Mailbox {
  const mailbox = MAILBOXES[code];
  if (mailbox === undefined) throw new ProtocolError('frame.malformed', 'There is no such mailbox.');
  return mailbox;
}

export function encodeDelivery(delivery: Delivery): Uint8Array {
  return concat(
    new Uint8Array([mailboxCode(delivery.mailbox)]),
    u64be(delivery.number),
    u64be(delivery.acceptedAtMs),
    new Uint8Array([itemCode(delivery.item)]),
    delivery.bytes,
  );
}

/** @throws ProtocolError `frame.malformed`, `encoding.*` */
export function decodeDelivery(payload: Uint8Array): Delivery {
  const reader = new ByteReader(payload);
  const mailbox = mailboxFrom(reader.u8());
  const number = reader.u64();
  const acceptedAtMs = reader.u64();
  const item = ITEM_KINDS[reader.u8() - 1];
  if (item === undefined) throw new ProtocolError('frame.malformed', 'There is no such kind of item.');
  return { mailbox, number, acceptedAtMs, item, bytes: reader.rest() };
}

export interface Cursor {
  readonly mailbox: Mailbox;
  readonly cursor: number;
}

export const encodeCursor = ({ mailbox, cursor }: Cursor): Uint8Array =>
  concat(new Uint8Array([mailboxCode(mailbox)]), u64be(cursor));

/** @throws ProtocolError `frame.malformed`, `encoding.*` */
export function decodeCursor(payload: Uint8Array): Cursor {
  const reader = new ByteReader(payload);
  const decoded = { mailbox: mailboxFrom(reader.u8()), cursor: reader.u64() };
  reader.end();
  return decoded;
}

export const encodeMailbox = (mailbox: Mailbox): Uint8Array => new Uint8Array([mailboxCode(mailbox)]);

/** @throws ProtocolError `frame.malformed`, `encoding.*` */
export function decodeMailbox(payload: Uint8Array): Mailbox {
  const reader = new ByteReader(payload);
  const mailbox = mailboxFrom(reader.u8());
  reader.end();
  return mailbox;
}
