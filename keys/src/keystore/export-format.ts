/**
 * The bytes of an exported keystore (spec 41-keystore, "Export"): one size for every keystore, so that a file says nothing of how
 * many keys are in it. Layout and padding only; what seals it is export.ts. Parses what is untrusted until it has been opened.
 */
import { ByteReader, concat, fromUtf8, isProtocolError, prefixed, u32be, utf8 } from '@holdfast/protocol';
import { KeysError } from '../errors.js';
import { AEAD_TAG_BYTES } from '../primitives/chacha20-poly1305.js';
import { XCHACHA_NONCE_BYTES } from '../primitives/xchacha20-poly1305.js';
import { KEYSTORE_HEADER_MAX_BYTES } from './header.js';

/** Some 500 keys with their names; a keystore holds a handful. */
export const KEYSTORE_EXPORT_BYTES = 65_536;
const HEAD_BYTES = 4 + KEYSTORE_HEADER_MAX_BYTES;
const PADDED_BYTES = KEYSTORE_EXPORT_BYTES - HEAD_BYTES - XCHACHA_NONCE_BYTES - AEAD_TAG_BYTES;

export interface ExportedRecord {
  readonly table: string;
  readonly id: string;
  readonly value: Uint8Array;
}

export interface ExportContents {
  /** What the keystore is for, in the exporter's own form; authenticated with the rest. */
  readonly about: Uint8Array;
  readonly records: readonly ExportedRecord[];
}

export interface ExportParts {
  /** Everything before the nonce: the length, the header, zeros. Bound to what is sealed. */
  readonly head: Uint8Array;
  readonly header: Uint8Array;
  readonly nonce: Uint8Array;
  readonly sealed: Uint8Array;
}

/** The part before the nonce, always of one length. */
export const encodeExportHead = (header: Uint8Array): Uint8Array => padded(prefixed(header), HEAD_BYTES);

/** Splits a file. @throws KeysError `keystore.export-invalid` where it has another size or its head is not whole */
export function splitExport(file: Uint8Array): ExportParts {
  if (file.length !== KEYSTORE_EXPORT_BYTES) throw new KeysError('keystore.export-invalid');
  return guard(() => {
    const reader = new ByteReader(file);
    const head = reader.take(HEAD_BYTES);
    const inHead = new ByteReader(head);
    const header = inHead.prefixed(KEYSTORE_HEADER_MAX_BYTES);
    assertZeros(inHead.rest());
    return { head, header, nonce: reader.take(XCHACHA_NONCE_BYTES), sealed: reader.rest() };
  });
}

/** The plaintext, padded to its one length. @throws KeysError `keystore.export-too-large` */
export function encodeExportContents({ about, records }: ExportContents): Uint8Array {
  const contents = concat(
    prefixed(about),
    u32be(records.length),
    ...records.flatMap(({ table, id, value }) => [utf8(table), utf8(id), value].map(prefixed)),
  );
  try {
    if (4 + contents.length > PADDED_BYTES)
      throw new KeysError(
        'keystore.export-too-large',
        `The keystore has ${contents.length} bytes; ${PADDED_BYTES - 4} fit into an export.`,
      );
    return padded(prefixed(contents), PADDED_BYTES);
  } finally {
    contents.fill(0);
  }
}

/** @returns copies, so that the plaintext may be zeroized. @throws KeysError `keystore.export-invalid` */
export function decodeExportContents(plaintext: Uint8Array): ExportContents {
  return guard(() => {
    const outer = new ByteReader(plaintext);
    const reader = new ByteReader(outer.prefixed(PADDED_BYTES));
    assertZeros(outer.rest());
    const about = reader.prefixed(PADDED_BYTES).slice();
    const records: ExportedRecord[] = [];
    for (let left = reader.u32(); left > 0; left--) {
      const [table, id] = [fromUtf8(reader.prefixed(PADDED_BYTES)), fromUtf8(reader.prefixed(PADDED_BYTES))];
      records.push({ table, id, value: reader.prefixed(PADDED_BYTES).slice() });
    }
    reader.end();
    return { about, records };
  });
}

function padded(bytes: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length);
  out.set(bytes);
  bytes.fill(0);
  return out;
}

function assertZeros(bytes: Uint8Array): void {
  if (bytes.some((byte) => byte !== 0)) throw new KeysError('keystore.export-invalid');
}

function guard<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (isProtocolError(cause)) throw new KeysError('keystore.export-invalid', undefined, { cause });
    throw cause;
  }
}
