/**
 * What the relay needs of a store, in its own words. Every verb is atomic and durable when it resolves; none hands out a
 * transaction or a driver's error. One conformance suite runs against every adapter.
 */
import type {
  AgencyId,
  BlobId,
  DeviceId,
  EnvelopeId,
  GeneralJws,
  Hash,
  ItemKind,
  Mailbox,
  Receipt,
  ReceiptBatch,
  Submission,
} from '@holdfast/protocol';

/** One envelope to take in, with the receipt that goes back for it. */
export interface NewEnvelope {
  readonly eh: Hash;
  readonly from: DeviceId;
  readonly id: EnvelopeId;
  readonly mailbox: Mailbox;
  readonly expiresAtMs: number;
  readonly acceptedAtMs: number;
  readonly core: Uint8Array;
  readonly sig: Uint8Array;
  readonly ct: Uint8Array;
  /** With `core` and `sig` what a `Submission` needs when the envelope itself is gone. */
  readonly stanzasHash: Uint8Array;
  readonly ctHash: Uint8Array;
  /** In the order of `to`. */
  readonly recipients: readonly { readonly device: DeviceId; readonly stanza: Uint8Array }[];
  readonly receipt: Receipt;
}

export interface MailboxItem {
  readonly number: number;
  readonly acceptedAtMs: number;
  readonly item: ItemKind;
  /** A delivered envelope's bytes, a notice's, or a rewrap's with its envelope. */
  readonly bytes: Uint8Array;
}

export interface MailboxCursor {
  readonly device: DeviceId;
  readonly mailbox: Mailbox;
  readonly cursor: number;
}

/** One more recipient of an envelope that is held. */
export interface NewRewrap {
  readonly eh: Hash;
  readonly device: DeviceId;
  readonly by: DeviceId;
  /** As submitted: rewrap, signature and stanza. */
  readonly submitted: Uint8Array;
  readonly stanza: Uint8Array;
  readonly acceptedAtMs: number;
}

/** What the relay needs of a held envelope to decide on a rewrap. */
export interface HeldEnvelope {
  readonly core: Uint8Array;
  readonly mailbox: Mailbox;
  readonly expiresAtMs: number;
}

/** An envelope past its expiry that somebody has not acknowledged. */
export interface ExpiredEnvelope {
  readonly eh: Hash;
  readonly from: DeviceId;
  readonly mailbox: Mailbox;
  readonly undelivered: readonly DeviceId[];
}

export interface NewStatement {
  readonly agency: AgencyId;
  readonly seq: number;
  readonly jws: GeneralJws;
  readonly atMs: number;
  /** Does it count against the agency's day? A revocation does not. */
  readonly isCounted: boolean;
  readonly document: { readonly hash: Hash; readonly salt: string; readonly json: string } | null;
}

export interface StoredEpochKey {
  readonly device: DeviceId;
  readonly batch: string;
  readonly day: number;
  readonly key: Uint8Array;
  readonly path: readonly Hash[];
}

export interface NewEpochBatch {
  readonly agency: AgencyId;
  readonly device: DeviceId;
  readonly n: number;
  readonly jws: string;
  readonly keys: readonly Omit<StoredEpochKey, 'device' | 'batch'>[];
}

export interface BlobRecord {
  readonly id: BlobId;
  readonly agency: AgencyId;
  readonly size: number;
  readonly expiresAtMs: number;
}

export interface Store {
  /** The original receipt of (from, id), where there is one. */
  receiptOf(from: DeviceId, id: EnvelopeId): Promise<Receipt | undefined>;
  /** Takes in a whole group commit, with its log leaves and signed batch, or nothing. `raced`: (from, id) or n was taken meanwhile. */
  acceptEnvelopes(envelopes: readonly NewEnvelope[], batch: ReceiptBatch): Promise<'stored' | 'raced'>;
  /** The newest envelope taken from this device, for as long as the store lives. */
  lastSubmission(device: DeviceId): Promise<Submission | undefined>;
  /** The envelope, where some device has not acknowledged it yet and it has not been swept or expired. */
  heldEnvelope(eh: Hash): Promise<HeldEnvelope | undefined>;
  /** Who has rewrapped this envelope for this device, where somebody has. */
  rewrapperOf(eh: Hash, device: DeviceId): Promise<DeviceId | undefined>;
  /**
   * Puts the envelope into one more mailbox, and keeps it until that device has acknowledged it too. `duplicate`: it was rewrapped
   * for the device before, by another than `supersedes`, and nothing changes; `gone`: the envelope is no longer held.
   */
  rewrap(rewrap: NewRewrap, supersedes: DeviceId | undefined): Promise<'stored' | 'duplicate' | 'gone'>;
  /** The newest signed batch, with the hash that the next one names. */
  lastBatch(): Promise<ReceiptBatch | undefined>;
  /** Items after a number, in order; at least one where there is one, then up to the bounds. */
  nextFor(
    device: DeviceId,
    mailbox: Mailbox,
    after: number,
    limit: number,
    maxBytes: number,
  ): Promise<readonly MailboxItem[]>;
  /** Acknowledged cursor and highest number of each mailbox. */
  cursors(
    device: DeviceId,
  ): Promise<Readonly<Record<Mailbox, { readonly acknowledged: number; readonly highest: number }>>>;
  /** Moves cursors forward, never back, and never past the highest number. */
  acknowledge(cursors: readonly MailboxCursor[]): Promise<void>;
  /** Deletes what every device has acknowledged. @returns how many items went */
  sweep(limit: number): Promise<number>;
  /** Envelopes past their expiry with devices that have not acknowledged them. */
  expired(nowMs: number, limit: number): Promise<readonly ExpiredEnvelope[]>;
  /** Puts a notice in place of the envelope: into the sender's mailbox, and where it was undelivered. */
  expire(envelope: ExpiredEnvelope, notice: Uint8Array, nowMs: number): Promise<void>;

  /** Trust lists from this version on, in order; at least one where there is one, then up to the bounds. */
  trustLists(from: number, limit: number, maxBytes: number): Promise<readonly GeneralJws[]>;
  appendTrustList(version: number, jws: GeneralJws): Promise<'stored' | 'conflict'>;
  statements(agency: AgencyId, from: number, limit: number): Promise<readonly GeneralJws[]>;
  appendStatement(statement: NewStatement): Promise<'stored' | 'conflict'>;
  /** How many of an agency's counted statements came at this time or later. */
  statementsSince(agency: AgencyId, sinceMs: number): Promise<number>;
  document(hash: Hash): Promise<{ readonly salt: string; readonly json: string } | undefined>;
  epochBatchHead(device: DeviceId): Promise<string | undefined>;
  publishEpochBatch(batch: NewEpochBatch): Promise<'stored' | 'conflict'>;
  /** Each device's key of the day, else its last one before it, in order of device. */
  epochKeys(day: number, devices: readonly DeviceId[]): Promise<readonly StoredEpochKey[]>;

  /** A single-use value: true the first time. */
  useOnce(id: string, expiresAtMs: number, nowMs: number): Promise<boolean>;
  /** A number that grows with each connection of the device. */
  nextSessionEpoch(device: DeviceId): Promise<number>;
  createBlob(blob: BlobRecord, agencyQuotaBytes: number): Promise<'stored' | 'conflict' | 'quota'>;
  blob(id: BlobId): Promise<BlobRecord | undefined>;
  expiredBlobs(nowMs: number, limit: number): Promise<readonly BlobId[]>;
  deleteBlob(id: BlobId): Promise<void>;
  /** Proves that a write can be made. */
  probe(): Promise<void>;
  close(): Promise<void>;
}
