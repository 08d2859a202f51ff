/**
 * Every error the SDK throws: a closed set of stable codes, each retryable or not, each with advice for the person at the desk.
 */
import type { FieldIssue, Problem } from '@holdfast/protocol';

/** What a code means to a caller. */
export interface SdkErrorEntry {
  /** True where the same call may succeed later, unchanged. */
  readonly retryable: boolean;
  /** For the person at the desk. */
  readonly advice: string;
}
const entry = (retryable: boolean, advice: string): SdkErrorEntry => ({ retryable, advice });

/** Every code with what it means. */
export const SDK_ERRORS = {
  'relay.unreachable': entry(true, 'The relay does not answer. What you send is queued and goes out by itself.'),
  'relay.refused': entry(false, 'The relay refused the request; the problem says why.'),
  'relay.misbehaved': entry(false, 'The relay answered against the protocol. Keep the log and tell the federation.'),
  'session.refused': entry(
    false,
    'The relay does not let this device in. Ask your administrator whether it is enrolled and not revoked.',
  ),
  'session.fenced': entry(false, 'Another process uses this device. Run one process per device.'),
  aborted: entry(true, 'The call was cancelled.'),
  closed: entry(false, 'The client is closed.'),
  'home.not-found': entry(false, 'There is no agency at this place; run `holdfast agency init` first.'),
  'home.locked': entry(true, 'Another process has this device open. Run one process per device.'),
  'archive.unreadable': entry(false, 'The local archive does not open: wrong key or damaged file.'),
  'archive.not-written': entry(
    true,
    'What arrived could not be stored here; the relay keeps it and delivers it again. Look at the disk.',
  ),
  'federation.mismatch': entry(false, 'The relay belongs to another federation than this agency.'),
  'trust-list.expired': entry(
    false,
    'The trust list has expired: only freeze messages pass. Ask the federation for the next list.',
  ),
  'directory.unknown-agency': entry(
    false,
    'The directory has no such agency; check the id with `holdfast directory find`.',
  ),
  'directory.no-devices': entry(true, 'The agency has no device that can receive now. Phone its duty contact.'),
  'directory.quarantined': entry(
    false,
    "The agency's root keys were replaced and only the federation vouches for them. Compare the fingerprint by phone, then confirm it.",
  ),
  'directory.rolled-back': entry(
    false,
    'The relay showed an older or another directory than before. Nothing was sent. Tell the federation.',
  ),
  'capability.expired': entry(
    false,
    "The recipient's capability record has expired; ask them to confirm it before you rely on it.",
  ),
  'capability.no-power': entry(
    false,
    'The recipient states that it cannot freeze this; see the advice for a better route.',
  ),
  'preflight.blocked': entry(
    false,
    'The recipient would have to return this alert as it is: put right what the issues name, or insist and say why.',
  ),
  'advice.unavailable': entry(
    false,
    'The optional package date-holidays is not installed; the calendar that the agency signs counts in any case.',
  ),
  'terms.not-accepted': entry(
    false,
    'The recipient has not accepted these restrictions in advance; offer the terms first or use accepted ones.',
  ),
  'terms.tightened': entry(
    false,
    'Terms are never tightened after the fact; loosen or end them, or leave them as they are.',
  ),
  'disclosure.content-missing': entry(false, 'The content of the disclosure is not here.'),
  'message.refused': entry(false, 'The message is not valid; the issues name each field.'),
  'message.too-large': entry(false, 'The message is larger than 1 MiB; move content into an attachment.'),
  'case.unknown': entry(false, 'There is no such case here.'),
  'case.event-not-allowed': entry(false, 'The case is in a state that does not allow this step.'),
  'consent.required': entry(
    false,
    'The originator has not consented to this. Ask with `holdfast consent request`; no answer is not consent.',
  ),
  'case.erased': entry(false, 'The case was erased here; nothing of it is left to work with.'),
  'erasure.refused': entry(
    false,
    'The case may not be erased now: a measure is in force, something is on its way, or there is a legal hold.',
  ),
  'retention.refused': entry(false, 'The review date or the reason cannot be taken; see the message.'),
  'export.exists': entry(false, 'There is something at this place already; give a folder that does not exist.'),
  'attachment.unreadable': entry(false, 'The file cannot be read, or it changed while it was read.'),
  'attachment.too-large': entry(false, 'The file is larger than the relay takes.'),
  'attachment.corrupt': entry(false, 'The attachment does not match what its sender signed. Nothing of it was kept.'),
  'attachment.gone': entry(false, 'The relay no longer has the attachment; ask the sender to send it again.'),
  'device.cloned': entry(
    false,
    'This device was restored from a backup or copied: it sends nothing any more. Enrol a new one and revoke this one.',
  ),
  'device.not-certified': entry(false, "The device is not in its agency's chain; run `holdfast device enrol`."),
  'recovery.none': entry(false, 'The agency has no archive key; make one with `holdfast keys archive init`.'),
  'recovery.exists': entry(false, 'The agency has an archive key already; nothing was changed.'),
  'recovery.not-written': entry(
    true,
    'A message could not be wrapped for recovery; it is tried again. Look at the disk.',
  ),
  'recovery.nothing-found': entry(false, 'The folder holds no wrap; give the one that has a folder for each device.'),
  'recovery.device-unknown': entry(false, "The record names a device that is not in its agency's chain."),
  'recovery.record-invalid': entry(false, 'The record is not what its sender signed, or differs from what is here.'),
  'keystore.not-this-agency': entry(
    false,
    'The export is of another agency, another federation or other root keys than are here.',
  ),
  'draft.refused': entry(false, 'The draft is not one to sign: damaged, changed, or for other keys. Ask for it again.'),
  'draft.outdated': entry(false, 'What the draft follows has moved on. Make it anew and have it signed again.'),
  'signatures.missing': entry(false, 'Hand the draft to the holders who have not signed yet.'),
  'key.unknown': entry(false, 'The agency has no such key, device or officer; see `holdfast keys status`.'),
  'officer.exists': entry(false, 'There is an officer of this name already; choose another.'),
  'officer.unlock-shared': entry(
    false,
    "An officer's key opens with the officer's own password or key, never with the gateway's.",
  ),
  'statistics.refused': entry(false, 'A threshold is a whole number from 1; 1 hides nothing.'),
  'officer.not-certified': entry(
    false,
    'The directory does not certify this officer (any more, or yet). Ask your administrator; after a new certificate, connect once.',
  ),
  'approval.no-draft': entry(false, 'There is no such draft on this device.'),
  'approval.closed': entry(
    false,
    'The draft has been sent or returned already. A returned one can be edited; then it is to be approved anew.',
  ),
  'officer.required': entry(
    false,
    "A live federation asks for officers' signatures: speak as an officer, with another one to approve where the step needs it.",
  ),
} as const satisfies Record<string, SdkErrorEntry>;

/** Stable: a program may act on it. */
export type SdkErrorCode = keyof typeof SDK_ERRORS;

/** What an error carries beside its code. */
export interface SdkErrorOptions {
  readonly cause?: unknown;
  readonly issues?: readonly FieldIssue[];
  readonly problem?: Problem;
  /** How long the relay asked to be left alone (Retry-After). */
  readonly retryAfterMs?: number;
}

/** The one error class of the SDK. */
export class SdkError extends Error {
  override readonly name = 'SdkError';
  readonly code: SdkErrorCode;
  readonly issues: readonly FieldIssue[];
  /** The relay's own words, where it refused. */
  readonly problem: Problem | undefined;
  /** How long the relay asked to be left alone. */
  readonly retryAfterMs: number | undefined;

  constructor(code: SdkErrorCode, message?: string, options: SdkErrorOptions = {}) {
    super(message ?? SDK_ERRORS[code].advice, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.issues = options.issues ?? options.problem?.issues ?? [];
    this.problem = options.problem;
    this.retryAfterMs = options.retryAfterMs;
  }

  get retryable(): boolean {
    return this.problem?.retryable ?? SDK_ERRORS[this.code].retryable;
  }

  get advice(): string {
    return SDK_ERRORS[this.code].advice;
  }
}

/** Is `error` an SdkError (of this code)? */
export function isSdkError(error: unknown, code?: SdkErrorCode): error is SdkError {
  return error instanceof SdkError && (code === undefined || error.code === code);
}
