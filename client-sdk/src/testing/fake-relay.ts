/** The relay of a fake network, in memory: who is a member, what waits for whom, which files were handed in. It keeps no secret. */
import { readFile, writeFile } from 'node:fs/promises';
import { decryptChunked, randomBytes } from '@holdfast/keys';
import { rootFingerprint, sha256 } from '@holdfast/keys/verify';
import {
  type AgencyId,
  attachmentContext,
  type BlobId,
  fromBase64url,
  type Hash,
  type Receipt,
  toBase64url,
  toFederationId,
  toHash,
  utf8,
} from '@holdfast/protocol';
import type { Archive } from '../archive/archive.js';
import type { OutboxItem } from '../archive/outbox-table.js';
import type { SealedBlob } from '../attachments/download.js';
import type { Spooled } from '../attachments/spool.js';
import type { DownloadOrder } from '../desk-runtime.js';
import type { NamedFingerprint } from '../directory/fingerprints.js';
import type { PublishedAgency } from '../directory/published.js';
import { SdkError } from '../errors.js';
import { type FakeEnvelope, fakeReceipt, packEnvelope } from './fake-envelope.js';

export class FakeRelay {
  readonly fed = toFederationId(randomBytes(32));
  readonly now: () => number;
  readonly #published = new Map<AgencyId, PublishedAgency>();
  readonly #mailboxes = new Map<AgencyId, (envelope: FakeEnvelope) => void>();
  readonly #receipts = new Map<Hash, Receipt>();
  readonly #files = new Map<BlobId, Uint8Array>();
  /** Those that came encrypted: the files of an offered content. */
  readonly #sealed = new Set<BlobId>();

  constructor(now: () => number) {
    this.now = now;
  }

  admit(published: PublishedAgency, receive: (envelope: FakeEnvelope) => void): void {
    this.#published.set(published.agency, published);
    this.#mailboxes.set(published.agency, receive);
  }

  agencies(): Iterable<AgencyId> {
    return this.#published.keys();
  }

  /** @throws SdkError `directory.unknown-agency` */
  published(agency: AgencyId): PublishedAgency {
    const found = this.#published.get(agency);
    if (found === undefined) throw new SdkError('directory.unknown-agency', `The directory has no agency "${agency}".`);
    return found;
  }

  /** Of a root that nobody has: the same for the same agency, another in another network. @throws SdkError `directory.unknown-agency` */
  fingerprint(agency: AgencyId | null): NamedFingerprint {
    if (agency !== null) this.published(agency);
    const key = toBase64url(sha256(utf8(`fake root of ${agency ?? 'the federation'}`)));
    const root = { threshold: 1, keys: [key] };
    return { fed: this.fed, agency, ...rootFingerprint({ fed: this.fed, agency, root }) };
  }

  /** Fixes `item` as an envelope of `sender` and takes it. @returns its name */
  submit(item: OutboxItem, archive: Archive, sender: Pick<FakeEnvelope, 'agency' | 'device'>): Hash {
    const envelope = packEnvelope(item, archive, sender, this.now());
    this.take(envelope);
    return envelope.eh;
  }

  /** Takes the envelope for its recipients. */
  take(envelope: FakeEnvelope): void {
    this.#receipts.set(envelope.eh, fakeReceipt(envelope.eh, this.now()));
    for (const agency of envelope.to) this.#mailboxes.get(agency)?.(envelope);
  }

  /** The receipt of an envelope that was taken, however often it is asked for. */
  receiptOf(eh: Hash): Receipt {
    const receipt = this.#receipts.get(eh);
    if (receipt === undefined) throw new SdkError('relay.misbehaved');
    return receipt;
  }

  /** What a file would be once encrypted; here it is the file as it is. @throws SdkError `attachment.unreadable` */
  async measure({ source }: { readonly source: string }): Promise<Spooled> {
    const file = await readFile(source).catch((cause: unknown) => {
      throw new SdkError('attachment.unreadable', `${source} cannot be read.`, { cause });
    });
    return { size: file.length, sha256: toHash(sha256(file)) };
  }

  /** Takes the files that go with `item`; but for those of an offered content, they are not encrypted here. @throws SdkError `attachment.unreadable` */
  async upload({ id }: OutboxItem, archive: Archive): Promise<void> {
    for (const attachment of archive.outbox.attachments(id)) {
      if (attachment.uploaded) continue;
      const file = await readFile(attachment.source).catch((cause: unknown) => {
        throw new SdkError('attachment.unreadable', `${attachment.source} cannot be read.`, { cause });
      });
      this.#files.set(attachment.id, file);
      if (attachment.isContent) this.#sealed.add(attachment.id);
      archive.outbox.setSpooled(attachment.id, file.length, toHash(sha256(file)));
      archive.outbox.setUploaded(attachment.id);
    }
  }

  /** @throws SdkError `attachment.gone`, `aborted` */
  async download({ ref, targetPath, signal, onProgress }: DownloadOrder): Promise<void> {
    if (signal.aborted) throw new SdkError('aborted');
    const file = this.#files.get(ref.id);
    if (file === undefined) throw new SdkError('attachment.gone');
    const plain = this.#sealed.has(ref.id)
      ? decryptChunked({ key: fromBase64url(ref.key), context: attachmentContext(ref.id), ciphertext: file })
      : file;
    await writeFile(targetPath, plain, { mode: 0o600 });
    onProgress?.(file.length);
  }

  /** @throws SdkError `attachment.gone`, `attachment.corrupt` */
  blob({ id, size, sha256: hash }: SealedBlob): Uint8Array {
    const file = this.#files.get(id);
    if (file === undefined) throw new SdkError('attachment.gone');
    if (file.length !== size || toHash(sha256(file)) !== hash) throw new SdkError('attachment.corrupt');
    return file;
  }
}
