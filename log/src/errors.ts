// Errors of the log package: thrown only where a caller asks for something that does not exist.
// A proof that does not verify is an answer (false), never an error.

/** Closed set of reasons. `hash-length`: not 32 bytes; `index-out-of-range`, `size-out-of-range`: outside the tree. */
export type LogErrorCode = 'log.hash-length' | 'log.index-out-of-range' | 'log.size-out-of-range';

/** The one error class of this package. */
export class LogError extends Error {
  readonly code: LogErrorCode;

  constructor(code: LogErrorCode, message: string) {
    super(message);
    this.name = 'LogError';
    this.code = code;
  }

  /** True when `error` is a LogError and, if `code` is given, carries that code. */
  static is(error: unknown, code?: LogErrorCode): error is LogError {
    return error instanceof LogError && (code === undefined || error.code === code);
  }
}
