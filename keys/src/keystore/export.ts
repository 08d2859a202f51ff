/**
 * A keystore as one file to keep elsewhere, and back (spec 41-keystore, "Export"). Day keys and their wraps stay behind: a copy of
 * them would outlive the day. What is imported is a keystore of its own, under its own root key and its own password.
 */
import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { concat, context, type FederationId } from '@holdfast/protocol';
import { isKeysError, KeysError } from '../errors.js';
import type { Argon2idParams } from '../primitives/argon2id.js';
import { randomBytes } from '../primitives/random.js';
import { XCHACHA_NONCE_BYTES, xchachaOpen, xchachaSeal } from '../primitives/xchacha20-poly1305.js';
import { zeroize } from '../primitives/zeroize.js';
import { syncFolder, TEMPORARY_PREFIX } from './atomic-file.js';
import {
  decodeExportContents,
  type ExportContents,
  type ExportedRecord,
  encodeExportContents,
  encodeExportHead,
  splitExport,
} from './export-format.js';
import { FileKeystore } from './file-keystore.js';
import { createKeystore, openKeystore } from './keystore.js';
import type { Unlock } from './unlock.js';

/** Tables that live and die with a day; never exported, never imported. */
const DAY_TABLES: ReadonlySet<string> = new Set(['day-wrap', 'epoch', 'epoch-last', 'epoch-head']);
const PURPOSE = 'export';

export interface ExportRequest {
  /** What opens the file; not what opens the keystore. */
  readonly unlock: Unlock;
  /** What the keystore is for, in the caller's own form; up to a few KiB. Sealed with the rest. */
  readonly about: Uint8Array;
  readonly params?: Argon2idParams;
  readonly signal?: AbortSignal;
}

/**
 * The keystore's records, but those of days, as one file of a fixed size.
 * @throws KeysError `keystore.export-too-large`, `keystore.record-damaged`, `keystore.closed`, and as `createKeystore`
 */
export async function exportKeystore(source: FileKeystore, request: ExportRequest): Promise<Uint8Array> {
  const { about, ...creation } = request;
  const records = await recordsOf(source);
  let plaintext: Uint8Array | undefined;
  try {
    plaintext = encodeExportContents({ about, records });
    const { header, keystore } = await createKeystore({ ...creation, fed: source.fed });
    const key = keystore.deriveKey(PURPOSE);
    keystore.close();
    const head = encodeExportHead(header);
    const nonce = randomBytes(XCHACHA_NONCE_BYTES);
    const sealed = xchachaSeal({ key, nonce, additionalData: aad(head) }, plaintext);
    zeroize(key);
    return concat(head, nonce, sealed);
  } finally {
    zeroize(...records.map(({ value }) => value), plaintext ?? new Uint8Array());
  }
}

export interface OpenedExport extends ExportContents {
  readonly fed: FederationId | null;
}

export interface OpenExportRequest {
  readonly unlock: Unlock;
  /** Where given, an export of another federation is refused, unless it belongs to none. */
  readonly fed?: FederationId;
  readonly signal?: AbortSignal;
}

/**
 * Opens an exported file; whatever has been changed in it, it is refused.
 * @throws KeysError `keystore.export-invalid`, `keystore.header-invalid`, `keystore.parameters-refused` (before anything is
 * stretched), `keystore.other-federation`, `keystore.unlock-failed`
 */
export async function openKeystoreExport(file: Uint8Array, request: OpenExportRequest): Promise<OpenedExport> {
  const { head, header, nonce, sealed } = splitExport(file);
  const { fed: expected, ...opening } = request;
  const keystore = await openKeystore({ ...opening, header });
  const { fed } = keystore;
  const key = keystore.deriveKey(PURPOSE);
  keystore.close();
  try {
    if (expected !== undefined && fed !== null && fed !== expected) throw new KeysError('keystore.other-federation');
    const plaintext = xchachaOpen({ key, nonce, additionalData: aad(head) }, sealed);
    const contents = decodeExportContents(plaintext);
    zeroize(plaintext);
    if (contents.records.some(({ table }) => DAY_TABLES.has(table))) throw new KeysError('keystore.export-invalid');
    return { fed, ...contents };
  } catch (cause) {
    if (isKeysError(cause, 'keys.decryption-failed'))
      throw new KeysError('keystore.export-invalid', undefined, { cause });
    throw cause;
  } finally {
    zeroize(key);
  }
}

/**
 * Makes a keystore in `folder` out of an opened export, whole or not at all, and zeroizes what was opened.
 * @param unlock what shall open the new keystore
 * @throws KeysError `keystore.exists` where the folder holds anything, and as `FileKeystore.create`
 */
export async function importKeystore(
  { fed, records }: OpenedExport,
  folder: string,
  { unlock, params }: { readonly unlock: Unlock; readonly params?: Argon2idParams },
): Promise<void> {
  const parent = dirname(folder);
  const temporary = join(
    parent,
    `${TEMPORARY_PREFIX}${basename(folder)}-${Buffer.from(randomBytes(9)).toString('hex')}`,
  );
  await mkdir(parent, { recursive: true, mode: 0o700 });
  try {
    const keystore = await FileKeystore.create(temporary, { unlock, fed, ...(params === undefined ? {} : { params }) });
    try {
      for (const { table, id, value } of records) await keystore.put(table, id, value);
    } finally {
      await keystore.close();
    }
    await place(temporary, folder);
    await syncFolder(parent);
  } finally {
    zeroize(...records.map(({ value }) => value));
    await rm(temporary, { recursive: true, force: true });
  }
}

/** A folder that is there and not empty is never written over: the rename itself refuses it. */
async function place(temporary: string, folder: string): Promise<void> {
  try {
    await rename(temporary, folder);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'ENOTEMPTY' || code === 'EEXIST' || code === 'EPERM' || code === 'ENOTDIR')
      throw new KeysError('keystore.exists', undefined, { cause });
    throw cause;
  }
}

async function recordsOf(source: FileKeystore): Promise<ExportedRecord[]> {
  const records: ExportedRecord[] = [];
  for (const table of await source.tables()) {
    if (DAY_TABLES.has(table)) continue;
    for (const id of await source.list(table)) {
      const value = await source.get(table, id);
      if (value !== undefined) records.push({ table, id, value });
    }
  }
  return records;
}

const aad = (head: Uint8Array): Uint8Array => concat(context('keystore-export'), head);
