/**
 * The command line's own errors, and the exit code of any error: the one place that says what a script may rely on. Every
 * code of the SDK and of the keys stands in a table here; a new one does not compile until it has its exit code.
 */
import { isSdkError, type SdkErrorCode } from '@holdfast/client-sdk';
import { isKeysError, type KeysErrorCode } from '@holdfast/keys';
import { ERRORS, type FieldIssue, isProtocolError, type ProtocolErrorCode } from '@holdfast/protocol';
import { CommanderError } from 'commander';

/** Exit codes of the process. `interrupted` is the shell's own convention (128 + SIGINT). */
export const EXIT_CODES = {
  ok: 0,
  internal: 1,
  /** Wrong usage, or input that was refused; nothing was sent. */
  usage: 2,
  notFound: 3,
  denied: 4,
  conflict: 5,
  /** The case's deadline has passed. */
  deadlinePassed: 6,
  unavailable: 69,
  /** Stored and not yet sent; it goes out by itself. */
  queued: 75,
  interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES];

const { internal, usage, notFound, denied, conflict, deadlinePassed, unavailable, queued, interrupted } = EXIT_CODES;

const CLI_ERRORS = {
  usage,
  'input.unreadable': usage,
  'input.too-large': usage,
  'input.not-utf8': usage,
  'input.not-json': usage,
  'input.placeholder': usage,
  'input.expired': usage,
  'not-found': notFound,
  queued,
  interrupted,
  'fingerprint.differs': denied,
  'keyring.unavailable': unavailable,
  'keyring.empty': notFound,
  'recovery.incomplete': denied,
  'relay-failed': internal,
  'sandbox.failed': internal,
} as const satisfies Record<string, ExitCode>;
export type CliErrorCode = keyof typeof CLI_ERRORS;

export interface CliErrorOptions {
  readonly cause?: unknown;
  readonly issues?: readonly FieldIssue[];
}

/** The one error class of this package. `code` is stable; `message` is a sentence for the person at the terminal. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly code: CliErrorCode;
  readonly issues: readonly FieldIssue[];

  constructor(code: CliErrorCode, message?: string, options: CliErrorOptions = {}) {
    super(message ?? code, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.issues = options.issues ?? [];
  }

  get exitCode(): ExitCode {
    return CLI_ERRORS[this.code];
  }
}

const SDK_EXIT_CODES = {
  'relay.unreachable': unavailable,
  'relay.refused': denied,
  'relay.misbehaved': internal,
  'session.refused': denied,
  'session.fenced': conflict,
  aborted: unavailable,
  closed: internal,
  'home.not-found': notFound,
  'home.locked': conflict,
  'archive.unreadable': denied,
  'archive.not-written': internal,
  'federation.mismatch': conflict,
  'trust-list.expired': denied,
  'directory.unknown-agency': notFound,
  'directory.no-devices': unavailable,
  'directory.quarantined': denied,
  'directory.rolled-back': conflict,
  'capability.expired': usage,
  'capability.no-power': usage,
  'preflight.blocked': usage,
  'advice.unavailable': unavailable,
  'terms.not-accepted': usage,
  'terms.tightened': usage,
  'disclosure.content-missing': notFound,
  'message.refused': usage,
  'message.too-large': usage,
  'case.unknown': notFound,
  'case.event-not-allowed': conflict,
  'consent.required': denied,
  'case.erased': conflict,
  'erasure.refused': conflict,
  'retention.refused': usage,
  'export.exists': conflict,
  'attachment.unreadable': usage,
  'attachment.too-large': usage,
  'attachment.corrupt': denied,
  'attachment.gone': notFound,
  'device.cloned': denied,
  'device.not-certified': denied,
  'recovery.none': notFound,
  'recovery.exists': conflict,
  'recovery.not-written': internal,
  'recovery.nothing-found': notFound,
  'recovery.device-unknown': denied,
  'recovery.record-invalid': denied,
  'keystore.not-this-agency': conflict,
  'draft.refused': usage,
  'draft.outdated': conflict,
  'signatures.missing': denied,
  'key.unknown': notFound,
  'officer.exists': conflict,
  'officer.unlock-shared': usage,
  'statistics.refused': usage,
  'officer.required': denied,
  'officer.not-certified': denied,
  'approval.no-draft': notFound,
  'approval.closed': conflict,
} as const satisfies Record<SdkErrorCode, ExitCode>;

/** What a person can put right; every other error of the keys means that something did not verify, which is `denied`. */
const KEYS_EXIT_CODES: Partial<Record<KeysErrorCode, ExitCode>> = {
  'keys.argon2id-failed': unavailable,
  'keys.aborted': unavailable,
  'keystore.unlock-key-invalid': usage,
  'keystore.name-invalid': usage,
  'keystore.exists': conflict,
  'keystore.other-federation': conflict,
  'keystore.not-found': notFound,
  'keystore.closed': internal,
  'keystore.export-too-large': usage,
  'recovery.custodians': usage,
  'recovery.two-custodians': usage,
  'recovery.other-agency': conflict,
  'approval.own-draft': denied,
  'approval.repeated': conflict,
  'approval.expired': deadlinePassed,
};

/** The exit code of a relay's refusal, by its HTTP status. */
function exitCodeOfStatus(status: number): ExitCode {
  if (status === 401 || status === 403) return denied;
  if (status === 404) return notFound;
  if (status === 409) return conflict;
  return status === 408 || status === 429 || status >= 500 ? unavailable : usage;
}

function exitCodeOfProtocol(code: ProtocolErrorCode): ExitCode {
  if (code === 'envelope.expired') return deadlinePassed;
  if (code === 'state.event-not-allowed') return conflict;
  // Codes without a status never come from a relay: they say that a file or a field was refused.
  return exitCodeOfStatus(ERRORS[code].status ?? 400);
}

/** The exit code that `error` ends the process with; what is not ours is `internal`. */
export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof CliError) return error.exitCode;
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODES.ok : usage;
  if (isProtocolError(error)) return exitCodeOfProtocol(error.code);
  if (isSdkError(error)) {
    if (error.problem === undefined) return SDK_EXIT_CODES[error.code];
    return error.problem.code === 'envelope.expired' ? deadlinePassed : exitCodeOfStatus(error.problem.status);
  }
  if (isKeysError(error)) return KEYS_EXIT_CODES[error.code] ?? denied;
  if (error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError')) return unavailable;
  return exitCodeOfSystem(error);
}

/** Errors of the operating system that come straight through: a file that is not there, an address that is taken. */
function exitCodeOfSystem(error: unknown): ExitCode {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return notFound;
  if (code === 'EACCES' || code === 'EPERM') return denied;
  if (code === 'EEXIST' || code === 'EADDRINUSE') return conflict;
  return internal;
}
