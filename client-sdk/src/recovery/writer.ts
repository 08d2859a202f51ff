/**
 * Wrapping what the archive stores for the agency's own recovery (spec 42-recovery). It follows the archive by position, not by
 * events: what a crash left unwrapped is wrapped at the next open, and nothing twice under two names.
 */
import { sealArchiveWrap } from '@holdfast/keys';
import type { Hash } from '@holdfast/protocol';
import type { Archive } from '../archive/archive.js';
import type { Identity } from '../outbox/seal-item.js';
import { writeWrap } from './folder.js';
import { encodeRecord } from './record.js';

export interface RecoveryWriterDependencies {
  readonly archive: Archive;
  readonly identity: Identity;
  /** The folder of wraps; see folder.ts. */
  readonly folder: string;
  /** The agency's archive key in force, or undefined while there is none: then nothing is wrapped, and all of it later. */
  readonly archiveKey: () => Uint8Array | undefined;
  readonly onError: (error: unknown) => void;
  readonly signal: AbortSignal;
}

/** Once the device is closing, so many records are still wrapped; the rest is done at the next open. */
const LAST_RECORDS = 256;

export class RecoveryWriter {
  readonly #deps: RecoveryWriterDependencies;
  #running: Promise<void> | undefined;
  #again = false;

  constructor(deps: RecoveryWriterDependencies) {
    this.#deps = deps;
  }

  /** Something may have been stored. Never throws; one run at a time. */
  wake(): void {
    this.#again = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      if (this.#again) this.wake();
    });
  }

  /** Wraps what is there, within bounds, and resolves when nothing is under way; the archive is closed after this. */
  async finish(): Promise<void> {
    this.wake();
    while (this.#running !== undefined) await this.#running;
  }

  async #run(): Promise<void> {
    try {
      while (this.#again) {
        this.#again = false;
        await this.#wrapAll();
      }
    } catch (error) {
      this.#again = false;
      this.#deps.onError(error);
    }
  }

  async #wrapAll(): Promise<void> {
    const { archive, signal } = this.#deps;
    let next = archive.recovery.nextAfter(archive.recovery.wrappedTo());
    if (next === undefined) return;
    const archiveKey = this.#deps.archiveKey();
    if (archiveKey === undefined) return;
    let left = LAST_RECORDS;
    while (next !== undefined && (!signal.aborted || left-- > 0)) {
      await this.#wrap(next, archiveKey);
      archive.recovery.setWrappedTo(next.arrival);
      next = archive.recovery.nextAfter(next.arrival);
    }
  }

  async #wrap({ arrival, eh }: { readonly arrival: number; readonly eh: Hash }, archiveKey: Uint8Array): Promise<void> {
    const { archive, identity, folder } = this.#deps;
    const { fed, agency, device, signingKey } = identity;
    const message = archive.messages.get(eh);
    if (message === undefined || message.erasedAtMs !== null) return;
    const record = encodeRecord(message, archive.conversations.get(message.conversation)?.agencies ?? []);
    const name = { fed, agency, device, number: arrival };
    const bytes = await sealArchiveWrap({ name, archiveKey, signingKey, record });
    record.fill(0);
    await writeWrap(folder, device, message.storedAtMs, arrival, bytes);
  }
}
