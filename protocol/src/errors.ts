/**
 * Every error that crosses the wire or comes from reading what came over it: a closed set of codes, one table.
 * The relay answers with RFC 9457 problem details made from this table; `spec/60-errors.md` is generated from it.
 */
export interface ErrorEntry {
  /** HTTP status where the relay answers with it; null where it never leaves the process that raised it. */
  readonly status: number | null;
  /** True where the same bytes may succeed later. */
  readonly retryable: boolean;
  /** For the peer: what is wrong and what to do. */
  readonly peer: string;
  /** For whoever runs the process that raised it. */
  readonly operator: string;
}

const entry = (status: number | null, retryable: boolean, peer: string, operator: string): ErrorEntry => ({
  status,
  retryable,
  peer,
  operator,
});

export const ERRORS = {
  'encoding.base64url': entry(
    400,
    false,
    'A field is not canonical unpadded base64url.',
    'A peer sent malformed text.',
  ),
  'encoding.utf8': entry(400, false, 'The text is not valid UTF-8.', 'A peer sent malformed text.'),
  'encoding.json': entry(
    400,
    false,
    'The JSON is malformed, too deep, too large, or names a member twice.',
    'A peer sent malformed JSON.',
  ),
  'encoding.truncated': entry(400, false, 'The bytes end too early.', 'A peer sent a truncated message.'),
  'encoding.malformed': entry(
    400,
    false,
    'The bytes do not have the form that the specification gives.',
    'A peer sent malformed bytes.',
  ),
  'encoding.too-large': entry(
    413,
    false,
    'A part is larger than its limit (specification 35-limits).',
    'A peer sent an oversized part.',
  ),
  'message.invalid': entry(
    null,
    false,
    'A field of the message is missing or wrong; the issues name each.',
    'A message did not fit its schema.',
  ),
  'message.unknown-kind': entry(
    null,
    false,
    'This version does not know the kind of message.',
    'A peer speaks a newer version.',
  ),
  'state.event-not-allowed': entry(
    null,
    false,
    'The case is in a state that does not allow this step.',
    'A step was refused by the state table.',
  ),
  'duration.invalid': entry(
    null,
    false,
    'The duration cannot be computed; see the reason.',
    'A capability record has a duration that cannot be computed.',
  ),
  'request.malformed': entry(
    400,
    false,
    'The request does not fit the contract; the issues name each field.',
    'A client sent a malformed request.',
  ),
  'request.too-large': entry(
    413,
    false,
    'The request is larger than its limit.',
    'A client sent an oversized request.',
  ),
  'request.media-type': entry(
    415,
    false,
    'Send the content type that the contract names.',
    'A client sent an unexpected content type.',
  ),
  'request.not-found': entry(
    404,
    false,
    'There is nothing here under that name.',
    'A client asked for an unknown resource.',
  ),
  'request.method': entry(405, false, 'This address does not take that method.', 'A client used a wrong method.'),
  'request.timeout': entry(408, true, 'The request did not arrive in time; send it again.', 'A client was too slow.'),
  'request.origin': entry(
    403,
    false,
    'Browsers may not call this relay.',
    'A request carried an Origin that is not configured.',
  ),
  'request.rate-limited': entry(
    429,
    true,
    'Too many requests; wait for the time in Retry-After.',
    'A client passed its rate limit.',
  ),
  'session.required': entry(
    401,
    false,
    'Sign in: take a challenge, prove the device key, send the token with a DPoP proof.',
    'A request came without a session.',
  ),
  'session.proof-invalid': entry(
    401,
    false,
    'The proof of the key does not verify for this request.',
    'A key proof failed.',
  ),
  'session.nonce-used': entry(
    401,
    true,
    'The challenge or proof was used before or is too old; make a new one.',
    'A nonce was replayed.',
  ),
  'session.expired': entry(401, true, 'The session has ended; sign in again.', 'A token was past its expiry.'),
  'session.device-refused': entry(
    403,
    false,
    'The device is not an active device of an admitted agency.',
    'An unknown, expired or revoked device asked for a session.',
  ),
  'session.fenced': entry(409, true, 'A newer connection of this device has taken over.', 'A device connected twice.'),
  'trust-list.invalid': entry(
    422,
    false,
    'The trust list does not verify under the roots of the one before.',
    'A trust list was refused.',
  ),
  'trust-list.conflict': entry(
    409,
    false,
    'Another trust list already has this version.',
    'A trust list was refused: version exists or leaves a gap.',
  ),
  'statement.invalid': entry(
    422,
    false,
    "The statement does not verify in its agency's chain.",
    'An agency statement was refused.',
  ),
  'statement.conflict': entry(
    409,
    false,
    'The chain has another statement at this position; fetch it first.',
    'An agency statement was refused: position taken.',
  ),
  'statement.quota': entry(
    429,
    true,
    "The agency has used up today's statements (revocations are exempt).",
    'An agency passed its statement quota.',
  ),
  'epoch-batch.invalid': entry(
    422,
    false,
    "The batch of epoch keys does not verify in its device's chain.",
    'A batch of epoch keys was refused.',
  ),
  'epoch-batch.conflict': entry(
    409,
    false,
    'The device has another batch at this position; fetch it first.',
    'A batch was refused: position taken.',
  ),
  'envelope.malformed': entry(
    400,
    false,
    'The envelope does not have the form that the specification gives.',
    'A malformed envelope was refused.',
  ),
  'envelope.sender-mismatch': entry(
    403,
    false,
    "The envelope names another sender than this session's device.",
    'A device submitted for another one.',
  ),
  'envelope.recipient-unavailable': entry(
    422,
    false,
    'A recipient device cannot be reached here; refresh the directory and seal again.',
    'An envelope named an unknown or inactive device.',
  ),
  'envelope.federation-mismatch': entry(
    422,
    false,
    'The envelope belongs to another federation.',
    'An envelope of another federation was refused.',
  ),
  'envelope.expired': entry(422, false, 'The envelope is past its expiry.', 'An expired envelope was submitted.'),
  'envelope.time-refused': entry(
    422,
    false,
    "The envelope's times are refused: more than 10 minutes ahead, or an expiry past 90 days.",
    "An envelope's times were out of bounds.",
  ),
  'envelope.id-conflict': entry(
    409,
    false,
    'Another envelope of this sender already has this id.',
    'An envelope id was used twice.',
  ),
  'mailbox.cursor-ahead': entry(
    409,
    false,
    'The cursor passes what was delivered on this connection.',
    'A device acknowledged what it was not sent.',
  ),
  'mailbox.full': entry(503, true, "A recipient's mailbox is full; try again later.", 'A mailbox passed its quota.'),
  'blob.not-found': entry(
    404,
    false,
    'There is no attachment with this id, or it has expired.',
    'An unknown attachment was asked for.',
  ),
  'blob.quota': entry(
    413,
    false,
    "The attachment is larger than allowed, or the agency's quota is used up.",
    'An agency passed its attachment quota.',
  ),
  'blob.conflict': entry(409, false, 'An attachment with this id exists already.', 'An attachment id was used twice.'),
  'frame.malformed': entry(
    400,
    false,
    'The frame does not have the form that the specification gives.',
    'A malformed frame was refused.',
  ),
  'frame.unknown-type': entry(
    400,
    false,
    'The relay does not know this type of frame.',
    'An unknown frame was refused.',
  ),
  'relay.unavailable': entry(
    503,
    true,
    'The relay cannot take this now; nothing was stored. Try again.',
    'The store did not take a write.',
  ),
  'relay.draining': entry(
    503,
    true,
    'The relay is about to stop; connect again in a moment.',
    'A request came while draining.',
  ),
  'relay.internal': entry(
    500,
    true,
    'The relay failed; nothing is known to be stored. Send the same bytes again.',
    'A bug of ours: see the log line with this request id.',
  ),
} as const satisfies Record<string, ErrorEntry>;

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
