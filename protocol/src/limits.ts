/**
 * Every limit of the wire in one table (spec 35-limits). A size is checked before anything of that size is read.
 */
export const LIMITS = {
  /** Recipient devices of one envelope. */
  recipients: 256,
  coreBytes: 64 * 1024,
  /** One HPKE stanza: X-Wing ciphertext 1120 ‖ content key 32 ‖ tag 16. */
  stanzaBytes: 1168,
  /** A message body as JSON. */
  bodyBytes: 1024 * 1024,
  manifestBytes: 64 * 1024,
  /** The padded, encrypted manifest and body. */
  ciphertextBytes: 1_310_720,
  /** The padded, encrypted content of an offered disclosure. */
  contentBytes: 1_310_720,
  /** A whole envelope on the wire. */
  envelopeBytes: 2 * 1024 * 1024,
  /** A rewrap as JSON. */
  rewrapBytes: 32 * 1024,
  /** A stream frame: an envelope and its headers. */
  frameBytes: 2 * 1024 * 1024 + 4096,
  /** An agency statement (audit-log: a leaf is at most 4 KiB). */
  statementBytes: 4096,
  /** Statements per agency and UTC day; revocations and changes of root are exempt. */
  statementsPerDay: 200,
  trustListBytes: 1024 * 1024,
  /** A directory entry or capability record. */
  documentBytes: 64 * 1024,
  /** A JSON request body. */
  jsonBodyBytes: 256 * 1024,
  /** Epoch keys in one batch. */
  epochKeysPerBatch: 90,
  /** Heads of other devices in `seen`. */
  seenHeads: 16,
  attachmentsPerEnvelope: 32,
  /** One attachment's ciphertext, as the relay's default. */
  attachmentBytes: 1024 * 1024 * 1024,
  /** `ts` may be this far ahead of the verifier's clock. */
  clockAheadMs: 10 * 60_000,
  /** `exp` may be this far after `ts`. */
  expiryMs: 90 * 86_400_000,
  /** Every freeze kind expires exactly this long after `ts`. */
  freezeExpiryMs: 30 * 86_400_000,
  /** An approval may hold this long after `ts`. */
  approvalMs: 30 * 86_400_000,
} as const;
