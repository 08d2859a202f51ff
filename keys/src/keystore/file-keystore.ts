/**
 * A keystore in a folder: `header.json` and one file per record, `records/<table>/<id>` = u64be version ‖ sealed record.
 * Names are not secret, contents are. One process at a time; writes are whole or not at all. Deleting unlinks: what the
 * disk keeps of it is readable only with the unlock, which is why day keys have wraps of their own.
 */
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ByteReader, concat, u64be } from '@holdfast/protocol';
import { KeysError } from '../errors.js';
import { createFileAtomic, syncFolder, TEMPORARY_PREFIX, writeFileAtomic } from './atomic-file.js';
import { KEYSTORE_HEADER_MAX_BYTES } from './header.js';
import { type CreateKeystore, createKeystore, type Keystore, type OpenKeystore, openKeystore } from './keystore.js';

/** Records are keys and small secrets. */
export const KEYSTORE_RECORD_MAX_BYTES = 1_048_576;
const OVERHEAD_BYTES = 8 + 24 + 16;
/** No dot: no way out of the folder, no clash with temporary files. */
const NAME = /^[A-Za-z0-9_-]{1,128}$/;

export class FileKeystore {
  readonly #folder: string;
  readonly #keystore: Keystore;
  #tail: Promise<unknown> = Promise.resolve();

  private constructor(folder: string, keystore: Keystore) {
    this.#folder = folder;
    this.#keystore = keystore;
  }

  /** Makes a keystore in `folder`, which is made too. @throws KeysError `keystore.exists`, and as `createKeystore` */
  static async create(folder: string, request: CreateKeystore): Promise<FileKeystore> {
    await mkdir(join(folder, 'records'), { recursive: true, mode: 0o700 });
    const { header, keystore } = await createKeystore(request);
    try {
      await createFileAtomic(headerFile(folder), header);
    } catch (error) {
      keystore.close();
      throw hasCode(error, 'EEXIST') ? new KeysError('keystore.exists', undefined, { cause: error }) : error;
    }
    return new FileKeystore(folder, keystore);
  }

  /** Opens the keystore in `folder`. @throws KeysError `keystore.not-found`, and as `openKeystore` */
  static async open(folder: string, request: Omit<OpenKeystore, 'header'>): Promise<FileKeystore> {
    const header = await readBounded(headerFile(folder), KEYSTORE_HEADER_MAX_BYTES);
    if (header === undefined) throw new KeysError('keystore.not-found');
    if (header === 'too-large') throw new KeysError('keystore.header-invalid', 'The keystore header is too large.');
    const keystore = await openKeystore({ ...request, header });
    await removeTemporaries(folder);
    return new FileKeystore(folder, keystore);
  }

  get fed(): Keystore['fed'] {
    return this.#keystore.fed;
  }

  /** Writes or replaces a record; durable when it resolves. @throws KeysError `keystore.name-invalid`, `keystore.closed`, `keys.input-invalid` */
  async put(table: string, id: string, plaintext: Uint8Array): Promise<void> {
    const path = this.#path(table, id);
    if (plaintext.length > KEYSTORE_RECORD_MAX_BYTES)
      throw new KeysError('keys.input-invalid', 'The record is too large for the keystore.');
    await this.#inTurn(async () => {
      const version = ((await this.#read(path))?.version ?? 0) + 1;
      const sealed = this.#keystore.sealRecord({ table, id, version }, plaintext);
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await writeFileAtomic(path, concat(u64be(version), sealed));
    });
  }

  /** The record, or undefined where there is none. @throws KeysError `keystore.record-damaged`, `keystore.name-invalid`, `keystore.closed` */
  async get(table: string, id: string): Promise<Uint8Array | undefined> {
    const found = await this.#read(this.#path(table, id));
    if (found === undefined) return undefined;
    try {
      return this.#keystore.openRecord({ table, id, version: found.version }, found.sealed);
    } catch (cause) {
      if (cause instanceof KeysError && cause.code === 'keystore.closed') throw cause;
      throw new KeysError('keystore.record-damaged', undefined, { cause });
    }
  }

  /** Deletes a record; durable when it resolves. @returns whether there was one. @throws KeysError `keystore.name-invalid` */
  async delete(table: string, id: string): Promise<boolean> {
    const path = this.#path(table, id);
    return await this.#inTurn(async () => {
      try {
        await rm(path);
      } catch (error) {
        if (hasCode(error, 'ENOENT')) return false;
        throw error;
      }
      await syncFolder(dirname(path));
      return true;
    });
  }

  /** The tables that there are, sorted. */
  async tables(): Promise<readonly string[]> {
    const entries = await readdir(join(this.#folder, 'records'), { withFileTypes: true });
    return entries.flatMap((entry) => (entry.isDirectory() && NAME.test(entry.name) ? [entry.name] : [])).sort();
  }

  /** The ids in a table, sorted. @throws KeysError `keystore.name-invalid` */
  async list(table: string): Promise<readonly string[]> {
    try {
      const names = await readdir(join(this.#folder, 'records', checkedName(table)));
      return names.filter((name) => NAME.test(name)).sort();
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return [];
      throw error;
    }
  }

  /** As `Keystore.deriveKey`. */
  deriveKey(purpose: string): Uint8Array {
    return this.#keystore.deriveKey(purpose);
  }

  /** Waits for writes under way, then zeroizes the keys. */
  async close(): Promise<void> {
    await this.#inTurn(async () => await Promise.resolve(this.#keystore.close()));
  }

  #path(table: string, id: string): string {
    return join(this.#folder, 'records', checkedName(table), checkedName(id));
  }

  async #read(path: string): Promise<{ readonly version: number; readonly sealed: Uint8Array } | undefined> {
    const bytes = await readBounded(path, KEYSTORE_RECORD_MAX_BYTES + OVERHEAD_BYTES);
    if (bytes === undefined) return undefined;
    if (bytes === 'too-large') throw new KeysError('keystore.record-damaged');
    try {
      const reader = new ByteReader(bytes);
      return { version: reader.u64(), sealed: reader.rest() };
    } catch (cause) {
      throw new KeysError('keystore.record-damaged', undefined, { cause });
    }
  }

  /** One write after the other, so that two never take the same version. */
  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#tail.then(work);
    // The next in turn waits for this one's end, whichever it is; the failure itself goes to this one's caller.
    this.#tail = turn.catch(() => undefined);
    return await turn;
  }
}

const headerFile = (folder: string): string => join(folder, 'header.json');

function checkedName(name: string): string {
  if (!NAME.test(name)) throw new KeysError('keystore.name-invalid');
  return name;
}

async function readBounded(path: string, maxBytes: number): Promise<Uint8Array | 'too-large' | undefined> {
  try {
    if ((await stat(path)).size > maxBytes) return 'too-large';
    return new Uint8Array(await readFile(path));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

async function removeTemporaries(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile() && entry.name.startsWith(TEMPORARY_PREFIX))
      await rm(join(entry.parentPath, entry.name), { force: true });
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
