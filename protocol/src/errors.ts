/**
 * Every error that crosses the wire or comes from reading what came over it: a closed set of codes, one table.
 * The relay answers with RFC 9457 problem details made from this table; `spec/60-errors.md` is generated from it.
 */
import { CONTENT_ERRORS } from './error-table/content.js';
import type { ErrorEntry } from './error-table/entry.js';
import { RELAY_ERRORS } from './error-table/relay.js';

export type { ErrorEntry } from './error-table/entry.js';

export const ERRORS = { ...CONTENT_ERRORS, ...RELAY_ERRORS } as const satisfies Record<string, ErrorEntry>;

export type ProtocolErrorCode = keyof typeof ERRORS;

/** One field that does not fit: its path with dots, and the reason in words. */
export interface FieldIssue {
  readonly field: string;
  readonly reason: string;
}

export interface ProtocolErrorOptions {
  readonly cause?: unknown;
  readonly issues?: readonly FieldIssue[];
}

/** The one error class of this package. `code` is stable; `message` is for people and may change. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  readonly code: ProtocolErrorCode;
  readonly issues: readonly FieldIssue[];

  constructor(code: ProtocolErrorCode, message?: string, options: ProtocolErrorOptions = {}) {
    super(message ?? ERRORS[code].peer, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.issues = options.issues ?? [];
  }

  get retryable(): boolean {
    return ERRORS[this.code].retryable;
  }
}

/** Is `error` a ProtocolError (of this code)? */
export function isProtocolError(error: unknown, code?: ProtocolErrorCode): error is ProtocolError {
  return error instanceof ProtocolError && (code === undefined || error.code === code);
}
