/**
 * Byte helpers of the wire: concatenation, big-endian integers, context strings and a bounded reader.
 * Pure; the reader throws `encoding.truncated` instead of reading past its end (spec 30-encoding).
 */
import { ProtocolError } from '../errors.js';

// The only platform objects this package uses; declared here, so that neither DOM nor Node types leak in.
declare class TextEncoder {
  encode(text: string): Uint8Array<ArrayBuffer>;
}
declare class TextDecoder {
  constructor(label: string, options: { fatal: boolean; ignoreBOM: boolean });
  decode(bytes: Uint8Array): string;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export const utf8 = (text: string): Uint8Array => encoder.encode(text);

/** Decodes UTF-8 strictly. @throws ProtocolError `encoding.utf8` */
export function fromUtf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new ProtocolError('encoding.utf8', 'The bytes are not valid UTF-8.', { cause });
  }
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const out = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    out.set(part, offset);
    offset += part.length;
  }
  return out;
}

export function u32be(value: number): Uint8Array {
  const out = new Uint8Array(4);
  new DataView(out.buffer).setUint32(0, value);
  return out;
}

export function u64be(value: number): Uint8Array {
  const out = new Uint8Array(8);
  new DataView(out.buffer).setBigUint64(0, BigInt(value));
  return out;
}

/** `holdfast/<what>/v1\0`: the prefix that keeps every hash and signature in its own domain. */
export function context(what: string): Uint8Array {
  return utf8(`holdfast/${what}/v1\0`);
}

/** u32be length ‖ bytes. */
export const prefixed = (bytes: Uint8Array): Uint8Array => concat(u32be(bytes.length), bytes);

/** A cursor over untrusted bytes; views, never copies. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get remaining(): number {
    return this.#bytes.length - this.#offset;
  }

  /** @throws ProtocolError `encoding.truncated` */
  take(length: number): Uint8Array {
    if (length > this.remaining) throw new ProtocolError('encoding.truncated', 'The bytes end too early.');
    const view = this.#bytes.subarray(this.#offset, this.#offset + length);
    this.#offset += length;
    return view;
  }

  u8(): number {
    return this.take(1)[0] ?? 0;
  }

  u32(): number {
    const view = this.take(4);
    return new DataView(view.buffer, view.byteOffset, 4).getUint32(0);
  }

  /** A u64 that must fit a safe integer. @throws ProtocolError `encoding.malformed` */
  u64(): number {
    const view = this.take(8);
    const value = new DataView(view.buffer, view.byteOffset, 8).getBigUint64(0);
    if (value > BigInt(Number.MAX_SAFE_INTEGER))
      throw new ProtocolError('encoding.malformed', 'A number is out of range.');
    return Number(value);
  }

  /** A u32be-prefixed part of at most `limit` bytes. @throws ProtocolError `encoding.too-large`, `encoding.truncated` */
  prefixed(limit: number): Uint8Array {
    const length = this.u32();
    if (length > limit)
      throw new ProtocolError('encoding.too-large', `A part has ${length} bytes; ${limit} are allowed.`);
    return this.take(length);
  }

  rest(): Uint8Array {
    return this.take(this.remaining);
  }

  /** @throws ProtocolError `encoding.malformed` where bytes are left over */
  end(): void {
    if (this.remaining > 0) throw new ProtocolError('encoding.malformed', 'There are bytes after the end.');
  }
}
